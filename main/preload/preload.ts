import { contextBridge, ipcRenderer } from 'electron'

// Sandboxed: Electron's own `electron` module is all there is to import at run time; names are those of ../ipc.ts.
const channels = { invoke: 'souspli:invoke', event: 'souspli:event', activity: 'souspli:activity' } as const
const originsArgument = '--souspli-origins='
const activityIntervalMs = 5_000

const readOrigins = (): { part: string; mail: string } => {
  const argument = process.argv.find((one) => one.startsWith(originsArgument))
  if (argument === undefined) throw new Error('origins missing')
  return JSON.parse(argument.slice(originsArgument.length)) as { part: string; mail: string }
}

type Listener = (payload: unknown) => void

const listeners = new Map<number, { event: string; listener: Listener }>()
let nextId = 1

ipcRenderer.on(channels.event, (_event, name: unknown, payload: unknown) => {
  for (const one of listeners.values()) if (one.event === name) one.listener(payload)
})

interface InputEvent {
  isTrusted: boolean
  timeStamp: number
}
// The page's own global; the rest of main/ is checked without the DOM.
const page = globalThis as unknown as {
  addEventListener: (
    kind: string,
    listener: (event: InputEvent) => void,
    options: { capture: boolean; passive: boolean },
  ) => void
}

let lastActivity = Number.NEGATIVE_INFINITY
for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
  page.addEventListener(
    kind,
    (event) => {
      if (!event.isTrusted || event.timeStamp - lastActivity < activityIntervalMs) return
      lastActivity = event.timeStamp
      ipcRenderer.send(channels.activity)
    },
    { capture: true, passive: true },
  )
}

contextBridge.exposeInMainWorld('souspli', {
  /** `{ ok: true, value }` or `{ ok: false, error }`. */
  invoke: (method: string, input: unknown): Promise<unknown> =>
    ipcRenderer.invoke(channels.invoke, method, input),
  /** Returns the id that `off` takes. */
  on: (event: string, listener: Listener): number => {
    const id = nextId++
    listeners.set(id, { event, listener })
    return id
  },
  off: (id: number): void => {
    listeners.delete(id)
  },
  origins: readOrigins(),
})
