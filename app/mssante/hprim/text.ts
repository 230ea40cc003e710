import { decodeCodePage437 } from '../code-page.ts'

export type HprimEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'macintosh' | 'cp437'

/** Bytes of the accented letters of French in each of the single-byte encodings met. */
const accents: Record<'windows-1252' | 'macintosh' | 'cp437', ReadonlySet<number>> = {
  'windows-1252': new Set([
    0xe9, 0xe8, 0xe0, 0xea, 0xe7, 0xf4, 0xee, 0xf9, 0xe2, 0xfb, 0xeb, 0xef, 0xc9, 0xb0, 0xb5,
  ]),
  macintosh: new Set([0x8e, 0x8f, 0x88, 0x90, 0x8d, 0x99, 0x94, 0x9d, 0x89, 0x9e, 0x91, 0x95, 0x83, 0xa1]),
  cp437: new Set([0x82, 0x8a, 0x85, 0x87, 0x93, 0x8c, 0x97, 0xf8, 0xe6]),
}

const singleByte = (bytes: Uint8Array): HprimEncoding => {
  const counts = { 'windows-1252': 0, macintosh: 0, cp437: 0 }
  const names = ['windows-1252', 'macintosh', 'cp437'] as const
  for (const byte of bytes)
    if (byte >= 0x80) for (const name of names) if (accents[name].has(byte)) counts[name] += 1
  return names.reduce((best, name) => (counts[name] > counts[best] ? name : best))
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Byte order mark, zero bytes of UTF-16, valid UTF-8, else the single-byte encoding whose accents are there (§11.1). */
export const hprimEncoding = (bytes: Uint8Array): HprimEncoding => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const head = bytes.subarray(0, 256)
  let even = 0
  let odd = 0
  for (const [index, byte] of head.entries()) {
    if (byte !== 0) continue
    if (index % 2 === 0) even += 1
    else odd += 1
  }
  if (odd > head.length / 4 && even === 0) return 'utf-16le'
  if (even > head.length / 4 && odd === 0) return 'utf-16be'
  return isUtf8(bytes) ? 'utf-8' : singleByte(bytes)
}

/** Text of an HPRIM file, line ends made `\n`. */
export const hprimText = (bytes: Uint8Array): string => {
  const encoding = hprimEncoding(bytes)
  const text = encoding === 'cp437' ? decodeCodePage437(bytes) : new TextDecoder(encoding).decode(bytes)
  return text.replace(/\r\n?/g, '\n')
}
