import { fold } from '../fold.ts'

/** Characters of a word that are indexed; longer ones are cut, in text and in queries alike. */
export const longestWord = 64
/** Prefixes of these lengths have their own posting lists; shorter words have them whole. */
export const startLengths = [2, 4] as const
/** Marks an entry of the column of starts: no word holds it. */
export const startMark = '§'

/** Digits in groups: telephone, INS with its key, RPPS, SIRET, dates… NFKD has already made the no-break spaces plain. */
export const groupedDigits = /\d+(?:[ .\-/\t]\d+)+/g

/** The words of a folded text: letters and digits, everything else parts them. */
export const wordsOf = (folded: string): string[] =>
  (folded.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) =>
    word.length > longestWord ? word.slice(0, longestWord) : word,
  )

/**
 * A text as it goes into the index: its words folded, then the digits-only form of every identifier that was written in
 * groups (8 to 21 digits).
 */
export const indexWords = (text: string): string[] => {
  const folded = fold(text)
  const words = wordsOf(folded)
  const joined = new Set<string>()
  for (const [run] of folded.matchAll(groupedDigits)) {
    const digits = run.replace(/\D/g, '')
    if (digits.length >= 8 && digits.length <= 21) joined.add(digits)
  }
  for (const digits of joined) words.push(digits)
  return words
}

/** The entries of the column of starts for a set of words. */
export const startsOf = (words: Iterable<string>): string => {
  const starts = new Set<string>()
  for (const word of words) for (const length of startLengths) starts.add(startMark + word.slice(0, length))
  return [...starts].join(' ')
}

/** A text cut into words ahead of time, on another thread than the store's; lists are joined by spaces. */
export interface PreparedText {
  /** What `indexWords` gives. */
  words: string
  /** Each of them once. */
  distinct: string
  starts: string
}

/** Does what the index needs of a text before it is stored. */
export const prepareText = (text: string): PreparedText => {
  const words = text === '' ? [] : indexWords(text)
  const distinct = new Set(words)
  return { words: words.join(' '), distinct: [...distinct].join(' '), starts: startsOf(distinct) }
}
