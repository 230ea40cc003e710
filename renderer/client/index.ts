import { z } from 'zod'
import {
  contractCalls,
  contractEvents,
  ErrorData,
  fail,
  ok,
  type EventName,
  type EventPayload,
  type Input,
  type Method,
  type Outcome,
  type Output,
} from '../../app/contract/index.ts'
import { bridge } from './origins.ts'

export type { Bridge } from './bridge.ts'
export { origins } from './origins.ts'
export { chunkSize, piecesOf, uploadFile } from './upload.ts'

const Reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: ErrorData }),
])

/**
 * Asks the core (or main). The reply is checked against the contract. Never rejects: a missing bridge is
 * `core.unavailable`, a reply of another shape `contract.invalid-reply`.
 */
export const invoke = async <M extends Method>(method: M, input: Input<M>): Promise<Outcome<Output<M>>> => {
  const port = bridge()
  if (!port) return fail('core.unavailable', { retry: 'later' })
  let reply: z.infer<typeof Reply>
  try {
    reply = Reply.parse(await port.invoke(method, input))
  } catch (cause) {
    return fail(cause instanceof z.ZodError ? 'contract.invalid-reply' : 'core.unavailable', {
      retry: 'later',
      cause,
    })
  }
  if (!reply.ok) return { ok: false, error: reply.error }
  const value = contractCalls[method].output.safeParse(reply.value)
  return value.success
    ? ok(value.data as Output<M>)
    : fail('contract.invalid-reply', { cause: value.error, details: { method } })
}

/** Follows an event of the contract; a payload of another shape is dropped and reported. Returns the unsubscriber. */
export const on = <E extends EventName>(
  event: E,
  listener: (payload: EventPayload<E>) => void,
): (() => void) => {
  const port = bridge()
  if (!port) return () => undefined
  const receive = (payload: unknown): void => {
    const parsed = contractEvents[event].safeParse(payload)
    if (parsed.success) listener(parsed.data as EventPayload<E>)
    else reportError(new Error(`event ${event}: payload outside the contract`))
  }
  const id = port.on(event, receive)
  return () => port.off(id)
}
