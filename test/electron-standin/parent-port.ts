/**
 * Preloaded (`--import`) into the stand-in's utility processes: gives them Electron's `process.parentPort` over Node's
 * child-process channel. Messages wait until someone listens.
 */
import { EventEmitter } from 'node:events'
import { isMainThread } from 'node:worker_threads'
import type { UtilityMessage } from './utility-process.ts'

const send = (message: UtilityMessage): void => {
  if (process.connected) process.send?.(message)
}

interface ChildPort extends EventEmitter {
  postMessage: (data: unknown) => void
  start: () => void
  close: () => void
}

const ports = new Map<number, { receive: (data: unknown) => void; end: () => void }>()

const createPort = (id: number): ChildPort => {
  const emitter = new EventEmitter()
  let started = false
  const queue: unknown[] = []
  const receive = (data: unknown): void => {
    if (started) emitter.emit('message', { data, ports: [] })
    else queue.push(data)
  }
  ports.set(id, { receive, end: () => emitter.emit('close') })
  return Object.assign(emitter, {
    postMessage: (data: unknown) => send({ kind: 'port-message', port: id, data }),
    start: () => {
      started = true
      for (const data of queue.splice(0)) receive(data)
    },
    close: () => {
      ports.delete(id)
      send({ kind: 'port-close', port: id })
    },
  })
}

const parentPort = new EventEmitter()
const early: object[] = []
let listening = false
parentPort.on('newListener', (event) => {
  if (event !== 'message' || listening) return
  listening = true
  queueMicrotask(() => {
    for (const event of early.splice(0)) parentPort.emit('message', event)
  })
})

const receive = (received: unknown): void => {
  const message = received as UtilityMessage
  if (message.kind === 'message') {
    const event = { data: message.data, ports: message.ports.map(createPort) }
    if (listening && early.length === 0) parentPort.emit('message', event)
    else early.push(event)
  } else if (message.kind === 'port-message') ports.get(message.port)?.receive(message.data)
  else {
    ports.get(message.port)?.end()
    ports.delete(message.port)
  }
}

// Worker threads inherit `--import`; the port belongs to the process's main thread, as in Electron.
if (isMainThread) {
  process.on('message', receive)
  process.on('disconnect', () => process.exit(0))
  Object.defineProperty(process, 'parentPort', {
    value: Object.assign(parentPort, {
      postMessage: (data: unknown) => send({ kind: 'message', data, ports: [] }),
      start: () => undefined,
    }),
  })
}
