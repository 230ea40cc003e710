import type { EventName, Method } from '../../app/contract/index.ts'

/** What the preload exposes as `window.souspli` (main/preload); nothing else of the desktop is reachable. */
export interface Bridge {
  /** `{ ok: true, value }` or `{ ok: false, error }`. */
  invoke(method: Method, input: unknown): Promise<unknown>
  /** Returns the id that `off` takes. */
  on(event: EventName, listener: (payload: unknown) => void): number
  off(id: number): void
  /** Prefixes of part and mail-frame addresses: they differ between Electron and the stand-in. */
  readonly origins: { readonly part: string; readonly mail: string }
}

declare global {
  interface Window {
    souspli?: Bridge
  }
}
