import { ErrorCode } from '../../contract/errors.ts'
import { operation } from '../operation.ts'

/** Messages of which nothing is read: a body with an error, or one that the server never gave (`body_state` 2). */
export const quarantineOperations = {
  /** Newest first. A message whose source never came has `mail.body-unavailable`. */
  'quarantine.list': operation((db, params: { limit: number }): { id: number; code: ErrorCode }[] =>
    db
      .prepare(
        `SELECT id, code FROM (
           SELECT message_id AS id, error AS code FROM bodies WHERE error IS NOT NULL
           UNION ALL SELECT id, 'mail.body-unavailable' FROM messages WHERE body_state = 2)
         ORDER BY id DESC LIMIT $limit`,
      )
      .all<{ id: number; code: string }>(params)
      .map(({ id, code }) => ({ id, code: ErrorCode.catch('mail.quarantined').parse(code) })),
  ),
  /** Why a message is set aside; null when it is not. */
  'quarantine.reason': operation((db, params: { id: number }): ErrorCode | null => {
    const row = db
      .prepare(
        `SELECT CASE body_state WHEN 2 THEN 'mail.body-unavailable' ELSE
           (SELECT error FROM bodies WHERE message_id = messages.id AND error IS NOT NULL) END AS code
         FROM messages WHERE id = ?`,
      )
      .get<{ code: string | null }>([params.id])
    return row?.code == null ? null : ErrorCode.catch('mail.quarantined').parse(row.code)
  }),
  /** Something met it again: the view could not be built within its limits. */
  'quarantine.note': operation((db, params: { id: number; code: ErrorCode }): void => {
    db.prepare('UPDATE bodies SET error = $code WHERE message_id = $id').run(params)
  }),
  /** The server is asked again for a source that never came. */
  'quarantine.askAgain': operation((db, params: { id: number }): void => {
    db.prepare('UPDATE messages SET body_state = 0 WHERE id = ? AND body_state = 2').run([params.id])
  }),
}
