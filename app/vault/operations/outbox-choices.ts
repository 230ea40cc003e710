import type { DraftContent } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { dropMime, selectItem, type OutboxChange, type StoredOutboxItem } from './outbox.ts'
import { dropReplacement } from './replacements.ts'

/** In Sent, but refused to somebody: the bytes are kept for those. */
const isPartlyRefused = (item: StoredOutboxItem): boolean => item.state === 'filed' && item.error !== null

/** Given up: the row stays, so that its Message-ID is never used again. */
const giveUp = (db: SqlDatabase, item: StoredOutboxItem): OutboxChange => {
  const files = dropMime(db, item.id)
  if (item.filedAt !== null)
    db.prepare("UPDATE outbox SET state = 'filed', error = NULL, next_attempt_at = NULL WHERE id = ?").run([
      item.id,
    ])
  else db.prepare("UPDATE outbox SET state = 'cancelled' WHERE id = ?").run([item.id])
  const ids = item.filedAt === null ? dropReplacement(db, item.accountId, item.messageId) : []
  return { files, ids, folderIds: [] }
}

/** The draft of what only some have not got: written to those alone. */
const keepOnly = (db: SqlDatabase, outboxId: number, addresses: ReadonlySet<string>): void => {
  const row = db
    .prepare('SELECT id, content FROM drafts WHERE outbox_id = ?')
    .get<{ id: number; content: string }>([outboxId])
  if (!row) return
  const content = JSON.parse(row.content) as DraftContent
  const left = (list: DraftContent['to']): DraftContent['to'] =>
    list.filter((one) => addresses.has(one.address.toLowerCase()))
  const next = { ...content, to: left(content.to), cc: left(content.cc), bcc: left(content.bcc) }
  db.prepare('UPDATE drafts SET content = $content WHERE id = $id').run({
    id: row.id,
    content: JSON.stringify(next),
  })
}

/** What the user decides about an item; each answers false or null when the item is not, or no longer, in such a state. */
export const outboxChoiceOperations = {
  /** Now, and only to those who have not got it; of unknown outcome, because the user says so. */
  'outbox.requeue': operation((db, params: { id: number }): boolean => {
    const item = selectItem(db, params.id)
    const { mime } = db
      .prepare('SELECT mime IS NOT NULL OR mime_file IS NOT NULL AS mime FROM outbox WHERE id = ?')
      .get<{ mime: number }>([params.id]) ?? { mime: 0 }
    if (!item || mime === 0) return false
    if (!['queued', 'unknown', 'refused'].includes(item.state) && !isPartlyRefused(item)) return false
    const recipients = item.recipients.map((one) =>
      one.accepted === true ? one : { ...one, accepted: null, response: null },
    )
    db.prepare(
      `UPDATE outbox SET state = 'queued', next_attempt_at = NULL, error = NULL, due_at = NULL, due_kind = NULL,
         recipients = $recipients WHERE id = $id`,
    ).run({ id: params.id, recipients: JSON.stringify(recipients) })
    return true
  }),
  /** What waited for the user or for the network may be tried at once (logged in again, network back). */
  'outbox.hurry': operation(
    (db, params: { accountId: number }): boolean =>
      db
        .prepare(
          "UPDATE outbox SET next_attempt_at = NULL WHERE account_id = ? AND state = 'queued' AND next_attempt_at IS NOT NULL",
        )
        .run([params.accountId]).changes > 0,
  ),
  /** Another date; nothing that is on its way. */
  'outbox.reschedule': operation(
    (db, params: { id: number; at: number }): boolean =>
      db
        .prepare(
          `UPDATE outbox SET due_at = $at, due_kind = 'schedule', next_attempt_at = NULL, error = NULL
           WHERE id = $id AND state = 'queued' AND filed_at IS NULL AND purpose = 'message'`,
        )
        .run(params).changes === 1,
  ),
  /** Of unknown outcome: looked for in Sent once more. */
  'outbox.verify': operation(
    (db, params: { id: number }): boolean =>
      db.prepare("UPDATE outbox SET error = NULL WHERE id = ? AND state = 'unknown'").run([params.id])
        .changes === 1,
  ),
  /** Of unknown outcome, and the user knows that it left. */
  'outbox.confirm': operation((db, params: { id: number }): boolean => {
    const item = selectItem(db, params.id)
    if (item?.state !== 'unknown') return false
    const recipients = item.recipients.map((one) =>
      one.accepted === null ? { ...one, accepted: true } : one,
    )
    db.prepare(
      "UPDATE outbox SET state = 'accepted', error = NULL, recipients = $recipients WHERE id = $id",
    ).run({ id: params.id, recipients: JSON.stringify(recipients) })
    return true
  }),
  /** Takes an item back as the draft it was; of one that some have got, written to the others only. */
  'outbox.edit': operation((db, params: { id: number }): (OutboxChange & { draftId: number }) | null => {
    const item = selectItem(db, params.id)
    const draft = db.prepare('SELECT id FROM drafts WHERE outbox_id = ?').get<{ id: number }>([params.id])
    if (!item || !draft) return null
    if (item.state !== 'queued' && item.state !== 'refused' && !isPartlyRefused(item)) return null
    const got = item.recipients.some((one) => one.accepted === true)
    if (got)
      keepOnly(
        db,
        params.id,
        new Set(
          item.recipients.filter((one) => one.accepted !== true).map((one) => one.address.toLowerCase()),
        ),
      )
    const change = giveUp(db, item)
    db.prepare('UPDATE drafts SET outbox_id = NULL WHERE outbox_id = ?').run([params.id])
    return { ...change, draftId: draft.id }
  }),
  /** Gives up an item that is not on its way, its draft too. */
  'outbox.cancel': operation((db, params: { id: number }): OutboxChange | null => {
    const item = selectItem(db, params.id)
    if (!item) return null
    if (!['queued', 'unknown', 'refused'].includes(item.state) && !isPartlyRefused(item)) return null
    const attachments = db
      .prepare(
        'SELECT part_file FROM draft_attachments JOIN drafts ON drafts.id = draft_id WHERE outbox_id = ?',
      )
      .all<{ part_file: string }>([params.id])
    db.prepare('DELETE FROM drafts WHERE outbox_id = ?').run([params.id])
    const change = giveUp(db, item)
    return { ...change, files: [...change.files, ...attachments.map((row) => row.part_file)] }
  }),
}
