/** What the browser host and an app process say to each other over Node's child-process channel. */
export type Wire =
  | { kind: 'request'; id: number; op: string; payload: unknown }
  | { kind: 'answer'; id: number; ok: true; value: unknown }
  | { kind: 'answer'; id: number; ok: false; message: string }

export interface WireEnd {
  request: (op: string, payload?: unknown) => Promise<unknown>
  receive: (message: unknown) => void
  /** Fails everything pending: the other side is gone. */
  end: () => void
}

/** One end of the channel. `handle` answers the other side's requests; its errors travel as messages. */
export const createWireEnd = (
  send: (message: Wire) => void,
  handle: (op: string, payload: unknown) => Promise<unknown>,
): WireEnd => {
  let nextId = 1
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const answer = async (id: number, op: string, payload: unknown): Promise<void> => {
    try {
      send({ kind: 'answer', id, ok: true, value: await handle(op, payload) })
    } catch (error) {
      send({ kind: 'answer', id, ok: false, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return {
    request: (op, payload) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        pending.set(id, { resolve, reject })
        send({ kind: 'request', id, op, payload })
      }),
    receive: (received) => {
      const message = received as Wire
      if (message.kind === 'request') {
        void answer(message.id, message.op, message.payload) // answers errors too
        return
      }
      const waiter = pending.get(message.id)
      pending.delete(message.id)
      if (message.ok) waiter?.resolve(message.value)
      else waiter?.reject(new Error(message.message))
    },
    end: () => {
      for (const waiter of pending.values())
        waiter.reject(new Error('electron-standin: the other side is gone'))
      pending.clear()
    },
  }
}

export interface WindowCreate {
  windowId: number
  partition: string
  width: number
  height: number
  /** Source of the preload script. */
  preload: string
  argv: string[]
}

export interface PageRequest {
  windowId: number
  partition: string
  /** In Electron's form for our schemes, else as it is. */
  url: string
  method: string
  headers: Record<string, string>
  body: Uint8Array | null
  resourceType: string
  /** Null when it is no navigation. */
  navigation: { mainFrame: boolean; byProgram: boolean } | null
}

export type PageAnswer =
  | { action: 'abort' }
  | { action: 'fulfill'; status: number; headers: Record<string, string>; body: Uint8Array }

export interface PageCall {
  windowId: number
  channel: string
  args: unknown[]
  frame: { url: string; main: boolean }
}
