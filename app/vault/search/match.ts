import type { SqlDatabase } from '../database.ts'
import type { WordCondition } from './query.ts'
import { longestWord, startLengths, startMark } from './words.ts'

/** A prefix with more words than this is left to FTS5, which reads every posting of all of them. */
const mostWords = 400
/** Words tried first of each prefix: those of the newest messages. */
const fewWords = 16

/** A word of the index; every message that holds it has an id below `last`. */
interface KnownWord {
  word: string
  last: number
}

/**
 * The words of the index that begin with a prefix, those of the newest messages first, or null when there are too many.
 * Searched one by one, only the newest postings of each are read; FTS5's own prefix search merges all postings first, which
 * grows with the mailbox.
 */
const expand = (db: SqlDatabase, prefix: string): KnownWord[] | null => {
  const rows = db
    .prepare('SELECT word, last FROM search_words WHERE word >= $from AND word < $until LIMIT $limit')
    .all<KnownWord>({ from: prefix, until: `${prefix}\u{10ffff}`, limit: mostWords + 1 })
  return rows.length > mostWords ? null : rows.toSorted((a, b) => b.last - a.last)
}

/** The starts of a given length among the words that begin with a prefix, itself when it is a word: a seek for each. */
const startsFrom = (db: SqlDatabase, prefix: string, length: number): string[] => {
  const starts: string[] = []
  const next = db.prepare(
    'SELECT word FROM search_words WHERE word >= $from AND word < $until ORDER BY word LIMIT 1',
  )
  for (let from = prefix; starts.length <= mostWords;) {
    const word = next.get<{ word: string }>({ from, until: `${prefix}\u{10ffff}` })?.word
    if (word === undefined) break
    const start = word.slice(0, length)
    starts.push(start)
    // A word shorter than the length stands alone: the next one may begin with it.
    from = word.length < length ? `${word}\u0000` : `${start}\u{10ffff}`
  }
  return starts
}

/** Words hold letters and digits only (words.ts): quoted, they are terms and nothing else to FTS5. */
const quoted = (word: string): string => `"${word}"`

/** One condition, or one side of it, as the words that may fulfil it. */
type Expression =
  | { kind: 'fixed'; text: string }
  | { kind: 'words'; words: KnownWord[]; column: string | null }
  | { kind: 'all' | 'any'; of: Expression[] }

const prefixExpression = (db: SqlDatabase, word: string, column: string | null): Expression => {
  const within = (text: string): Expression => ({
    kind: 'fixed',
    text: column === null ? `(${text})` : `({${column}} : (${text}))`,
  })
  const length = startLengths.find((one) => one >= word.length)
  if (column === null && length !== undefined) {
    const starts = word.length === length ? [word] : startsFrom(db, word, length)
    const terms = (starts.length === 0 ? [word] : starts).map((one) => quoted(startMark + one))
    return { kind: 'fixed', text: `(starts : (${terms.join(' OR ')}))` }
  }
  const words = word.length >= longestWord ? [{ word, last: Infinity }] : expand(db, word)
  if (words === null) return within(`${quoted(word)} *`)
  return words.length === 0 ? within(quoted(word)) : { kind: 'words', words, column }
}

const conditionExpression = (db: SqlDatabase, condition: WordCondition): Expression => {
  const { words, field, phrase, digits } = condition
  if (phrase) {
    const text = quoted(words.join(' '))
    return { kind: 'fixed', text: field === null ? text : `({${field}} : ${text})` }
  }
  const all: Expression = { kind: 'all', of: words.map((word) => prefixExpression(db, word, field)) }
  return digits === null ? all : { kind: 'any', of: [all, prefixExpression(db, digits, field)] }
}

/** How many words of a prefix, sorted by `last`, may be in messages from `from` up; at least the first. */
const recent = (words: readonly KnownWord[], from: number): number => {
  let count = 1
  while (count < words.length && (words[count]?.last ?? 0) >= from) count += 1
  return count
}
/** Some of the words of the newest messages: whole groups of the same `last`. */
const few = (words: readonly KnownWord[]): number =>
  words.length <= fewWords ? words.length : recent(words, words[fewWords - 1]?.last ?? 0)

const textOf = (expression: Expression, count: (words: readonly KnownWord[]) => number): string => {
  switch (expression.kind) {
    case 'fixed':
      return expression.text
    case 'words': {
      const terms = expression.words.slice(0, count(expression.words)).map(({ word }) => quoted(word))
      return expression.column === null
        ? `(${terms.join(' OR ')})`
        : `({${expression.column}} : (${terms.join(' OR ')}))`
    }
    default:
      return `(${expression.of.map((one) => textOf(one, count)).join(expression.kind === 'all' ? ' AND ' : ' OR ')})`
  }
}

/** The FTS5 query of conditions on words; user input reaches MATCH in no other way. */
export interface WordMatch {
  /** False: every condition is negated, and `everything` is what must not match. */
  positive: boolean
  /** With every word each prefix may be. */
  everything: string
  /** With the words of the newest messages only; equal to `everything` where that is all of them. */
  newest: string
  /** With every word that a message of this id or a newer one may hold. */
  since: (id: number) => string
}

/** Null when there are no conditions on words. */
export const matchWords = (db: SqlDatabase, conditions: readonly WordCondition[]): WordMatch | null => {
  if (conditions.length === 0) return null
  const side = (negated: boolean): Expression[] =>
    conditions.filter((one) => one.negated === negated).map((one) => conditionExpression(db, one))
  const wanted: Expression = { kind: 'all', of: side(false) }
  const unwanted: Expression = { kind: 'any', of: side(true) }
  const every = (words: readonly KnownWord[]): number => words.length
  const denied = unwanted.of.length === 0 ? null : textOf(unwanted, every)
  if (wanted.of.length === 0) {
    const everything = denied ?? ''
    return { positive: false, everything, newest: everything, since: () => everything }
  }
  const whole = (count: (words: readonly KnownWord[]) => number): string =>
    denied === null ? textOf(wanted, count) : `${textOf(wanted, count)} NOT ${denied}`
  return {
    positive: true,
    everything: whole(every),
    newest: whole(few),
    since: (id) => whole((words) => recent(words, id)),
  }
}
