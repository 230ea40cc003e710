import { fold, type SqlDatabase } from '../../vault/index.ts'
import { mailboxById, startingWith, type StoredMailbox } from './read.ts'
import { prefixLengths } from './schema.ts'
import { departmentCode } from './columns.ts'
import { neighboursOf } from './nearby.ts'
import { filterWord, labelWords, lastNameMark, nameMark, nameWords, wordsOf } from './words.ts'

export interface SearchWish {
  text: string
  profession: string | null
  specialty: string | null
  department: string | null
  type: string | null
  gone: boolean
  limit: number
  /** Where the user practises: among equals, who is there comes first. */
  home?: { departments: readonly string[]; towns: readonly string[] }
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

const departmentOf = ({ structure }: StoredMailbox): string | null =>
  departmentCode(structure?.postalCode ?? null, structure?.department ?? null)

const passes = (wish: SearchWish, mailbox: StoredMailbox): boolean => {
  if (mailbox.unlisted || (!wish.gone && mailbox.goneSince !== null)) return false
  if (wish.type !== null && mailbox.type !== wish.type) return false
  const { profession, specialty } = mailbox
  if (wish.profession !== null && (profession?.code ?? profession?.label) !== wish.profession) return false
  if (wish.specialty !== null && (specialty?.code ?? specialty?.label) !== wish.specialty) return false
  return wish.department === null || departmentOf(mailbox) === wish.department
}

/** By what has an order of its own: addresses, RPPS with or without its type digit, identifiers of structures. */
const byKey = (db: SqlDatabase, raw: string): number[] | null => {
  const limit = candidates * 2
  // « Anne Martin <anne.martin@…> », as it is copied from elsewhere.
  const address = /[^\s<>"(),:;]+@[^\s<>"(),:;]*/.exec(raw)?.[0]
  if (address !== undefined) {
    const found = startingWith(db, 'address', address, limit)
    // Its words find who is not there under this very address.
    return found.length === 0 ? null : found
  }
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

/** The words of a mailbox that tell how well it answers. */
const tellingOf = (mailbox: StoredMailbox) => ({
  last: nameWords(mailbox.lastName),
  first: nameWords(mailbox.firstName),
  names: [mailbox.service, mailbox.structure?.name, mailbox.structure?.tradeName].flatMap((name) =>
    name == null ? [] : wordsOf(name),
  ),
  specialty: mailbox.specialty === null ? [] : labelWords(mailbox.specialty.label),
})

/** What a word that was typed says of a mailbox. */
const scoreOfWord = (
  { last, first, names, specialty }: ReturnType<typeof tellingOf>,
  word: string,
): number => {
  if (last.includes(word)) return 100
  if (first.includes(word)) return 80
  if (last.some((one) => one.startsWith(word))) return 50
  if (first.some((one) => one.startsWith(word))) return 40
  if (names.includes(word)) return 30
  if (names.some((one) => one.startsWith(word))) return 20
  return specialty.some((one) => one.startsWith(word)) ? 15 : 10
}

/**
 * Best first: exact last name, exact first name, names that begin so; people before services for what reads as a name; who is
 * near before who is far. Each word typed comes with those it may have been meant for.
 */
const scoreOf = (
  mailbox: StoredMailbox,
  typed: readonly (readonly string[])[],
  home: SearchWish['home'],
): number => {
  const last = wordsOf(mailbox.lastName ?? '')
  let score = 0
  const telling = tellingOf(mailbox)
  for (const words of typed) score += Math.max(...words.map((word) => scoreOfWord(telling, word)))
  const all = typed.flat()
  // The whole last name and nothing more of it, before « MARTIN DURAND ».
  if (last.length > 0 && last.every((one) => all.includes(one))) score += 30
  if (mailbox.goneSince !== null) score -= 200
  if (mailbox.nationalId !== null) score += 5
  if (!home || home.departments.length === 0) return score
  const department = departmentOf(mailbox)
  if (department === null || !home.departments.includes(department)) return score
  const town = mailbox.structure?.town
  return score + (town != null && home.towns.includes(fold(town)) ? 9 : 6)
}

/** Titles tell nobody apart; they count only while they are all there is. */
const titles = new Set(['dr', 'docteur', 'pr', 'professeur', 'mme', 'madame', 'mr', 'monsieur', 'mlle'])
const tellingWords = (raw: string): string[] => {
  const words = [...new Set(wordsOf(raw))].slice(0, mostWords)
  const without = words.filter((word) => !titles.has(word))
  return without.length === 0 ? words : without
}

/** Rows of one's own département looked at besides those of everywhere, where these are more than are read. */
const homeCandidates = 20

/** Ids found by the words, the most telling way first. */
const foundByWords = (
  db: SqlDatabase,
  wish: SearchWish,
  waysFor: () => readonly string[],
  ids: Set<number>,
): void => {
  const { must, without } = conditions(wish)
  const wanted = Math.max(candidates, wish.limit + 1)
  const near =
    wish.department === null
      ? (wish.home?.departments ?? []).map((code) => quoted(filterWord('department', code)))
      : []
  const ask = (way: string, more: readonly string[], limit: number): number => {
    const positive = [...(way === '' ? [] : [`(${way})`]), ...must, ...more].join(' AND ')
    const found = foundBy(db, `(${positive})${without}`, limit)
    for (const id of found) ids.add(id)
    return found.length
  }
  for (const way of waysFor()) {
    const isCut = ask(way, [], wanted) >= wanted
    // A way that was read to its end has who is near among the others.
    if (isCut && near.length > 0 && way !== '') ask(way, [`(${near.join(' OR ')})`], homeCandidates)
    if (ids.size >= wanted) break
  }
}

/**
 * What the words may have been meant for, each one typing error away; null when nothing in the base is near. Where every word is one
 * of the base, any one of them may be the wrong one.
 */
const meantBy = (db: SqlDatabase, words: readonly string[]): string[][][] => {
  if (words.length > mostMended) return []
  const looked = words.map((word) => ({ word, ...neighboursOf(db, word) }))
  const wrong = looked.filter(({ known }) => !known)
  if (wrong.some(({ neighbours }) => neighbours.length === 0)) return []
  if (wrong.length > 0) return [looked.map(({ word, known, neighbours }) => (known ? [word] : neighbours))]
  return looked.flatMap(({ neighbours }, at) =>
    neighbours.length === 0 ? [] : [looked.map(({ word }, index) => (index === at ? neighbours : [word]))],
  )
}
const mostMended = 4

/**
 * Searches the base: what is found first among equals is as the extraction orders it. Longer lists cost more. When nobody is spelt
 * so, those one typing error away, and `near` says it.
 */
export const searchBase = (
  db: SqlDatabase,
  wish: SearchWish,
): { mailboxes: StoredMailbox[]; more: boolean; near: boolean } => {
  const raw = fold(wish.text).trim()
  const keys = byKey(db, raw)
  const ids = new Set<number>(keys ?? [])
  // Of an address, its words find the rest; an identifier stands for itself.
  const all = tellingWords(raw)
  const some = raw.includes('@') ? all.filter((word) => word !== 'mssante' && word !== 'fr') : all
  const words = some.length > 0 ? some : all
  let typed: readonly (readonly string[])[] = words.map((word) => [word])
  let near = false
  if (keys === null) {
    const narrowed = conditions(wish).must.length > 0
    foundByWords(db, wish, () => (words.length === 0 ? (narrowed ? [''] : []) : waysOf(db, words)), ids)
    if (ids.size === 0 && words.length > 0)
      for (const meant of meantBy(db, words)) {
        foundByWords(db, wish, () => waysFor(db, meant), ids)
        if (ids.size === 0) continue
        near = true
        typed = typed.map((said, at) => [...said, ...(meant[at] ?? [])])
      }
  }
  const found: { mailbox: StoredMailbox; score: number; at: number }[] = []
  for (const id of ids) {
    const mailbox = mailboxById(db, id)
    if (!mailbox || mailbox.unlisted) continue
    if (keys !== null && !passes(wish, mailbox)) continue
    found.push({ mailbox, score: scoreOf(mailbox, typed, wish.home), at: found.length })
  }
  found.sort((one, other) => other.score - one.score || one.at - other.at)
  return {
    mailboxes: found.slice(0, wish.limit).map(({ mailbox }) => mailbox),
    more: found.length > wish.limit,
    near: near && found.length > 0,
  }
}

/** Names first, then anything, of words that may each stand for several. */
const waysFor = (db: SqlDatabase, meant: readonly (readonly string[])[]): string[] => {
  const way = (mark: string): string | null =>
    every(meant.map((words) => any(words.map((word) => beginning(db, mark + word)))))
  return [way(nameMark), way('')].filter((one) => one !== null)
}
