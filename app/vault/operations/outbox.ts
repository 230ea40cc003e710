import type { ErrorData, OutboxState } from '../../contract/index.ts'
import { operation } from '../operation.ts'
import { noteCorrespondents } from './correspondents.ts'
import { flagBits } from './message-rows.ts'
import { queueFlag, type QueueChange } from './queue.ts'

export interface OutboxRecipient {
  address: string
  /** Null until the server has answered for it. */
  accepted: boolean | null
  response: string | null
}

export interface StoredOutboxItem {
  id: number
  accountId: number
  messageId: string
  subject: string
  sender: string
  recipients: OutboxRecipient[]
  mimeSize: number
  state: OutboxState
  attempts: number
  nextAttemptAt: number | null
  error: ErrorData | null
  queuedAt: number
}

interface OutboxRow {
  id: number
  account_id: number
  message_id_header: string
  subject: string
  sender: string
  recipients: string
  mime_size: number
  state: OutboxState
  attempts: number
  next_attempt_at: number | null
  error: string | null
  queued_at: number
}

const columns = `id, account_id, message_id_header, subject, sender, recipients, mime_size, state, attempts,
  next_attempt_at, error, queued_at`

const outboxItem = (row: OutboxRow): StoredOutboxItem => ({
  id: row.id,
  accountId: row.account_id,
  messageId: row.message_id_header,
  subject: row.subject,
  sender: row.sender,
  recipients: JSON.parse(row.recipients) as OutboxRecipient[],
  mimeSize: row.mime_size,
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  error: row.error === null ? null : (JSON.parse(row.error) as ErrorData),
  queuedAt: row.queued_at,
})

/** Filed messages stay in the list this long, so that « envoyé » is seen. */
const keptMilliseconds = 24 * 3600 * 1000

export const outboxOperations = {
  /**
   * Queues the final bytes of a message: the draft disappears and the message it answers gets its flag in the same
   * transaction. Returns the item, the draft's part files to remove, and what changed in the list; null when the draft is
   * gone.
   */
  'outbox.add': operation(
    (
      db,
      params: {
        accountId: number
        messageId: string
        subject: string
        sender: string
        recipients: { name: string; address: string }[]
        mime: Uint8Array | null
        mimeFile: string | null
        mimeSize: number
        draftId: number
        source: { id: number; kind: 'reply' | 'forward' } | null
      },
      context,
    ): { item: StoredOutboxItem; files: string[]; change: QueueChange } | null => {
      const now = context.now()
      const files = db
        .prepare('SELECT part_file FROM draft_attachments WHERE draft_id = ?')
        .all<{ part_file: string }>([params.draftId])
      const { changes } = db.prepare('DELETE FROM drafts WHERE id = ?').run([params.draftId])
      if (changes === 0) return null
      const recipients: OutboxRecipient[] = params.recipients.map(({ address }) => ({
        address,
        accepted: null,
        response: null,
      }))
      const { lastInsertRowid: id } = db
        .prepare(
          `INSERT INTO outbox (account_id, message_id_header, subject, sender, recipients, mime, mime_file, mime_size,
             state, source_id, source_kind, queued_at)
           VALUES ($accountId, $messageId, $subject, $sender, $recipients, $mime, $mimeFile, $mimeSize, 'queued',
             $sourceId, $sourceKind, $now)`,
        )
        .run({
          accountId: params.accountId,
          messageId: params.messageId,
          subject: params.subject,
          sender: params.sender,
          recipients: JSON.stringify(recipients),
          mime: params.mime,
          mimeFile: params.mimeFile,
          mimeSize: params.mimeSize,
          sourceId: params.source?.id ?? null,
          sourceKind: params.source?.kind ?? null,
          now,
        })
      noteCorrespondents(db, 'sent', params.recipients, now)
      const bit = params.source?.kind === 'forward' ? flagBits.forwarded : flagBits.answered
      const change = params.source
        ? queueFlag(db, { ids: [params.source.id], bit, on: true }, now)
        : { ids: [], folderIds: [] }
      const item: StoredOutboxItem = {
        id,
        accountId: params.accountId,
        messageId: params.messageId,
        subject: params.subject,
        sender: params.sender,
        recipients,
        mimeSize: params.mimeSize,
        state: 'queued',
        attempts: 0,
        nextAttemptAt: null,
        error: null,
        queuedAt: now,
      }
      return {
        item,
        files: files.map((row) => row.part_file),
        change: { ids: change.ids, folderIds: change.folderIds },
      }
    },
  ),
  /** What is not filed yet, and what was filed within a day; oldest first. */
  'outbox.list': operation((db, _params: Record<string, never>, context): StoredOutboxItem[] =>
    db
      .prepare(
        `SELECT ${columns} FROM outbox WHERE state <> 'cancelled' AND (state <> 'filed' OR queued_at > $since)
         ORDER BY id`,
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
           AND coalesce(next_attempt_at, 0) <= $now AND ($state <> 'unknown' OR error IS NULL) ORDER BY id LIMIT 1`,
        )
        .get<OutboxRow>({ accountId: params.accountId, state: params.state, now: context.now() })
      return row ? outboxItem(row) : null
    },
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
  /** Takes an item for sending, durable before the first byte leaves; false when it is no longer queued. */
  'outbox.begin': operation(
    (db, params: { id: number }): boolean =>
      db
        .prepare(
          "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ? AND state = 'queued'",
        )
        .run([params.id]).changes === 1,
  ),
  /** What became of an attempt. A filed item gives up its bytes: its part file is returned to be removed. */
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
    ): string | null => {
      db.prepare(
        `UPDATE outbox SET state = $state, error = $error, next_attempt_at = $nextAttemptAt,
           recipients = coalesce($recipients, recipients) WHERE id = $id AND state <> 'cancelled'`,
      ).run({
        id: params.id,
        state: params.state,
        error: params.error === null ? null : JSON.stringify(params.error),
        nextAttemptAt: params.nextAttemptAt,
        recipients: params.recipients === null ? null : JSON.stringify(params.recipients),
      })
      if (params.state !== 'filed') return null
      const file = db
        .prepare('SELECT mime_file FROM outbox WHERE id = ?')
        .get<{ mime_file: string | null }>([params.id])
      db.prepare('UPDATE outbox SET mime = NULL, mime_file = NULL WHERE id = ?').run([params.id])
      return file?.mime_file ?? null
    },
  ),
  /** After a start: whatever was being sent when the program stopped has an unknown outcome (models.md §9.2.8). */
  'outbox.recover': operation((db): number => {
    return db
      .prepare(
        "UPDATE outbox SET state = 'unknown', next_attempt_at = NULL, error = NULL WHERE state = 'sending'",
      )
      .run().changes
  }),
  /** An attempt broke off on our side: one that had begun is of unknown outcome, one that had not waits a minute. */
  'outbox.doubt': operation((db, params: { id: number; error: ErrorData }, context): void => {
    db.prepare(
      `UPDATE outbox SET error = iif(state = 'sending', NULL, $error),
         next_attempt_at = iif(state = 'sending', NULL, $later),
         state = iif(state = 'sending', 'unknown', state) WHERE id = $id AND state IN ('queued','sending')`,
    ).run({ id: params.id, error: JSON.stringify(params.error), later: context.now() + 60_000 })
  }),
  /** The user asks for another try; false when the item is not in a state that allows it. */
  'outbox.requeue': operation(
    (db, params: { id: number }): boolean =>
      db
        .prepare(
          `UPDATE outbox SET state = 'queued', next_attempt_at = NULL, error = NULL
           WHERE id = ? AND state IN ('queued','unknown','refused') AND (mime IS NOT NULL OR mime_file IS NOT NULL)`,
        )
        .run([params.id]).changes === 1,
  ),
  /** Gives up an item that is not on its way; the part file to remove comes back in `file`. */
  'outbox.cancel': operation((db, params: { id: number }): { cancelled: boolean; file: string | null } => {
    const row = db
      .prepare("SELECT mime_file FROM outbox WHERE id = ? AND state IN ('queued','unknown','refused')")
      .get<{ mime_file: string | null }>([params.id])
    if (!row) return { cancelled: false, file: null }
    db.prepare("UPDATE outbox SET state = 'cancelled', mime = NULL, mime_file = NULL WHERE id = ?").run([
      params.id,
    ])
    return { cancelled: true, file: row.mime_file }
  }),
}
