import type { SqlDatabase } from '../database.ts'

/** At most this many references tie a message to its conversation: the nearest ones. */
const longestChain = 30

/**
 * The conversation of a new message by Message-ID, In-Reply-To and References (RFC 5256 §2 without subjects), in
 * whatever order messages arrive; conversations that a message ties together become one.
 */
export const assignThread = (
  db: SqlDatabase,
  message: {
    id: number
    accountId: number
    messageId: string | null
    inReplyTo: string | null
    references: string[]
  },
): number => {
  const names = new Set(message.references.slice(-longestChain))
  if (message.inReplyTo !== null) names.add(message.inReplyTo)
  if (message.messageId !== null) names.add(message.messageId)
  const find = db.prepare(
    'SELECT thread_id FROM thread_ids WHERE account_id = $accountId AND message_id_header = $name',
  )
  const found = new Set<number>()
  for (const name of names) {
    const row = find.get<{ thread_id: number }>({ accountId: message.accountId, name })
    if (row) found.add(row.thread_id)
  }
  const threadId = found.size === 0 ? message.id : Math.min(...found)
  for (const other of found) {
    if (other === threadId) continue
    db.prepare('UPDATE messages SET thread_id = $threadId WHERE thread_id = $other').run({ threadId, other })
    db.prepare('UPDATE thread_ids SET thread_id = $threadId WHERE thread_id = $other').run({
      threadId,
      other,
    })
  }
  const register = db.prepare(
    `INSERT OR IGNORE INTO thread_ids (account_id, message_id_header, thread_id)
     VALUES ($accountId, $name, $threadId)`,
  )
  for (const name of names) register.run({ accountId: message.accountId, name, threadId })
  return threadId
}
