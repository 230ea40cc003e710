import type { SqlDatabase } from '../../vault/index.ts'
import { departmentCode, readHeader, readLine, type ExtractionLine, type Layout } from './columns.ts'
import { dateInName } from './extraction-date.ts'
import { readExtraction, type ExtractionLimits, type TextBlock } from './extraction.ts'
import { factsOf, setFact } from './facts.ts'
import { countFacets } from './facets.ts'
import { createNumberTable, digest, type NumberTable } from './number-set.ts'
import { Refusal } from './refusal.ts'
import { createIndexer, type Indexer } from './indexer.ts'

/** What an import did; dates in milliseconds since 1970. */
export interface Generation {
  date: number
  importedAt: number
  lines: number
  deviations: number
  mailboxes: number
  persons: number
  gone: number
  added: number
  removed: number
  /** Mailboxes the file lacked that were not taken for gone: it held less than was to be expected. */
  kept: number
  source: string
}

export interface ImportProgress {
  phase: 'read' | 'finish'
  done: number
  total: number
  lines: number
}

export interface ImportWish {
  path: string
  /** When the extraction was made; null where its name does not say: the text's in the archive does, or it is of now. */
  date: number | null
  now: number
  source: string
  /** Least share of the mailboxes known so far that must still be there, 0 to 1: less was cut somewhere. */
  leastKept: number
  /** What a file that holds less does: it is refused, or adds what it has and takes nothing for gone. */
  whenLess: 'refuse' | 'add'
  limits?: ExtractionLimits
}

const mostLines = 5_000_000
const day = 86_400_000
const seenMark = -2

interface Work {
  db: SqlDatabase
  wish: ImportWish
  /** When the extraction was made. */
  date: number
  /** There was nothing before. */
  isFirst: boolean
  /** Lines of the base that are not gone: digest → row; `seenMark` once the new extraction has it too. */
  known: NumberTable
  indexer: Indexer
  insert: ReturnType<typeof createInsert>
  labels: (kind: string, code: string | null, label: string | null) => number | null
  counts: { lines: number; deviations: number; added: number }
}

const createInsert = (db: SqlDatabase) => {
  const statement = db.prepare(`
    INSERT INTO mailboxes (digest, address, type, national_id, structure_id, service, civility, last_name, first_name,
      category, profession, specialty, paperless, legal_name, trade_name, lines, postal_code, town, department,
      department_code, country, first_seen, rank, unlisted)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  // What only the API tells outlives a line that changed; a first line of its own says that it may be proposed.
  const earlier = db.prepare(
    `SELECT min(first_seen) AS first, min(rank) FILTER (WHERE gone_since IS NULL) AS rank,
       ifnull(max(unlisted) FILTER (WHERE gone_since IS NULL AND digest >= 0), 0) AS unlisted
     FROM mailboxes WHERE address = ? AND national_id IS ?`,
  )
  return (work: Work, key: number, line: ExtractionLine): void => {
    const before = work.isFirst
      ? null
      : earlier.get<{ first: number | null; rank: number | null; unlisted: number }>([
          line.address,
          line.nationalId,
        ])
    const code = departmentCode(line.postalCode, line.department)
    const { lastInsertRowid } = statement.run([
      key,
      line.address,
      line.type ?? 'other',
      line.nationalId,
      line.structureId,
      line.service,
      line.civility,
      line.lastName,
      line.firstName,
      work.labels('category', line.categoryCode, line.category),
      work.labels('profession', line.professionCode, line.profession),
      work.labels('specialty', line.specialtyCode, line.specialty),
      line.paperless === null ? null : Number(line.paperless),
      line.legalName,
      line.tradeName,
      line.lines.length === 0 ? null : line.lines.join('\n'),
      line.postalCode,
      line.town,
      line.department,
      code,
      line.country,
      Math.min(before?.first ?? work.date, work.date),
      before?.rank ?? null,
      before?.unlisted ?? 0,
    ])
    work.indexer.add(lastInsertRowid, {
      ...line,
      type: line.type ?? 'other',
      professionCode: line.professionCode ?? line.profession,
      specialtyCode: line.specialtyCode ?? line.specialty,
      departmentCode: code,
      gone: false,
    })
    work.counts.added += 1
  }
}

/** Numbers of labels, each written once. */
const createLabels = (db: SqlDatabase) => {
  const known = new Map<string, number>()
  const insert = db.prepare('INSERT INTO labels (kind, code, label) VALUES (?, ?, ?)')
  for (const row of db
    .prepare('SELECT id, kind, code, label FROM labels')
    .all<{ id: number; kind: string; code: string | null; label: string }>())
    known.set(`${row.kind}\0${row.code ?? ''}\0${row.label}`, row.id)
  return (kind: string, code: string | null, label: string | null): number | null => {
    if (code === null && label === null) return null
    const text = label ?? code ?? ''
    const key = `${kind}\0${code ?? ''}\0${text}`
    const found = known.get(key)
    if (found !== undefined) return found
    const id = insert.run([kind, code, text]).lastInsertRowid
    known.set(key, id)
    return id
  }
}

const take = (work: Work, layout: Layout, text: string): void => {
  if (text.trim() === '') return
  const { counts } = work
  counts.lines += 1
  if (counts.lines > mostLines) throw new Refusal('directory.extraction-too-large')
  const read = readLine(text, layout)
  if (!read || read.odd) counts.deviations += 1
  if (!read) return
  const key = digest(text)
  const row = work.known.get(key)
  if (row === seenMark) return
  if (row === -1) work.insert(work, key, read.line)
  work.known.set(key, seenMark)
}

/**
 * Brings the base to what an extraction says, in one transaction: until its end everybody reads the former generation, and
 * a crash, a refusal or `stopping` leaves it. Lines that did not change are not written. Mailboxes that are no longer
 * there stay, with the date of the last extraction that held them. Throws a `Refusal`, or the driver's errors.
 */
export const importExtraction = async (
  db: SqlDatabase,
  wish: ImportWish,
  tell: (progress: ImportProgress) => void,
  stopping: () => boolean,
): Promise<Generation> => {
  db.exec('BEGIN IMMEDIATE')
  try {
    const generation = await run(db, wish, tell, stopping)
    db.exec('COMMIT')
    return generation
  } catch (error) {
    rollBack(db)
    throw error
  }
}

/** A full disk ended the transaction by itself, and a work that is stopped ends with its thread: the first error counts. */
const rollBack = (db: SqlDatabase): void => {
  try {
    db.exec('ROLLBACK')
  } catch {
    // See above: nothing is left to take back.
  }
}

const run = async (
  db: SqlDatabase,
  wish: ImportWish,
  tell: (progress: ImportProgress) => void,
  stopping: () => boolean,
): Promise<Generation> => {
  const before = factsOf(db).generation
  const known = createNumberTable()
  const old = db.prepare('SELECT id, digest FROM mailboxes WHERE gone_since IS NULL AND digest >= 0')
  for (const { id, digest: key } of old.all<{ id: number; digest: number }>()) known.set(key, id)
  const work: Work = {
    ...{ db, wish, known, date: wish.date ?? wish.now },
    isFirst: db.prepare('SELECT 1 FROM mailboxes LIMIT 1').get([]) === undefined,
    indexer: createIndexer(db),
    insert: createInsert(db),
    labels: createLabels(db),
    counts: { lines: 0, deviations: 0, added: 0 },
  }
  let layout: Layout | null = null
  for await (const block of readExtraction(wish.path, wish.limits)) {
    if (stopping()) throw new Refusal('vault.cancelled')
    if (layout === null) work.date = dateOf(wish, block.name, before)
    layout = takeBlock(work, layout, block)
    tell({ phase: 'read', done: block.done, total: block.total, lines: work.counts.lines })
  }
  // A header without a single line is not a directory that lost everything.
  if (!layout || work.counts.lines === work.counts.deviations)
    throw new Refusal('directory.extraction-malformed')
  if (stopping()) throw new Refusal('vault.cancelled')
  tell({ phase: 'finish', done: 0, total: 0, lines: work.counts.lines })
  const { removed, kept } = retire(work, before?.date ?? work.date)
  const counts = db
    .prepare(
      `SELECT count(*) FILTER (WHERE gone_since IS NULL) AS mailboxes, count(gone_since) AS gone,
         count(DISTINCT national_id) FILTER (WHERE gone_since IS NULL) AS persons FROM mailboxes`,
    )
    .get<{ mailboxes: number; gone: number; persons: number }>()
  const generation: Generation = {
    // What adds to a whole one does not make it of another day: it is still to be fetched again.
    date: kept > 0 ? (before?.date ?? work.date) : work.date,
    importedAt: kept > 0 ? (before?.importedAt ?? wish.now) : wish.now,
    source: wish.source,
    ...work.counts,
    ...{ removed, kept },
    mailboxes: counts?.mailboxes ?? 0,
    persons: counts?.persons ?? 0,
    gone: counts?.gone ?? 0,
  }
  setFact(db, 'generation', generation)
  setFact(db, 'facets', countFacets(db))
  return generation
}

/** Of the extraction, by the name of its text, else as told. Throws `directory.extraction-older` for one before the base's. */
const dateOf = (wish: ImportWish, name: string | null, before: Generation | null): number => {
  const date = dateInName(name ?? '', wish.now) ?? wish.date ?? wish.now
  // A base of a day to come was made while the clock was wrong: it says nothing.
  if (before && date < before.date && before.date <= wish.now + day)
    throw new Refusal('directory.extraction-older')
  return date
}

const takeBlock = (work: Work, layout: Layout | null, block: TextBlock): Layout => {
  const lines = layout ? block.lines : block.lines.slice(1)
  const found = layout ?? readHeader(block.lines[0] ?? '')
  if (!found) throw new Refusal('directory.extraction-malformed')
  for (const line of lines) take(work, found, line)
  return found
}

/** What the new extraction does not have: a line that only changed goes, a mailbox that is no longer there is marked. */
const retire = (work: Work, lastSeen: number): { removed: number; kept: number } => {
  const { db, known } = work
  const missing: number[] = []
  let kept = 0
  known.each((_key, row) => {
    if (row >= 0) missing.push(row)
    else kept += 1
  })
  const isLess =
    missing.length > 0 && kept < work.wish.leastKept * (missing.length + kept - work.counts.added)
  if (isLess && work.wish.whenLess === 'refuse') throw new Refusal('directory.extraction-truncated')
  const changed = db.prepare(
    `SELECT one.id FROM mailboxes AS one JOIN mailboxes AS other ON other.address = one.address
       AND other.national_id IS one.national_id AND other.id > one.id AND other.gone_since IS NULL
     WHERE one.id = ? LIMIT 1`,
  )
  const remove = db.prepare('DELETE FROM mailboxes WHERE id = ?')
  const mark = db.prepare('UPDATE mailboxes SET gone_since = ? WHERE id = ?')
  let removed = 0
  let spared = 0
  for (const id of missing) {
    if (changed.get([id])) {
      work.indexer.remove(id)
      remove.run([id])
      continue
    }
    if (isLess) {
      spared += 1
      continue
    }
    mark.run([lastSeen, id])
    work.indexer.refresh(id)
    removed += 1
  }
  // One that came back, or that the API alone knew, stands by its new line.
  for (const { id } of db
    .prepare(
      `SELECT one.id FROM mailboxes AS one WHERE (one.gone_since IS NOT NULL OR one.digest < 0) AND EXISTS (
         SELECT 1 FROM mailboxes AS other WHERE other.address = one.address AND other.digest >= 0
           AND other.national_id IS one.national_id AND other.gone_since IS NULL AND other.id <> one.id)`,
    )
    .all<{ id: number }>()) {
    work.indexer.remove(id)
    remove.run([id])
  }
  return { removed, kept: spared }
}
