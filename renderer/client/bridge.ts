import type { EventName, Method, OutcomeData } from '../../app/contract/index.ts'

/** What the preload exposes as `window.souspli`; nothing else of the desktop is reachable. */
export interface Bridge {
  invoke(method: Method, input: unknown): Promise<OutcomeData>
  on(event: EventName, listener: (payload: unknown) => void): void
  off(event: EventName, listener: (payload: unknown) => void): void
  /** Addresses that differ between Electron and the stand-in. */
  readonly origins: Readonly<Record<string, string>>
}

declare global {
  interface Window {
    souspli?: Bridge
  }
}
