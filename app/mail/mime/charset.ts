/**
 * Text of bytes in a declared charset. WHATWG labels, so `iso-8859-1` reads as windows-1252 like every mail client;
 * an absent, ASCII or unknown charset is taken for UTF-8 when the bytes are valid UTF-8, else windows-1252.
 */
export const decodeCharset = (bytes: Uint8Array, charset: string | null): string => {
  const label = charset?.trim().toLowerCase() ?? ''
  if (label !== '' && !asciiLabels.has(label)) {
    try {
      return new TextDecoder(label).decode(bytes)
    } catch {
      // An unknown label: the guess below is all that is left.
    }
  }
  return guess(bytes)
}

const asciiLabels = new Set(['us-ascii', 'ascii', 'ansi_x3.4-1968', 'unknown-8bit', 'x-unknown', 'default'])

const guess = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
