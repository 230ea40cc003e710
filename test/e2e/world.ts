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
import { startOperator, type Operator } from '../operator/index.ts'

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
  cardFolder: (person: CardHolderKey) => string
  openApp: (person: CardHolderKey, options?: AppOptions) => Promise<RunningApp>
  stop: () => Promise<void>
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
    const operator = await startOperator({ log, seed: options.seed ?? true })
    undo.push(() => operator.stop())
    const cardFolder = (key: CardHolderKey): string => join(folder, `card-${key}`)
    const makeCard = async (key: CardHolderKey): Promise<VirtualCps> =>
      createVirtualCps({
        folder: cardFolder(key),
        card: { ...operator.pki.card(key), profile: 'cps3' },
        readerName: 'Lecteur virtuel SousPli 00',
        signMilliseconds: options.signMilliseconds ?? 300,
      })
    const cards = { anne: await makeCard('anne'), paul: await makeCard('paul') }
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
    return { folder, operator, host, cards, cardFolder, openApp, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
