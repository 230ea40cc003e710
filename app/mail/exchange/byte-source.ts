import { open } from 'node:fs/promises'

/** Bytes that can be read in pieces: a file the user chose, or a part file of the vault. */
export interface ByteSource {
  size: number
  /** The bytes of [start, end); fewer when the source ends before. Throws the file system's errors. */
  read: (start: number, end: number) => Promise<Uint8Array>
  close: () => Promise<void>
}

/** A file opened for reading; throws the file system's errors. */
export const openFile = async (path: string): Promise<ByteSource> => {
  const handle = await open(path, 'r')
  const { size } = await handle.stat()
  return {
    size,
    read: async (start, end) => {
      const wanted = Math.max(0, Math.min(end, size) - start)
      const buffer = Buffer.allocUnsafe(wanted)
      let filled = 0
      while (filled < wanted) {
        const { bytesRead } = await handle.read(buffer, filled, wanted - filled, start + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return buffer.subarray(0, filled)
    },
    close: () => handle.close(),
  }
}

/** Bytes already in memory. */
export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.byteLength,
  read: (start, end) => Promise.resolve(bytes.subarray(start, Math.max(start, end))),
  close: () => Promise.resolve(),
})

/** Bytes read ahead by `buffered`. */
const ahead = 4 * 1024 * 1024

/**
 * The same source, read a few megabytes at a time: neighbouring reads, overlapping or not, cost one. What is given out are
 * views of what is held: copy what is kept for long.
 */
export const buffered = (source: ByteSource): ByteSource => {
  let held: Uint8Array = new Uint8Array()
  let from = 0
  return {
    ...source,
    read: async (start, end) => {
      const wanted = Math.min(end, source.size)
      if (start < from || wanted > from + held.byteLength) {
        if (wanted - start > ahead) return await source.read(start, wanted)
        held = await source.read(start, start + ahead)
        from = start
      }
      return held.subarray(start - from, Math.max(start, wanted) - from)
    },
  }
}
