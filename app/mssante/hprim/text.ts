import { decodeText, isUtf8, singleByteEncoding, type TextEncoding } from '../text-encoding.ts'

/** Byte order mark, zero bytes of UTF-16, valid UTF-8, else the single-byte encoding whose accents are there (§11.1). */
export const hprimEncoding = (bytes: Uint8Array): TextEncoding => {
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
  return isUtf8(bytes) ? 'utf-8' : singleByteEncoding(bytes)
}

/** Text of an HPRIM file, line ends made `\n`; the end-of-file mark of DOS taken off. */
export const hprimText = (bytes: Uint8Array): string =>
  decodeText(bytes, hprimEncoding(bytes))
    .replace(/\r\n?/g, '\n')
    .replace(/\x1a\s*$/, '')
