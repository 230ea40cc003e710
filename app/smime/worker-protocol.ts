import type { Outcome } from '../contract/errors.ts'
import type { Sealing } from './encrypt.ts'
import type { DecryptionKey } from './enveloped-data.ts'
import type { TakenApart } from './open.ts'
import type { ImportedFile } from './p12.ts'

/** What the worker is given; big bytes and keys are transferred, never shared: a message has one room, lent to the worker. */
export interface SmimeJobs {
  /** `overwrite` for the first attempt: layers come off where they lie. */
  open: { raw: Uint8Array; keys: DecryptionKey[]; known: Uint8Array[]; overwrite: boolean }
  seal: Sealing
  /** A key file: hundreds of thousands of rounds stand before its keys. */
  importP12: { bytes: Uint8Array; passphrase: string }
}

export interface SmimeResults {
  /** Content is null when nothing came off, and when it was spoiled. */
  open: Omit<TakenApart, 'content'> & { content: Uint8Array | null }
  seal: Uint8Array
  /** Errors without their cause. */
  importP12: Outcome<ImportedFile>
}

export type SmimeJobKind = keyof SmimeJobs
export type ToSmimeWorker = { [K in SmimeJobKind]: { kind: K; job: SmimeJobs[K] } }[SmimeJobKind]
