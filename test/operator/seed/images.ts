import { crc32, deflateSync } from 'node:zlib'
import type { Random } from './random.ts'

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

/** A true-colour PNG; `paint` gives red, green, blue (0–255) of a pixel. `stored` leaves the pixels uncompressed. */
export function png(
  width: number,
  height: number,
  paint: (x: number, y: number) => readonly [number, number, number],
): Buffer {
  const raw = Buffer.alloc(height * (width * 3 + 1))
  let at = 0
  for (let y = 0; y < height; y++) {
    raw[at++] = 0
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = paint(x, y)
      raw[at++] = red
      raw[at++] = green
      raw[at++] = blue
    }
  }
  return pngOf(width, height, raw, 6)
}

function pngOf(width: number, height: number, raw: Buffer, level: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw, { level })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A big PNG that does not compress (3 bytes a pixel on the wire), as phones' screenshots of noise do. */
export function noisePng(width: number, height: number, random: Random): Buffer {
  const block = random.bytes(65_521)
  const row = width * 3 + 1
  const raw = Buffer.alloc(height * row)
  for (let at = 0; at < raw.length; at += block.length) block.copy(raw, at)
  for (let y = 0; y < height; y++) raw[y * row] = 0
  return pngOf(width, height, raw, 0)
}

let scan: Buffer | null = null

/** A grey gradient with a pale oval: it reads as a scan at thumbnail size. */
export function scanPicture(): Buffer {
  scan ??= png(160, 120, (x, y) => {
    const inside = ((x - 80) / 58) ** 2 + ((y - 60) / 44) ** 2
    const grey =
      inside > 1
        ? 12
        : Math.round(60 + 150 * (1 - inside) * (0.75 + 0.25 * Math.sin(x / 7) * Math.cos(y / 5)))
    return [grey, grey, grey]
  })
  return scan
}

// ITU-T T.81 table K.3: number of codes of each length, then the DC size categories they stand for.
const dcLengths = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
const dcSymbols = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]

function dcCodes(): Map<number, { code: number; length: number }> {
  const codes = new Map<number, { code: number; length: number }>()
  let code = 0
  let symbol = 0
  dcLengths.forEach((count, index) => {
    for (let i = 0; i < count; i++) {
      codes.set(dcSymbols[symbol++] ?? 0, { code: code++, length: index + 1 })
    }
    code <<= 1
  })
  return codes
}

function segment(marker: number, body: readonly number[]): Buffer {
  const length = body.length + 2
  return Buffer.from([0xff, marker, length >> 8, length & 0xff, ...body])
}

/**
 * A baseline JPEG (JFIF, YCbCr 4:4:4) made of flat 8 × 8 squares: one DC coefficient a block, no AC. `paint` gives Y, Cb,
 * Cr (0–255) of a square.
 */
export function mosaicJpeg(
  columns: number,
  rows: number,
  paint: (column: number, row: number) => readonly [number, number, number],
): Buffer {
  const codes = dcCodes()
  const out: number[] = []
  let pending = 0
  let held = 0
  const write = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit--) {
      pending = (pending << 1) | ((value >> bit) & 1)
      if (++held === 8) {
        out.push(pending)
        if (pending === 0xff) out.push(0)
        pending = 0
        held = 0
      }
    }
  }
  const last = [0, 0, 0]
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      paint(column, row).forEach((level, component) => {
        const dc = Math.round(level) - 128
        const difference = dc - (last[component] ?? 0)
        last[component] = dc
        const size = difference === 0 ? 0 : 32 - Math.clz32(Math.abs(difference))
        const code = codes.get(size)
        if (code === undefined) throw new Error('difference out of range')
        write(code.code, code.length)
        if (size > 0) write(difference > 0 ? difference : difference + (1 << size) - 1, size)
        // End of block: the only AC symbol of the table below, code 0 of one bit.
        write(0, 1)
      })
    }
  }
  while (held !== 0) write(1, 1)
  const width = columns * 8
  const height = rows * 8
  const components = [1, 2, 3]
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    // A DC quantiser of 8 makes the coefficient the level itself, since the DC of a flat block is 8 × its level.
    segment(0xdb, [0, ...Array.from({ length: 64 }, () => 8)]),
    segment(0xc0, [
      8,
      height >> 8,
      height & 0xff,
      width >> 8,
      width & 0xff,
      3,
      ...components.flatMap((id) => [id, 0x11, 0]),
    ]),
    segment(0xc4, [0x00, ...dcLengths, ...dcSymbols]),
    segment(0xc4, [0x10, 1, ...Array.from({ length: 15 }, () => 0), 0x00]),
    segment(0xda, [3, ...components.flatMap((id) => [id, 0x00]), 0, 63, 0]),
    Buffer.from(out),
    Buffer.from([0xff, 0xd9]),
  ])
}

/** The same kind of scan as a coarse JPEG. */
export function scanJpeg(): Buffer {
  return mosaicJpeg(40, 30, (column, row) => {
    const inside = ((column - 20) / 15) ** 2 + ((row - 15) / 11) ** 2
    return [inside > 1 ? 14 : 70 + 140 * (1 - inside), 128, 128]
  })
}

/** A mosaic that stands for the photograph of a wound: skin tones around a redder oval. */
export function woundPhoto(random: Random): Buffer {
  return mosaicJpeg(80, 60, (column, row) => {
    const inside = ((column - 40) / 16) ** 2 + ((row - 30) / 10) ** 2
    const grain = random.integer(-5, 5)
    return inside < 1 ? [120 + grain, 108, 178] : [186 + grain - Math.abs(column - 40) / 3, 112, 148]
  })
}
