const lineFeed = 0x0a
const carriageReturn = 0x0d

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Every line break as CRLF, as IMAP and S/MIME want it; the same bytes when they are so already. Linear. */
export const toCrlf = (bytes: Uint8Array): Uint8Array => {
  const source = asBuffer(bytes)
  let bare = 0
  for (let at = source.indexOf(lineFeed); at >= 0; at = source.indexOf(lineFeed, at + 1))
    if (at === 0 || source[at - 1] !== carriageReturn) bare += 1
  if (bare === 0) return bytes
  const out = Buffer.allocUnsafe(source.length + bare)
  let from = 0
  let length = 0
  for (let at = source.indexOf(lineFeed); at >= 0; at = source.indexOf(lineFeed, at + 1)) {
    if (at > 0 && source[at - 1] === carriageReturn) continue
    length += source.copy(out, length, from, at)
    out[length++] = carriageReturn
    from = at
  }
  source.copy(out, length, from)
  return out
}

/** Every CRLF as LF, as mbox files have it (RFC 4155). Linear. */
export const toLf = (bytes: Uint8Array): Uint8Array => {
  const source = asBuffer(bytes)
  const out = Buffer.allocUnsafe(source.length)
  let from = 0
  let length = 0
  for (let at = source.indexOf(lineFeed); at >= 0; at = source.indexOf(lineFeed, at + 1)) {
    if (at === 0 || source[at - 1] !== carriageReturn || at - 1 < from) continue
    length += source.copy(out, length, from, at - 1)
    from = at
  }
  length += source.copy(out, length, from)
  return out.subarray(0, length)
}

/** Position after the empty line that ends the headers, or the length when there is none. */
export const endOfHeader = (bytes: Uint8Array): number => {
  const source = asBuffer(bytes)
  let line = 0
  while (line < source.length) {
    const feed = source.indexOf(lineFeed, line)
    if (feed < 0) return source.length
    if (feed === line || (feed === line + 1 && source[line] === carriageReturn)) return feed + 1
    line = feed + 1
  }
  return source.length
}
