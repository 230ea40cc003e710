/**
 * The world of the demo and of the end-to-end tests: the operator with its seeded mailboxes, one virtual CPS per
 * practitioner, and apps started on the stand-in with a profile of their own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { Policy } from '../../app/contract/index.ts'
import {
  createVirtualCps,
  makeDataObjects,
  type CardContents,
  type VirtualCps,
} from '../../native/virtual-cps/index.ts'
import {
  launchStandin,
  startStandinHost,
  type StandinApp,
  type StandinHost,
} from '../electron-standin/index.ts'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { attachScreens, screensOf, type Seen } from './screens.ts'

// Practitioners, seeded times and pictures are in France, wherever the machine is.
process.env['TZ'] = 'Europe/Paris'

export type CardHolderKey = 'anne' | 'paul'

export interface WorldOptions {
  /** Fill the mailboxes (several hundred messages); an empty operator otherwise. */
  seed?: boolean
  signMilliseconds?: number
  /** The servers ask for the card's certificate and take SASL EXTERNAL. */
  cardLogin?: boolean
  log?: (line: string) => void
}

export interface AppOptions {
  /** Changes to the operator's policy for this app only. */
  policy?: (policy: Policy) => Policy
  /** The workstation is made to fail: what is printed of it fails no test. */
  faults?: 'expected'
  /** Use a profile that exists already (reopening). */
  profile?: string
  /** In a window on the screen rather than headless. */
  headed?: boolean
  verbose?: boolean
}

export interface RunningApp extends StandinApp {
  profile: string
}

export interface World {
  folder: string
  operator: Operator
  /** For pages that stand for the system’s browser. */
  browser: Browser
  cards: Record<CardHolderKey, VirtualCps>
  cardFolder: (person: CardHolderKey) => string
  openApp: (person: CardHolderKey, options?: AppOptions) => Promise<RunningApp>
  /** What the open windows say and show, in a few lines. */
  screens: () => Promise<string>
  /** At the end of a test that failed, what the windows show is attached to it first. */
  stop: () => Promise<void>
}

/** What an application prints when it mends, or swallows, a fault of ours. The card's process may end: its driver is not ours. */
const ownFault =
  /"fault":|core process ended|window process gone|outside the contract|failed in main|wiping failed|stopping failed/

/** Starts everything on loopback; `stop` ends it and removes every file. */
export const startWorld = async (options: WorldOptions = {}): Promise<World> => {
  const log = options.log ?? (() => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'souspli-world-'))
  const undo: (() => Promise<unknown>)[] = [
    // A core whose window was closed may write its last lines meanwhile.
    () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
  ]
  const apps: { name: string; logs: () => string }[] = []
  const open = new Map<StandinApp, string>()
  const windows = (): Seen[] => [...open].map(([{ page, logs }, name]) => ({ name, page, logs }))
  const stop = async (): Promise<void> => {
    const failures: unknown[] = []
    await attachScreens(windows()).catch((error: unknown) => failures.push(error))
    for (const step of undo.splice(0).toReversed()) {
      try {
        await step()
      } catch (error) {
        // The rest must be torn down all the same.
        failures.push(error)
      }
    }
    for (const { name, logs } of apps) {
      const faults = logs()
        .split('\n')
        .filter((line) => ownFault.test(line))
      if (faults.length > 0) failures.push(new Error(`the application of ${name}: ${faults.join(' | ')}`))
    }
    const reasons = failures.map((reason) => (reason instanceof Error ? reason.message : String(reason)))
    if (failures.length > 0)
      throw new AggregateError(failures, `the world did not end cleanly: ${reasons.join(' ; ')}`)
  }
  try {
    const operator = await startOperator({
      log,
      seed: options.seed ?? true,
      // A fictitious Annuaire Santé of so many lines.
      directory: { lines: 5000 },
      ...(options.cardLogin ? { clientCertificates: 'asked' as const } : {}),
    })
    undo.push(() => operator.stop())
    const cardFolder = (key: CardHolderKey): string => join(folder, `card-${key}`)
    const contents = (key: CardHolderKey): CardContents => {
      const { familyName, givenName, rpps, profession, professionCode, structure, card } = people[key]
      const holder = {
        nationalId: `8${rpps}`,
        familyName,
        givenName,
        profession,
        professionCode,
        serial: card.serial,
      }
      const activity = { number: 1, name: structure, structureId: `6${rpps}001`, sector: 'SA07' }
      return { ...operator.pki.card(key), profile: 'cps3', dataObjects: makeDataObjects(holder, [activity]) }
    }
    const makeCard = async (key: CardHolderKey): Promise<VirtualCps> =>
      createVirtualCps({
        folder: cardFolder(key),
        // The colleague's card is at hand: `npm run card -- swap B`.
        cards: { A: contents(key), B: contents(key === 'anne' ? 'paul' : 'anne') },
        readerName: 'SousPli Virtual Reader 00 00',
        signMilliseconds: options.signMilliseconds ?? 300,
      })
    const cards = { anne: await makeCard('anne'), paul: await makeCard('paul') }
    const hosts = new Map<boolean, StandinHost>()
    const hostFor = async (headless: boolean): Promise<StandinHost> => {
      const host = hosts.get(headless) ?? (await startStandinHost({ headless }))
      if (!hosts.has(headless)) undo.push(() => host.close())
      hosts.set(headless, host)
      return host
    }
    const browser = (await hostFor(true)).browser
    let opened = 0
    const openApp: World['openApp'] = async (person, appOptions = {}) => {
      opened += 1
      const profile = appOptions.profile ?? join(folder, `profile-${person}-${opened}`)
      await mkdir(profile, { recursive: true, mode: 0o700 })
      const policy = { ...operator.policy, pkcs11Modules: [cards[person].modulePath] }
      const policyFile = join(folder, `policy-${person}-${opened}.json`)
      await writeFile(policyFile, JSON.stringify(Policy.parse(appOptions.policy?.(policy) ?? policy)))
      const app = await launchStandin({
        host: await hostFor(appOptions.headed !== true),
        args: [`--profile=${profile}`, `--policy=${policyFile}`],
        verbose: appOptions.verbose ?? process.env['SOUSPLI_VERBOSE'] === '1',
      })
      undo.push(() => app.close())
      if (appOptions.faults !== 'expected') apps.push({ name: person, logs: app.logs })
      open.set(app, person)
      void app.exited.then(() => open.delete(app))
      return { ...app, profile }
    }
    const screens = (): Promise<string> => screensOf(windows())
    return { folder, operator, browser, cards, cardFolder, openApp, screens, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
