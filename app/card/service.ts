import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  fail,
  ok,
  Pin,
  toErrorData,
  type CardState,
  type CardToken,
  type Outcome,
  type Policy,
} from '../contract/index.ts'
import { createConnection, type CardClock, type CardConnection, type CardPort } from './connection.ts'
import { holderOf } from './holder.ts'
import { findModules } from './modules.ts'
import type { Certificates, Purpose, SeenCard, Sight } from './protocol.ts'

interface CardDependencies {
  /** Starts the card process afresh (main does it under Electron). */
  startProcess: () => Promise<CardPort>
  policy: Pick<Policy, 'pkcs11Modules' | 'cardPollSeconds'>
  platform: NodeJS.Platform
  arch: NodeJS.Architecture
  fileExists: (path: string) => Promise<boolean>
  readFile: (path: string) => Promise<string>
  clock: CardClock
  /** Milliseconds a single card operation may take before its process is killed. 20 000 by default. */
  watchdogMilliseconds?: number
}

export interface CardService {
  state(): CardState
  /** Calls the listener at every new state until the returned function is called. */
  onChange(listener: (state: CardState) => void): () => void
  /**
   * Presents the PIN once. Errors: card.pin-format, card.pin-incorrect and card.pin-locked (`details.triesLeft`),
   * card.last-try (another program left only one try: shown now, accepted at the next call), card.no-card, card.removed,
   * card.unknown-card, card.no-reader, card.no-module, card.timeout, card.process-lost, card.operation-failed.
   */
  login(pin: string): Promise<Outcome<CardToken>>
  /** Back to `pin-needed`; harmless when nothing is open. */
  logout(): Promise<void>
  /**
   * RSA PKCS#1 v1.5 signature over SHA-256(data), deterministic. Errors: card.login-required, card.removed, card.no-card,
   * card.no-certificate, card.mechanism-unavailable, card.timeout, card.process-lost, card.operation-failed.
   */
  sign(request: { purpose: Purpose; data: Uint8Array }): Promise<Outcome<Uint8Array>>
  /** DER of the card's certificates, readable before the PIN. Error: card.no-card. */
  certificates(): Promise<Outcome<Certificates>>
  /** Finalises the module and ends the process. */
  stop(): Promise<void>
}

/** Milliseconds to wait after the first, second… process lost in a row, and how long one must live to end the row. */
const restartPauses = [0, 1000, 5000, 30_000]
const steadyLife = 10_000
/** Milliseconds between two searches for a module that is missing. */
const moduleSearchPause = 5000
/** Milliseconds the card gets to finish when the program ends. */
const stopPatience = 2000

export const createCardService = (deps: CardDependencies): CardService => {
  const pollPause = (deps.policy.cardPollSeconds ?? 0.5) * 1000
  const listeners = new Set<(state: CardState) => void>()
  let state: CardState = { state: 'starting' }
  let connection: CardConnection | null = null
  let sight: Sight | null = null
  /** Insertion whose PIN was refused last, so that the state stays `pin-wrong`. */
  let refusedInsertion: number | null = null
  let holder: { insertion: number; holder: CardToken['holder'] } | null = null
  /** Modules that ended their process while loading, until all have been tried. */
  const crashed = new Set<string>()
  /** Processes lost in a row. */
  let losses = 0
  let stopped = false
  let wake: () => void = () => undefined

  const show = (next: CardState): void => {
    if (stopped || isDeepStrictEqual(next, state)) return
    state = next
    for (const listener of [...listeners]) listener(next)
  }

  /** Returns after so long, or earlier when woken (removal, loss of the process, stop). */
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((done) => {
      if (stopped) {
        done()
        return
      }
      const cancel = deps.clock.after(milliseconds, done)
      wake = () => {
        cancel()
        done()
      }
    })

  const tokenOf = (card: SeenCard): CardToken => {
    if (holder?.insertion !== card.insertion) {
      const der = card.certificates.authentication ?? card.certificates.signature
      holder = { insertion: card.insertion, holder: der && holderOf(der, card.serial) }
    }
    const { reader, label, serial, model, pinPad } = card
    return { reader, label, serial, model, holder: holder.holder, pinPad }
  }

  const stateOf = ({ readers, card, unknownIn }: Sight): CardState => {
    if (card) {
      const token = tokenOf(card)
      if (card.open) return { state: 'open', token }
      if (card.triesLeft === 0) return { state: 'blocked', token }
      const refused = refusedInsertion === card.insertion
      return { state: refused ? 'pin-wrong' : 'pin-needed', token, triesLeft: card.triesLeft }
    }
    if (unknownIn !== null) return { state: 'unknown-card', reader: unknownIn }
    return readers.length === 0 ? { state: 'no-reader' } : { state: 'no-card', readers }
  }

  /** The open card is gone: said at once; the next look tells what is there instead. */
  const cardGone = (): void => {
    if (state.state === 'open') show({ state: 'removed', serial: state.token.serial })
    if (sight) sight = { ...sight, card: null }
  }

  const takeIn = (seen: Sight): void => {
    const lostOpenCard = state.state === 'open' && seen.card?.insertion !== sight?.card?.insertion
    if (lostOpenCard) cardGone()
    sight = seen
    if (!lostOpenCard) show(stateOf(seen))
  }

  /** Looks at the readers until the process is lost. Skipped while another operation runs: it would only wait. */
  const watch = async (link: CardConnection, path: string, isLost: () => boolean): Promise<void> => {
    while (!stopped && !isLost()) {
      if (!link.busy()) {
        const looked = await link.call({ op: 'look' })
        if (looked.ok && looked.value.sight) takeIn(looked.value.sight)
        else if (looked.ok && sight) show(stateOf(sight))
        else if (!looked.ok && looked.error.code === 'card.removed') cardGone()
        else if (!looked.ok && !isLost())
          show({ state: 'module-failed', path, error: toErrorData(looked.error) })
      }
      if (!isLost()) await pause(pollPause)
    }
  }

  /** Loads the first module that works; null and `module-failed` when none does. */
  const loadFirst = async (link: CardConnection, paths: readonly string[]): Promise<string | null> => {
    let failure: CardState | null = null
    for (const [index, path] of paths.entries()) {
      const loaded = await link.call({ op: 'load', path })
      if (loaded.ok) return path
      const error = toErrorData(loaded.error)
      failure ??= { state: 'module-failed', path, error }
      if (error.code === 'card.module-failed') continue
      // The module took its process down: the next process leaves it out and tries the others.
      crashed.add(path)
      if (index < paths.length - 1) return null
    }
    if (failure) show(failure)
    return null
  }

  /** One life of the card process. */
  const live = async (paths: readonly string[]): Promise<void> => {
    let lost = false
    let port: CardPort
    try {
      port = await deps.startProcess()
    } catch (cause) {
      const error = toErrorData({ code: 'card.process-lost', retry: 'later', cause })
      show({ state: 'module-failed', path: paths[0] ?? '', error })
      return
    }
    const link = createConnection(port, deps.clock, deps.watchdogMilliseconds ?? 20_000)
    link.onLost(() => {
      lost = true
      connection = null
      sight = null
      // Insertions are counted by the process.
      holder = null
      refusedInsertion = null
      wake()
    })
    connection = link
    const path = stopped ? null : await loadFirst(link, paths)
    if (path !== null) {
      const forget = deps.clock.after(steadyLife, () => {
        losses = 0
      })
      await watch(link, path, () => lost)
      forget()
      show({ state: 'starting' })
    }
    link.close()
  }

  const run = async (): Promise<void> => {
    while (!stopped) {
      const { found, tried } = await findModules({ ...deps, policyPaths: deps.policy.pkcs11Modules ?? [] })
      const usable = found.filter((path) => !crashed.has(path))
      const crashedBefore = crashed.size
      if (usable.length > 0) await live(usable)
      else crashed.clear()
      if (found.length === 0) {
        show({ state: 'no-module', tried })
        await pause(moduleSearchPause)
      } else if (crashed.size <= crashedBefore) {
        await pause(restartPauses[Math.min(losses, restartPauses.length - 1)] ?? 0)
        losses += 1
      }
    }
  }
  run().catch((cause: unknown) => {
    // Only a dependency that rejects (the file system) gets here.
    show({
      state: 'module-failed',
      path: '',
      error: toErrorData({ code: 'core.internal', retry: 'no', cause }),
    })
  })

  /** Why nothing can be asked of a card now. */
  const unavailable = (): Outcome<never> => {
    switch (state.state) {
      case 'no-module':
        return fail('card.no-module', { retry: 'after-change' })
      case 'module-failed':
        return { ok: false, error: state.error }
      case 'no-reader':
        return fail('card.no-reader', { retry: 'after-change' })
      case 'unknown-card':
        return fail('card.unknown-card', { retry: 'after-change' })
      case 'starting':
        return fail('card.process-lost', { retry: 'later' })
      default:
        return fail('card.no-card', { retry: 'after-change' })
    }
  }

  /** Changes what is known of the card, if it is still the one the operation was about. */
  const update = (insertion: number, change: Partial<SeenCard>): void => {
    if (sight?.card?.insertion !== insertion) return
    sight = { ...sight, card: { ...sight.card, ...change } }
    show(stateOf(sight))
  }

  const login = async (pin: string): Promise<Outcome<CardToken>> => {
    const card = sight?.card
    if (!connection || !card) return unavailable()
    if (!card.pinPad && !Pin.safeParse(pin).success) return fail('card.pin-format', { retry: 'after-change' })
    const { insertion } = card
    const presented = await connection.call({ op: 'login', insertion, pin, shownTries: card.triesLeft })
    if (presented.ok) {
      refusedInsertion = null
      update(insertion, { open: true, triesLeft: null })
      return ok(tokenOf(card))
    }
    const { code, details } = presented.error
    if (code === 'card.removed') {
      cardGone()
      wake()
    } else if (code === 'card.pin-incorrect' || code === 'card.pin-locked' || code === 'card.last-try') {
      if (code !== 'card.last-try') refusedInsertion = insertion
      const triesLeft = details?.['triesLeft']
      update(insertion, { open: false, triesLeft: typeof triesLeft === 'number' ? triesLeft : null })
    }
    return presented
  }

  const sign: CardService['sign'] = async ({ purpose, data }) => {
    const card = sight?.card
    if (!connection || !card) return unavailable()
    const digest = Uint8Array.from(createHash('sha256').update(data).digest())
    const signed = await connection.call({ op: 'sign', purpose, digest })
    if (signed.ok) return ok(signed.value.signature)
    if (signed.error.code === 'card.removed') {
      cardGone()
      wake()
    } else if (signed.error.code === 'card.login-required') {
      update(card.insertion, { open: false })
    }
    return signed
  }

  return {
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    login,
    logout: async () => {
      const insertion = sight?.card?.insertion
      if (!connection || insertion === undefined) return
      const done = await connection.call({ op: 'logout' })
      if (done.ok) update(insertion, { open: false })
      else if (done.error.code === 'card.removed') cardGone()
    },
    sign,
    certificates: () => {
      const card = sight?.card
      return Promise.resolve(card ? ok(card.certificates) : unavailable())
    },
    stop: async () => {
      if (stopped) return
      stopped = true
      // A card that does not answer must not keep the program from ending.
      const cancel = deps.clock.after(stopPatience, () => connection?.close())
      await connection?.call({ op: 'stop' })
      cancel()
      connection?.close()
      wake()
    },
  }
}
