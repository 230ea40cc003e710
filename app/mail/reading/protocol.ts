/**
 * To the reading worker. Sources lie in shared memory (or are copied), null for one that is too large to be read; `at` holds
 * one Int32, the index of the source being read, so that whoever ends the worker knows which message did it.
 */
export interface ToReader {
  sources: (Uint8Array | null)[]
  at: SharedArrayBuffer
}

/** From the reading worker: readings of all sources in order, packed for the store; or the fault of the one `at` names. */
export type FromReader = { readings: Uint8Array<ArrayBuffer> } | { fault: string }
