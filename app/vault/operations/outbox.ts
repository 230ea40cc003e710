import type { ErrorData, OutboxState } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { noteCorrespondents } from './correspondents.ts'
import { noteReceipt, refreshDelivery } from './delivery.ts'
import { flagBits } from './message-rows.ts'
import { queueFlag } from './queue.ts'
import { noteReplacement } from './replacements.ts'

export interface OutboxRecipient {
  address: string
  /** Null until the server has answered for good: those are still to be sent to. */
  accepted: boolean | null
  response: string | null
}

export interface StoredOutboxItem {
  id: number
  accountId: number
  messageId: string
  /** ENVID (RFC 3461). */
  envelopeId: string | null
  /** A `receipt` is an MDN: never filed in Sent, never sent twice. */
  purpose: 'message' | 'receipt'
  subject: string
  sender: string
  recipients: OutboxRecipient[]
  mimeSize: number
  state: OutboxState
  attempts: number
  nextAttemptAt: number | null
  error: ErrorData | null
  queuedAt: number
  /** Nothing leaves before. */
  dueAt: number | null
  dueKind: 'delay' | 'schedule' | null
  /** In Sent since; null before. */
  filedAt: number | null
  /** Its draft is kept and can be given back. */
  editable: boolean
}

/** What to do once the transaction is over: part files to remove, rows and folders to tell windows of. */
export interface OutboxChange {
  ids: number[]
  folderIds: number[]
  files: string[]
}

interface OutboxRow {
  id: number
  account_id: number
  message_id_header: string
  envelope_id: string | null
  purpose: StoredOutboxItem['purpose']
  subject: string
  sender: string
  recipients: string
  mime_size: number
  state: OutboxState
  attempts: number
  next_attempt_at: number | null
  error: string | null
  queued_at: number
  due_at: number | null
  due_kind: StoredOutboxItem['dueKind']
  filed_at: number | null
  editable: number
  source_id: number | null
  source_kind: 'reply' | 'forward' | null
}

const columns = `id, account_id, message_id_header, envelope_id, purpose, subject, sender, recipients, mime_size, state,
  attempts, next_attempt_at, error, queued_at, due_at, due_kind, filed_at, source_id, source_kind,
  EXISTS (SELECT 1 FROM drafts WHERE drafts.outbox_id = outbox.id) AS editable`

const outboxItem = (row: OutboxRow): StoredOutboxItem => ({
  id: row.id,
  accountId: row.account_id,
  messageId: row.message_id_header,
  envelopeId: row.envelope_id,
  purpose: row.purpose,
  subject: row.subject,
  sender: row.sender,
  recipients: JSON.parse(row.recipients) as OutboxRecipient[],
  mimeSize: row.mime_size,
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  error: row.error === null ? null : (JSON.parse(row.error) as ErrorData),
  queuedAt: row.queued_at,
  dueAt: row.due_at,
  dueKind: row.due_kind,
  filedAt: row.filed_at,
  editable: row.editable === 1,
})

const selectRow = (db: SqlDatabase, id: number): OutboxRow | undefined =>
  db.prepare(`SELECT ${columns} FROM outbox WHERE id = ?`).get<OutboxRow>([id])

/** An item by its id, whatever its state. */
export const selectItem = (db: SqlDatabase, id: number): StoredOutboxItem | null => {
  const row = selectRow(db, id)
  return row ? outboxItem(row) : null
}

/** Filed messages stay in the list this long, so that « envoyé » is seen. */
const keptMilliseconds = 24 * 3600 * 1000

/** Longer than any wait between two tries: beyond, the clock was set back meanwhile and the try is due. */
const longestWait = 2 * 3600 * 1000

/** A clock set back before the sending was asked ends a delay of seconds; a date the user chose follows the clock. */
const isDue = `(due_at IS NULL OR due_at <= $now OR (due_kind = 'delay' AND queued_at > $now))
  AND (next_attempt_at IS NULL OR next_attempt_at <= $now OR next_attempt_at > $now + ${String(longestWait)})`

/** The draft of a message that is sent to everybody is over; its part files come back to be removed. */
const dropDraft = (db: SqlDatabase, outboxId: number): string[] => {
  const files = db
    .prepare(
      'SELECT part_file FROM draft_attachments JOIN drafts ON drafts.id = draft_id WHERE outbox_id = ?',
    )
    .all<{ part_file: string }>([outboxId])
  db.prepare('DELETE FROM drafts WHERE outbox_id = ?').run([outboxId])
  return files.map((row) => row.part_file)
}

/** Lets the stored bytes go; the part file comes back to be removed. */
export const dropMime = (db: SqlDatabase, id: number): string[] => {
  const row = db.prepare('SELECT mime_file FROM outbox WHERE id = ?').get<{ mime_file: string | null }>([id])
  db.prepare('UPDATE outbox SET mime = NULL, mime_file = NULL WHERE id = ?').run([id])
  return row?.mime_file == null ? [] : [row.mime_file]
}

/** Answers by address over those known; addresses not answered for keep theirs. */
const merged = (recipients: OutboxRecipient[], answers: OutboxRecipient[] | null): OutboxRecipient[] =>
  recipients.map((one) => answers?.find((answer) => answer.address === one.address) ?? one)

const save = (db: SqlDatabase, item: StoredOutboxItem): void => {
  db.prepare(
    `UPDATE outbox SET state = $state, error = $error, next_attempt_at = $nextAttemptAt, recipients = $recipients,
       filed_at = $filedAt WHERE id = $id AND state <> 'cancelled'`,
  ).run({
    id: item.id,
    state: item.state,
    error: item.error === null ? null : JSON.stringify(item.error),
    nextAttemptAt: item.nextAttemptAt,
    recipients: JSON.stringify(item.recipients),
    filedAt: item.filedAt,
  })
}

/** What the server took: the answered message gets its mark; the draft of what everybody has goes. */
const onAccepted = (db: SqlDatabase, row: OutboxRow, item: StoredOutboxItem, now: number): OutboxChange => {
  const bit = row.source_kind === 'forward' ? flagBits.forwarded : flagBits.answered
  const flagged =
    row.source_id === null || row.source_kind === null
      ? { ids: [], folderIds: [] }
      : queueFlag(db, { ids: [row.source_id], bit, on: true }, now)
  const everyone = item.recipients.every((one) => one.accepted === true)
  return {
    files: everyone ? dropDraft(db, item.id) : [],
    ids: flagged.ids,
    folderIds: flagged.folderIds,
  }
}

/** Filed, given up by its last recipient, or back in the queue for those a busy server put off. */
const onFiled = (db: SqlDatabase, item: StoredOutboxItem, now: number): string[] => {
  item.filedAt ??= now
  const putOff = item.recipients.some((one) => one.accepted === null && one.response !== null)
  if (putOff) {
    item.state = 'queued'
    return []
  }
  item.nextAttemptAt = null
  if (item.recipients.some((one) => one.accepted === false)) return []
  item.error = null
  return [...dropMime(db, item.id), ...dropDraft(db, item.id)]
}

export const outboxOperations = {
  /**
   * Queues the final bytes of a message. Its draft is hidden until everybody has it, so that it can be given back whole.
   * Null when the draft is gone or already on its way, or the receipt was already answered: nothing is sent twice.
   */
  'outbox.add': operation(
    (
      db,
      params: {
        accountId: number
        messageId: string
        envelopeId: string
        purpose: StoredOutboxItem['purpose']
        subject: string
        sender: string
        recipients: { name: string; address: string }[]
        mime: Uint8Array | null
        mimeFile: string | null
        mimeSize: number
        /** Null for a receipt. */
        draftId: number | null
        source: { id: number; kind: 'reply' | 'forward' | 'receipt' } | null
        due: { at: number; kind: 'delay' | 'schedule' } | null
        replaces: string | null
      },
      context,
    ): { item: StoredOutboxItem; ids: number[] } | null => {
      const now = context.now()
      if (params.draftId !== null) {
        const free = db
          .prepare('SELECT id FROM drafts WHERE id = ? AND outbox_id IS NULL')
          .get<{ id: number }>([params.draftId])
        if (!free) return null
      }
      const receiptFor = params.source?.kind === 'receipt' ? params.source.id : null
      if (receiptFor !== null && !noteReceipt(db, receiptFor, 'sent', now)) return null
      const answered = params.source && params.source.kind !== 'receipt' ? params.source : null
      const { lastInsertRowid: id } = db
        .prepare(
          `INSERT INTO outbox (account_id, message_id_header, envelope_id, purpose, subject, sender, recipients, mime,
             mime_file, mime_size, state, source_id, source_kind, queued_at, due_at, due_kind)
           VALUES ($accountId, $messageId, $envelopeId, $purpose, $subject, $sender, $recipients, $mime, $mimeFile,
             $mimeSize, 'queued', $sourceId, $sourceKind, $now, $dueAt, $dueKind)`,
        )
        .run({
          accountId: params.accountId,
          messageId: params.messageId,
          envelopeId: params.envelopeId,
          purpose: params.purpose,
          subject: params.subject,
          sender: params.sender,
          recipients: JSON.stringify(
            params.recipients.map(({ address }) => ({ address, accepted: null, response: null })),
          ),
          mime: params.mime,
          mimeFile: params.mimeFile,
          mimeSize: params.mimeSize,
          sourceId: answered?.id ?? null,
          sourceKind: answered?.kind ?? null,
          now,
          dueAt: params.due?.at ?? null,
          dueKind: params.due?.kind ?? null,
        })
      if (params.draftId !== null)
        db.prepare('UPDATE drafts SET outbox_id = $id WHERE id = $draftId').run({
          id,
          draftId: params.draftId,
        })
      if (params.purpose === 'message') noteCorrespondents(db, 'sent', params.recipients, now)
      const ids =
        params.replaces === null
          ? []
          : noteReplacement(db, {
              accountId: params.accountId,
              messageId: params.messageId,
              replaces: [params.replaces],
              author: params.sender,
            })
      const item = selectItem(db, id)
      return item === null ? null : { item, ids }
    },
  ),
  /** What is not filed yet or was refused to somebody, and what was filed within a day; oldest first. */
  'outbox.list': operation((db, _params: Record<string, never>, context): StoredOutboxItem[] =>
    db
      .prepare(
        `SELECT ${columns} FROM outbox
         WHERE state <> 'cancelled' AND (state <> 'filed' OR error IS NOT NULL OR queued_at > $since)
           AND (purpose = 'message' OR state NOT IN ('filed','accepted')) ORDER BY id`,
      )
      .all<OutboxRow>({ since: context.now() - keptMilliseconds })
      .map(outboxItem),
  ),
  /** The next item of an account in one of these states whose time has come; of the unknown ones, those not yet looked for. */
  'outbox.next': operation(
    (
      db,
      params: { accountId: number; state: 'queued' | 'unknown' | 'accepted' },
      context,
    ): StoredOutboxItem | null => {
      const row = db
        .prepare(
          `SELECT ${columns} FROM outbox WHERE account_id = $accountId AND state = $state
           AND ($state <> 'queued' OR (${isDue})) AND ($state <> 'unknown' OR error IS NULL) ORDER BY id LIMIT 1`,
        )
        .get<OutboxRow>({ accountId: params.accountId, state: params.state, now: context.now() })
      return row ? outboxItem(row) : null
    },
  ),
  /** When the next queued item of an account is due (milliseconds since 1970); null when none waits. */
  'outbox.wakeAt': operation(
    (db, params: { accountId: number }): number | null =>
      db
        .prepare(
          `SELECT min(max(coalesce(due_at, 0), coalesce(next_attempt_at, 0))) AS at FROM outbox
           WHERE account_id = ? AND state = 'queued'`,
        )
        .get<{ at: number | null }>([params.accountId])?.at ?? null,
  ),
  /** The exact bytes to send, in the row or in a part file. */
  'outbox.mime': operation(
    (db, params: { id: number }): { mime: Uint8Array | null; mimeFile: string | null } | null => {
      const row = db
        .prepare('SELECT mime, mime_file FROM outbox WHERE id = ?')
        .get<{ mime: Uint8Array | null; mime_file: string | null }>([params.id])
      return row ? { mime: row.mime, mimeFile: row.mime_file } : null
    },
  ),
  /**
   * Takes an item for sending, durable before the first byte leaves; false when it is no longer queued, or was put off
   * meanwhile.
   */
  'outbox.begin': operation(
    (db, params: { id: number }, context): boolean =>
      db
        .prepare(
          `UPDATE outbox SET state = 'sending', attempts = attempts + 1
           WHERE id = $id AND state = 'queued' AND (${isDue})`,
        )
        .run({ id: params.id, now: context.now() }).changes === 1,
  ),
  /** What became of an attempt, or of the copy in Sent. */
  'outbox.settle': operation(
    (
      db,
      params: {
        id: number
        state: OutboxState
        recipients: OutboxRecipient[] | null
        error: ErrorData | null
        nextAttemptAt: number | null
      },
      context,
    ): OutboxChange => {
      const row = selectRow(db, params.id)
      const nothing: OutboxChange = { ids: [], folderIds: [], files: [] }
      if (!row) return nothing
      const item = outboxItem(row)
      item.recipients = merged(item.recipients, params.recipients)
      item.state = params.state
      item.error = params.error
      item.nextAttemptAt = params.nextAttemptAt
      const now = context.now()
      // A receipt goes at most once and nowhere is a copy of it.
      if (item.purpose === 'receipt' && (item.state === 'accepted' || item.state === 'unknown'))
        item.state = 'filed'
      let change = nothing
      if (item.state === 'accepted') change = onAccepted(db, row, item, now)
      if (item.state === 'filed') change = { ...nothing, files: onFiled(db, item, now) }
      save(db, item)
      // Only once the answers are stored can the sent message tell them.
      if (item.state !== 'accepted') return change
      return { ...change, ids: [...change.ids, ...refreshDelivery(db, item.accountId, item.messageId)] }
    },
  ),
  /** After a start: whatever was being sent when the program stopped has an unknown outcome (models.md §9.2.8). */
  'outbox.recover': operation((db): number => {
    return db
      .prepare(
        `UPDATE outbox SET state = iif(purpose = 'receipt', 'filed', 'unknown'), next_attempt_at = NULL, error = NULL
         WHERE state = 'sending'`,
      )
      .run().changes
  }),
  /** An attempt broke off on our side: one that had begun is of unknown outcome, one that had not waits a minute. */
  'outbox.doubt': operation((db, params: { id: number; error: ErrorData }, context): void => {
    db.prepare(
      `UPDATE outbox SET error = iif(state = 'sending', NULL, $error),
         next_attempt_at = iif(state = 'sending', NULL, $later),
         state = iif(state = 'sending', iif(purpose = 'receipt', 'filed', 'unknown'), state)
       WHERE id = $id AND state IN ('queued','sending')`,
    ).run({ id: params.id, error: JSON.stringify(params.error), later: context.now() + 60_000 })
  }),
}
