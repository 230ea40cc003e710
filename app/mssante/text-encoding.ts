import { decodeCodePage437, decodeCodePage850 } from './code-page.ts'

type SingleByte = 'windows-1252' | 'iso-8859-15' | 'macintosh' | 'cp437' | 'cp850'
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | SingleByte

/** Bytes of the accented letters of French in each of the families met. */
const accents = {
  'windows-1252': new Set([
    0xe9, 0xe8, 0xe0, 0xea, 0xe7, 0xf4, 0xee, 0xf9, 0xe2, 0xfb, 0xeb, 0xef, 0xc9, 0xb0, 0xb5,
  ]),
  macintosh: new Set([0x8e, 0x8f, 0x88, 0x90, 0x8d, 0x99, 0x94, 0x9d, 0x89, 0x9e, 0x91, 0x95, 0x83, 0xa1]),
  cp437: new Set([0x82, 0x8a, 0x85, 0x88, 0x87, 0x93, 0x8c, 0x97, 0x83, 0x96, 0x89, 0x8b, 0x90, 0xf8, 0xe6]),
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && /[A-Za-z]/.test(String.fromCharCode(byte))

/** A byte of `wanted` between letters: what another code page has there would not stand in a word. */
const inWord = (bytes: Uint8Array, wanted: ReadonlySet<number>): boolean =>
  bytes.some((byte, at) => wanted.has(byte) && (isLetter(bytes[at - 1]) || isLetter(bytes[at + 1])))

/** À Â Ê Ë È Î Ï Ô Û Ù of code page 850, frames and Greek in 437. */
const capitals850 = new Set([0xb6, 0xb7, 0xd2, 0xd3, 0xd4, 0xd7, 0xd8, 0xe2, 0xea, 0xeb])
/** Œ and œ of ISO-8859-15, fractions in Windows-1252. */
const ligatures = new Set([0xbc, 0xbd])

/** The single-byte encoding whose accented letters of French are there; Windows-1252 when nothing tells. */
export const singleByteEncoding = (bytes: Uint8Array): SingleByte => {
  const counts = { 'windows-1252': 0, macintosh: 0, cp437: 0 }
  const names = ['windows-1252', 'macintosh', 'cp437'] as const
  for (const byte of bytes)
    if (byte >= 0x80) for (const name of names) if (accents[name].has(byte)) counts[name] += 1
  const best = names.reduce((one, name) => (counts[name] > counts[one] ? name : one))
  if (best === 'cp437' && inWord(bytes, capitals850)) return 'cp850'
  const isLatin9 = best === 'windows-1252' && (inWord(bytes, ligatures) || bytes.includes(0xa4))
  return isLatin9 && !bytes.some((byte) => byte >= 0x80 && byte < 0xa0) ? 'iso-8859-15' : best
}

export const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Text of bytes in an encoding that was found out; what cannot be read becomes U+FFFD, a mark at the start is taken off. */
export const decodeText = (bytes: Uint8Array, encoding: TextEncoding): string =>
  encoding === 'cp437'
    ? decodeCodePage437(bytes)
    : encoding === 'cp850'
      ? decodeCodePage850(bytes)
      : new TextDecoder(encoding).decode(bytes)
