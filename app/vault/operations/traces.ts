import { createHash } from 'node:crypto'
import type { Trace, TraceAction, TraceFilter, TraceOutcome } from '../../contract/traces.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { accountOf, targetOf, type TraceSubject } from './trace-subjects.ts'

/** A trace as it is told, before its place in the chain. */
export interface NewTrace {
  /** Milliseconds since 1970. */
  at: number
  author: string
  authorName: string
  openedBy: Trace['openedBy']
  workstation: string
  automatic: boolean
  account: string | null
  action: TraceAction
  target: string
  /** What it was done to: named here, joining the target, and telling the mailbox where `account` does not. */
  subject: TraceSubject | null
  request: string
  answer: string
  outcome: TraceOutcome
  code: string | null
}

interface TraceRow {
  seq: number
  at: number
  author: string
  author_name: string
  opened_by: Trace['openedBy']
  workstation: string
  automatic: number
  account: string | null
  action: TraceAction
  target: string
  request: string
  answer: string
  outcome: TraceOutcome
  code: string | null
  hash: string
}
type Fields = Omit<TraceRow, 'hash'>

/** A place in the chain. */
export interface TraceEnd {
  seq: number
  hash: string
}

/** Hash of a trace: SHA-256 over the former one's hash and the fields as a JSON array, in this order. */
const hashOf = (former: string, row: Fields): string =>
  createHash('sha256')
    .update(
      `${former}\n${JSON.stringify([
        row.seq,
        row.at,
        row.author,
        row.author_name,
        row.opened_by,
        row.workstation,
        row.automatic,
        row.account,
        row.action,
        row.target,
        row.request,
        row.answer,
        row.outcome,
        row.code,
      ])}`,
    )
    .digest('hex')

const traceOf = (row: TraceRow): Trace => ({
  seq: row.seq,
  at: new Date(row.at).toISOString(),
  author: row.author,
  authorName: row.author_name,
  openedBy: row.opened_by,
  workstation: row.workstation,
  automatic: row.automatic === 1,
  account: row.account,
  action: row.action,
  target: row.target,
  request: row.request,
  answer: row.answer,
  outcome: row.outcome,
  code: row.code,
  hash: row.hash,
})

const endOf = (db: SqlDatabase, name: 'floor' | 'head' | 'witness'): TraceEnd =>
  db.prepare('SELECT seq, hash FROM trace_ends WHERE name = $name').get<TraceEnd>({ name }) ?? {
    seq: 0,
    hash: '',
  }

const setEnd = (db: SqlDatabase, name: 'floor' | 'head' | 'witness', end: TraceEnd): void => {
  db.prepare(
    `INSERT INTO trace_ends (name, seq, hash) VALUES ($name, $seq, $hash)
     ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
  ).run({ name, ...end })
}

const append = (db: SqlDatabase, entries: readonly NewTrace[]): void => {
  const insert = db.prepare(
    `INSERT INTO traces (seq, at, author, author_name, opened_by, workstation, automatic, account, action, target, request, answer, outcome,
       code, hash)
     VALUES ($seq, $at, $author, $author_name, $opened_by, $workstation, $automatic, $account, $action, $target, $request, $answer, $outcome,
       $code, $hash)`,
  )
  let head = endOf(db, 'head')
  for (const entry of entries) {
    const row: Fields = {
      seq: head.seq + 1,
      at: entry.at,
      author: entry.author,
      author_name: entry.authorName,
      opened_by: entry.openedBy,
      workstation: entry.workstation,
      automatic: entry.automatic ? 1 : 0,
      account: entry.account ?? accountOf(db, entry.subject),
      action: entry.action,
      target: targetOf(db, entry.target, entry.subject),
      request: entry.request,
      answer: entry.answer,
      outcome: entry.outcome,
      code: entry.code,
    }
    const hash = hashOf(head.hash, row)
    insert.run({ ...row, hash })
    head = { seq: row.seq, hash }
  }
  setEnd(db, 'head', head)
}

/** Wildcards of LIKE stand for themselves. */
const pattern = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`

/** The condition of a filter; times were parsed by the caller. */
const where = (filter: TraceFilter): { sql: string; values: Record<string, string | number> } => {
  // A statement with named values wants at least one.
  const values: Record<string, string | number> = { from: 0 }
  const conditions: string[] = ['at >= $from']
  const list = (column: string, chosen: readonly string[]): void => {
    if (chosen.length === 0) return
    const names = chosen.map((value, index) => {
      values[`${column}${index}`] = value
      return `$${column}${index}`
    })
    conditions.push(`${column} IN (${names.join(', ')})`)
  }
  if (filter.from !== null) values['from'] = Date.parse(filter.from)
  if (filter.to !== null) {
    conditions.push('at <= $to')
    values['to'] = Date.parse(filter.to)
  }
  list('action', filter.actions)
  list('outcome', filter.outcomes)
  if (filter.account !== null) {
    conditions.push('account = $account')
    values['account'] = filter.account
  }
  for (const [index, word] of filter.text.split(/\s+/).filter(Boolean).slice(0, 8).entries()) {
    values[`word${index}`] = pattern(word)
    conditions.push(
      `(author || ' ' || author_name || ' ' || workstation || ' ' || coalesce(account, '') || ' ' || target || ' ' || request || ' ' ||
        answer || ' ' || coalesce(code, '')) LIKE $word${index} ESCAPE '\\'`,
    )
  }
  return { sql: conditions.join(' AND '), values }
}

/** Number of the last trace that purges say they took away; 0 before the first. */
const lastPurged = (db: SqlDatabase): number =>
  Number(
    db
      .prepare("SELECT request FROM traces WHERE action = 'traces-purged' ORDER BY seq DESC LIMIT 1")
      .get<{ request: string }>()
      ?.request.split('-')
      .at(-1) ?? 0,
  )

export const traceOperations = {
  /** Writes traces at the end of the chain, in the order given. */
  'traces.append': operation((db, params: { entries: readonly NewTrace[] }): void => {
    append(db, params.entries)
  }),
  'traces.page': operation(
    (
      db,
      params: { filter: TraceFilter; before: number | null; limit: number },
    ): { traces: Trace[]; more: boolean; total: number } => {
      const { sql, values } = where(params.filter)
      const rows = db
        .prepare(`SELECT * FROM traces WHERE ${sql} AND seq < $before ORDER BY seq DESC LIMIT $limit`)
        .all<TraceRow>({
          ...values,
          before: params.before ?? Number.MAX_SAFE_INTEGER,
          limit: params.limit + 1,
        })
      const total =
        db.prepare(`SELECT count(*) AS n FROM traces WHERE ${sql}`).get<{ n: number }>(values)?.n ?? 0
      return {
        traces: rows.slice(0, params.limit).map(traceOf),
        more: rows.length > params.limit,
        total,
      }
    },
  ),
  /** A slice of a filter's traces, oldest first, after `after`. */
  'traces.slice': operation((db, params: { filter: TraceFilter; after: number; limit: number }): Trace[] => {
    const { sql, values } = where(params.filter)
    return db
      .prepare(`SELECT * FROM traces WHERE ${sql} AND seq > $after ORDER BY seq LIMIT $limit`)
      .all<TraceRow>({ ...values, after: params.after, limit: params.limit })
      .map(traceOf)
  }),
  /** Those of an interval of numbers, both ends included. */
  'traces.between': operation((db, params: { first: number; last: number }): Trace[] =>
    db
      .prepare('SELECT * FROM traces WHERE seq BETWEEN $first AND $last ORDER BY seq')
      .all<TraceRow>(params)
      .map(traceOf),
  ),
  /** The mailboxes here, for who did it and where. */
  'traces.mailboxes': operation((db): { id: number; address: string; displayName: string }[] =>
    db.prepare('SELECT id, address, display_name AS displayName FROM accounts ORDER BY id').all(),
  ),
  /**
   * Checks a slice of the chain from `from`, null to begin. Answers where to go on, or what does not hold; `from` null in
   * the answer when the end was reached and everything holds. `back`: the first trace of the slice that says to be
   * older than the one before it by more than `tolerance` milliseconds (a clock is set right now and then).
   */
  'traces.check': operation(
    (
      db,
      params: { from: (TraceEnd & { at: number }) | null; limit: number; tolerance: number },
    ): {
      from: (TraceEnd & { at: number }) | null
      finding: 'changed' | 'missing' | null
      at: number
      back: number | null
    } => {
      const floor = endOf(db, 'floor')
      let end = params.from ?? { ...floor, at: 0 }
      let back: number | null = null
      const head = endOf(db, 'head')
      const rows = db
        .prepare('SELECT * FROM traces WHERE seq > $seq ORDER BY seq LIMIT $limit')
        .all<TraceRow>({ seq: end.seq, limit: params.limit })
      for (const { hash, ...fields } of rows) {
        if (fields.seq !== end.seq + 1) return { from: null, finding: 'missing', at: end.seq + 1, back }
        if (hashOf(end.hash, fields) !== hash) return { from: null, finding: 'changed', at: fields.seq, back }
        if (fields.at < end.at - params.tolerance) back ??= fields.seq
        end = { seq: fields.seq, hash, at: fields.at }
      }
      if (rows.length === params.limit) return { from: end, finding: null, at: end.seq, back }
      if (end.seq < head.seq) return { from: null, finding: 'missing', at: end.seq + 1, back }
      // A trace beyond the head, or a chain written anew, is nobody's.
      if (end.seq > head.seq || end.hash !== head.hash)
        return { from: null, finding: 'changed', at: end.seq, back }
      // What is before the floor went by a purge that said so, or was taken away.
      if (floor.seq > 0 && lastPurged(db) !== floor.seq)
        return { from: null, finding: 'missing', at: floor.seq, back }
      return { from: null, finding: null, at: end.seq, back }
    },
  ),
  'traces.extent': operation(
    (
      db,
    ): {
      count: number
      first: number | null
      last: number | null
      floor: TraceEnd
      head: TraceEnd
      witness: TraceEnd
    } => ({
      count: db.prepare('SELECT count(*) AS count FROM traces').get<{ count: number }>()?.count ?? 0,
      first: db.prepare('SELECT at FROM traces ORDER BY seq LIMIT 1').get<{ at: number }>()?.at ?? null,
      last: db.prepare('SELECT at FROM traces ORDER BY seq DESC LIMIT 1').get<{ at: number }>()?.at ?? null,
      floor: endOf(db, 'floor'),
      head: endOf(db, 'head'),
      witness: endOf(db, 'witness'),
    }),
  ),
  /** Hashes of traces by their numbers; those that are not here are left out. */
  'traces.hashes': operation((db, params: { seqs: readonly number[] }): TraceEnd[] => {
    const find = db.prepare('SELECT seq, hash FROM traces WHERE seq = $seq')
    return params.seqs.map((seq) => find.get<TraceEnd>({ seq })).filter((end) => end !== undefined)
  }),
  /** The witness outside the store took down this end of the chain. */
  'traces.witnessed': operation((db, params: TraceEnd): void => {
    setEnd(db, 'witness', { seq: params.seq, hash: params.hash })
  }),
  /**
   * Takes away up to `limit` of the oldest traces older than `before`, and leaves a trace of it. Only a chain that holds is
   * shortened: the caller has checked it. Answers how many went.
   */
  'traces.purge': operation(
    (db, params: { before: number; limit: number; entry: Omit<NewTrace, 'request'> }): number => {
      const rows = db
        .prepare('SELECT seq, at, hash FROM traces ORDER BY seq LIMIT $limit')
        .all<{ seq: number; at: number; hash: string }>({ limit: params.limit })
      // The clock may have gone back meanwhile: the first one that is young enough ends it.
      const young = rows.findIndex((row) => row.at >= params.before)
      const old = young === -1 ? rows : rows.slice(0, young)
      const last = old.at(-1)
      if (!last) return 0
      db.prepare('DELETE FROM traces WHERE seq <= $seq').run({ seq: last.seq })
      setEnd(db, 'floor', { seq: last.seq, hash: last.hash })
      append(db, [
        {
          ...params.entry,
          request: `purge ${old[0]?.seq ?? last.seq}-${last.seq}`,
          answer: `${old.length}: ${new Date(old[0]?.at ?? last.at).toISOString()} – ${new Date(last.at).toISOString()}`,
        },
      ])
      return old.length
    },
  ),
}
