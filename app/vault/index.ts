import type { KeySlot } from '../contract/session.ts'
import type { Outcome } from '../contract/errors.ts'
import type { OperationName, OperationParams, OperationResult } from './operations/index.ts'

/** What opens a vault (architecture.md §4). The card signs with RSA PKCS#1 v1.5 over SHA-256, always the same bytes. */
export type SlotSecret =
  | {
      kind: 'card'
      serial: string
      label: string
      sign(challenge: Uint8Array): Promise<Outcome<Uint8Array>>
    }
  | { kind: 'passphrase'; passphrase: string }
  | { kind: 'recovery'; code: string }

/** Secrets a slot can be made from; a recovery code is always drawn by the vault itself. */
export type NewSlotSecret = Exclude<SlotSecret, { kind: 'recovery' }>

/** Encrypted files beside the database, for what is too big for it. `size`s and ranges are of the clear bytes. */
export interface PartFiles {
  /** Writes a new file, durable when this returns. Refer to its id from a row, or it is swept at the next opening. */
  write(source: AsyncIterable<Uint8Array>): Promise<Outcome<{ id: string; size: number }>>
  /**
   * Opens a file; `range` is [start, end). A damaged chunk stops the iteration with an error whose message is
   * `vault.corrupt`: bytes already given were authentic.
   */
  read(
    id: string,
    range?: { start: number; end: number },
  ): Promise<Outcome<{ size: number; chunks: AsyncIterable<Uint8Array> }>>
  /** The whole file, when it is at most `limit` bytes (`vault.corrupt` when damaged, `mime.limit` when bigger). */
  readAll(id: string, limit: number): Promise<Outcome<Uint8Array>>
  remove(ids: string[]): Promise<Outcome<void>>
}

export interface Vault {
  exists(): boolean
  slots(): KeySlot[]
  create(secret: NewSlotSecret): Promise<Outcome<{ recoveryCode: string }>>
  open(secret: SlotSecret): Promise<Outcome<void>>
  addSlot(secret: NewSlotSecret): Promise<Outcome<KeySlot>>
  /** Replaces the recovery code; the old one opens nothing any more. */
  renewRecovery(): Promise<Outcome<{ recoveryCode: string }>>
  removeSlot(id: string): Promise<Outcome<void>>
  /** Drops what is queued, closes the database and wipes the keys, within a second. */
  close(): Promise<void>
  isOpen(): boolean
  run<K extends OperationName>(name: K, params: OperationParams<K>): Promise<Outcome<OperationResult<K>>>
  parts: PartFiles
}
