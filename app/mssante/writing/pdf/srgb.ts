/** A fixed-point number as ICC writes it. */
const fixed = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(Math.round(value * 65_536))
  return bytes
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
const xyz = (x: number, y: number, z: number): Buffer =>
  Buffer.concat([ascii('XYZ '), u32(0), fixed(x), fixed(y), fixed(z)])

const description = (text: string): Buffer =>
  Buffer.concat([
    ascii('desc'),
    u32(0),
    u32(text.length + 1),
    ascii(`${text}\0`),
    Buffer.alloc(4 + 4 + 2 + 1 + 67),
  ])

/** The transfer function of sRGB (IEC 61966-2-1) in 1024 steps. */
const curve = (): Buffer => {
  const steps = 1024
  const table = Buffer.alloc(steps * 2)
  for (let index = 0; index < steps; index += 1) {
    const value = index / (steps - 1)
    const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    table.writeUInt16BE(Math.round(linear * 65_535), index * 2)
  }
  return Buffer.concat([ascii('curv'), u32(0), u32(steps), table])
}

/**
 * An ICC profile of sRGB (ICC.1:2001, version 2.1), made of the figures of IEC 61966-2-1 adapted to D50: PDF/A-1 takes the
 * colours of a page to be of the profile it holds, and this one is nobody’s but ours.
 */
export const srgbProfile = (): Buffer => {
  const trc = curve()
  const tags: [string, Buffer][] = [
    ['desc', description('sRGB IEC61966-2.1')],
    ['cprt', Buffer.concat([ascii('text'), u32(0), ascii('No copyright, use freely\0')])],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['rXYZ', xyz(0.4360747, 0.2225045, 0.0139322)],
    ['gXYZ', xyz(0.3850649, 0.7168786, 0.0971045)],
    ['bXYZ', xyz(0.1430804, 0.0606169, 0.7141733)],
    ['rTRC', trc],
    ['gTRC', trc],
    ['bTRC', trc],
  ]
  const pieces: Buffer[] = []
  const table: Buffer[] = [u32(tags.length)]
  let offset = 128 + 4 + tags.length * 12
  const placed = new Map<Buffer, number>()
  for (const [name, bytes] of tags) {
    const at = placed.get(bytes) ?? offset
    if (!placed.has(bytes)) {
      placed.set(bytes, offset)
      const block = padded(bytes)
      pieces.push(block)
      offset += block.length
    }
    table.push(ascii(name), u32(at), u32(bytes.length))
  }
  const header = Buffer.alloc(128)
  header.writeUInt32BE(offset, 0)
  header.writeUInt32BE(0x02100000, 8)
  header.write('mntrRGB XYZ ', 12, 'latin1')
  // 1 January 2026, the figures being of no date.
  for (const [index, part] of [2026, 1, 1].entries()) header.writeUInt16BE(part, 24 + index * 2)
  header.write('acsp', 36, 'latin1')
  fixed(0.9642).copy(header, 68)
  fixed(1).copy(header, 72)
  fixed(0.8249).copy(header, 76)
  return Buffer.concat([header, ...table, ...pieces])
}
