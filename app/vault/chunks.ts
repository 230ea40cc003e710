import { nonceLength, seal, tagLength } from './sealing.ts'

/** Clear bytes per chunk of a part file or of a backup. */
export const chunkSize = 65_536
export const sealedSize = chunkSize + tagLength

/** A key seals one file, written once: the chunk's number can be its nonce. */
export const chunkNonce = (index: number): Uint8Array => {
  const nonce = Buffer.alloc(nonceLength)
  nonce.writeUIntBE(index, nonceLength - 6, 6)
  return nonce
}

export const sealedChunk = (
  key: Uint8Array,
  index: number,
  clear: Uint8Array,
  context: Uint8Array,
): Uint8Array => seal(key, chunkNonce(index), clear, context)

/** Re-cuts a stream into full chunks; the last one, possibly empty, is marked. */
export const inChunks = async function* (
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ bytes: Uint8Array; last: boolean }> {
  const buffer = Buffer.alloc(chunkSize)
  let filled = 0
  for await (const piece of source) {
    let offset = 0
    while (offset < piece.length) {
      // A full chunk is only given out once it is known not to be the last.
      if (filled === chunkSize) {
        yield { bytes: buffer, last: false }
        filled = 0
      }
      const taken = Math.min(chunkSize - filled, piece.length - offset)
      buffer.set(piece.subarray(offset, offset + taken), filled)
      filled += taken
      offset += taken
    }
  }
  yield { bytes: buffer.subarray(0, filled), last: true }
  buffer.fill(0)
}
