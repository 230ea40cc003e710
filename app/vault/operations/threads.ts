import type { Correspondent, PatientSummary } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { threadSubject } from './thread-subjects.ts'

/** At most this many references tie a message to its conversation: the nearest ones. */
const longestChain = 30
/** Ids of 30 days: an answer without references belongs to what was written at most that long before it. */
const subjectWindow = 30 * 86_400 * 1_048_576
/** More messages of one subject in the window than this tell nothing. */
const mostCandidates = 60

interface ThreadedMessage {
  id: number
  accountId: number
  messageId: string | null
  inReplyTo: string | null
  references: readonly string[]
  subject: string
  from: Correspondent
  to: readonly Correspondent[]
}

const namesOf = (message: Pick<ThreadedMessage, 'messageId' | 'inReplyTo' | 'references'>): Set<string> => {
  const names = new Set(message.references.slice(-longestChain))
  if (message.inReplyTo !== null) names.add(message.inReplyTo)
  if (message.messageId !== null) names.add(message.messageId)
  return names
}

/** Two conversations become one, under the lower number. */
const merge = (db: SqlDatabase, one: number, other: number): number => {
  const threadId = Math.min(one, other)
  if (one === other) return threadId
  const params = { threadId, other: Math.max(one, other) }
  db.prepare('UPDATE messages SET thread_id = $threadId WHERE thread_id = $other').run(params)
  db.prepare('UPDATE thread_ids SET thread_id = $threadId WHERE thread_id = $other').run(params)
  return threadId
}

/**
 * The conversation of a new message: by Message-ID, In-Reply-To and References (RFC 5256 §2), in whatever order messages
 * arrive; conversations that a message ties together become one. An answer that names nothing is tied by its subject
 * (docs/search.md, « Conversations »). Call it before the row is inserted; `settleThread` follows.
 */
export const assignThread = (db: SqlDatabase, message: ThreadedMessage): number => {
  const names = namesOf(message)
  const find = db.prepare(
    'SELECT thread_id FROM thread_ids WHERE account_id = $accountId AND message_id_header = $name',
  )
  const found = new Set<number>()
  for (const name of names) {
    const row = find.get<{ thread_id: number }>({ accountId: message.accountId, name })
    if (row) found.add(row.thread_id)
  }
  const threadId = found.size === 0 ? message.id : Math.min(...found)
  for (const other of found) merge(db, threadId, other)
  const register = db.prepare(
    `INSERT OR IGNORE INTO thread_ids (account_id, message_id_header, thread_id)
     VALUES ($accountId, $name, $threadId)`,
  )
  for (const name of names) register.run({ accountId: message.accountId, name, threadId })
  return threadId
}

/**
 * The part of threading that needs the row of the new message: its subject is noted; an answer without references looks for
 * what it answers, and later answers without references look again now that this message is there.
 */
export const settleThread = (db: SqlDatabase, message: ThreadedMessage): void => {
  const { base, answer } = threadSubject(message.subject)
  if (base !== null) settleSubject(db, message, base, answer)
  // Its references may have brought conversations together that subjects had been added to.
  separatePatients(db, message.id)
}

const settleSubject = (db: SqlDatabase, message: ThreadedMessage, base: number, answer: boolean): void => {
  const alone = answer && message.references.length === 0 && message.inReplyTo === null
  const { id, accountId } = message
  db.prepare(
    `INSERT OR REPLACE INTO thread_subjects (message_id, account_id, base, answer, joined)
     VALUES ($id, $accountId, $base, $answer, 0)`,
  ).run({ id, accountId, base, answer: alone ? 1 : 0 })
  if (alone) placeBySubject(db, { id, accountId, base })
  const later = db
    .prepare(
      `SELECT message_id AS id FROM thread_subjects
       WHERE account_id = $accountId AND base = $base AND answer = 1 AND message_id > $id AND message_id <= $until
       ORDER BY message_id LIMIT $limit`,
    )
    .all<{ id: number }>({ accountId, base, id, until: id + subjectWindow, limit: mostCandidates })
  for (const one of later) placeBySubject(db, { id: one.id, accountId, base })
}

interface Candidate {
  id: number
  thread_id: number
  from_address: string
  recipients: string
}

const peopleOf = (row: Candidate): Set<string> =>
  new Set([
    row.from_address.toLowerCase(),
    ...(JSON.parse(row.recipients) as Correspondent[]).map((one) => one.address.toLowerCase()),
  ])

/** Who answers took part in what is answered, and whoever wrote that takes part in the answer. */
const answers = (later: Candidate, earlier: Candidate): boolean =>
  peopleOf(earlier).has(later.from_address.toLowerCase()) &&
  peopleOf(later).has(earlier.from_address.toLowerCase())

const candidateColumns = 'id, thread_id, from_address, recipients'

/** Ties an answer to the one conversation it can belong to, or keeps it apart when there is none or more than one. */
const placeBySubject = (db: SqlDatabase, answer: { id: number; accountId: number; base: number }): void => {
  const own = db.prepare(`SELECT ${candidateColumns} FROM messages WHERE id = ?`).get<Candidate>([answer.id])
  if (!own) return
  const earlier = db
    .prepare(
      `SELECT ${candidateColumns} FROM thread_subjects JOIN messages ON id = message_id
       WHERE thread_subjects.account_id = $accountId AND base = $base AND answer IN (0, 1)
         AND message_id < $id AND message_id >= $from LIMIT $limit`,
    )
    .all<Candidate>({ ...answer, from: answer.id - subjectWindow, limit: mostCandidates })
  const possible = earlier.filter((one) => answers(own, one))
  const component = componentOf(db, answer.id)
  // What came with the answer by references is its own conversation, not another one it could belong to.
  const conversations = new Set(
    possible.filter((one) => !component.has(one.id)).map((one) => rootOf(db, one.id)),
  )
  const [target] = conversations
  const joined = conversations.size === 1 && earlier.length < mostCandidates && target !== undefined
  const related = target === undefined ? null : threadOf(db, target)
  if (joined && related !== null && !patientsDiffer(db, [...component], membersOf(db, related, component))) {
    merge(db, own.thread_id, related)
    db.prepare('UPDATE thread_subjects SET joined = 1 WHERE message_id = ?').run([answer.id])
  } else if (wasJoined(db, answer.id)) separate(db, answer.id)
}

const threadOf = (db: SqlDatabase, id: number): number | null =>
  db.prepare('SELECT thread_id FROM messages WHERE id = ?').get<{ thread_id: number }>([id])?.thread_id ??
  null

const wasJoined = (db: SqlDatabase, id: number): boolean =>
  db.prepare('SELECT 1 FROM thread_subjects WHERE message_id = ? AND joined = 1').get([id]) !== undefined

const membersOf = (db: SqlDatabase, threadId: number, without: ReadonlySet<number>): number[] =>
  db
    .prepare('SELECT id FROM messages WHERE thread_id = ? LIMIT 1000')
    .all<{ id: number }>([threadId])
    .map((row) => row.id)
    .filter((id) => !without.has(id))

interface HeaderRow {
  id: number
  message_id_header: string | null
  in_reply_to: string | null
  reference_ids: string
}

/** The messages of a conversation tied to one of them by Message-IDs alone. */
const componentOf = (db: SqlDatabase, id: number): Set<number> => {
  const rows = db
    .prepare(
      `SELECT id, message_id_header, in_reply_to, reference_ids FROM messages
       LEFT JOIN message_headers ON message_id = id
       WHERE thread_id = (SELECT thread_id FROM messages WHERE id = $id) LIMIT 1000`,
    )
    .all<HeaderRow>({ id })
  const names = new Map(
    rows.map((row) => [
      row.id,
      namesOf({
        messageId: row.message_id_header,
        inReplyTo: row.in_reply_to,
        references: row.reference_ids === null ? [] : (JSON.parse(row.reference_ids) as string[]),
      }),
    ]),
  )
  const reached = new Set([id])
  const known = new Set(names.get(id))
  for (let grown = true; grown;) {
    grown = false
    for (const [other, own] of names) {
      if (reached.has(other) || ![...own].some((name) => known.has(name))) continue
      reached.add(other)
      for (const name of own) known.add(name)
      grown = true
    }
  }
  return reached
}

/** The first message a message's conversation began with, through references and then through the subjects joined. */
const rootOf = (db: SqlDatabase, id: number): number => {
  let root = id
  for (let step = 0; step < mostCandidates; step += 1) {
    const component = componentOf(db, root)
    const first = Math.min(...component)
    const thread = threadOf(db, first)
    const joined = [...component].some((one) => wasJoined(db, one))
    if (!joined || thread === null) return first
    const others = membersOf(db, thread, component)
    const before = others.filter((one) => one < first)
    if (before.length === 0) return first
    root = Math.min(...before)
  }
  return root
}

/** Takes an answer, with what refers to it, out of a conversation that its subject alone tied it to. */
const separate = (db: SqlDatabase, id: number): void => {
  const component = componentOf(db, id)
  const threadId = threadOf(db, id)
  db.prepare('UPDATE thread_subjects SET joined = 0 WHERE message_id = ?').run([id])
  if (threadId === null || membersOf(db, threadId, component).length === 0) return
  const rest = membersOf(db, threadId, component)
  give(db, [...component])
  give(db, rest)
}

/** Makes a conversation of these messages, numbered by the first of them, with the Message-IDs they name. */
const give = (db: SqlDatabase, ids: readonly number[]): void => {
  const params = { threadId: Math.min(...ids), ids: JSON.stringify(ids) }
  db.prepare('UPDATE messages SET thread_id = $threadId WHERE id IN (SELECT value FROM json_each($ids))').run(
    params,
  )
  const rows = db
    .prepare(
      `SELECT message_id AS id, account_id, message_id_header, in_reply_to, reference_ids FROM message_headers
       JOIN messages ON messages.id = message_id WHERE message_id IN (SELECT value FROM json_each($ids))`,
    )
    .all<HeaderRow & { account_id: number }>({ ids: params.ids })
  const assign = db.prepare(
    'UPDATE thread_ids SET thread_id = $threadId WHERE account_id = $accountId AND message_id_header = $name',
  )
  for (const row of rows) {
    const names = namesOf({
      messageId: row.message_id_header,
      inReplyTo: row.in_reply_to,
      references: JSON.parse(row.reference_ids) as string[],
    })
    for (const name of names) assign.run({ threadId: params.threadId, accountId: row.account_id, name })
  }
}

/** Who documents are about, as far as it tells persons apart. */
const patientsAmong = (db: SqlDatabase, ids: readonly number[]): Set<string> =>
  new Set(
    db
      .prepare(
        'SELECT patient FROM messages WHERE id IN (SELECT value FROM json_each($ids)) AND patient IS NOT NULL',
      )
      .all<{ patient: string }>({ ids: JSON.stringify(ids) })
      .map((row) => {
        const { ins, birthName, firstName, birthDate } = JSON.parse(row.patient) as PatientSummary
        return ins?.matricule ?? JSON.stringify([birthName, firstName, birthDate])
      }),
  )

const patientsDiffer = (db: SqlDatabase, some: readonly number[], others: readonly number[]): boolean => {
  const [one, other] = [patientsAmong(db, some), patientsAmong(db, others)]
  return one.size > 0 && other.size > 0 && new Set([...one, ...other]).size > 1
}

/**
 * A message's patient became known: an answer that only its subject tied to a conversation about somebody else leaves it. Two
 * persons' documents share a conversation only when References say so.
 */
export const separatePatients = (db: SqlDatabase, id: number): void => {
  const joined = db
    .prepare(
      `SELECT message_id AS id FROM thread_subjects JOIN messages ON messages.id = message_id
       WHERE thread_id = (SELECT thread_id FROM messages WHERE id = ?) AND joined = 1`,
    )
    .all<{ id: number }>([id])
  for (const answer of joined) {
    const component = componentOf(db, answer.id)
    const threadId = threadOf(db, answer.id)
    if (threadId === null) continue
    if (patientsDiffer(db, [...component], membersOf(db, threadId, component))) separate(db, answer.id)
  }
}
