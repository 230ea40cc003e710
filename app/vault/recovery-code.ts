/** Crockford's alphabet: no I, L, O or U, so that a printed code is read back without mistakes. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 34 × 5 = 170 random bits, then one check character. */
const dataLength = 34
const groupLength = 5

/** Luhn's check extended to 32 symbols: sees every single wrong character and nearly every swap of neighbours. */
const checkOf = (values: readonly number[]): number => {
  let sum = 0
  values.toReversed().forEach((value, index) => {
    const weighted = index % 2 === 0 ? value * 2 : value
    sum += Math.floor(weighted / 32) + (weighted % 32)
  })
  return (32 - (sum % 32)) % 32
}

const write = (values: readonly number[]): string =>
  values
    .map((value) => alphabet[value] ?? '')
    .join('')
    .replace(new RegExp(`.{${String(groupLength)}}(?=.)`, 'g'), '$&-')

/** Draws a new recovery code: seven groups of five characters. */
export const drawRecoveryCode = (random: (n: number) => Uint8Array): string => {
  const values = [...random(dataLength)].map((byte) => byte & 31)
  return write([...values, checkOf(values)])
}

/**
 * The secret bytes of a code as someone typed it (case, spaces and dashes do not matter; O reads as 0, I and L as 1);
 * null when it cannot be one: wrong length, foreign character, check character wrong.
 */
export const readRecoveryCode = (typed: string): Uint8Array | null => {
  if (typed.length > 200) return null
  const plain = typed
    .toUpperCase()
    .replace(/[\s\-–—.]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  const values = [...plain].map((letter) => alphabet.indexOf(letter))
  if (values.length !== dataLength + 1 || values.includes(-1)) return null
  const data = values.slice(0, dataLength)
  return checkOf(data) === values[dataLength] ? Uint8Array.from(data) : null
}
