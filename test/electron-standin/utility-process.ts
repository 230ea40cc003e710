import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { strict } from './strict.ts'

/** Messages between the app process and a utility process. */
export type UtilityMessage =
  | { kind: 'message'; data: unknown; ports: number[] }
  | { kind: 'port-message'; port: number; data: unknown }
  | { kind: 'port-close'; port: number }

interface PortState {
  id: number
  emitter: EventEmitter
  peer: PortState | null
  /** The utility process that holds it, once transferred. */
  holder: ChildProcess | null
  started: boolean
  closed: boolean
  queue: unknown[]
}

let nextPort = 1
const states = new WeakMap<object, PortState>()
const transferred = new Map<number, PortState>()

const deliver = (port: PortState, data: unknown): void => {
  if (port.closed) return
  if (port.holder !== null) sendTo(port.holder, { kind: 'port-message', port: port.id, data })
  else if (port.started) port.emitter.emit('message', { data, ports: [] })
  else port.queue.push(data)
}

const close = (port: PortState): void => {
  if (port.closed) return
  port.closed = true
  transferred.delete(port.id)
  if (port.holder !== null) sendTo(port.holder, { kind: 'port-close', port: port.id })
  else port.emitter.emit('close')
  if (port.peer !== null) close(port.peer)
}

const sendTo = (child: ChildProcess, message: UtilityMessage): void => {
  if (child.connected) child.send(message)
}

const createPort = (): { port: object; state: PortState } => {
  const emitter = new EventEmitter()
  const state: PortState = {
    id: nextPort++,
    emitter,
    peer: null,
    holder: null,
    started: false,
    closed: false,
    queue: [],
  }
  const port = strict(
    'MessagePortMain',
    Object.assign(emitter, {
      postMessage: (data: unknown) => {
        if (state.peer !== null) deliver(state.peer, data)
      },
      start: () => {
        state.started = true
        for (const data of state.queue.splice(0)) emitter.emit('message', { data, ports: [] })
      },
      close: () => close(state),
    }),
  )
  states.set(port, state)
  return { port, state }
}

/** Two entangled ports; either may be transferred to a utility process, and the app process then relays. */
export const MessageChannelMain = function MessageChannelMain(): { port1: object; port2: object } {
  const one = createPort()
  const two = createPort()
  one.state.peer = two.state
  two.state.peer = one.state
  return { port1: one.port, port2: two.port }
} as unknown as new () => { port1: object; port2: object }

const transferTo = (child: ChildProcess, port: object): number => {
  const state = states.get(port)
  if (state === undefined || state.holder !== null)
    throw new Error('electron-standin: not a port that can be transferred')
  state.holder = child
  transferred.set(state.id, state)
  return state.id
}

interface ForkOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  execArgv?: string[]
  stdio?: 'pipe' | 'ignore' | 'inherit'
  serviceName?: string
  allowLoadingUnsignedLibraries?: boolean
}
const knownOptions = ['env', 'cwd', 'execArgv', 'stdio', 'serviceName', 'allowLoadingUnsignedLibraries']

/** `utilityProcess` on a plain Node child process that has `process.parentPort`. */
export const utilityProcess = strict('utilityProcess', {
  fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}): object => {
    for (const name of Object.keys(options)) {
      if (!knownOptions.includes(name))
        throw new Error(`electron-standin: utilityProcess.fork option ${name} is not implemented`)
    }
    const child = fork(modulePath, args, {
      serialization: 'advanced',
      execArgv: ['--import', join(import.meta.dirname, 'parent-port.ts'), ...(options.execArgv ?? [])],
      stdio: ['ignore', options.stdio ?? 'inherit', options.stdio ?? 'inherit', 'ipc'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
    })
    const emitter = new EventEmitter()
    child.on('spawn', () => emitter.emit('spawn'))
    child.on('error', () => undefined) // an impossible spawn also ends in `exit` below
    child.on('message', (received) => {
      const message = received as UtilityMessage
      if (message.kind === 'message') return emitter.emit('message', message.data)
      const port = transferred.get(message.port)
      if (port === undefined || port.holder !== child) return undefined
      if (message.kind === 'port-close') return close(port)
      return port.peer === null ? undefined : deliver(port.peer, message.data)
    })
    child.on('exit', (code) => {
      for (const port of transferred.values()) if (port.holder === child) close(port)
      emitter.emit('exit', code ?? 1)
    })
    return strict(
      'UtilityProcess',
      Object.assign(emitter, {
        pid: child.pid,
        stdout: child.stdout,
        stderr: child.stderr,
        postMessage: (data: unknown, ports: object[] = []) => {
          if (!child.connected) return
          sendTo(child, { kind: 'message', data, ports: ports.map((port) => transferTo(child, port)) })
        },
        kill: () => child.kill(),
      }),
    )
  },
})
