import { fold, type SqlDatabase } from '../../vault/index.ts'
import { mailboxById, startingWith, type StoredMailbox } from './read.ts'
import { prefixLengths } from './schema.ts'
import { entriesOf, filterWord, labelWords, lastNameMark, nameMark, wordsOf } from './words.ts'

export interface SearchWish {
  text: string
  profession: string | null
  specialty: string | null
  department: string | null
  type: string | null
  gone: boolean
  limit: number
}

/** Words of a query that count; the rest is left out. */
const mostWords = 8
/** Beginnings of a word that are looked up one by one; more of them are one scan of the index. */
const mostBeginnings = 80
/** Rows looked at for each way of matching, before the best are chosen among them. */
const candidates = 40

const quoted = (word: string): string => `"${word}"`
const longestPrefix = prefixLengths[prefixLengths.length - 1] ?? 0

/** An expression for the entries that begin so; null when there are none. Short ones have lists of their own. */
const beginning = (db: SqlDatabase, start: string): string | null => {
  if ([...start].length <= longestPrefix) return `${quoted(start)}*`
  const words = db
    .prepare('SELECT word FROM search_words WHERE word >= ? AND word < ? LIMIT ?')
    .all<{ word: string }>([start, `${start}\u{10ffff}`, mostBeginnings])
  if (words.length === 0) return null
  // Each one's list is read as far as it is needed; a scan would read all of them to the end.
  return words.length < mostBeginnings
    ? `(${words.map(({ word }) => quoted(word)).join(' OR ')})`
    : `${quoted(start)}*`
}

const every = (parts: readonly (string | null)[]): string | null =>
  parts.includes(null) ? null : parts.join(' AND ')
const any = (parts: readonly (string | null)[]): string | null => {
  const there = parts.filter((part) => part !== null)
  return there.length === 0 ? null : `(${there.join(' OR ')})`
}

/** What all rows must have besides the words. */
const conditions = (wish: SearchWish): { must: string[]; without: string } => ({
  must: [
    ...(wish.type === null ? [] : [quoted(filterWord('type', wish.type))]),
    ...(wish.profession === null ? [] : [quoted(filterWord('profession', wish.profession))]),
    ...(wish.specialty === null ? [] : [quoted(filterWord('specialty', wish.specialty))]),
    ...(wish.department === null ? [] : [quoted(filterWord('department', wish.department))]),
  ],
  without: wish.gone ? '' : ` NOT ${quoted(filterWord('gone', ''))}`,
})

/** Ways of matching, the most telling first; what one finds another finds too. */
const waysOf = (db: SqlDatabase, words: readonly string[]): string[] => {
  const starts = words.map((word) => beginning(db, word))
  const all = every(starts)
  if (all === null) return []
  const names = words.map((word) => quoted(nameMark + word))
  const nameStarts = words.map((word) => beginning(db, nameMark + word))
  const last = any(words.map((word) => quoted(lastNameMark + word)))
  return [
    // « anne martin », the last word perhaps not finished.
    words.length > 1 ? every([last, ...names]) : null,
    words.length > 1 ? every([...names.slice(0, -1), nameStarts.at(-1) ?? null]) : null,
    // Somebody of exactly this last name, who is or works as the other words say.
    every([last, all]),
    words.length > 1 ? every(nameStarts) : null,
    every([any(nameStarts), all]),
    all,
  ].filter((way) => way !== null)
}

const foundBy = (db: SqlDatabase, expression: string, limit: number): number[] =>
  db
    .prepare('SELECT rowid AS id FROM search WHERE search MATCH ? LIMIT ?')
    .all<{ id: number }>([expression, limit])
    .map(({ id }) => id)

const passes = (wish: SearchWish, mailbox: StoredMailbox, words: readonly string[]): boolean => {
  if (mailbox.unlisted || (!wish.gone && mailbox.goneSince !== null)) return false
  if (wish.type !== null && mailbox.type !== wish.type) return false
  const { profession, specialty } = mailbox
  if (wish.profession !== null && (profession?.code ?? profession?.label) !== wish.profession) return false
  if (wish.specialty !== null && (specialty?.code ?? specialty?.label) !== wish.specialty) return false
  const entries = [...wordsIn(mailbox)]
  return words.every((word) => entries.some((entry) => entry.startsWith(word)))
}

const wordsIn = (mailbox: StoredMailbox): Set<string> =>
  entriesOf({
    ...mailbox,
    profession: mailbox.profession?.label ?? null,
    professionCode: null,
    specialty: mailbox.specialty?.label ?? null,
    specialtyCode: null,
    legalName: mailbox.structure?.name ?? null,
    tradeName: mailbox.structure?.tradeName ?? null,
    town: mailbox.structure?.town ?? null,
    postalCode: mailbox.structure?.postalCode ?? null,
    departmentCode: null,
    gone: false,
  })

/** By what has an order of its own: addresses, RPPS with or without its type digit, identifiers of structures. */
const byKey = (db: SqlDatabase, raw: string): number[] | null => {
  const limit = candidates * 2
  if (raw.includes('@') && !raw.startsWith('@')) return startingWith(db, 'address', raw.toLowerCase(), limit)
  const digits = raw.replace(/[ .]/g, '')
  if (!/^\d{6,14}$/.test(digits)) return null
  return [
    ...startingWith(db, 'national_id', digits, limit),
    ...startingWith(db, 'national_id', `8${digits}`, limit),
    ...startingWith(db, 'structure_id', digits, limit),
    // FINESS and SIRET with their type digit.
    ...['1', '3'].flatMap((type) => startingWith(db, 'structure_id', type + digits, limit)),
  ]
}

/** Best first: exact last name, exact first name, names that begin so; people before services for what reads as a name. */
const scoreOf = (mailbox: StoredMailbox, words: readonly string[]): number => {
  const last = wordsOf(mailbox.lastName ?? '')
  const first = wordsOf(mailbox.firstName ?? '')
  const names = [mailbox.service, mailbox.structure?.name, mailbox.structure?.tradeName].flatMap((name) =>
    wordsOf(name ?? ''),
  )
  let score = 0
  for (const word of words) {
    if (last.includes(word)) score += 100
    else if (first.includes(word)) score += 80
    else if (last.some((one) => one.startsWith(word))) score += 50
    else if (first.some((one) => one.startsWith(word))) score += 40
    else if (names.includes(word)) score += 30
    else if (names.some((one) => one.startsWith(word))) score += 20
    else if (labelWords(mailbox.specialty?.label ?? '').some((one) => one.startsWith(word))) score += 15
    else score += 10
  }
  // The whole last name and nothing more of it, before « MARTIN DURAND ».
  if (last.length > 0 && last.every((one) => words.includes(one))) score += 30
  if (mailbox.goneSince !== null) score -= 200
  if (mailbox.nationalId !== null) score += 5
  return score
}

/** Titles tell nobody apart; they count only while they are all there is. */
const titles = new Set(['dr', 'docteur', 'pr', 'professeur', 'mme', 'madame', 'mr', 'monsieur', 'mlle'])
const tellingWords = (raw: string): string[] => {
  const words = [...new Set(wordsOf(raw))].slice(0, mostWords)
  const without = words.filter((word) => !titles.has(word))
  return without.length === 0 ? words : without
}

/** Searches the base: what is found first among equals is as the extraction orders it. Longer lists cost more. */
export const searchBase = (
  db: SqlDatabase,
  wish: SearchWish,
): { mailboxes: StoredMailbox[]; more: boolean } => {
  const raw = fold(wish.text).trim()
  const keys = byKey(db, raw)
  const wanted = Math.max(candidates, wish.limit + 1)
  const ids = new Set<number>(keys ?? [])
  // Of an address, its words find the rest; an identifier stands for itself.
  const words = tellingWords(raw)
  const telling = raw.includes('@') ? words.filter((word) => word !== 'mssante' && word !== 'fr') : words
  if (keys === null) {
    const { must, without } = conditions(wish)
    const ways =
      words.length === 0 ? (must.length > 0 ? [''] : []) : waysOf(db, telling.length > 0 ? telling : words)
    for (const way of ways) {
      const positive = [...(way === '' ? [] : [`(${way})`]), ...must].join(' AND ')
      for (const id of foundBy(db, `(${positive})${without}`, wanted)) ids.add(id)
      if (ids.size >= wanted) break
    }
  }
  const found: { mailbox: StoredMailbox; score: number; at: number }[] = []
  for (const id of ids) {
    const mailbox = mailboxById(db, id)
    if (!mailbox || mailbox.unlisted) continue
    if (keys !== null && !passes(wish, mailbox, [])) continue
    found.push({ mailbox, score: scoreOf(mailbox, words), at: found.length })
  }
  found.sort((one, other) => other.score - one.score || one.at - other.at)
  return {
    mailboxes: found.slice(0, wish.limit).map(({ mailbox }) => mailbox),
    more: found.length > wish.limit,
  }
}
