import type { ImapFlow } from 'imapflow'
import { flagBits, type QueuedItem, type QueuedOperation, type Vault } from '../../vault/index.ts'
import { Failure, must } from '../net/failure.ts'
import { lockFolder, selectedMailbox } from './connection.ts'
import { packUids } from './sync.ts'

const flagOfBit: Record<number, string> = {
  [flagBits.seen]: '\\Seen',
  [flagBits.flagged]: '\\Flagged',
  [flagBits.answered]: '\\Answered',
  [flagBits.forwarded]: '$Forwarded',
}

/**
 * Does a queued action on the server. Doing it twice changes nothing: messages that are no longer where they were are
 * taken as done. Returns the new UIDs of moved messages when the server names them (UIDPLUS).
 */
export const replay = async (
  vault: Vault,
  client: ImapFlow,
  operation: QueuedOperation,
  paths: ReadonlyMap<number, string>,
): Promise<{ id: number; uid: number }[]> => {
  const moved: { id: number; uid: number }[] = []
  const { action } = operation
  for (const [folderId, items] of Map.groupBy(action.items, (item) => item.folderId)) {
    const path = paths.get(folderId)
    if (path === undefined) continue
    const lock = await lockFolder(client, path)
    try {
      const byUid = await resolveUids(vault, client, items)
      if (byUid.size === 0) continue
      const range = packUids([...byUid.keys()].toSorted((a, b) => a - b))
      if (action.kind === 'flag') await applyFlag(client, range, action)
      else if (action.kind === 'expunge') await expunge(client, range)
      else {
        const target = paths.get(action.target)
        if (target === undefined) throw refused()
        for (const [from, to] of await moveMessages(client, range, target)) {
          const id = byUid.get(from)
          if (id !== undefined) moved.push({ id, uid: to })
        }
      }
    } finally {
      lock.release()
    }
  }
  return moved
}

/** UIDs in the selected folder; by Message-ID when the UID is unknown or from before a UIDVALIDITY change. */
const resolveUids = async (
  vault: Vault,
  client: ImapFlow,
  items: readonly QueuedItem[],
): Promise<Map<number, number>> => {
  const validity = selectedMailbox(client).uidValidity.toString()
  const byUid = new Map<number, number>()
  for (const item of items) {
    if (item.uid !== null && item.uidvalidity === validity) {
      byUid.set(item.uid, item.id)
      continue
    }
    const header = must(await vault.run('messages.header', { id: item.id }))
    if (!header?.messageId) continue
    const found = await client.search({ header: { 'message-id': header.messageId } }, { uid: true })
    const uid = Array.isArray(found) ? found.at(-1) : undefined
    if (uid !== undefined) byUid.set(uid, item.id)
  }
  return byUid
}

const applyFlag = async (
  client: ImapFlow,
  range: string,
  action: { bit: number; on: boolean },
): Promise<void> => {
  const flag = flagOfBit[action.bit]
  if (flag === undefined) throw refused()
  const done = action.on
    ? await client.messageFlagsAdd(range, [flag], { uid: true })
    : await client.messageFlagsRemove(range, [flag], { uid: true })
  if (!done) throw stopped(client)
}

/** MOVE, else COPY and removal by UID: never a bare EXPUNGE, which would take others' deleted messages along. */
const moveMessages = async (
  client: ImapFlow,
  range: string,
  target: string,
): Promise<Map<number, number>> => {
  if (client.capabilities.has('MOVE') || client.capabilities.has('UIDPLUS')) {
    const result = await client.messageMove(range, target, { uid: true })
    if (!result) throw stopped(client)
    return result.uidMap ?? new Map()
  }
  const copied = await client.messageCopy(range, target, { uid: true })
  if (!copied) throw stopped(client)
  await expunge(client, range)
  return copied.uidMap ?? new Map()
}

const expunge = async (client: ImapFlow, range: string): Promise<void> => {
  const done = client.capabilities.has('UIDPLUS')
    ? await client.messageDelete(range, { uid: true })
    : await client.messageFlagsAdd(range, ['\\Deleted'], { uid: true })
  if (!done) throw stopped(client)
}

/** imapflow answers `false` both for a refusal and for a lost connection: only the first is final. */
const stopped = (client: ImapFlow): Failure =>
  client.usable ? refused() : new Failure({ code: 'net.closed', retry: 'later' })

const refused = (): Failure => new Failure({ code: 'imap.failed', retry: 'no' })
