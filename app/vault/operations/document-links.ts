import type { Correspondent, DocumentLink, DocumentLinks } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'

/** A document with what places it among the others. */
interface Placed {
  id: number
  message_id: number
  document_id: string | null
  set_id: string | null
  version: number | null
  replaces: string | null
  author: string | null
  author_id: string | null
  organisation: string | null
  patient: number | null
  identity: Uint8Array
  header: string | null
  date: number
  from_name: string
  from_address: string
  mine: number
}

const placed = `SELECT d.id, d.message_id, d.document_id, d.set_id, d.version, d.replaces, d.author, d.author_id,
    d.organisation, coalesce(p.joined_to, p.id) AS patient, m.identity, h.message_id_header AS header, m.date,
    m.from_name, m.from_address, f.role = 'sent' OR lower(m.from_address) = a.address AS mine
  FROM message_documents d JOIN messages m ON m.id = d.message_id JOIN folders f ON f.id = m.folder_id
  JOIN accounts a ON a.id = m.account_id LEFT JOIN message_headers h ON h.message_id = m.id
  LEFT JOIN patients p ON p.id = d.patient_id
  WHERE f.role NOT IN ('junk','drafts') AND m.flags & 16 = 0`

/** Documents looked at for one: a set has few versions, and nobody sends the same document a hundred times. */
const most = 100

/** Those that are the same document, another version of it, its parent or what replaces it. */
const relativesOf = (db: SqlDatabase, one: Placed): Placed[] =>
  db
    .prepare(
      `${placed} AND d.id IN (
         SELECT id FROM message_documents WHERE document_id = $documentId
         UNION SELECT id FROM message_documents WHERE set_id = $setId
         UNION SELECT id FROM message_documents WHERE document_id = $replaces
         UNION SELECT id FROM message_documents WHERE replaces = $documentId)
       ORDER BY m.date, d.id LIMIT ${String(most)}`,
    )
    .all<Placed>({ documentId: one.document_id, setId: one.set_id, replaces: one.replaces })
    .filter((other) => other.id !== one.id && !sameMessage(one, other))

/** Copies of one message in several folders or mailboxes. */
const sameMessage = (one: Placed, other: Placed): boolean =>
  one.message_id === other.message_id ||
  Buffer.compare(one.identity, other.identity) === 0 ||
  (one.header !== null && one.header === other.header)

const isSame = (one: Placed, other: Placed): boolean =>
  (one.document_id !== null && one.document_id === other.document_id) ||
  (one.set_id !== null &&
    one.set_id === other.set_id &&
    one.version !== null &&
    one.version === other.version)

/** `later` takes the place of `earlier`: it says so, or it is a later version of the same set. */
const replaces = (later: Placed, earlier: Placed): boolean =>
  !isSame(later, earlier) &&
  ((later.replaces !== null && later.replaces === earlier.document_id) ||
    (later.set_id !== null &&
      later.set_id === earlier.set_id &&
      later.version !== null &&
      earlier.version !== null &&
      later.version > earlier.version))

const order = (one: Placed, other: Placed): number =>
  one.date - other.date || one.message_id - other.message_id

const latest = (list: readonly Placed[]): Placed | null =>
  list.toSorted((a, b) => (b.version ?? 0) - (a.version ?? 0) || order(b, a))[0] ?? null

const authorOf = (one: Placed): string | null => one.author_id ?? one.author ?? one.organisation

const linkTo = (one: Placed, other: Placed | null): DocumentLink | null => {
  if (!other) return null
  const from: Correspondent = { name: other.from_name, address: other.from_address }
  return {
    messageId: other.message_id,
    date: new Date(other.date).toISOString(),
    from,
    direction: other.mine === 1 ? 'sent' : 'received',
    version: other.version,
    samePatient: one.patient === other.patient,
    sameAuthor: authorOf(one) === authorOf(other),
  }
}

/** How a document stands to those of other messages. */
export const linksOf = (db: SqlDatabase, documentRow: number): DocumentLinks => {
  const one = db.prepare(`${placed} AND d.id = ?`).get<Placed>([documentRow])
  if (!one) return { duplicateOf: null, replacedBy: null, replaces: null, parentUnseen: false }
  const relatives = relativesOf(db, one)
  const before = relatives.find((other) => isSame(one, other) && order(other, one) < 0)
  const replaced = latest(relatives.filter((other) => replaces(one, other)))
  return {
    duplicateOf: linkTo(one, before ?? null),
    replacedBy: linkTo(one, latest(relatives.filter((other) => replaces(other, one)))),
    replaces: linkTo(one, replaced),
    parentUnseen: one.replaces !== null && !relatives.some((other) => other.document_id === one.replaces),
  }
}

/**
 * Writes into the rows of messages how their documents stand to each other, where they share one of these ids. Returns the
 * rows that changed.
 */
export const markDocuments = (db: SqlDatabase, messageId: number, keys: readonly string[]): number[] => {
  const messages = new Set([messageId])
  for (const key of new Set(keys))
    for (const row of db
      .prepare(
        `SELECT DISTINCT message_id FROM message_documents
         WHERE document_id = $key OR set_id = $key OR replaces = $key LIMIT ${String(most)}`,
      )
      .all<{ message_id: number }>({ key }))
      messages.add(row.message_id)
  return [...messages].filter((id) => {
    const rows = db.prepare('SELECT id FROM message_documents WHERE message_id = ?').all<{ id: number }>([id])
    const links = rows.map((row) => linksOf(db, row.id))
    const mark = links.some((link) => link.replacedBy)
      ? 'replaced'
      : links.some((link) => link.duplicateOf)
        ? 'duplicate'
        : links.some((link) => link.replaces ?? link.parentUnseen)
          ? 'replaces'
          : null
    return (
      db
        .prepare('UPDATE messages SET document_mark = $mark WHERE id = $id AND document_mark IS NOT $mark')
        .run({ id, mark }).changes === 1
    )
  })
}
