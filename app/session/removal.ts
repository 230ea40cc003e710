import type { Policy, SessionState } from '../contract/index.ts'

type CardAway = Extract<SessionState, { phase: 'open' }>['cardAway']

/** What becomes of an open mailbox when the card that opened it leaves (`cardRemoval` of the policy). */
export interface Removal {
  /** The card is out of its reader. Told again while it stays out, it changes nothing. */
  left(): void
  /** It is back. */
  back(): void
  /** The mailbox is closed: nothing is counted any more. */
  end(): void
}

const defaultSeconds = 60

/** `lock` is called at once, after the policy's seconds, or never; `away` says which, and that the card is back. */
export const createRemoval = (deps: {
  policy: Pick<Policy, 'cardRemoval' | 'cardRemovalSeconds'>
  /** Milliseconds since 1970. */
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
  lock: () => void
  away: (away: CardAway) => void
}): Removal => {
  const { cardRemoval = 'lock', cardRemovalSeconds = defaultSeconds } = deps.policy
  let isAway = false
  let cancel: () => void = () => undefined

  const end = (): void => {
    cancel()
    cancel = () => undefined
    isAway = false
  }

  return {
    left: () => {
      if (cardRemoval === 'lock') {
        deps.lock()
        return
      }
      if (isAway) return
      isAway = true
      if (cardRemoval === 'keep-reading') {
        deps.away({ locksAt: null })
        return
      }
      const milliseconds = cardRemovalSeconds * 1000
      cancel = deps.after(milliseconds, deps.lock)
      deps.away({ locksAt: new Date(deps.now() + milliseconds).toISOString() })
    },
    back: () => {
      if (!isAway) return
      end()
      deps.away(null)
    },
    end,
  }
}
