/**
 * Entry of the core process: Electron's utilityProcess (or its stand-in) hands messages of contract/core-port.ts on
 * `process.parentPort`. One core per process.
 */
import * as crypto from 'node:crypto'
import { selfTest } from './algorithms/index.ts'
import { createCore, type Core } from './core.ts'
import type { CardPort } from './card/index.ts'
import { keepHeapsSmall } from './process-memory.ts'
import { eventLine, faultLine } from './technical-log.ts'
import {
  fail,
  type ErrorData,
  ok,
  toErrorData,
  type FromCore,
  type HostRequest,
  type Outcome,
  type OutcomeData,
  type ToCore,
} from './contract/index.ts'

/** The part of Electron's MessagePortMain that a utility process sees. */
interface TransferredPort {
  postMessage: (message: unknown) => void
  on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => unknown
  start: () => void
  close: () => void
}
interface ParentPort {
  postMessage: (message: FromCore) => void
  on: (event: 'message', listener: (event: { data: ToCore; ports: TransferredPort[] }) => void) => unknown
}

keepHeapsSmall()

const chunkBytes = 256 * 1024

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort
if (!parentPort) throw new Error('the core process runs under a utility process only')
const post = (message: FromCore): void => parentPort.postMessage(message)

let core: Core | null = null
/** What is answered while there is no core. */
let refusal: ErrorData = { code: 'core.unavailable', retry: 'later' }
let nextHostId = 1
const hostReplies = new Map<number, (outcome: OutcomeData) => void>()
let cardPortWaiting: ((port: CardPort) => void) | null = null
/** Bytes being streamed to a window, by the window's request. */
const streams = new Map<number, { bytes: Uint8Array; offset: number }>()
let locks = 0
/** Nothing read before a lock is given after it. */
const forgetStreams = (): void => {
  locks += 1
  streams.clear()
}

const askHost = (request: HostRequest): Promise<Outcome<unknown>> =>
  new Promise((resolve) => {
    const id = nextHostId++
    hostReplies.set(id, (outcome) =>
      resolve(outcome.ok ? ok(outcome.value) : { ok: false, error: outcome.error }),
    )
    post({ kind: 'host', id, request })
  })

const askHostForBytes = async (request: HostRequest): Promise<Outcome<Uint8Array>> => {
  const outcome = await askHost(request)
  if (!outcome.ok) return outcome
  return outcome.value instanceof Uint8Array ? ok(outcome.value) : fail('core.internal')
}

const asCardPort = (port: TransferredPort): CardPort => ({
  post: (message) => port.postMessage(message),
  onMessage: (listener) => void port.on('message', (event) => listener(event.data)),
  onClose: (listener) => void port.on('close', () => listener()),
  close: () => port.close(),
})

const startCardProcess = async (): Promise<CardPort> => {
  const port = new Promise<CardPort>((resolve) => (cardPortWaiting = resolve))
  const asked = await askHost({ op: 'restart-card' })
  if (!asked.ok) throw new Error(asked.error.code)
  return port
}

const plain = (outcome: Outcome<unknown>): OutcomeData =>
  outcome.ok ? outcome : { ok: false, error: toErrorData(outcome.error) }

/** Every answer goes out, whatever happens: an exception is a fault of ours and is said as such. */
const answer = (id: number, work: (core: Core) => Promise<OutcomeData>): void => {
  const running = core ? work(core) : Promise.resolve<OutcomeData>({ ok: false, error: refusal })
  running.then(
    (outcome) => post({ kind: 'reply', id, outcome }),
    (error: unknown) => {
      reportFault(error)
      post({ kind: 'reply', id, outcome: { ok: false, error: { code: 'core.internal', retry: 'no' } } })
    },
  )
}

const reportFault = (error: unknown): void => void process.stderr.write(faultLine(error))

const openPart = async (id: number, url: string): Promise<void> => {
  const before = locks
  const resource = core ? core.findPart(url) : fail('core.unavailable')
  const read = resource.ok ? await resource.value.read() : resource
  const bytes = before === locks ? read : fail('part.expired')
  if (!resource.ok || !bytes.ok) {
    const error = !resource.ok ? resource.error : !bytes.ok ? bytes.error : null
    post({
      kind: 'part-head',
      id,
      head: { ok: false, error: error ? toErrorData(error) : { code: 'part.unavailable', retry: 'no' } },
    })
    return
  }
  streams.set(id, { bytes: bytes.value, offset: 0 })
  const { mimeType, fileName } = resource.value
  post({ kind: 'part-head', id, head: { ok: true, mimeType, size: bytes.value.byteLength, fileName } })
}

const pullPart = (id: number): void => {
  const stream = streams.get(id)
  if (!stream || stream.offset >= stream.bytes.byteLength) {
    streams.delete(id)
    post({ kind: 'part-chunk', id, bytes: null, error: null })
    return
  }
  const bytes = stream.bytes.slice(stream.offset, stream.offset + chunkBytes)
  stream.offset += bytes.byteLength
  post({ kind: 'part-chunk', id, bytes, error: null })
}

const receive = async (message: ToCore, ports: TransferredPort[]): Promise<void> => {
  switch (message.kind) {
    case 'start': {
      const missing = await selfTest(crypto)
      if (missing.length > 0) {
        process.stderr.write(eventLine('algorithm-missing', missing))
        refusal = { code: 'core.algorithm-missing', retry: 'no' }
        post({ kind: 'ready' })
        return
      }
      core = await createCore({
        start: message.start,
        host: {
          startCardProcess,
          openExternal: (url) => askHost({ op: 'open-external', url }),
          protectSecret: (bytes) => askHostForBytes({ op: 'protect-secret', bytes }),
          unprotectSecret: (bytes) => askHostForBytes({ op: 'unprotect-secret', bytes }),
        },
        emit: (name, payload) => {
          if (name === 'session.changed' && 'phase' in payload && payload.phase === 'locked') forgetStreams()
          post({ kind: 'event', name, payload })
        },
        onFault: reportFault,
        random: (length) => crypto.randomBytes(length),
        now: () => Date.now(),
        monotonic: () => performance.now(),
      })
      post({ kind: 'ready' })
      return
    }
    case 'invoke':
      answer(message.id, (running) => running.invoke(message.method, message.input))
      return
    case 'host-reply': {
      const reply = hostReplies.get(message.id)
      hostReplies.delete(message.id)
      reply?.(message.outcome)
      return
    }
    case 'card-port': {
      const [port] = ports
      if (!port) return
      const waiting = cardPortWaiting
      cardPortWaiting = null
      if (!waiting) {
        port.close()
        return
      }
      waiting(asCardPort(port))
      port.start()
      return
    }
    case 'part-open':
      await openPart(message.id, message.url)
      return
    case 'part-pull':
      pullPart(message.id)
      return
    case 'part-cancel':
      streams.delete(message.id)
      return
    case 'upload-chunk':
      answer(message.id, async (running) => plain(await running.upload(message)))
      return
    case 'save-part':
      answer(message.id, async (running) => plain(await running.savePart(message.url, message.path)))
      return
    case 'grant-paths':
      answer(message.id, (running) => Promise.resolve(plain(running.grantPaths(message.use, message.paths))))
      return
    case 'open-part':
      answer(message.id, async (running) => plain(await running.copyPart(message.url, message.fileName)))
      return
    case 'power':
      await core?.power(message.event)
      return
    case 'printed':
      core?.printed(message.what, message.messageId)
      return
    case 'activity':
      core?.activity()
      return
    case 'stop':
      await core?.stop()
      post({ kind: 'stopped' })
      process.exit(0)
  }
}

parentPort.on('message', ({ data, ports }) => {
  receive(data, ports).catch((error: unknown) => {
    reportFault(error)
    // A core that cannot start must not look alive.
    if (data.kind === 'start') process.exit(1)
  })
})
process.on('uncaughtException', (error) => {
  reportFault(error)
  process.exit(1)
})
