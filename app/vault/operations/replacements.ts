import type { MessageDelivery, Replacement } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'

interface Linked {
  id: number
  subject: string
  date: number
}

/**
 * Remembers that a message replaces others of the same author, whichever is known first, and marks the rows there are.
 * Returns those that changed.
 */
export const noteReplacement = (
  db: SqlDatabase,
  message: { accountId: number; messageId: string; replaces: readonly string[]; author: string },
): number[] => {
  const author = message.author.toLowerCase()
  for (const replaced of message.replaces)
    if (replaced !== message.messageId)
      db.prepare(
        `INSERT OR IGNORE INTO replacements (account_id, message_id_header, replaced_header, author)
         VALUES ($accountId, $messageId, $replaced, $author)`,
      ).run({ accountId: message.accountId, messageId: message.messageId, replaced, author })
  return [message.messageId, ...message.replaces].flatMap((header) =>
    markReplacement(db, message.accountId, header),
  )
}

/** Forgets what a message given up would have replaced. */
export const dropReplacement = (db: SqlDatabase, accountId: number, messageId: string): number[] => {
  const replaced = db
    .prepare(
      'SELECT replaced_header FROM replacements WHERE account_id = $accountId AND message_id_header = $messageId',
    )
    .all<{ replaced_header: string }>({ accountId, messageId })
  db.prepare('DELETE FROM replacements WHERE account_id = $accountId AND message_id_header = $messageId').run(
    { accountId, messageId },
  )
  return replaced.flatMap((row) => markReplacement(db, accountId, row.replaced_header))
}

/** Marks the rows of a message that has come, and of those it was known to replace; returns those that changed. */
export const markReplacements = (db: SqlDatabase, accountId: number, messageId: string): number[] => {
  const replaced = db
    .prepare(
      'SELECT replaced_header FROM replacements WHERE account_id = $accountId AND message_id_header = $messageId',
    )
    .all<{ replaced_header: string }>({ accountId, messageId })
  return [messageId, ...replaced.map((row) => row.replaced_header)].flatMap((header) =>
    markReplacement(db, accountId, header),
  )
}

/**
 * Writes into the rows of a Message-ID whether they replace or are replaced: what waits in the outbox replaces nothing
 * yet. Returns those that changed.
 */
const markReplacement = (db: SqlDatabase, accountId: number, header: string): number[] => {
  const rows = db
    .prepare(
      `SELECT m.id, m.replacement,
         EXISTS (SELECT 1 FROM replacements r WHERE r.account_id = $accountId AND r.message_id_header = $header
           AND r.author = lower(m.from_address)) AS replaces,
         EXISTS (SELECT 1 FROM replacements r JOIN message_headers n ON n.message_id_header = r.message_id_header
           WHERE r.account_id = $accountId AND r.replaced_header = $header
             AND r.author = lower(m.from_address)) AS replaced
       FROM message_headers h JOIN messages m ON m.id = h.message_id
       WHERE h.message_id_header = $header AND m.account_id = $accountId`,
    )
    .all<{ id: number; replacement: Replacement | null; replaces: number; replaced: number }>({
      accountId,
      header,
    })
  const changed: number[] = []
  for (const row of rows) {
    const next: Replacement | null =
      row.replaces === 1 ? (row.replaced === 1 ? 'both' : 'replaces') : row.replaced === 1 ? 'replaced' : null
    if (next === row.replacement) continue
    db.prepare('UPDATE messages SET replacement = $next WHERE id = $id').run({ next, id: row.id })
    changed.push(row.id)
  }
  return changed
}

/** The messages a message replaces and is replaced by, the newest of each. */
export const replacementsOf = (
  db: SqlDatabase,
  id: number,
): Pick<MessageDelivery, 'replaces' | 'replacedBy'> => {
  const linked = (from: 'message_id_header' | 'replaced_header', to: typeof from) => {
    const row = db
      .prepare(
        `SELECT m.id, m.subject, m.date FROM messages o JOIN message_headers oh ON oh.message_id = o.id
         JOIN replacements r ON r.account_id = o.account_id AND r.${from} = oh.message_id_header
           AND r.author = lower(o.from_address)
         JOIN message_headers h ON h.message_id_header = r.${to}
         JOIN messages m ON m.id = h.message_id AND m.account_id = o.account_id
           AND lower(m.from_address) = r.author
         WHERE o.id = ? AND m.flags & 16 = 0 ORDER BY m.id DESC LIMIT 1`,
      )
      .get<Linked>([id])
    return row ? { id: row.id, subject: row.subject, date: new Date(row.date).toISOString() } : null
  }
  return {
    replaces: linked('message_id_header', 'replaced_header'),
    replacedBy: linked('replaced_header', 'message_id_header'),
  }
}
