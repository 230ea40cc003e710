/**
 * The world of the demo and of the end-to-end tests: the operator with its seeded mailboxes, one virtual CPS per
 * practitioner, and apps started on the stand-in with a profile of their own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Policy } from '../../app/contract/index.ts'
import { createVirtualCps, type VirtualCps } from '../../native/virtual-cps/index.ts'
import {
  launchStandin,
  startStandinHost,
  type StandinApp,
  type StandinHost,
} from '../electron-standin/index.ts'
import {
  folderNames,
  startOperator,
  type Operator,
  type Person,
  type StoredMessage,
} from '../operator/index.ts'
import { generateMailboxes, signEntity, type SeededMailbox } from '../operator/seed/index.ts'

export type CardHolderKey = 'anne' | 'paul'

export interface WorldOptions {
  headless?: boolean
  /** Fill the mailboxes (several hundred messages); an empty operator otherwise. */
  seed?: boolean
  signMilliseconds?: number
  log?: (line: string) => void
}

export interface AppOptions {
  /** Changes to the operator's policy for this app only. */
  policy?: (policy: Policy) => Policy
  /** Use a profile that exists already (reopening). */
  profile?: string
  verbose?: boolean
}

export interface RunningApp extends StandinApp {
  profile: string
}

export interface World {
  folder: string
  operator: Operator
  host: StandinHost
  cards: Record<CardHolderKey, VirtualCps>
  openApp: (person: CardHolderKey, options?: AppOptions) => Promise<RunningApp>
  stop: () => Promise<void>
}

const imapFolder: Record<SeededMailbox['folder'], string> = {
  INBOX: 'INBOX',
  Sent: folderNames.sent,
  Archive: folderNames.archive,
  Drafts: folderNames.drafts,
  Trash: folderNames.trash,
  Junk: folderNames.junk,
}

const fillMailboxes = async (operator: Operator, now: Date): Promise<void> => {
  const mailboxes = await generateMailboxes({
    seed: 2026,
    now,
    signer: (key, entity) => {
      const { signature } = operator.pki.software(key)
      return signEntity(entity, { certificate: signature.pem, key: signature.keyPem, chain: [] }, now)
    },
  })
  const byPerson = new Map<Person['key'], StoredMessage[]>()
  for (const { person, folder, messages } of mailboxes) {
    const stored = byPerson.get(person) ?? []
    byPerson.set(person, stored)
    for (const message of messages) stored.push({ ...message, folder: imapFolder[folder] })
  }
  for (const [person, messages] of byPerson) await operator.fill(person, messages)
}

/** Starts everything on loopback; `stop` ends it and removes every file. */
export const startWorld = async (options: WorldOptions = {}): Promise<World> => {
  const log = options.log ?? (() => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'souspli-world-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    const operator = await startOperator({ log })
    undo.push(() => operator.stop())
    if (options.seed ?? true) await fillMailboxes(operator, new Date())
    const makeCard = async (key: CardHolderKey): Promise<VirtualCps> =>
      createVirtualCps({
        folder: join(folder, `card-${key}`),
        card: { ...operator.pki.card(key), profile: 'cps3' },
        readerName: 'Lecteur virtuel SousPli 00',
        signMilliseconds: options.signMilliseconds ?? 300,
      })
    const cards = { anne: await makeCard('anne'), paul: await makeCard('paul') }
    await cards.anne.insert()
    await cards.paul.insert()
    const host = await startStandinHost({ headless: options.headless ?? true })
    undo.push(() => host.close())
    let apps = 0
    const openApp: World['openApp'] = async (person, appOptions = {}) => {
      apps += 1
      const profile = appOptions.profile ?? join(folder, `profile-${person}-${apps}`)
      await mkdir(profile, { recursive: true, mode: 0o700 })
      const policy = { ...operator.policy, pkcs11Modules: [cards[person].modulePath] }
      const policyFile = join(folder, `policy-${person}-${apps}.json`)
      await writeFile(policyFile, JSON.stringify(Policy.parse(appOptions.policy?.(policy) ?? policy)))
      const app = await launchStandin({
        host,
        args: [`--profile=${profile}`, `--policy=${policyFile}`],
        headless: options.headless ?? true,
        verbose: appOptions.verbose ?? process.env['SOUSPLI_VERBOSE'] === '1',
      })
      undo.push(() => app.close())
      return { ...app, profile }
    }
    return { folder, operator, host, cards, openApp, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
