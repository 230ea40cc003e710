/** Longest query taken into account, in words and in characters per word. */
const maxWords = 16
const maxWordLength = 64

const ligatures: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
}

/**
 * French folding, the same for indexed text and for queries (models.md §8.2): compatibility decomposition, marks
 * stripped, ligatures spelt out, lower case, typographic apostrophes made plain.
 */
export const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[œæßøłđı]/g, (letter) => ligatures[letter] ?? letter)
    .replace(/[\u2018\u2019\u02bc\u2032]/g, "'")

/** Digits in groups: telephone, INS with its key, RPPS, SIRET… NFKD has already made the no-break spaces plain. */
const grouped = /\d+(?:[ .\-\t]\d+)+/g

/**
 * Text as it goes into the index: folded, then followed by the digits-only form of every identifier that was written
 * in groups (8 to 21 digits).
 */
export const foldForIndex = (text: string): string => {
  const folded = fold(text)
  const joined = new Set<string>()
  for (const [run] of folded.matchAll(grouped)) {
    const digits = run.replace(/\D/g, '')
    if (digits.length >= 8 && digits.length <= 21) joined.add(digits)
  }
  return joined.size === 0 ? folded : `${folded}\n${[...joined].join(' ')}`
}

const wordsOf = (folded: string): string[] => folded.match(/[\p{L}\p{N}]+/gu) ?? []
const prefix = (word: string): string => `"${word.slice(0, maxWordLength)}"*`

/**
 * What the user typed → an FTS5 query of quoted prefix terms, all of them required; digits in groups also match their
 * digits-only form. Null when there is nothing to search for. Never hand user input to MATCH in any other way.
 */
export const matchQuery = (text: string): string | null => {
  const folded = fold(text)
  const terms: string[] = []
  let rest = 0
  const words = (until: number): void => {
    terms.push(...wordsOf(folded.slice(rest, until)).map(prefix))
  }
  for (const match of folded.matchAll(grouped)) {
    const digits = match[0].replace(/\D/g, '')
    if (digits.length < 4 || digits.length > 21) continue
    words(match.index)
    rest = match.index + match[0].length
    const groups = wordsOf(match[0]).map(prefix).join(' AND ')
    terms.push(`((${groups}) OR ${prefix(digits)})`)
  }
  words(folded.length)
  return terms.length === 0 ? null : terms.slice(0, maxWords).join(' AND ')
}
