import type { Correspondent, PatientSummary } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { separatePatients } from '../operations/threads.ts'
import { indexWords, prepareText, startsOf, type PreparedText } from './words.ts'

/** What a body adds to what the message's row already says; as read by a person, or prepared. */
export interface SearchText {
  body: string | PreparedText
  /** Names and addresses in copy; what was stored before when left out. */
  copies?: string
}

interface IndexedRow {
  from_name: string
  from_address: string
  recipients: string
  subject: string
  patient: string | null
  document_label: string | null
  has_attachments: number
  encrypted: number
  copies: string
}

/** Words remembered, so that the table is asked once for each; forgotten when they are too many. */
const mostRemembered = 50_000
const remembered = new WeakMap<SqlDatabase, { last: Map<string, number>; serial: number }>()
/** Ids are rounded up to some 24 days (2⁴¹): the words of new messages are seldom written again. */
const bucket = 2 ** 41

/** Adds words to the table of words, or says that a newer message holds them. */
const learnWords = (db: SqlDatabase, id: number, words: Iterable<string>): void => {
  const serial =
    db
      .prepare(
        `INSERT INTO search_words (word, last) VALUES ('', 1)
         ON CONFLICT (word) DO UPDATE SET last = last + 1 RETURNING last`,
      )
      .get<{ last: number }>()?.last ?? 1
  let memory = remembered.get(db)
  // The count goes back with a transaction that failed: what was remembered of it is not in the table.
  if (memory?.serial !== serial - 1 || memory.last.size > mostRemembered) memory = { last: new Map(), serial }
  memory.serial = serial
  remembered.set(db, memory)
  const last = Math.ceil((id + 1) / bucket) * bucket
  const add = db.prepare(
    `INSERT INTO search_words (word, last) VALUES ($word, $last)
     ON CONFLICT (word) DO UPDATE SET last = excluded.last WHERE excluded.last > last`,
  )
  for (const word of words) {
    if ((memory.last.get(word) ?? -1) >= last) continue
    add.run({ word, last })
    memory.last.set(word, last)
  }
}

/** Everything a patient can be searched by: names, INS, birth date in one piece both ways round. */
const patientText = (json: string): string => {
  const patient = JSON.parse(json) as PatientSummary
  const { birthName, usedName, firstName, birthDate, ins } = patient
  const [year = '', month = '', day = ''] = birthDate?.split('-') ?? []
  const dates = [`${day} ${month} ${year}`, year + month + day, day + month + year]
  return [birthName, usedName ?? '', firstName, ins?.matricule ?? '', ...dates].join(' ')
}

const peopleText = (people: readonly Correspondent[]): string =>
  people.flatMap((one) => [one.name, one.address]).join(' ')

/**
 * Puts or replaces a message in the full-text index with its row's fields, its body and the text of its attachments known
 * so far; call it in the transaction that changes the message. A message with attachments not read yet is queued.
 */
export const indexMessage = (db: SqlDatabase, id: number, text: SearchText): void => {
  indexMessages(db, [{ id, text }])
}

/**
 * The same for many. FTS5 collects words until it is made to write them; a smaller rowid than the last one makes it, and so does
 * any statement that can fail half-way: all entries come together, ascending, after everything else of the transaction.
 */
export const indexMessages = (
  db: SqlDatabase,
  messages: readonly { id: number; text: SearchText }[],
): void => {
  const entries = messages.map(({ id, text }) => {
    const { entry, unread } = entryOf(db, id, text)
    // The body is where a message's patient becomes known.
    separatePatients(db, id)
    if (unread) db.prepare('INSERT OR IGNORE INTO index_queue (message_id) VALUES (?)').run([id])
    return { id, entry }
  })
  for (const { entry } of entries.toSorted((a, b) => a.id - b.id)) insertEntry(db, entry)
}

/** The same without queueing, for who has just read the attachments. */
export const writeIndex = (db: SqlDatabase, id: number, text: SearchText): void => {
  insertEntry(db, entryOf(db, id, text).entry)
}

type Entry = Record<string, string | number>

const insertEntry = (db: SqlDatabase, entry: Entry): void => {
  db.prepare(
    `INSERT OR REPLACE INTO search (rowid, starts, sender, recipients, copies, subject, patient, kind, body, files)
     VALUES ($id, $starts, $sender, $recipients, $copies, $subject, $patient, $kind, $body, $files)`,
  ).run(entry)
}

/** What goes into the index for a message; its words are in the table of words from here on. */
const entryOf = (db: SqlDatabase, id: number, text: SearchText): { entry: Entry; unread: boolean } => {
  if (text.copies !== undefined && text.copies !== '')
    db.prepare('UPDATE message_headers SET copies = $copies WHERE message_id = $id').run({
      id,
      copies: text.copies,
    })
  const row = db
    .prepare(
      `SELECT from_name, from_address, recipients, subject, patient, document_label, has_attachments, encrypted,
         ifnull(copies, '') AS copies
       FROM messages LEFT JOIN message_headers ON message_id = id WHERE id = ?`,
    )
    .get<IndexedRow>([id])
  const files = db
    .prepare('SELECT file_name, text FROM attachment_texts WHERE message_id = ? ORDER BY id')
    .all<{ file_name: string | null; text: string }>([id])
  const columns = {
    sender: row ? `${row.from_name} ${row.from_address}` : '',
    recipients: row ? peopleText(JSON.parse(row.recipients) as Correspondent[]) : '',
    copies: row?.copies ?? '',
    subject: row?.subject ?? '',
    patient: row?.patient == null ? '' : patientText(row.patient),
    kind: row?.document_label ?? '',
    files: files.map((file) => `${file.file_name ?? ''} ${file.text}`).join('\n'),
  }
  const body = typeof text.body === 'string' ? prepareText(text.body) : text.body
  const distinct = new Set<string>()
  const entry: Entry = { id }
  for (const [name, value] of Object.entries(columns)) {
    const words = value === '' ? [] : indexWords(value)
    for (const word of words) distinct.add(word)
    entry[name] = words.join(' ')
  }
  learnWords(db, id, body.distinct === '' ? distinct : [...distinct, ...body.distinct.split(' ')])
  return {
    entry: { ...entry, body: body.words, starts: `${body.starts} ${startsOf(distinct)}` },
    unread: row?.has_attachments === 1 && files.length === 0,
  }
}

/** Takes a message out of the full-text index; without effect when it is not there. */
export const unindexMessage = (db: SqlDatabase, id: number): void => {
  db.prepare('DELETE FROM search WHERE rowid = ?').run([id])
}
