import type {
  Correspondent,
  ListFilter,
  MessageRow,
  PatientSummary,
  ResultAlert,
  TrustClass,
} from '../../contract/index.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { noteCorrespondents } from './correspondents.ts'
import { unpackReadings } from '../readings.ts'
import type { FoundResult } from './results.ts'
import { storeReport } from './delivery.ts'
import type { FoundReport } from './found-report.ts'
import { saveFolderState, type FolderState } from './folders.ts'
import { storeClinical } from './clinical-findings.ts'
import type { PatientFindings } from './patient-index.ts'
import { selectPage, selectRows, selectThread } from './message-rows.ts'
import { pendingFlagMask } from './queue.ts'
import { indexMessages } from '../search/index-message.ts'
import type { PreparedText } from '../search/words.ts'
import { linkMessage } from './sent-links.ts'
import { assignThread, settleThread } from './threads.ts'
import { adopt } from './vanished.ts'

/** A message as its headers and structure tell; dates in milliseconds. */
export interface NewMessage {
  uid: number
  identity: Uint8Array
  date: number
  from: Correspondent
  to: Correspondent[]
  subject: string
  rawSubject: string
  flags: number
  size: number
  hasAttachments: boolean
  trust: TrustClass
  signed: boolean
  encrypted: boolean
  messageId: string | null
  inReplyTo: string | null
  references: string[]
  /** Message-IDs its Supersedes field names; none when absent. */
  replaces?: readonly string[]
}

/** What the body adds to a list row. */
export interface BodyFindings {
  preview: string
  hasAttachments: boolean
  signed: boolean
  encrypted: boolean
  patient: PatientSummary | null
  documentLabel: string | null
  documentCount: number
  alert: ResultAlert | null
  /** Laboratory results of its documents; none when absent. */
  results?: readonly FoundResult[]
  /** The message is a report about sent mail. */
  report: FoundReport | null
  /** Its clinical documents and the patients' addresses it names; absent when nothing could be read of it. */
  patients?: PatientFindings
}

/** Where a message is on its server; `uid` is null while a local move waits for its new number. */
export interface Location {
  id: number
  accountId: number
  folderId: number
  path: string
  uidvalidity: string | null
  uid: number | null
  size: number
}

const idsPerSecond = 1_048_576

const newId = (db: SqlDatabase, date: number): number => {
  const first = Math.max(1, Math.floor(date / 1000)) * idsPerSecond
  const last = db
    .prepare('SELECT max(id) AS id FROM messages WHERE id >= $first AND id < $end')
    .get<{ id: number | null }>({ first, end: first + idsPerSecond })
  return last?.id == null ? first : last.id + 1
}

/** A new row with its headers and its conversation; `uid` is null while the server does not have the message yet. */
export const insertMessage = (
  db: SqlDatabase,
  place: { accountId: number; folderId: number },
  message: Omit<NewMessage, 'uid'> & { uid: number | null },
  now: number | null = null,
): number => {
  const id = newId(db, message.date)
  const threadId = assignThread(db, { ...message, id, accountId: place.accountId })
  db.prepare(
    `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
       recipients, subject, flags, size, has_attachments, trust, signed, encrypted, arrived_at)
     VALUES ($id, $accountId, $folderId, $uid, $threadId, $identity, $date, $fromName, $fromAddress,
       $recipients, $subject, $flags, $size, $hasAttachments, $trust, $signed, $encrypted, $now)`,
  ).run({
    id,
    accountId: place.accountId,
    folderId: place.folderId,
    uid: message.uid,
    threadId,
    identity: message.identity,
    date: message.date,
    fromName: message.from.name,
    fromAddress: message.from.address,
    recipients: JSON.stringify(message.to),
    subject: message.subject,
    flags: message.flags,
    size: message.size,
    hasAttachments: message.hasAttachments ? 1 : 0,
    trust: message.trust,
    signed: message.signed ? 1 : 0,
    encrypted: message.encrypted ? 1 : 0,
    now,
  })
  db.prepare(
    `INSERT INTO message_headers (message_id, message_id_header, in_reply_to, reference_ids, raw_subject)
     VALUES ($id, $messageId, $inReplyTo, $references, $rawSubject)`,
  ).run({
    id,
    messageId: message.messageId,
    inReplyTo: message.inReplyTo,
    references: JSON.stringify(message.references),
    rawSubject: message.rawSubject,
  })
  settleThread(db, { ...message, id, accountId: place.accountId })
  return id
}

/** A byte-exact source and everything read from it. */
export interface StoredBody {
  id: number
  raw: Uint8Array | null
  rawFile: string | null
  rawSize: number
  text: string
  indexText: string | PreparedText
  /** Names and addresses in copy, for the index. */
  copies?: string
  findings: BodyFindings
  /** Why nothing could be read of it. */
  error?: ErrorCode | null
}

/** Where the source of a body is; what was read from it comes packed, in the same order. */
export type StoredSource = Pick<StoredBody, 'id' | 'raw' | 'rawFile' | 'rawSize'>

/**
 * Sources of messages, what they add to the rows, and their words into the index. Messages that are gone meanwhile are left
 * out. Returns the other rows that changed: the sent messages that reports tell about.
 */
export const storeBodies = (db: SqlDatabase, bodies: readonly StoredBody[], now: number): number[] => {
  const there = bodies.filter((body) => db.prepare('SELECT 1 FROM messages WHERE id = ?').get([body.id]))
  const others = there.flatMap((body) => storeRow(db, body, now))
  indexMessages(
    db,
    there.map(({ id, indexText, copies }) => ({
      id,
      text: { body: indexText, ...(copies === undefined ? {} : { copies }) },
    })),
  )
  return others
}

/** One of them. */
export const storeBody = (db: SqlDatabase, body: StoredBody, now: number): number[] =>
  storeBodies(db, [body], now)

const storeRow = (db: SqlDatabase, body: StoredBody, now: number): number[] => {
  db.prepare(
    `INSERT OR REPLACE INTO bodies (message_id, raw, raw_file, raw_size, text, error)
     VALUES ($id, $raw, $rawFile, $rawSize, $text, $error)`,
  ).run({
    id: body.id,
    raw: body.raw,
    rawFile: body.rawFile,
    rawSize: body.rawSize,
    text: body.text,
    error: body.error ?? null,
  })
  const found = body.findings
  db.prepare(
    `UPDATE messages SET body_state = 1, preview = $preview, has_attachments = $hasAttachments,
       signed = $signed, encrypted = $encrypted WHERE id = $id`,
  ).run({
    id: body.id,
    preview: found.preview,
    hasAttachments: found.hasAttachments ? 1 : 0,
    signed: found.signed ? 1 : 0,
    encrypted: found.encrypted ? 1 : 0,
  })
  return [
    ...storeClinical(db, body.id, found),
    ...(found.report === null ? [] : storeReport(db, body.id, found.report, now)),
  ]
}

export const messageOperations = {
  /**
   * Adds a batch of headers to a folder with the folder's new state, sorted by date first (models.md §8.2). A message
   * already there is left alone; one that waits for its UID here or vanished elsewhere is recognised by its identity and
   * keeps its id and body (`adopt`). Returns the ids new or changed.
   */
  'messages.insert': operation(
    (
      db,
      params: { accountId: number; folderId: number; messages: NewMessage[]; state: FolderState | null },
      context,
    ): number[] => {
      const ids: number[] = []
      const role = db
        .prepare('SELECT role FROM folders WHERE id = ?')
        .get<{ role: string }>([params.folderId])?.role
      for (const message of params.messages.toSorted((a, b) => a.date - b.date || a.uid - b.uid)) {
        const known = db
          .prepare('SELECT id FROM messages WHERE folder_id = $folderId AND uid = $uid')
          .get<{ id: number }>({ folderId: params.folderId, uid: message.uid })
        if (known) continue
        const adopted = adopt(db, params, message)
        if (adopted !== null) {
          ids.push(adopted)
          continue
        }
        ids.push(insertMessage(db, params, message, context.now()))
        ids.push(...linkMessage(db, params.accountId, message))
        if (role === 'sent') noteCorrespondents(db, 'sent', message.to, message.date)
        else if (role !== 'junk' && role !== 'drafts' && role !== 'trash')
          noteCorrespondents(db, 'received', [message.from], message.date)
      }
      if (params.state) saveFolderState(db, params.folderId, params.state)
      return ids
    },
  ),
  /**
   * Flags as the server has them; bits that a local action is about to change are kept. As long as that hides a
   * difference, the folder's old HIGHESTMODSEQ stays, so that the server says it again when the action is over.
   */
  'messages.applyFlags': operation(
    (
      db,
      params: {
        accountId: number
        folderId: number
        changes: { uid: number; flags: number }[]
        state: FolderState | null
      },
    ): { ids: number[]; highestmodseq: string | null } => {
      const masks = pendingFlagMask(db, params.accountId)
      const ids: number[] = []
      let hidden = false
      for (const change of params.changes) {
        const row = db
          .prepare('SELECT id, flags FROM messages WHERE folder_id = $folderId AND uid = $uid')
          .get<{ id: number; flags: number }>({ folderId: params.folderId, uid: change.uid })
        if (!row) continue
        const mask = masks.get(row.id) ?? 0
        const flags = (row.flags & mask) | (change.flags & ~mask)
        if (flags !== change.flags) hidden = true
        if (flags === row.flags) continue
        db.prepare('UPDATE messages SET flags = $flags WHERE id = $id').run({ id: row.id, flags })
        ids.push(row.id)
      }
      const before = db
        .prepare('SELECT highestmodseq FROM folders WHERE id = ?')
        .get<{ highestmodseq: string | null }>([params.folderId])
      const highestmodseq = (hidden ? before : params.state)?.highestmodseq ?? null
      if (params.state) saveFolderState(db, params.folderId, { ...params.state, highestmodseq })
      return { ids, highestmodseq }
    },
  ),
  'messages.countUids': operation(
    (db, params: { folderId: number }): number =>
      db
        .prepare('SELECT count(*) AS n FROM messages WHERE folder_id = ? AND uid IS NOT NULL')
        .get<{ n: number }>([params.folderId])?.n ?? 0,
  ),
  /** UIDs known in a folder, ascending. */
  'messages.uids': operation((db, params: { folderId: number }): number[] =>
    db
      .prepare('SELECT uid FROM messages WHERE folder_id = ? AND uid IS NOT NULL ORDER BY uid')
      .all<{ uid: number }>([params.folderId])
      .map((row) => row.uid),
  ),
  /** Those of these UIDs the folder does not have: a move of ours may have named them, or another be taking them away. */
  'messages.unknownUids': operation((db, params: { folderId: number; uids: number[] }): number[] =>
    db
      .prepare(
        `SELECT value AS uid FROM json_each($uids)
         WHERE NOT EXISTS (SELECT 1 FROM messages WHERE folder_id = $folderId AND uid = value)
           AND NOT EXISTS (SELECT 1 FROM operation_items WHERE folder_id = $folderId AND uid = value)`,
      )
      .all<{ uid: number }>({ folderId: params.folderId, uids: JSON.stringify(params.uids) })
      .map((row) => row.uid),
  ),
  'messages.page': operation(
    (
      db,
      params: { folderId: number | null; before: number | null; limit: number; filter: ListFilter },
    ): { rows: MessageRow[]; more: boolean } => {
      const rows = selectPage(db, {
        folderId: params.folderId,
        before: params.before ?? Number.MAX_SAFE_INTEGER,
        limit: params.limit + 1,
        filter: params.filter,
      })
      return { rows: rows.slice(0, params.limit), more: rows.length > params.limit }
    },
  ),
  'messages.rows': operation((db, params: { ids: number[] }): MessageRow[] => selectRows(db, params.ids)),
  'messages.thread': operation((db, params: { id: number }): MessageRow[] => selectThread(db, params.id)),
  'messages.locate': operation((db, params: { id: number }): Location | null => {
    const row = db
      .prepare(
        `SELECT m.id, m.account_id AS accountId, m.folder_id AS folderId, f.path, f.uidvalidity, m.uid, m.size
         FROM messages m JOIN folders f ON f.id = m.folder_id WHERE m.id = ?`,
      )
      .get<Location>([params.id])
    return row ? { ...row } : null
  }),
  /** The headers kept for threads, answers and searches on the server. */
  'messages.header': operation(
    (
      db,
      params: { id: number },
    ): {
      messageId: string | null
      inReplyTo: string | null
      references: string[]
      rawSubject: string
    } | null => {
      const row = db
        .prepare(
          'SELECT message_id_header, in_reply_to, reference_ids, raw_subject FROM message_headers WHERE message_id = ?',
        )
        .get<{
          message_id_header: string | null
          in_reply_to: string | null
          reference_ids: string
          raw_subject: string
        }>([params.id])
      if (!row) return null
      return {
        messageId: row.message_id_header,
        inReplyTo: row.in_reply_to,
        references: JSON.parse(row.reference_ids) as string[],
        rawSubject: row.raw_subject,
      }
    },
  ),
  /**
   * Sources of messages (in the row when `raw`, else a part file) with their readings in the same order, as `packReadings`
   * made them: one transaction for the batch. Messages that are gone meanwhile are left out. Returns what `storeBody` does.
   */
  'messages.storeBodies': operation(
    (db, params: { bodies: StoredSource[]; readings: Uint8Array }, context): number[] => {
      const readings = unpackReadings(params.readings)
      const bodies = params.bodies.map((body, index): StoredBody => {
        const reading = readings[index]
        if (!reading) throw new Error('a body without its reading')
        // Shared memory is for moving only: the driver gets bytes nobody else can touch.
        return { ...body, raw: body.raw && new Uint8Array(body.raw), ...reading }
      })
      return storeBodies(db, bodies, context.now())
    },
  ),
  /** A body that cannot be read: not asked for again by itself. */
  'messages.setAside': operation((db, params: { id: number }): void => {
    db.prepare('UPDATE messages SET body_state = 2 WHERE id = ?').run([params.id])
  }),
  'messages.body': operation(
    (
      db,
      params: { id: number },
    ): { raw: Uint8Array | null; rawFile: string | null; rawSize: number; text: string } | null => {
      const row = db
        .prepare('SELECT raw, raw_file, raw_size, text FROM bodies WHERE message_id = ?')
        .get<{ raw: Uint8Array | null; raw_file: string | null; raw_size: number; text: string }>([params.id])
      return row ? { raw: row.raw, rawFile: row.raw_file, rawSize: row.raw_size, text: row.text } : null
    },
  ),
}
