import type { ErrorData } from '../contract/errors.ts'

/** Messages to the store's worker. `stopping` is a shared flag looked at between statements: 1 = stop at once. */
export type ToWorker =
  | { type: 'open'; path: string; key: Uint8Array; create: boolean; stopping: SharedArrayBuffer }
  | { type: 'run'; id: number; name: string; params: unknown; at: number }
  | { type: 'close' }

/** Messages from the worker. `trace` is the stack of an unforeseen error (never SQL values). */
export type FromWorker =
  | { type: 'opened' }
  | { type: 'refused'; error: ErrorData; trace: string }
  | { type: 'done'; id: number; value: unknown }
  | { type: 'failed'; id: number; error: ErrorData; trace: string }
  | { type: 'closed' }
