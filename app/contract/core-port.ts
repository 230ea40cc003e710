import type { ErrorData } from './errors.ts'
import type { Policy } from './policy.ts'

/**
 * Messages between main and the core process. Main relays windows' calls and streams bytes; it never looks inside.
 * Every message is structured-cloneable; ids are chosen by the asking side and are unique for its life.
 */
export type OutcomeData = { ok: true; value: unknown } | { ok: false; error: ErrorData }

/**
 * Environment of the core's process: glibc (Linux; others do not look) gives back what was freed instead of keeping it for
 * each thread (docs/performance.md, « Memory »).
 */
export const coreEnvironment = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '1048576',
} as const

export interface CoreStart {
  /** Of the product, for support. */
  version: string
  /** Folder of the vault, key slots and preferences. */
  profileFolder: string
  /** Private folder for « ouvrir avec » copies; wiped on lock, at start and at exit. */
  openedFolder: string
  policy: Policy
  /** Entry file of the vault's worker thread (source in tests, bundle in the product). */
  vaultWorker: string
  /** Entry file of the S/MIME worker thread, alike. */
  smimeWorker: string
  /** Entry file of the worker thread that reads messages as they are synchronised. */
  readingWorker: string
  /** Entry file of the worker thread that reads attachments for the index. */
  indexingWorker: string
  /** Entry file of the worker threads of the directory: one that searches, one that imports. */
  directoryWorker: string
  /** Entry file of the worker thread that writes documents. */
  writingWorker: string
  /** Entry file of the worker thread that writes PDF exports, and the folder of the typefaces of both. */
  printWorker: string
  printFonts: string
  /** The native module that does TLS with the card's key; it may be missing: that is said when it is wanted. */
  cardTlsAddon: string
}

/** What a path may be used for: messages or a backup read from it, an export written to it or into it, a backup written. */
export type PathUse =
  'import' | 'export-file' | 'export-folder' | 'backup-source' | 'backup-target' | 'record-folder'

export type ToCore =
  | { kind: 'start'; start: CoreStart }
  | { kind: 'invoke'; id: number; method: string; input: unknown }
  | { kind: 'host-reply'; id: number; outcome: OutcomeData }
  /** The card process was (re)started: its port is transferred with this message. */
  | { kind: 'card-port' }
  | { kind: 'part-open'; id: number; url: string }
  | { kind: 'part-pull'; id: number }
  | { kind: 'part-cancel'; id: number }
  /** Bytes a window sends (attachments, p12 files), in order; `last` closes the upload. */
  | { kind: 'upload-chunk'; id: number; uploadId: string; index: number; bytes: Uint8Array; last: boolean }
  /** Paths the user chose in a dialog of main's: the answer is the grant a window names them by. */
  | { kind: 'grant-paths'; id: number; use: PathUse; paths: string[] }
  | { kind: 'save-part'; id: number; url: string; path: string }
  | { kind: 'open-part'; id: number; url: string; fileName: string }
  | { kind: 'power'; event: 'suspend' | 'resume' | 'lock-screen' }
  | { kind: 'activity' }
  /** What a window shows was given to a printer. */
  | { kind: 'printed'; what: 'message' | 'document'; messageId: number | null }
  | { kind: 'stop' }

export type FromCore =
  | { kind: 'ready' }
  | { kind: 'reply'; id: number; outcome: OutcomeData }
  | { kind: 'event'; name: string; payload: unknown }
  | { kind: 'host'; id: number; request: HostRequest }
  | { kind: 'part-head'; id: number; head: PartHead }
  /** Null ends the part. One chunk per pull. */
  | { kind: 'part-chunk'; id: number; bytes: Uint8Array | null; error: ErrorData | null }
  | { kind: 'stopped' }

export type PartHead =
  | { ok: true; mimeType: string; size: number | null; fileName: string | null }
  | { ok: false; error: ErrorData }

/** What the core asks of the desktop. */
export type HostRequest =
  /** Start the card process afresh (kills the running one); answered by a `card-port` message. */
  | { op: 'restart-card' }
  | { op: 'open-external'; url: string }
  /** The OS key store (safeStorage): protects the device secret, never the vault key itself. */
  | { op: 'protect-secret'; bytes: Uint8Array }
  | { op: 'unprotect-secret'; bytes: Uint8Array }
