const ligatures: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae' }

/** A name for comparing people by eye: no case, accents, hyphens, apostrophes or blanks. Never decides an identity. */
export const foldedName = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[œæ]/g, (letter) => ligatures[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, '')
