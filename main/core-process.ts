import type { MessagePortMain } from 'electron'
import type {
  CoreStart,
  ErrorData,
  FromCore,
  HostRequest,
  OutcomeData,
  PartHead,
  PathUse,
  ToCore,
} from '../app/contract/index.ts'

/** What main needs of an Electron `UtilityProcess`. */
export interface ForkedProcess {
  postMessage(message: unknown, transfer?: MessagePortMain[]): void
  kill(): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
}

export type PartChunk = { ok: true; value: Uint8Array | null } | { ok: false; error: ErrorData }

export interface OpenedPart {
  head: PartHead
  pull: () => Promise<PartChunk>
  cancel: () => void
}

export interface Upload {
  uploadId: string
  index: number
  bytes: Uint8Array
  last: boolean
}

export interface CoreProcess {
  /** Relays a call already checked. `core.unavailable` when the core dies before it answers. */
  invoke: (method: string, input: unknown) => Promise<OutcomeData>
  openPart: (url: string) => Promise<OpenedPart>
  upload: (upload: Upload) => Promise<OutcomeData>
  savePart: (url: string, path: string) => Promise<OutcomeData>
  /** The value is the grant a window names these paths by. */
  grantPaths: (use: PathUse, paths: string[]) => Promise<OutcomeData>
  /** Copies a part to the opened-files folder; the value is the copy's absolute path. */
  copyPartToOpen: (url: string, fileName: string) => Promise<OutcomeData>
  send: (
    message: Extract<ToCore, { kind: 'power' | 'activity' | 'card-port' | 'printed' }>,
    ports?: MessagePortMain[],
  ) => void
  /** Asks the core to close the vault and stop; resolves when the process is gone (killed after `limitMs`). */
  stop: (limitMs: number) => Promise<void>
}

export interface CoreProcessOptions {
  fork: () => ForkedProcess
  start: CoreStart
  onEvent: (name: string, payload: unknown) => void
  onHostRequest: (request: HostRequest) => Promise<OutcomeData>
  /** The core died without being asked; true when it is being started again. */
  onLost: (restarting: boolean) => void
  /** Milliseconds, monotonic. */
  now: () => number
  log: (line: string) => void
}

const restartsAllowed = 3
const restartWindowMs = 60_000

const unavailable: ErrorData = { code: 'core.unavailable', retry: 'later' }

/**
 * Starts the core process and speaks core-port.ts with it. Calls made before it is ready wait; when it dies, everything
 * pending fails with `core.unavailable` and it is started again, at most three times a minute.
 */
export const startCoreProcess = (options: CoreProcessOptions): CoreProcess => {
  let nextId = 1
  let child: ForkedProcess | null = null
  let isReady = false
  let stopping = false
  let waiting: ToCore[] = []
  const starts: number[] = []
  const replies = new Map<number, (outcome: OutcomeData) => void>()
  const heads = new Map<number, (head: PartHead) => void>()
  const chunks = new Map<number, (chunk: PartChunk) => void>()
  const gone: (() => void)[] = []

  const post = (message: ToCore, ports: MessagePortMain[] = []): void => {
    if (child === null) return
    if (isReady || message.kind === 'start' || message.kind === 'stop' || ports.length > 0) {
      child.postMessage(message, ports)
    } else waiting.push(message)
  }

  const failPending = (): void => {
    const pendingReplies = [...replies.values()]
    const pendingHeads = [...heads.values()]
    const pendingChunks = [...chunks.values()]
    replies.clear()
    heads.clear()
    chunks.clear()
    waiting = []
    for (const answer of pendingReplies) answer({ ok: false, error: unavailable })
    for (const answer of pendingHeads) answer({ ok: false, error: unavailable })
    for (const answer of pendingChunks) answer({ ok: false, error: unavailable })
  }

  const settle = <T>(pending: Map<number, (value: T) => void>, id: number, value: T): void => {
    const answer = pending.get(id)
    pending.delete(id)
    answer?.(value)
  }

  const answerHost = async (id: number, request: HostRequest, asker: ForkedProcess): Promise<void> => {
    let outcome: OutcomeData
    try {
      outcome = await options.onHostRequest(request)
    } catch {
      options.log(`host request ${request.op} failed`)
      outcome = { ok: false, error: { code: 'core.internal', retry: 'no' } }
    }
    if (asker === child) post({ kind: 'host-reply', id, outcome })
  }

  const receive = (message: FromCore, from: ForkedProcess): void => {
    switch (message.kind) {
      case 'ready': {
        isReady = true
        const held = waiting
        waiting = []
        for (const one of held) post(one)
        return
      }
      case 'reply':
        return settle(replies, message.id, message.outcome)
      case 'event':
        return options.onEvent(message.name, message.payload)
      case 'host':
        void answerHost(message.id, message.request, from) // answers by message, reports its own failures
        return
      case 'part-head':
        return settle(heads, message.id, message.head)
      case 'part-chunk':
        return settle(
          chunks,
          message.id,
          message.error === null ? { ok: true, value: message.bytes } : { ok: false, error: message.error },
        )
      case 'stopped':
        return
    }
  }

  const launch = (): void => {
    starts.push(options.now())
    const process = options.fork()
    child = process
    isReady = false
    // The core is ours and speaks core-port.ts; windows' payloads are parsed in ipc.ts.
    process.on('message', (message) => receive(message as FromCore, process))
    process.on('exit', (code) => {
      if (child !== process) return
      child = null
      isReady = false
      failPending()
      for (const done of gone.splice(0)) done()
      if (stopping) return
      const recent = starts.filter((at) => options.now() - at < restartWindowMs)
      const again = recent.length <= restartsAllowed
      options.log(
        `core process ended with code ${code}${again ? ', starting it again' : ', not started again'}`,
      )
      if (again) launch()
      options.onLost(again)
    })
    post({ kind: 'start', start: options.start })
  }

  const ask = (make: (id: number) => ToCore): Promise<OutcomeData> => {
    if (child === null || stopping) return Promise.resolve({ ok: false, error: unavailable })
    const id = nextId++
    return new Promise((resolve) => {
      replies.set(id, resolve)
      post(make(id))
    })
  }

  const openPart = async (url: string): Promise<OpenedPart> => {
    const id = nextId++
    const head = await new Promise<PartHead>((resolve) => {
      if (child === null || stopping) return resolve({ ok: false, error: unavailable })
      heads.set(id, resolve)
      post({ kind: 'part-open', id, url })
    })
    return {
      head,
      pull: () =>
        new Promise((resolve) => {
          if (child === null) return resolve({ ok: false, error: unavailable })
          chunks.set(id, resolve)
          post({ kind: 'part-pull', id })
        }),
      cancel: () => {
        settle(chunks, id, { ok: true, value: null })
        post({ kind: 'part-cancel', id })
      },
    }
  }

  launch()
  return {
    invoke: (method, input) => ask((id) => ({ kind: 'invoke', id, method, input })),
    openPart,
    upload: (upload) => ask((id) => ({ kind: 'upload-chunk', id, ...upload })),
    savePart: (url, path) => ask((id) => ({ kind: 'save-part', id, url, path })),
    grantPaths: (use, paths) => ask((id) => ({ kind: 'grant-paths', id, use, paths })),
    copyPartToOpen: (url, fileName) => ask((id) => ({ kind: 'open-part', id, url, fileName })),
    send: (message, ports) => post(message, ports),
    stop: async (limitMs) => {
      stopping = true
      const process = child
      if (process === null) return
      const ended = new Promise<void>((resolve) => gone.push(resolve))
      post({ kind: 'stop' })
      const timer = setTimeout(() => process.kill(), limitMs)
      await ended
      clearTimeout(timer)
    },
  }
}
