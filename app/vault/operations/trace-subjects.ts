import type { SqlDatabase } from '../database.ts'

/** What a trace is about, by its ids in the store. */
export interface TraceSubject {
  kind: 'message' | 'folder' | 'draft' | 'outbox' | 'filing'
  ids: readonly number[]
}

const mostNamed = 20

/**
 * How each kind is named to somebody who reads the traces, and in which mailbox it is. Subjects, names of files and
 * patients are never among it; a folder has the name that its mailbox gives it.
 */
const lookups: Readonly<Record<TraceSubject['kind'], string>> = {
  message: `SELECT message_headers.message_id_header AS name, accounts.address FROM messages
    LEFT JOIN message_headers ON message_headers.message_id = messages.id
    JOIN accounts ON accounts.id = messages.account_id WHERE messages.id = $id`,
  folder: `SELECT folders.path AS name, accounts.address FROM folders
    JOIN accounts ON accounts.id = folders.account_id WHERE folders.id = $id`,
  draft: `SELECT 'draft #' || drafts.id AS name, accounts.address FROM drafts
    JOIN accounts ON accounts.id = drafts.account_id WHERE drafts.id = $id`,
  outbox: `SELECT outbox.message_id_header AS name, accounts.address FROM outbox
    JOIN accounts ON accounts.id = outbox.account_id WHERE outbox.id = $id`,
  filing: `SELECT coalesce(filings.message_id_header || ' ', '') || 'filing #' || filings.id AS name, accounts.address
    FROM filings JOIN accounts ON accounts.id = filings.account_id WHERE filings.id = $id`,
}

interface Found {
  name: string | null
  address: string
}

/** Names of what a trace is about, as far as they are known; the rest is counted. */
export const targetOf = (db: SqlDatabase, target: string, subject: TraceSubject | null): string => {
  if (!subject || subject.ids.length === 0) return target
  const find = db.prepare(lookups[subject.kind])
  const names = subject.ids
    .slice(0, mostNamed)
    .map((id) => find.get<Found>({ id })?.name ?? `${subject.kind} #${id}`)
  const rest = subject.ids.length - names.length
  return [...(target === '' ? [] : [target]), ...names, ...(rest > 0 ? [`+${rest}`] : [])].join(' ')
}

/** Address of the mailbox it is in; null where it is gone or of none. */
export const accountOf = (db: SqlDatabase, subject: TraceSubject | null): string | null => {
  const id = subject?.ids[0]
  if (!subject || id === undefined) return null
  return db.prepare(lookups[subject.kind]).get<Found>({ id })?.address ?? null
}
