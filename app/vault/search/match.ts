import type { SqlDatabase } from '../database.ts'
import type { WordCondition } from './query.ts'
import { longestStart, longestWord, startMark } from './words.ts'

/** A prefix with more words than this is left to FTS5, which reads every posting of all of them. */
const mostWords = 200

/**
 * The words of the index that begin with a prefix, or null when there are too many. Searching them one by one reads
 * only the newest postings of each; FTS5's own prefix search merges all postings first, which grows with the mailbox.
 */
const expand = (db: SqlDatabase, prefix: string): string[] | null => {
  const rows = db
    .prepare('SELECT word FROM search_words WHERE word >= $from AND word < $until ORDER BY word LIMIT $limit')
    .all<{ word: string }>({ from: prefix, until: `${prefix}\u{10ffff}`, limit: mostWords + 1 })
  return rows.length > mostWords ? null : rows.map((row) => row.word)
}

/** Words hold letters and digits only (words.ts): quoted, they are terms and nothing else to FTS5. */
const quoted = (word: string): string => `"${word}"`

const prefixTerm = (db: SqlDatabase, word: string, column: string | null): string => {
  if (column === null && word.length <= longestStart) return `(starts : ${quoted(startMark + word)})`
  const words = word.length >= longestWord ? [word] : expand(db, word)
  const terms =
    words === null ? `${quoted(word)} *` : words.length === 0 ? quoted(word) : words.map(quoted).join(' OR ')
  return column === null ? `(${terms})` : `({${column}} : (${terms}))`
}

/** One condition as an FTS5 expression; user input never reaches MATCH in any other way. */
const conditionExpression = (db: SqlDatabase, condition: WordCondition): string => {
  const { words, field, phrase, digits } = condition
  if (phrase) {
    const text = quoted(words.join(' '))
    return field === null ? text : `({${field}} : ${text})`
  }
  const all = words.map((word) => prefixTerm(db, word, field)).join(' AND ')
  if (digits === null) return words.length === 1 ? all : `(${all})`
  return `((${all}) OR ${prefixTerm(db, digits, field)})`
}

/**
 * The FTS5 expressions of conditions on words: those a message must match (null when there are none) and those it must
 * not (null alike).
 */
export const matchExpressions = (
  db: SqlDatabase,
  conditions: readonly WordCondition[],
): { wanted: string | null; unwanted: string | null } => {
  const side = (negated: boolean): string[] =>
    conditions.filter((one) => one.negated === negated).map((one) => conditionExpression(db, one))
  const wanted = side(false)
  const unwanted = side(true)
  return {
    wanted: wanted.length === 0 ? null : wanted.join(' AND '),
    unwanted: unwanted.length === 0 ? null : unwanted.join(' OR '),
  }
}
