import { fold } from '../fold.ts'
import type { WordCondition } from './query.ts'

/** Every Latin letter with marks, ligatures and the like, by the plain letters it folds to. */
const variants = ((): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const ranges = [
    [0xaa, 0x24f],
    [0x1d00, 0x1eff],
    [0x2160, 0x2184],
    [0xfb00, 0xfb06],
  ] as const
  for (const [first, last] of ranges)
    for (let code = first; code <= last; code += 1) {
      const letter = String.fromCharCode(code)
      const plain = fold(letter)
      if (plain !== letter && /^[a-z0-9]{1,3}$/.test(plain))
        found.set(plain, (found.get(plain) ?? '') + letter)
    }
  return found
})()
const longestVariant = Math.max(...[...variants.keys()].map((plain) => plain.length))

/** Marks a letter may carry as characters of their own. */
const marks = '\\p{M}*'
const literal = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&')

/** Ligatures that begin with these letters and go on: « œ » for the prefix « o ». */
const longerLigatures = (letters: string): string =>
  [...variants]
    .map(([plain, found]) => (plain !== letters && plain.startsWith(letters) ? found : ''))
    .join('')

/** The pattern of folded letters in unfolded text: `separator` is allowed between letters, a prefix may end inside a ligature. */
const lettersPattern = (word: string, how: { separator?: string; prefix: boolean }): string => {
  const { separator = '', prefix } = how
  const letterPattern = (letter: string, more = ''): string =>
    `[${literal(letter)}${variants.get(letter) ?? ''}${more}]${marks}`
  const pieces: string[] = []
  for (let at = 0; at < word.length;) {
    // « oe » is two letters or one ligature.
    let length = Math.min(longestVariant, word.length - at)
    while (length > 1 && !variants.has(word.slice(at, at + length))) length -= 1
    const letters = length > 1 ? word.slice(at, at + length) : String.fromCodePoint(word.codePointAt(at) ?? 0)
    at += letters.length
    const more = prefix && at === word.length ? longerLigatures(letters) : ''
    if (length > 1)
      pieces.push(
        `(?:${Array.from(letters, (letter) => letterPattern(letter)).join(separator)}|[${variants.get(letters) ?? ''}${more}]${marks})`,
      )
    else pieces.push(letterPattern(letters, more))
  }
  return pieces.join(separator)
}

const betweenDigits = '[ .\\-/\\t\\u00a0\\u202f]?'
/** Digits that the index also has in one piece when a text parts them. */
const joinedDigits = /^\d{8,21}$/

/**
 * A regular expression (source, for flags `giu`) of every word a query wants, in texts as people write them: accents, œ and
 * grouped digits as in the index. Null when there is nothing to find.
 */
export const queryPattern = (conditions: readonly WordCondition[]): string | null => {
  const patterns: string[] = []
  for (const { words, phrase, digits, negated, field } of conditions) {
    if (negated || field === 'sender' || field === 'recipients' || field === 'copies') continue
    if (phrase)
      patterns.push(
        words.map((word) => lettersPattern(word, { prefix: false })).join('[^\\p{L}\\p{N}]+') +
          '(?![\\p{L}\\p{N}\\p{M}])',
      )
    else
      for (const word of words)
        patterns.push(
          `${lettersPattern(word, { prefix: true, ...(joinedDigits.test(word) ? { separator: betweenDigits } : {}) })}[\\p{L}\\p{N}\\p{M}]{0,60}`,
        )
    if (digits !== null)
      patterns.push(`${lettersPattern(digits, { separator: betweenDigits, prefix: true })}\\p{N}{0,20}`)
  }
  // The longest first: alternatives are tried in order.
  const source = patterns.toSorted((a, b) => b.length - a.length).join('|')
  return source === '' ? null : `(?<![\\p{L}\\p{N}\\p{M}])(?:${source})`
}
