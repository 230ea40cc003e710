/** Bytes of a body under its Content-Transfer-Encoding (RFC 2045 §6); an unknown encoding is left as it is. */
export const decodeTransfer = (body: Uint8Array, encoding: string): Uint8Array => {
  if (encoding === 'base64') return decodeBase64(body)
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(body)
  return body
}

const decodeBase64 = (body: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'base64')

const decodeQuotedPrintable = (body: Uint8Array): Uint8Array => {
  const out = new Uint8Array(body.length)
  let length = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0
    if (byte !== 0x3d) {
      out[length++] = byte
      continue
    }
    const high = hexValue(body[i + 1])
    const low = hexValue(body[i + 2])
    if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low
      i += 2
      continue
    }
    const lineEnd = softBreak(body, i + 1)
    if (lineEnd < 0) out[length++] = byte
    else i = lineEnd
  }
  return out.subarray(0, length)
}

/** Index of the line feed that ends a soft line break starting at `from` (blanks allowed), or −1. */
const softBreak = (body: Uint8Array, from: number): number => {
  let i = from
  while (i < body.length && i - from < 100 && (body[i] === 0x20 || body[i] === 0x09)) i++
  if (body[i] === 0x0d) i++
  return i >= body.length ? body.length : body[i] === 0x0a ? i : -1
}

const hexValue = (byte: number | undefined): number => {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57
  return -1
}
