import type { ErrorData } from '../contract/errors.ts'
import type { ContentSecrets } from './encrypt.ts'
import type { DecryptionKey } from './enveloped-data.ts'
import type { TakenApart } from './open.ts'

/** What the worker is given; big bytes and keys are transferred, never shared. */
export interface SmimeJobs {
  open: { raw: Uint8Array; keys: DecryptionKey[] }
  encrypt: { entity: Uint8Array; recipients: Uint8Array[]; secrets: ContentSecrets }
  digest: { entity: Uint8Array }
}

export interface SmimeResults {
  /** Content is null when nothing came off. */
  open: Omit<TakenApart, 'content'> & { content: Uint8Array | null }
  encrypt: Uint8Array
  digest: Uint8Array
}

export type SmimeJobKind = keyof SmimeJobs
export type ToSmimeWorker = { [K in SmimeJobKind]: { kind: K; job: SmimeJobs[K] } }[SmimeJobKind]
export type FromSmimeWorker =
  { ok: true; value: SmimeResults[SmimeJobKind] } | { ok: false; error: ErrorData }
