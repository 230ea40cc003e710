import type {
  Correspondent,
  EncryptionStatus,
  PatientSummary,
  PrintLabels,
  SignatureStatus,
} from '../../contract/index.ts'
import type { TextBlock } from '../mime/html-blocks.ts'

/** A message as its pages and the files that go along; decrypted where the session can. */
export interface PrintedMessage {
  subject: string
  from: Correspondent
  to: Correspondent[]
  cc: Correspondent[]
  /** Milliseconds. */
  date: number
  patient: PatientSummary | null
  signature: SignatureStatus
  encryption: EncryptionStatus['status']
  blocks: TextBlock[]
  /** The text was too long for paper: the rest is in the original. */
  truncated: boolean
  attachments: { fileName: string; mimeType: string; bytes: Uint8Array }[]
  /** As received: goes along as message.eml. */
  raw: Uint8Array
}

/** Everything the pages say that is not the message's: from the window's catalogue. */
export interface PrintRequest {
  path: string
  labels: PrintLabels
  /** BCP 47, for dates. */
  language: string
  fonts: { regular: Uint8Array; bold: Uint8Array }
  /** Milliseconds: when the export was asked. */
  exportedAt: number
}

export type ToPrinter = { kind: 'message'; message: PrintedMessage } | { kind: 'end' }
export type FromPrinter = { ok: true } | { ok: false; code: string }
