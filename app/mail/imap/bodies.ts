import type { ImapFlow } from 'imapflow'
import type { BodyFindings, Location, StoredBody, Vault } from '../../vault/index.ts'
import { ok, type Outcome } from '../../contract/errors.ts'
import type { Announce } from '../changes.ts'
import { parseMessage, type ParsedMessage } from '../mime/message.ts'
import { Failure, must } from '../net/failure.ts'
import { lockFolder, selectedMailbox } from './connection.ts'
import { protectionOf } from './headers.ts'
import { packUids } from './sync.ts'

/** What the domain finds in a message for its list row and the index. */
export interface Enrichment {
  patient: BodyFindings['patient']
  documentLabel: string | null
  documentCount: number
  alert: BodyFindings['alert']
  /** Words of clinical documents (and of decrypted content) for the index. */
  extraText: string
}

export interface BodyStore {
  vault: Vault
  enrich: (message: { raw: Uint8Array; parsed: ParsedMessage }) => Promise<Enrichment>
  announce: Announce
}

/** Sources above this many bytes live in a part file instead of the row. */
const inlineBytes = 64 * 1024
/** Bytes asked in one FETCH. */
const batchBytes = 4 * 1024 * 1024
const largestBytes = 256 * 1024 * 1024
const previewLength = 200
/** Characters of text kept for quoting and indexed. */
const textLength = 500_000

/** Stores the source of a message with everything read from it. */
export const storeBody = async (store: BodyStore, id: number, raw: Uint8Array): Promise<void> => {
  must(await store.vault.run('messages.storeBodies', { bodies: [await readBody(store, id, raw)] }))
}

/** Everything read from a source, ready to be stored; a big one is already in its part file. */
const readBody = async (store: BodyStore, id: number, raw: Uint8Array): Promise<StoredBody> => {
  const small = raw.byteLength <= inlineBytes
  const file = small ? null : must(await store.vault.parts.write(oneChunk(raw))).id
  const parsed = parseMessage(raw)
  const stored = {
    id,
    raw: small ? raw : null,
    rawFile: file,
    rawSize: raw.byteLength,
  }
  // Too deep or too big to be read: kept byte-exact all the same, to be saved or sent on.
  if (!parsed.ok) return { ...stored, text: '', indexText: '', findings: noFindings }
  const found = await store.enrich({ raw, parsed: parsed.value })
  const text = parsed.value.text.slice(0, textLength)
  const names = parsed.value.attachments.flatMap((part) => part.fileName ?? []).join(' ')
  return {
    ...stored,
    text,
    indexText: `${text}\n${names}\n${found.extraText}`.slice(0, 2 * textLength),
    findings: {
      preview: previewOf(text === '' ? found.extraText : text),
      hasAttachments: parsed.value.attachments.some(isListedAttachment),
      ...protectionOf(parsed.value.root.mimeType, parsed.value.root.parameters['smime-type']),
      patient: found.patient,
      documentLabel: found.documentLabel,
      documentCount: found.documentCount,
      alert: found.alert,
    },
  }
}

const noFindings: BodyFindings = {
  preview: '',
  hasAttachments: true,
  signed: false,
  encrypted: false,
  patient: null,
  documentLabel: null,
  documentCount: 0,
  alert: null,
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const isListedAttachment = (part: ParsedMessage['attachments'][number]): boolean =>
  !/pkcs7-signature$/.test(part.mimeType) && !(part.contentId !== null && part.mimeType.startsWith('image/'))

const previewOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, previewLength)

/**
 * Downloads one bounded batch of missing bodies, newest first. Returns how many came; what the server did not give is
 * counted in `failures` and set aside after three tries, so that one bad message never stops the rest (chatmail#7397).
 */
export const fetchBodies = async (
  store: BodyStore,
  client: ImapFlow,
  waiting: readonly Location[],
  failures: Map<number, number>,
): Promise<number> => {
  const batch = sameFolderBatch(waiting)
  const first = batch[0]
  if (!first) return 0
  const bodies = await fetchSources(client, batch)
  const read: StoredBody[] = []
  for (const message of batch) {
    const raw = message.uid === null ? undefined : bodies.get(message.uid)
    const body = raw ? await tryReading(store, message.id, raw) : null
    if (body) {
      read.push(body)
      continue
    }
    const count = (failures.get(message.id) ?? 0) + 1
    failures.set(message.id, count)
    if (count >= 3) must(await store.vault.run('messages.setAside', { id: message.id }))
  }
  must(await store.vault.run('messages.storeBodies', { bodies: read }))
  await store.announce({ ids: read.map((body) => body.id) })
  return read.length
}

/** Null when the message itself cannot be read; the store's own failures go up. */
const tryReading = async (store: BodyStore, id: number, raw: Uint8Array): Promise<StoredBody | null> => {
  try {
    return await readBody(store, id, raw)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    return null
  }
}

/** Messages of the same folder as the first one, up to the size of a batch; always at least one. */
const sameFolderBatch = (waiting: readonly Location[]): Location[] => {
  const batch: Location[] = []
  let bytes = 0
  for (const message of waiting) {
    if (batch[0] && message.folderId !== batch[0].folderId) continue
    if (batch.length > 0 && bytes + message.size > batchBytes) break
    batch.push(message)
    bytes += message.size
  }
  return batch
}

/** Sources by UID of messages of one folder. A changed UIDVALIDITY gives nothing: synchronisation comes first. */
export const fetchSources = async (
  client: ImapFlow,
  messages: readonly Location[],
): Promise<Map<number, Uint8Array>> => {
  const found = new Map<number, Uint8Array>()
  const first = messages[0]
  const uids = messages.flatMap((message) => message.uid ?? []).toSorted((a, b) => a - b)
  if (!first || uids.length === 0) return found
  const lock = await lockFolder(client, first.path)
  try {
    if (selectedMailbox(client).uidValidity.toString() !== first.uidvalidity) return found
    const query = { uid: true, source: { start: 0, maxLength: largestBytes } }
    for await (const message of client.fetch(packUids(uids), query, { uid: true }))
      if (message.source) found.set(message.uid, new Uint8Array(message.source))
    return found
  } finally {
    lock.release()
  }
}

/** The stored source of a message, or null when it is not here. */
export const storedSource = async (vault: Vault, id: number): Promise<Outcome<Uint8Array | null>> => {
  const body = await vault.run('messages.body', { id })
  if (!body.ok) return body
  if (body.value === null) return ok(null)
  if (body.value.raw !== null) return ok(body.value.raw)
  if (body.value.rawFile === null) return ok(null)
  return await vault.parts.readAll(body.value.rawFile, largestBytes)
}
