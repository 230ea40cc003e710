import type { SqlDatabase } from '../database.ts'
import { refreshDelivery } from './delivery.ts'
import { relinkFilings } from './filing-rows.ts'
import { markReplacements, noteReplacement } from './replacements.ts'

/**
 * Ties a message just added to what is already known of its Message-ID: reports that came before the copy in Sent, and
 * messages that replace it or that it replaces. Returns the rows that changed.
 */
export const linkMessage = (
  db: SqlDatabase,
  accountId: number,
  message: { messageId: string | null; from: { address: string }; replaces?: readonly string[] },
): number[] => {
  const { messageId, replaces = [] } = message
  if (messageId === null) return []
  const params = { accountId, messageId }
  const changed: number[] = []
  if (replaces.length > 0)
    changed.push(...noteReplacement(db, { accountId, messageId, replaces, author: message.from.address }))
  else if (
    db
      .prepare(
        `SELECT 1 AS found FROM replacements WHERE account_id = $accountId AND message_id_header = $messageId
         UNION ALL SELECT 1 FROM replacements WHERE account_id = $accountId AND replaced_header = $messageId LIMIT 1`,
      )
      .get<{ found: number }>(params)
  )
    changed.push(...markReplacements(db, accountId, messageId))
  if (
    db
      .prepare(
        `SELECT 1 AS found FROM outbox WHERE message_id_header = $messageId AND account_id = $accountId
         UNION ALL SELECT 1 FROM delivery_reports WHERE account_id = $accountId AND message_id_header = $messageId LIMIT 1`,
      )
      .get<{ found: number }>(params)
  )
    changed.push(...refreshDelivery(db, accountId, messageId))
  changed.push(...relinkFilings(db, accountId, messageId))
  return changed
}
