import { fail, ok, type Outcome } from '../../../contract/index.ts'
import { sniffMime } from '../../magic.ts'
import { opaquePng } from './png.ts'

const framesWithSize = new Set([0xc0, 0xc1, 0xc2])

/** Colour components of a JPEG of a kind PDF 1.4 takes; null for others. */
const jpegComponents = (bytes: Uint8Array): number | null => {
  const jpeg = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 2
  while (at + 9 < jpeg.length) {
    if (jpeg[at] !== 0xff) return null
    const marker = jpeg[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (framesWithSize.has(marker)) return jpeg[at + 4] === 8 ? (jpeg[at + 9] ?? null) : null
    if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) return null
    at += 2 + jpeg.readUInt16BE(at + 2)
  }
  return null
}

/**
 * A picture as PDF/A-1 takes it: JPEG in grey or in red, green and blue as it is, PNG made opaque. Errors:
 * `document.picture-unsupported` (other kinds, four-colour JPEG).
 */
export const archivePicture = (bytes: Uint8Array): Outcome<Uint8Array> => {
  const kind = sniffMime(bytes)
  if (kind === 'image/png') return opaquePng(bytes)
  if (kind !== 'image/jpeg') return fail('document.picture-unsupported')
  const components = jpegComponents(bytes)
  return components === 1 || components === 3 ? ok(bytes) : fail('document.picture-unsupported')
}
