import { operation } from '../operation.ts'
import type { Location } from './messages.ts'

export const missingBodyOperations = {
  /** Newest messages whose body is not here yet, at most `limit`. */
  'messages.withoutBody': operation((db, params: { accountId: number; limit: number }): Location[] =>
    db
      .prepare(
        `SELECT m.id, m.account_id AS accountId, m.folder_id AS folderId, f.path, f.uidvalidity, m.uid, m.size
           FROM messages m INDEXED BY messages_without_body JOIN folders f ON f.id = m.folder_id
           WHERE m.account_id = $accountId AND m.body_state = 0 AND m.uid IS NOT NULL
           ORDER BY m.id DESC LIMIT $limit`,
      )
      .all<Location>(params)
      .map((row) => ({ ...row })),
  ),
  'messages.countWithoutBody': operation(
    (db, params: { accountId: number }): number =>
      db
        .prepare(
          'SELECT count(*) AS n FROM messages WHERE account_id = ? AND body_state = 0 AND uid IS NOT NULL',
        )
        .get<{ n: number }>([params.accountId])?.n ?? 0,
  ),
}
