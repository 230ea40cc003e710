import { crc32, deflateSync } from 'node:zlib'
import { sniffMime } from '../magic.ts'
import { asciiOf, type DicomFile } from './dataset.ts'

export interface DicomPreview {
  mimeType: 'image/png' | 'image/jpeg'
  bytes: Uint8Array
  width: number
  height: number
}

const longestSide = 768
const mostPixels = 64 * 1024 * 1024
const jpegBaseline = '1.2.840.10008.1.2.4.50'
const uncompressed = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
])

const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(named.length + 8)
  whole.writeUInt32BE(data.byteLength, 0)
  named.copy(whole, 4)
  whole.writeUInt32BE(crc32(named), named.length + 4)
  return whole
}

/** A PNG of 8 bits per sample: one sample (grey) or three (RGB). */
const png = (pixels: Uint8Array, width: number, height: number, samples: 1 | 3): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = samples === 1 ? 0 : 2
  const stride = width * samples
  const rows = Buffer.alloc((stride + 1) * height)
  for (let row = 0; row < height; row += 1)
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** First frame of the pixels as they are stored. */
interface Frame {
  view: DataView
  little: boolean
  columns: number
  rows: number
  bits: number
  stored: number
  signed: boolean
}

const sampleAt = ({ view, little, bits, stored, signed }: Frame, index: number): number => {
  const raw = bits === 8 ? view.getUint8(index) : view.getUint16(index * 2, little)
  const value = raw & ((1 << stored) - 1)
  return signed && value & (1 << (stored - 1)) ? value - (1 << stored) : value
}

/** How many source pixels one pixel of the preview stands for. */
const scaleOf = (columns: number, rows: number): number =>
  Math.max(1, Math.ceil(Math.max(columns, rows) / longestSide))

/** Grey levels by the window the file asks for, else from the darkest to the brightest. */
const grey = (
  frame: Frame,
  window: { centre: number; width: number } | null,
  slope: number,
  intercept: number,
  inverted: boolean,
): DicomPreview => {
  const scale = scaleOf(frame.columns, frame.rows)
  const width = Math.floor(frame.columns / scale)
  const height = Math.floor(frame.rows / scale)
  const values = new Float64Array(width * height)
  let low = Infinity
  let high = -Infinity
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const value = sampleAt(frame, y * scale * frame.columns + x * scale) * slope + intercept
      values[y * width + x] = value
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  const from = window ? window.centre - window.width / 2 : low
  const range = window ? window.width : high - low
  const pixels = Uint8Array.from(values, (value) => {
    const level = range > 0 ? ((value - from) / range) * 255 : 0
    const clamped = Math.max(0, Math.min(255, Math.round(level)))
    return inverted ? 255 - clamped : clamped
  })
  return { mimeType: 'image/png', bytes: png(pixels, width, height, 1), width, height }
}

const colour = (frame: Frame, planar: boolean): DicomPreview => {
  const scale = scaleOf(frame.columns, frame.rows)
  const width = Math.floor(frame.columns / scale)
  const height = Math.floor(frame.rows / scale)
  const pixels = new Uint8Array(width * height * 3)
  const plane = frame.columns * frame.rows
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let sample = 0; sample < 3; sample += 1) {
        const source = y * scale * frame.columns + x * scale
        const at = planar ? sample * plane + source : source * 3 + sample
        pixels[(y * width + x) * 3 + sample] = frame.view.getUint8(at)
      }
  return { mimeType: 'image/png', bytes: png(pixels, width, height, 3), width, height }
}

/**
 * A picture of the first frame, for recognition and never for diagnosis: the JPEG itself where the pixels are JPEG baseline, a PNG where they are
 * not compressed; null for the other syntaxes.
 */
export const dicomPreview = ({ data, transferSyntax, littleEndian }: DicomFile): DicomPreview | null => {
  const number = (tag: string): number => {
    const bytes = data.get(tag)?.bytes
    if (!bytes || bytes.byteLength < 2) return 0
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(0, littleEndian)
  }
  const decimal = (tag: string): number | null => {
    const text = asciiOf(data, tag).split('\\')[0]?.trim() ?? ''
    return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null
  }
  const rows = number('00280010')
  const columns = number('00280011')
  const pixels = data.get('7fe00010')
  if (!pixels || rows === 0 || columns === 0 || rows * columns > mostPixels) return null
  if (transferSyntax === jpegBaseline) {
    const frame = pixels.fragments.slice(1).find((fragment) => sniffMime(fragment) === 'image/jpeg')
    return frame ? { mimeType: 'image/jpeg', bytes: frame, width: columns, height: rows } : null
  }
  if (!uncompressed.has(transferSyntax)) return null
  const bits = number('00280100')
  const samples = number('00280002') || 1
  const photometric = asciiOf(data, '00280004')
  const wanted = (rows * columns * samples * bits) / 8
  if ((bits !== 8 && bits !== 16) || pixels.bytes.byteLength < wanted) return null
  const { bytes } = pixels
  const frame: Frame = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    little: littleEndian,
    columns,
    rows,
    bits,
    stored: Math.min(bits, number('00280101') || bits),
    signed: number('00280103') === 1,
  }
  if (samples === 3 && bits === 8 && photometric === 'RGB') return colour(frame, number('00280006') === 1)
  if (samples !== 1 || !photometric.startsWith('MONOCHROME')) return null
  const centre = decimal('00281050')
  const width = decimal('00281051')
  return grey(
    frame,
    centre !== null && width !== null && width > 0 ? { centre, width } : null,
    decimal('00281053') ?? 1,
    decimal('00281052') ?? 0,
    photometric === 'MONOCHROME1',
  )
}
