/** Writing DER, and reading one element at a time where a tree would be too big (revocation lists). */

const lengthBytes = (length: number): number[] => {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

/** One element: identifier byte, length, content. */
export const element = (identifier: number, ...content: Uint8Array[]): Uint8Array => {
  const length = content.reduce((sum, piece) => sum + piece.length, 0)
  return Buffer.concat([Buffer.from([identifier, ...lengthBytes(length)]), ...content])
}

export const derSequence = (...members: Uint8Array[]): Uint8Array => element(0x30, ...members)

/** SET OF: members in the ascending order of their encodings, as DER demands. */
export const derSet = (...members: Uint8Array[]): Uint8Array =>
  element(0x31, ...members.toSorted((a, b) => Buffer.compare(a, b)))

export const derOctets = (bytes: Uint8Array): Uint8Array => element(0x04, bytes)
export const derNull = (): Uint8Array => element(0x05)

/** A small non-negative INTEGER. */
export const derInteger = (value: number): Uint8Array => {
  const bytes = value === 0 ? [0] : []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0)
  return element(0x02, Buffer.from(bytes))
}

export const derOid = (dotted: string): Uint8Array => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128]
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128))
      groups.unshift((high % 128) | 0x80)
    bytes.push(...groups)
  }
  return element(0x06, Buffer.from(bytes))
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5652 §11.3). */
export const derTime = (date: Date): Uint8Array => {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(text.slice(2), 'latin1'))
    : element(0x18, Buffer.from(text, 'latin1'))
}

/** Where an element lies in a buffer. */
export interface Extent {
  identifier: number
  contentStart: number
  end: number
}

/** Reads the header of the element at `offset`, of definite length only; null when it does not fit before `limit`. */
export const extentAt = (bytes: Uint8Array, offset: number, limit: number): Extent | null => {
  const identifier = bytes[offset]
  const first = bytes[offset + 1]
  if (identifier === undefined || first === undefined || offset + 2 > limit || (identifier & 0x1f) === 0x1f)
    return null
  let length = first
  let contentStart = offset + 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4) return null
    length = 0
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[contentStart + index] ?? 0)
    contentStart += count
  }
  const end = contentStart + length
  return end <= limit ? { identifier, contentStart, end } : null
}
