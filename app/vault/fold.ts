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
