import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CardBinding, CardState, Policy } from '../contract/index.ts'
import {
  createVirtualCps,
  makeTestCard,
  makeTestCardPki,
  type CardContents,
  type CardId,
  type TestHolder,
  type VirtualCps,
} from '../../native/virtual-cps/index.ts'
import { createCardService, forkCardProcess, type CardService } from './index.ts'
import type { Revocation } from './tokens.ts'

/** Fictitious holders. */
export const anne: TestHolder = {
  nationalId: '899700000101',
  familyName: 'MARTIN',
  givenName: 'Anne',
  profession: 'Médecin',
  serial: '2900000101',
}
export const paul: TestHolder = {
  nationalId: '899700000202',
  familyName: 'DURAND',
  givenName: 'Paul',
  profession: 'Infirmier',
  serial: '3100000202',
  professionCode: 60,
}
/** The card that replaces Anne's. */
export const anneRenewed: TestHolder = { ...anne, serial: '3100000303' }

/** Recognised by the scene's clock, which keeps what would then be run. */
const watchdogMilliseconds = 123_456_789

interface StartOptions {
  modules?: string[]
  policy?: Partial<Policy>
  binding?: (card: { serial: string; nationalId: string | null }) => CardBinding
  revocation?: (der: Uint8Array) => Promise<Revocation>
  now?: () => number
}

export interface Scene {
  folder: string
  virtual: VirtualCps
  /** Starts a service; `stopAll` stops it. */
  start(options?: StartOptions): CardService
  /** Processes started so far. */
  pids(): readonly number[]
  /** Ends the patience of the operation under way. */
  fireWatchdog(): void
  stopAll(): Promise<void>
  remove(): Promise<void>
}

/** Virtual cards in a folder of their own, and card services that see nothing else. */
export const makeScene = async (
  cards: Partial<Record<CardId, CardContents>>,
  readers: readonly { name?: string; card: CardId | null }[] = [{ card: 'A' }],
): Promise<Scene> => {
  const folder = await mkdtemp(join(tmpdir(), 'souspli-card-'))
  const virtual = await createVirtualCps({ folder, cards, readers, signMilliseconds: 5 })
  let services: CardService[] = []
  let pids: number[] = []
  let fire: () => void = () => undefined
  return {
    folder,
    virtual,
    start: (options = {}) => {
      const service = createCardService({
        startProcess: () => {
          const port = forkCardProcess({ entry: join(import.meta.dirname, 'process.ts') })
          if (port.pid !== null) pids.push(port.pid)
          return Promise.resolve(port)
        },
        policy: {
          pkcs11Modules: options.modules ?? [virtual.modulePath],
          cardPollSeconds: 0.2,
          ...options.policy,
        },
        // No known Cryptolib path for this architecture: only the policy's modules count.
        platform: 'linux',
        arch: 'riscv64',
        fileExists: (path) =>
          path.startsWith('/usr/')
            ? Promise.resolve(false)
            : access(path).then(
                () => true,
                () => false,
              ),
        readFile: (path) => readFile(path, 'utf8'),
        clock: {
          after: (milliseconds, run) => {
            if (milliseconds === watchdogMilliseconds) {
              fire = run
              return () => undefined
            }
            const timer = setTimeout(run, milliseconds)
            return () => clearTimeout(timer)
          },
        },
        watchdogMilliseconds,
        now: options.now ?? Date.now,
        ...(options.binding ? { binding: options.binding } : {}),
        ...(options.revocation ? { revocation: options.revocation } : {}),
      })
      services.push(service)
      return service
    },
    pids: () => pids,
    fireWatchdog: () => fire(),
    stopAll: async () => {
      await Promise.all(services.map((service) => service.stop()))
      services = []
      pids = []
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Good cards of two people: Anne's CPS3, Paul's CPS4, Anne's renewed CPS4. */
export const makeCards = async (
  now = new Date(),
): Promise<{
  pki: Awaited<ReturnType<typeof makeTestCardPki>>
  cards: Record<'A' | 'B' | 'C', CardContents>
}> => {
  const pki = await makeTestCardPki(now)
  return {
    pki,
    cards: {
      A: makeTestCard(pki, anne, {
        now,
        activities: [
          { number: 1, name: 'Cabinet fictif des Lilas', structureId: '499700000101007', sector: 'SA07' },
          { number: 3, name: 'Hôpital fictif des Tilleuls', structureId: '1990000001', sector: 'SA01' },
        ],
      }),
      B: makeTestCard(pki, paul, { now, generation: 4 }),
      C: makeTestCard(pki, anneRenewed, { now, generation: 4 }),
    },
  }
}

type StateName = CardState['state']

/** Waits for a state that fits; resolves at once when it is there. */
export const untilState = (service: CardService, fits: (state: CardState) => boolean): Promise<CardState> =>
  new Promise((found) => {
    const look = (state: CardState): boolean => {
      if (fits(state)) found(state)
      return fits(state)
    }
    if (look(service.state())) return
    const off = service.onChange((state) => {
      if (look(state)) off()
    })
  })

/** Waits for a state of this name, of this card when its serial number is given. */
export const until = async <Name extends StateName>(
  service: CardService,
  name: Name,
  serial?: string,
): Promise<Extract<CardState, { state: Name }>> =>
  (await untilState(
    service,
    (state) =>
      state.state === name &&
      (serial === undefined || ('token' in state ? state.token.serial : null) === serial),
  )) as Extract<CardState, { state: Name }>

/** Waits for a state that is only passed through after something is done: looked for from before it. */
export const passed = async <Name extends StateName>(
  service: CardService,
  name: Name,
  act: () => Promise<unknown>,
): Promise<Extract<CardState, { state: Name }>> => {
  const seen = until(service, name)
  await act()
  return await seen
}

/** The code of a refusal; `ok` for an answer. */
export const codeOf = (outcome: { ok: true } | { ok: false; error: { code: string } }): string =>
  outcome.ok ? 'ok' : outcome.error.code
