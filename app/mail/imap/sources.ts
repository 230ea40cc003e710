import type { ImapFlow } from 'imapflow'
import type { Location, Vault } from '../../vault/index.ts'
import { must } from '../net/failure.ts'
import { lockFolder, selectedMailbox } from './connection.ts'
import { packUids } from './sync.ts'

/** Sources above this many bytes never come in one piece, but in windows of that size. */
export const largestFetched = 1024 * 1024
/** No message is larger than this. */
export const largestBytes = 256 * 1024 * 1024

/** A source from the server: in memory, or already in a part file. */
export interface Source {
  id: number
  size: number
  bytes: Uint8Array | null
  file: string | null
}

/**
 * Sources of messages of the selected folder, in `room` as long as there is some; the server's word on sizes is not
 * taken. `larger` are those that are larger than announced, and did not come.
 */
export const fetchBatch = async (
  client: ImapFlow,
  messages: readonly Location[],
  room: Uint8Array,
): Promise<{ sources: Source[]; larger: Location[] }> => {
  const byUid = new Map(messages.flatMap((message) => (message.uid === null ? [] : [[message.uid, message]])))
  const uids = [...byUid.keys()].toSorted((a, b) => a - b)
  const sources: Source[] = []
  const larger: Location[] = []
  if (uids.length === 0) return { sources, larger }
  let used = 0
  // One byte more than a window: a source that fills it may go on.
  const query = { uid: true, source: { start: 0, maxLength: largestFetched + 1 } }
  for await (const { uid, source } of client.fetch(packUids(uids), query, { uid: true })) {
    const message = byUid.get(uid)
    if (!message || !source) continue
    byUid.delete(uid)
    if (source.byteLength > largestFetched) {
      larger.push(message)
      continue
    }
    const end = used + source.byteLength
    const bytes =
      end <= room.byteLength
        ? room.subarray(used, end)
        : new Uint8Array(new SharedArrayBuffer(source.byteLength))
    bytes.set(source)
    if (end <= room.byteLength) used = end
    sources.push({ id: message.id, size: source.byteLength, bytes, file: null })
  }
  return { sources, larger }
}

/**
 * A source of any size of the selected folder, from the socket to its part file window by window; null when the server does
 * not have the message, or when it is larger than any message may be.
 */
export const fetchToFile = async (
  vault: Vault,
  client: ImapFlow,
  message: Location,
): Promise<Source | null> => {
  const interrupted: unknown[] = []
  let length = 0
  const windows = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of windowsOf(client, message.uid ?? 0)) {
        length += bytes.byteLength
        yield bytes
      }
    } catch (cause) {
      interrupted.push(cause)
      throw cause
    }
  }
  const written = await vault.parts.write(windows())
  if (interrupted.length > 0) {
    if (interrupted[0] === gone) return null
    // What the connection said, not that a file could not be written.
    throw interrupted[0]
  }
  const { id: file } = must(written)
  if (length > 0 && length <= largestBytes) return { id: message.id, size: length, bytes: null, file }
  must(await vault.parts.remove([file]))
  return null
}

/** Thrown out of an iteration when the server no longer gives the message. */
const gone = new Error('the message is gone')

/** A source window by window; ends with the first one that is not full. Throws `gone` too. */
const windowsOf = async function* (client: ImapFlow, uid: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start <= largestBytes; start += largestFetched) {
    const query = { uid: true, size: true, source: { start, maxLength: largestFetched } }
    const answer = await client.fetchOne(String(uid), query, { uid: true })
    const bytes = answer === false ? undefined : answer.source
    if (bytes === undefined) {
      // Some servers say nothing instead of an empty window when the one before was the last.
      if (answer !== false && start > 0 && start === answer.size) return
      throw gone
    }
    if (bytes.byteLength > 0) yield bytes
    if (bytes.byteLength < largestFetched) return
  }
}

/** The source of one message in memory, for who waits for it. Null when another UIDVALIDITY or nothing is there. */
export const fetchSource = async (client: ImapFlow, message: Location): Promise<Uint8Array | null> => {
  const lock = await lockFolder(client, message.path)
  try {
    if (selectedMailbox(client).uidValidity.toString() !== message.uidvalidity) return null
    const pieces: Uint8Array[] = []
    for await (const piece of windowsOf(client, message.uid ?? 0)) pieces.push(piece)
    return pieces.length === 0 ? null : new Uint8Array(Buffer.concat(pieces))
  } catch (cause) {
    if (cause === gone) return null
    throw cause
  } finally {
    lock.release()
  }
}
