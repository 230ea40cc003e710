import { fail, type ErrorCode, type Outcome } from '../contract/index.ts'
import { FromCard, replies, type CardRequest, type Reply } from './protocol.ts'

/** The two ends of a channel to a card process, whatever carries it. `close` ends the process at once. */
export interface CardPort {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}

/** Time as the card service needs it. */
export interface CardClock {
  /** Runs once after so many milliseconds, unless the returned function is called before. */
  after(milliseconds: number, run: () => void): () => void
}

export interface CardConnection {
  /** One request; `card.timeout` when the card does not answer, `card.process-lost` when its process ends. */
  call<R extends CardRequest>(request: R): Promise<Outcome<Reply<R['op']>>>
  /** A request is waiting for its answer. */
  busy(): boolean
  onLost(listener: () => void): void
  close(): void
}

interface Waiting {
  request: CardRequest
  settle: (outcome: Outcome<unknown>) => void
}

/**
 * Requests to a card process, first in, first out, the next one sent after the answer to the former. A request that is not
 * answered within its patience closes the port: only a new process cures a hung driver (cps-card.md §5.3).
 */
export const createConnection = (
  port: CardPort,
  clock: CardClock,
  /** Milliseconds a request may take. */
  patience: (request: CardRequest) => number,
): CardConnection => {
  const queue: Waiting[] = []
  let current: { id: number; waiting: Waiting; disarm: () => void } | null = null
  let lastId = 0
  let lost = false
  let tellLost: () => void = () => undefined

  const lose = (code: ErrorCode): void => {
    if (lost) return
    lost = true
    current?.disarm()
    current?.waiting.settle(fail(code, { retry: 'later' }))
    current = null
    for (const waiting of queue.splice(0)) waiting.settle(fail('card.process-lost', { retry: 'later' }))
    port.close()
    tellLost()
  }

  const next = (): void => {
    if (current || lost) return
    const waiting = queue.shift()
    if (!waiting) return
    lastId += 1
    current = {
      id: lastId,
      waiting,
      disarm: clock.after(patience(waiting.request), () => {
        lose('card.timeout')
      }),
    }
    port.post({ id: lastId, request: waiting.request })
  }

  port.onMessage((message) => {
    const parsed = FromCard.safeParse(message)
    if (!parsed.success || parsed.data.id !== current?.id) {
      lose('card.process-lost')
      return
    }
    const { waiting, disarm } = current
    const { outcome } = parsed.data
    current = null
    disarm()
    if (outcome.ok) {
      const value = replies[waiting.request.op].safeParse(outcome.value)
      waiting.settle(value.success ? { ok: true, value: value.data } : fail('contract.invalid-reply'))
    } else {
      const { code, retry, details } = outcome.error
      waiting.settle(fail(code, { retry, ...(details ? { details } : {}) }))
    }
    next()
  })
  port.onClose(() => {
    lose('card.process-lost')
  })

  return {
    call: <R extends CardRequest>(request: R) =>
      new Promise<Outcome<Reply<R['op']>>>((settle) => {
        if (lost) {
          settle(fail('card.process-lost', { retry: 'later' }))
          return
        }
        // The reply was parsed with the schema of this very operation.
        queue.push({ request, settle: settle as (outcome: Outcome<unknown>) => void })
        next()
      }),
    busy: () => current !== null,
    onLost: (listener) => {
      tellLost = listener
      if (lost) listener()
    },
    close: () => {
      lose('card.process-lost')
    },
  }
}
