/** What a file format says of a message besides its bytes. */
export interface FileFlags {
  seen: boolean
  answered: boolean
  flagged: boolean
  forwarded: boolean
}

export const noFlags: FileFlags = { seen: false, answered: false, flagged: false, forwarded: false }

/** Bytes of one message at most; more is refused as `mime.limit`. */
export const largestImported = 64 * 1024 * 1024

/** One message found in a file, in CRLF, without what the file format added to its header. */
export interface FoundMessage {
  /** First byte in the file, then first byte after it: where reading goes on. */
  start: number
  end: number
  /** Null when it is longer than the limit. */
  raw: Uint8Array | null
  flags: FileFlags
  /** When it was received, in milliseconds, if the format says so. */
  receivedAt: number | null
  /** Marked as deleted in the file, and only waiting for it to be compacted. */
  deleted: boolean
}
