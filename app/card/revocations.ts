import type { CardClock } from './connection.ts'
import type { SeenCard } from './protocol.ts'
import { fingerprintOf, type Revocation, type Tokens } from './tokens.ts'

/** Milliseconds an answer of an authority is good for here; the authority's own dates are kept by whoever asks it. */
const askAgainAfter = 6 * 3_600_000
/** Milliseconds after an answer that said nothing. */
const tryAgainAfter = 60_000

/** Asks about the certificates of cards, each once in a while. */
export const createRevocations = (deps: {
  now: () => number
  clock: CardClock
  tokens: Tokens
  ask: ((der: Uint8Array) => Promise<Revocation>) | undefined
  /** An answer came. */
  onAnswer: () => void
}): {
  /** Asks about both certificates, unless that was done; returns when answered, or after so many milliseconds. */
  check(card: SeenCard, patience: number): Promise<void>
} => {
  const asked = new Map<string, { at: number; again: number; answered: Promise<void> }>()

  const inquire = (der: Uint8Array): Promise<void> => {
    const { ask } = deps
    if (!ask) return Promise.resolve()
    const print = fingerprintOf(der)
    const former = asked.get(print)
    if (former && deps.now() - former.at < former.again) return former.answered
    const entry = { at: deps.now(), again: tryAgainAfter, answered: Promise.resolve() }
    entry.answered = ask(der).then(
      (revocation) => {
        if (revocation === 'unknown') return
        entry.again = askAgainAfter
        deps.tokens.revoked(der, revocation)
        deps.onAnswer()
      },
      // Nobody could be asked: the certificate stays unknown, and is asked about again.
      () => undefined,
    )
    asked.set(print, entry)
    return entry.answered
  }

  return {
    check: (card, patience) =>
      new Promise((done) => {
        const cancel = deps.clock.after(patience, done)
        const { authentication, signature } = card.certificates
        const certificates = [authentication, signature].filter((der) => der !== null)
        void Promise.all(certificates.map(inquire)).then(() => {
          cancel()
          done()
        })
      }),
  }
}
