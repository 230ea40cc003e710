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

/** The pattern of folded letters in unfolded text, `separator` allowed between letters. */
const lettersPattern = (word: string, separator = ''): string => {
  const spelt = (letters: string): string[] =>
    Array.from(letters, (letter) => `[${literal(letter)}${variants.get(letter) ?? ''}]${marks}`)
  const pieces: string[] = []
  for (let at = 0; at < word.length;) {
    // « oe » is two letters or one ligature.
    let length = Math.min(longestVariant, word.length - at)
    while (length > 1 && !variants.has(word.slice(at, at + length))) length -= 1
    const letters = length > 1 ? word.slice(at, at + length) : String.fromCodePoint(word.codePointAt(at) ?? 0)
    at += letters.length
    if (length > 1)
      pieces.push(`(?:${spelt(letters).join(separator)}|[${variants.get(letters) ?? ''}]${marks})`)
    else pieces.push(...spelt(letters))
  }
  return pieces.join(separator)
}

/**
 * A regular expression (source, for flags `giu`) of every word a query wants, in texts as people write them: accents, œ and
 * grouped digits as in the index. Null when there is nothing to find.
 */
export const queryPattern = (conditions: readonly WordCondition[]): string | null => {
  const patterns: string[] = []
  for (const { words, phrase, digits, negated, field } of conditions) {
    if (negated || field === 'sender' || field === 'recipients' || field === 'copies') continue
    if (phrase)
      patterns.push(words.map((word) => lettersPattern(word)).join('[^\\p{L}\\p{N}]+') + '(?![\\p{L}\\p{N}])')
    else for (const word of words) patterns.push(`${lettersPattern(word)}[\\p{L}\\p{N}\\p{M}]{0,60}`)
    if (digits !== null) patterns.push(`${lettersPattern(digits, '[ .\\-/\\t\\u00a0\\u202f]?')}\\p{N}{0,20}`)
  }
  // The longest first: alternatives are tried in order.
  const source = patterns.toSorted((a, b) => b.length - a.length).join('|')
  return source === '' ? null : `(?<![\\p{L}\\p{N}])(?:${source})`
}
