/**
 * Entry of the card process: the only one that loads a PKCS#11 module. Under Electron (utilityProcess) it talks over the
 * MessagePort main sends it; under plain Node (child_process.fork) over the IPC channel. Requests are answered in the order
 * they come, one at a time, since each blocks until the card has answered.
 */
import { toErrorData, type Outcome } from '../contract/index.ts'
import { ToCard, type CardRequest, type FromCard } from './protocol.ts'
import { createReaderRoom } from './reader-room.ts'

interface ElectronPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void
  on(event: 'close', listener: () => void): void
  postMessage(message: unknown): void
  start(): void
}
interface ElectronParent {
  once(event: 'message', listener: (event: { ports: ElectronPort[] }) => void): void
}

const room = createReaderRoom()

const perform = <Op extends CardRequest['op']>(request: Extract<CardRequest, { op: Op }>): Outcome<unknown> =>
  room[request.op](request)

/** Answers one message; the parent only sends valid ones, so anything else ends the process. */
const answer = (message: unknown, reply: (message: FromCard, sent: () => void) => void): void => {
  const parsed = ToCard.safeParse(message)
  // Never print the message: it may hold a PIN.
  if (!parsed.success) process.exit(64)
  const { id, request } = parsed.data
  const outcome = perform(request)
  reply(
    {
      id,
      outcome: outcome.ok
        ? { ok: true, value: outcome.value }
        : { ok: false, error: toErrorData(outcome.error) },
    },
    () => {
      if (request.op === 'stop') process.exit(0)
    },
  )
}

/** Without its parent the process has no reason to live. */
const parentGone = (): void => {
  room.stop({ op: 'stop' })
  process.exit(0)
}

const { parentPort } = process as NodeJS.Process & { parentPort?: ElectronParent }
if (parentPort) {
  parentPort.once('message', ({ ports: [port] }) => {
    if (!port) process.exit(64)
    port.on('message', ({ data }) => {
      answer(data, (message, sent) => {
        port.postMessage(message)
        // The port has no « sent » event; leaving the loop once lets the message go.
        setImmediate(sent)
      })
    })
    port.on('close', parentGone)
    port.start()
  })
} else {
  process.on('message', (message) => {
    answer(message, (reply, sent) => {
      process.send?.(reply, sent)
    })
  })
  process.on('disconnect', parentGone)
}
