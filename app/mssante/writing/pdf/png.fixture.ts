/** PNGs of every kind, 9 by 7, made here: grey ramps with transparency where the kind has it. */
import { crc32, deflateSync } from 'node:zlib'

const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const
const [width, height] = [9, 7]

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

export const pngOf = (kind: number, depth: number, interlaced = false): Buffer => {
  const count = channels[kind] ?? 1
  const most = 2 ** depth - 1
  const sample = (x: number, y: number, channel: number): number =>
    Math.round((((x * 7 + y * 3 + channel) % 16) * most) / 15)
  const lines: Buffer[] = []
  for (const [x0, y0, dx, dy] of interlaced ? passes : ([[0, 0, 1, 1]] as const))
    for (let y = y0; y < height; y += dy) {
      const bits: number[] = []
      for (let x = x0; x < width; x += dx)
        for (let channel = 0; channel < count; channel += 1)
          for (let bit = depth - 1; bit >= 0; bit -= 1) bits.push((sample(x, y, channel) >> bit) & 1)
      if (bits.length === 0) continue
      const line = Buffer.alloc(1 + Math.ceil(bits.length / 8))
      bits.forEach((bit, index) => {
        const at = 1 + (index >> 3)
        line[at] = (line[at] ?? 0) | (bit << (7 - (index & 7)))
      })
      lines.push(line)
    }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, kind, 0, 0, interlaced ? 1 : 0], 8)
  const palette = Buffer.from(
    Array.from({ length: 3 * 2 ** Math.min(depth, 8) }, (_, index) => (index * 5) & 255),
  )
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(kind === 3 ? [chunk('PLTE', palette), chunk('tRNS', Buffer.from([0, 128]))] : []),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
