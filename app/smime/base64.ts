/*
 * Base64 where the bytes lie: what comes out of decoding is shorter than what goes in, so it takes its place; encoding starts
 * with the bytes at the end of the room the lines will take. Messages of tens of megabytes need no second copy.
 */

const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1')
const none = 64
const values = new Uint8Array(256).fill(none)
for (const [value, char] of alphabet.entries()) values[char] = value
const equals = 0x3d
const [cr, lf] = [0x0d, 0x0a]

/**
 * Decodes base64, skipping whatever is not of its alphabet (RFC 2045 §6.8), from `text` into `target`, which may be the very
 * same bytes; the length of what came out. Padding ends a group, not the text.
 */
export const decodeBase64 = (text: Uint8Array, target: Uint8Array): number => {
  let written = 0
  let bits = 0
  let count = 0
  for (let at = 0; at < text.length;) {
    // Whole groups at once: nearly all of a message.
    while (count === 0 && at + 4 <= text.length) {
      const a = values[text[at] as number] as number
      const b = values[text[at + 1] as number] as number
      const c = values[text[at + 2] as number] as number
      const d = values[text[at + 3] as number] as number
      if (((a | b | c | d) & none) !== 0) break
      target[written] = (a << 2) | (b >> 4)
      target[written + 1] = ((b & 15) << 4) | (c >> 2)
      target[written + 2] = ((c & 3) << 6) | d
      written += 3
      at += 4
    }
    if (at >= text.length) break
    const char = text[at] as number
    at += 1
    const value = values[char] as number
    const ends = char === equals
    if (value === none && !ends) continue
    if (!ends) {
      bits = (bits << 6) | value
      count += 1
      if (count < 4) continue
    }
    written += flush(target, written, bits, count)
    bits = 0
    count = 0
  }
  return written + flush(target, written, bits, count)
}

/** The bytes of a group of so many characters; one alone is none. */
const flush = (target: Uint8Array, at: number, bits: number, count: number): number => {
  const whole = bits << (6 * (4 - count))
  const length = Math.max(0, count - 1)
  for (let index = 0; index < length; index += 1) target[at + index] = (whole >> (16 - 8 * index)) & 0xff
  return length
}

const lineBytes = 57

/** Length of so many bytes in lines of 76 characters, each with its CRLF. */
export const encodedLength = (bytes: number): number =>
  4 * Math.ceil(bytes / 3) + 2 * Math.ceil(bytes / lineBytes)

/**
 * Encodes the last `length` bytes of `room` into lines of 76 characters from its beginning; `room` must be as long as
 * `encodedLength` says, and is full of them afterwards.
 */
export const encodeBase64 = (room: Uint8Array, length: number): void => {
  let read = room.length - length
  let written = 0
  const digit = (value: number): void => {
    room[written] = alphabet[value & 63] as number
    written += 1
  }
  while (read < room.length) {
    const end = Math.min(read + lineBytes, room.length)
    for (; read + 3 <= end; read += 3) {
      const group =
        ((room[read] as number) << 16) | ((room[read + 1] as number) << 8) | (room[read + 2] as number)
      room[written] = alphabet[group >> 18] as number
      room[written + 1] = alphabet[(group >> 12) & 63] as number
      room[written + 2] = alphabet[(group >> 6) & 63] as number
      room[written + 3] = alphabet[group & 63] as number
      written += 4
    }
    const left = end - read
    if (left > 0) {
      const group = ((room[read] as number) << 16) | (left === 2 ? (room[read + 1] as number) << 8 : 0)
      digit(group >> 18)
      digit(group >> 12)
      if (left === 2) digit(group >> 6)
      else room[written++] = equals
      room[written++] = equals
      read = end
    }
    room[written] = cr
    room[written + 1] = lf
    written += 2
  }
}
