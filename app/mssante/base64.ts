/** Bytes of a Base64 text written loosely, and whether it was written as RFC 4648 asks, white space aside. */
export interface DecodedBase64 {
  bytes: Uint8Array
  /** Bad padding, foreign characters or a cut end: the bytes may not be whole. */
  flawed: boolean
}

/**
 * Decodes Base64 as senders write it: line breaks, indentation, missing or surplus padding, a cut end, the URL alphabet. Null when there
 * is nothing to decode, when more than one character in a hundred is foreign, or beyond `limit` bytes (tested before decoding).
 */
export const decodeBase64 = (text: string, limit: number): DecodedBase64 | null => {
  const compact = text.replace(/\s+/g, '')
  if (compact === '' || compact.length > Math.ceil(limit / 3) * 4 + 4) return null
  const standard = compact.replaceAll('-', '+').replaceAll('_', '/')
  const body = standard.replace(/=+$/, '')
  const clean = body.replace(/[^A-Za-z0-9+/]/g, '')
  if (clean.length < 2 || body.length - clean.length > body.length / 100) return null
  const flawed = clean !== body || compact !== standard || standard.length % 4 !== 0 || clean.length % 4 === 1
  return { bytes: Buffer.from(clean.length % 4 === 1 ? clean.slice(0, -1) : clean, 'base64'), flawed }
}
