import type { ImapFlow } from 'imapflow'
import { flagBits, type QueuedItem } from '../../vault/index.ts'
import { Failure, must } from '../net/failure.ts'
import { lockFolder, selectedMailbox } from './connection.ts'
import { findByIdentity, matchHeaders } from './identify.ts'
import type { Replay } from './replay.ts'

/** Bytes of one message read into memory to be sent. */
const largestMessage = 256 * 1024 * 1024

/**
 * Puts local messages in a server folder, one APPEND each. The folder's next UID is noted before the first one: after a
 * cut, what arrived since is compared with what was to be sent, and nothing is put there twice.
 */
export const appendMessages = async (run: Replay, items: readonly QueuedItem[]): Promise<void> => {
  for (const [folderId, list] of Map.groupBy(items, (item) => item.folderId)) {
    const folder = run.folders.get(folderId)
    if (!folder) throw new Failure({ code: 'imap.folder-gone', retry: 'no' })
    const there = await alreadyThere(run, folder.path, list)
    for (const { id } of list) {
      const known = there.get(id)
      const uid = known ?? (await appendOne(run, folder, id))
      await run.onSettled({ ids: [id], uids: uid === null ? [] : [{ id, uid }], missing: [], kept: [] })
    }
  }
}

/** Message id → UID of what an earlier, interrupted try has put there. */
const alreadyThere = async (
  run: Replay,
  path: string,
  items: readonly QueuedItem[],
): Promise<Map<number, number>> => {
  const { client, vault, operation } = run
  const ids = items.map((item) => item.id)
  if (!operation.sentBefore || operation.mark === null) {
    const status = await client.status(path, { uidNext: true, uidValidity: true })
    const { uidNext, uidValidity } = status || {}
    if (uidNext === undefined || uidValidity === undefined)
      throw new Failure({ code: 'imap.folder-gone', retry: 'no' })
    const mark = { uidvalidity: uidValidity.toString(), uidnext: uidNext }
    must(await vault.run('queue.sent', { id: operation.id, ids, mark }))
    return new Map()
  }
  const lock = await lockFolder(client, path)
  try {
    const mailbox = selectedMailbox(client)
    if (mailbox.uidValidity.toString() !== operation.mark.uidvalidity)
      return inverted(await findByIdentity(vault, client, ids))
    if (mailbox.uidNext <= operation.mark.uidnext) return new Map()
    const wanted = new Map<string, number[]>()
    for (const { id, identity } of must(await vault.run('queue.identities', { ids }))) {
      const key = Buffer.from(identity).toString('hex')
      wanted.set(key, [...(wanted.get(key) ?? []), id])
    }
    return inverted(await matchHeaders(client, `${operation.mark.uidnext}:*`, wanted))
  } finally {
    lock.release()
  }
}

const inverted = (map: ReadonlyMap<number, number>): Map<number, number> =>
  new Map([...map].map(([uid, id]) => [id, uid]))

const nameOfBit = [
  [flagBits.seen, '\\Seen'],
  [flagBits.flagged, '\\Flagged'],
  [flagBits.answered, '\\Answered'],
  [flagBits.forwarded, '$Forwarded'],
] as const

/** The UID the server gave it, null when it did not say, or when there is nothing left to send. */
const appendOne = async (
  run: Replay,
  folder: { path: string; role: string },
  id: number,
): Promise<number | null> => {
  const source = must(await run.vault.run('queue.appendSource', { id }))
  if (!source) return null
  const raw =
    source.rawFile === null ? source.raw : must(await run.vault.parts.readAll(source.rawFile, largestMessage))
  if (raw === null) return null
  const flags: string[] = nameOfBit.filter(([bit]) => (source.flags & bit) !== 0).map(([, name]) => name)
  if (folder.role === 'drafts') flags.push('\\Draft')
  const result = await appendTo(run.client, folder.path, raw, flags, new Date(source.date))
  return result.uid ?? null
}

const appendTo = async (
  client: ImapFlow,
  path: string,
  raw: Uint8Array,
  flags: string[],
  date: Date,
): Promise<{ uid?: number | undefined }> => {
  const result = await client.append(path, raw, flags, date)
  if (!result) throw new Failure({ code: 'net.closed', retry: 'later' })
  return result
}
