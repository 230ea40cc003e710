import { createWireEnd } from './wire.ts'

type Handler = (payload: unknown) => Promise<unknown>
const handlers = new Map<string, Handler>()

/** This app process's end of the channel to the browser host. */
const host = createWireEnd(
  (message) => {
    if (process.connected) process.send?.(message)
  },
  (op, payload) => {
    const handler = handlers.get(op)
    return handler === undefined
      ? Promise.reject(new Error(`electron-standin: the app answers no ${op}`))
      : handler(payload)
  },
)

if (process.send === undefined)
  throw new Error('electron-standin: start the app through launchStandin or run.ts')
process.on('message', (message) => host.receive(message))
process.on('disconnect', () => process.exit(0))

/** Asks the host. */
export const askHost = (op: string, payload?: unknown): Promise<unknown> => host.request(op, payload)

/** Answers one kind of request of the host. */
export const onHost = (op: string, handler: Handler): void => {
  handlers.set(op, handler)
}
