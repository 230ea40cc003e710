import { z } from 'zod'
import { AccountId } from './accounts.ts'
import { ActionSelection } from './actions.ts'
import { ErrorCode, ErrorData } from './errors.ts'
import { FolderId, MessageId, MessageRow } from './mail.ts'
import { call, Nothing } from './service.ts'

/** Names files or folders the user chose in main's own dialog; dies with the session. A window never types a path. */
export const Grant = z.string().min(20).max(64)
export type Grant = z.infer<typeof Grant>

/** What a selection can leave as: one file or a folder of .eml, one mbox, one PDF that holds the originals. */
export const ExportFormat = z.enum(['eml', 'mbox', 'pdf'])
export type ExportFormat = z.infer<typeof ExportFormat>

export const ImportId = z.number().int().positive()

/** Where an import stands; counts grow while it is running. */
export const ImportState = z.object({
  id: ImportId,
  accountId: AccountId,
  folderId: FolderId,
  /** The files, as the user knows them. */
  name: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** Bytes. */
  done: z.number().int(),
  total: z.number().int(),
  imported: z.number().int(),
  /** Already in the mailbox: skipped. */
  duplicates: z.number().int(),
  /** Marked as deleted in the file: skipped. */
  deleted: z.number().int(),
  refused: z.number().int(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  error: ErrorData.nullable(),
})
export type ImportState = z.infer<typeof ImportState>

/** One message that was not imported. */
export const Refusal = z.object({
  file: z.string(),
  /** First byte of the message in the file. */
  place: z.number().int(),
  code: ErrorCode,
})
export type Refusal = z.infer<typeof Refusal>

export const ExportState = z.object({
  id: z.number().int().positive(),
  format: ExportFormat,
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  done: z.number().int(),
  total: z.number().int(),
  /** Messages whose body is not here and could not be downloaded, or read for paper: they are not in the export. */
  missingCount: z.number().int(),
  /** The first of them. */
  missing: z.array(z.object({ id: MessageId, subject: z.string(), code: ErrorCode })),
  /** Encrypted messages that went out as they are, since nothing here decrypts them. */
  stillEncrypted: z.number().int(),
  error: ErrorData.nullable(),
})
export type ExportState = z.infer<typeof ExportState>

const Label = z.string().max(300)

/** What the pages of a PDF say besides the message: from the window's catalogue, `{name}`, `{date}`… filled in by the core. */
export const PrintLabels = z.object({
  title: Label,
  from: Label,
  to: Label,
  cc: Label,
  date: Label,
  noSubject: Label,
  /** `{name}`, `{date}` */
  signatureValid: Label,
  signaturePart: Label,
  signatureUnbound: Label,
  signatureUntrusted: Label,
  signatureUndecidable: Label,
  signatureInvalid: Label,
  unsigned: Label,
  decrypted: Label,
  stillEncrypted: Label,
  patient: Label,
  /** `{date}` */
  born: Label,
  /** `{ins}` */
  ins: Label,
  notQualified: Label,
  attachments: Label,
  truncated: Label,
  kilobytes: Label,
  megabytes: Label,
  /** `{date}`, `{page}` */
  foot: Label,
})
export type PrintLabels = z.infer<typeof PrintLabels>

/** A message whose content is too dangerous or too costly to read, and why. */
export const Quarantined = z.object({ row: MessageRow, code: ErrorCode })
export type Quarantined = z.infer<typeof Quarantined>

export const exchangeCalls = {
  /**
   * Imports the files of a grant, or files the window has streamed (dropped), into a folder: rows at once, then to the
   * server by the queue. Several may run; the answer is the first state, `exchange.import` tells the rest.
   */
  'exchange.import': call(
    z.object({
      source: z.union([
        z.object({ grant: Grant }),
        z.object({
          uploads: z
            .array(z.object({ uploadId: z.string().max(100), fileName: z.string().max(255) }))
            .min(1)
            .max(16),
        }),
      ]),
      folderId: FolderId,
    }),
    ImportState,
  ),
  /** Newest first. */
  'exchange.imports': call(Nothing, z.array(ImportState)),
  'exchange.cancelImport': call(z.object({ id: ImportId }), Nothing),
  /** Goes on where a failed import stopped. */
  'exchange.resumeImport': call(z.object({ id: ImportId }), Nothing),
  /** Takes a finished import off the list; its messages stay. */
  'exchange.forgetImport': call(z.object({ id: ImportId }), Nothing),
  /** The first refusals, and the address of the whole list (CSV) for `window.savePart`. */
  'exchange.refusals': call(
    z.object({ id: ImportId }),
    z.object({ first: z.array(Refusal), url: z.string() }),
  ),
  /** Writes messages where the grant says. `exchange.export` tells how far it is. */
  'exchange.export': call(
    z.object({
      grant: Grant,
      format: ExportFormat,
      selection: ActionSelection,
      /** File names hold the subject too, and with it a patient's name more often than not. */
      subjectInNames: z.boolean(),
      /** For `pdf`. */
      labels: PrintLabels.nullable(),
    }),
    ExportState,
  ),
  'exchange.cancelExport': call(z.object({ id: z.number().int() }), Nothing),
  /** Messages set aside, newest first, at most 500. */
  'quarantine.list': call(Nothing, z.array(Quarantined)),
  /** Tries to read a message set aside again. */
  'quarantine.retry': call(z.object({ id: MessageId }), Nothing),
}

export const exchangeEvents = {
  'exchange.import': ImportState,
  'exchange.export': ExportState,
}

export type ExchangeMethod = keyof typeof exchangeCalls
