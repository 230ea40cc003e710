import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { fail, ok, type Outcome } from '../../../contract/index.ts'

const signature = '89504e470d0a1a0a'
const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const mostPixels = 60_000_000
/** Adam7: where each pass begins and how far it steps. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

interface Chunk {
  type: string
  data: Buffer
}

const chunksOf = (png: Buffer): Chunk[] => {
  const chunks: Chunk[] = []
  let at = 8
  while (at + 8 <= png.length) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    if (at + 12 + length > png.length) break
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
    if (type === 'IEND') break
  }
  return chunks
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

const paeth = (left: number, up: number, corner: number): number => {
  const estimate = left + up - corner
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** Undoes the line filters in place; the lines with their filter bytes. */
const unfilter = (raw: Buffer, start: number, rows: number, stride: number, unit: number): void => {
  for (let row = 0; row < rows; row += 1) {
    const at = start + row * (stride + 1)
    const filter = raw[at] ?? 0
    const above = row === 0 ? -1 : at - stride
    for (let index = 0; index < stride; index += 1) {
      const here = at + 1 + index
      const left = index >= unit ? (raw[here - unit] ?? 0) : 0
      const up = above < 0 ? 0 : (raw[above + index] ?? 0)
      const corner = above < 0 || index < unit ? 0 : (raw[above + index - unit] ?? 0)
      const add =
        filter === 1
          ? left
          : filter === 2
            ? up
            : filter === 3
              ? (left + up) >> 1
              : filter === 4
                ? paeth(left, up, corner)
                : 0
      raw[here] = ((raw[here] ?? 0) + add) & 0xff
    }
  }
}

/**
 * A PNG as PDF/A-1 takes it: eight bits, red, green and blue, without transparency (laid on white) or interlacing. Errors:
 * `document.picture-unsupported`.
 */
export const opaquePng = (bytes: Uint8Array): Outcome<Uint8Array> => {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks = chunksOf(png)
  const head = chunks[0]
  if (png.toString('hex', 0, 8) !== signature || head?.type !== 'IHDR' || head.data.length < 13)
    return fail('document.picture-unsupported')
  const width = head.data.readUInt32BE(0)
  const height = head.data.readUInt32BE(4)
  const depth = head.data[8] ?? 0
  const kind = head.data[9] ?? 0
  const interlaced = head.data[12] === 1
  const count = channels[kind]
  if (!count || ![1, 2, 4, 8, 16].includes(depth) || width * height > mostPixels || width * height === 0)
    return fail('document.picture-unsupported')
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data
  const clear = chunks.find(({ type }) => type === 'tRNS')?.data
  if (kind === 3 && !palette) return fail('document.picture-unsupported')
  const bits = count * depth
  const unit = Math.max(1, bits >> 3)
  const strideOf = (across: number): number => Math.ceil((across * bits) / 8)
  const planes = interlaced ? passes : ([[0, 0, 1, 1]] as const)
  const sizes = planes.map(([x, y, dx, dy]) => ({
    across: Math.max(0, Math.ceil((width - x) / dx)),
    down: Math.max(0, Math.ceil((height - y) / dy)),
  }))
  const expected = sizes.reduce(
    (sum, { across, down }) => sum + (across === 0 ? 0 : down * (strideOf(across) + 1)),
    0,
  )
  let raw: Buffer
  try {
    const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
    raw = inflateSync(packed, { maxOutputLength: expected + 1024 })
  } catch (cause) {
    return fail('document.picture-unsupported', { cause })
  }
  if (raw.length < expected) return fail('document.picture-unsupported')
  const top = (1 << Math.min(depth, 8)) - 1
  const out = Buffer.alloc(height * (width * 3 + 1))
  let start = 0
  for (const [plane, [x0, y0, dx, dy]] of planes.entries()) {
    const { across, down } = sizes[plane] ?? { across: 0, down: 0 }
    if (across === 0 || down === 0) continue
    const stride = strideOf(across)
    unfilter(raw, start, down, stride, unit)
    for (let row = 0; row < down; row += 1) {
      const line = start + row * (stride + 1) + 1
      /** A sample as it is stored, its high byte when it has two. */
      const sample = (column: number, channel: number): number => {
        const index = column * count + channel
        if (depth === 8) return raw[line + index] ?? 0
        if (depth === 16) return raw[line + index * 2] ?? 0
        const bit = index * depth
        return ((raw[line + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & top
      }
      const whole = (column: number, channel: number): number =>
        depth === 16 ? raw.readUInt16BE(line + (column * count + channel) * 2) : sample(column, channel)
      for (let column = 0; column < across; column += 1) {
        let [red, green, blue, alpha] = [0, 0, 0, 255]
        if (kind === 3) {
          const index = sample(column, 0)
          ;[red, green, blue] = [0, 1, 2].map((one) => palette?.[index * 3 + one] ?? 0) as [
            number,
            number,
            number,
          ]
          alpha = clear?.[index] ?? 255
        } else if (kind === 0 || kind === 4) {
          const grey = (sample(column, 0) * 255) / (depth === 16 ? 255 : top)
          ;[red, green, blue] = [grey, grey, grey]
          if (kind === 4) alpha = sample(column, 1)
          else if (clear && clear.length >= 2 && clear.readUInt16BE(0) === whole(column, 0)) alpha = 0
        } else {
          ;[red, green, blue] = [sample(column, 0), sample(column, 1), sample(column, 2)]
          if (kind === 6) alpha = sample(column, 3)
          else if (
            clear &&
            clear.length >= 6 &&
            [0, 1, 2].every((one) => clear.readUInt16BE(one * 2) === whole(column, one))
          )
            alpha = 0
        }
        const on = (value: number): number => Math.round((value * alpha + 255 * (255 - alpha)) / 255)
        const place = (y0 + row * dy) * (width * 3 + 1) + 1 + (x0 + column * dx) * 3
        out[place] = on(red)
        out[place + 1] = on(green)
        out[place + 2] = on(blue)
      }
    }
    start += down * (stride + 1)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return ok(
    Buffer.concat([
      Buffer.from(signature, 'hex'),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(out)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  )
}
