import type { ImapFlow } from 'imapflow'
import { flagBits, type QueuedItem, type QueuedOperation, type Vault } from '../../vault/index.ts'
import { Failure, must } from '../net/failure.ts'
import { appendMessages } from './append.ts'
import { lockFolder, refusalOf, selectedMailbox } from './connection.ts'
import { findByIdentity } from './identify.ts'
import { packUids } from './sync.ts'

const flagOfBit: Record<number, string> = {
  [flagBits.seen]: '\\Seen',
  [flagBits.flagged]: '\\Flagged',
  [flagBits.answered]: '\\Answered',
  [flagBits.forwarded]: '$Forwarded',
}

/** What the server has done of a portion. The rest of it was not attempted yet. */
export interface Settled {
  ids: number[]
  /** New numbers of moved or appended messages, when the server named them. */
  uids: { id: number; uid: number }[]
  /** Not where they should have been: another client was first. */
  missing: number[]
  /** Not deleted for good, since another client has flagged them meanwhile. */
  kept: number[]
}

export interface Replay {
  vault: Vault
  client: ImapFlow
  operation: QueuedOperation
  /** Server folders by id. */
  folders: ReadonlyMap<number, { path: string; role: string }>
  /** Called after each command with what it settled, before the next one is sent. */
  onSettled: (settled: Settled) => Promise<void>
}

/** Characters of a UID set in one command; servers cut lines somewhere above 8,000. */
const setLength = 8000

/** UID sets of bounded length, each with its UIDs; input ascending. */
export const packUidSets = (
  uids: readonly number[],
  limit = setLength,
): { set: string; uids: number[] }[] => {
  const sets: { set: string; uids: number[] }[] = []
  const cut = (list: readonly number[]): void => {
    const set = packUids(list)
    if (set.length <= limit || list.length < 2) {
      if (list.length > 0) sets.push({ set, uids: [...list] })
      return
    }
    const middle = Math.ceil(list.length / 2)
    cut(list.slice(0, middle))
    cut(list.slice(middle))
  }
  cut(uids)
  return sets
}

/**
 * Does a portion of a queued action on the server. Doing it twice changes nothing: messages that are no longer where they
 * were are taken as done. Throws a `Failure` (`imap.no-permission`, `imap.folder-gone`, `imap.quota`, `imap.busy`,
 * `imap.failed`) when the server refuses, what imapflow throws when the connection ends.
 */
export const replay = async (run: Replay): Promise<void> => {
  const { operation, folders, client } = run
  const { action } = operation
  if (action.kind === 'append') {
    await appendMessages(run, action.items)
    return
  }
  for (const [folderId, items] of Map.groupBy(action.items, (item) => item.folderId)) {
    const folder = folders.get(folderId)
    if (!folder) {
      await settle(run, items, { missing: items.map((item) => item.id) })
      continue
    }
    const target = action.kind === 'move' ? folders.get(action.target)?.path : undefined
    if (action.kind === 'move' && target === undefined)
      throw new Failure({ code: 'imap.folder-gone', retry: 'no' })
    const lock = await lockFolder(client, folder.path)
    try {
      const byUid = await resolveUids(run, items)
      const found = new Set(byUid.values())
      const missing = items.filter((item) => !found.has(item.id))
      if (missing.length > 0) await settle(run, missing, { missing: missing.map((item) => item.id) })
      for (const { set, uids } of packUidSets([...byUid.keys()].toSorted((a, b) => a - b))) {
        const ids = uids.flatMap((uid) => byUid.get(uid) ?? [])
        if (action.kind === 'flag') {
          await applyFlag(client, set, action)
          await run.onSettled({ ...nothing, ids })
        } else if (action.kind === 'expunge') {
          await run.onSettled({ ...nothing, ids, kept: await expunge(run, set, byUid) })
        } else if (target !== undefined) await run.onSettled(await moveSet(run, set, byUid, ids, target))
      }
    } finally {
      lock.release()
    }
  }
}

const nothing: Settled = { ids: [], uids: [], missing: [], kept: [] }

const settle = (run: Replay, items: readonly QueuedItem[], rest: Partial<Settled>): Promise<void> =>
  run.onSettled({ ...nothing, ids: items.map((item) => item.id), ...rest })

/** UIDs in the selected folder; by identity when the UID is unknown or from before a UIDVALIDITY change. */
const resolveUids = async (run: Replay, items: readonly QueuedItem[]): Promise<Map<number, number>> => {
  const validity = selectedMailbox(run.client).uidValidity.toString()
  const byUid = new Map<number, number>()
  const lost: number[] = []
  for (const item of items) {
    if (item.uid !== null && item.uidvalidity === validity) byUid.set(item.uid, item.id)
    else lost.push(item.id)
  }
  if (lost.length > 0)
    for (const [uid, id] of await findByIdentity(run.vault, run.client, lost)) byUid.set(uid, id)
  return byUid
}

const applyFlag = async (
  client: ImapFlow,
  set: string,
  action: { bit: number; on: boolean },
): Promise<void> => {
  const flag = flagOfBit[action.bit]
  if (flag === undefined) throw new Failure({ code: 'imap.failed', retry: 'no' })
  const done = action.on
    ? await client.messageFlagsAdd(set, [flag], { uid: true, silent: true })
    : await client.messageFlagsRemove(set, [flag], { uid: true, silent: true })
  if (!done) throw refused(client)
}

/** MOVE, else COPY and removal by UID: never a bare EXPUNGE, which would take others' deleted messages along. */
const moveSet = async (
  run: Replay,
  set: string,
  byUid: ReadonlyMap<number, number>,
  ids: number[],
  target: string,
): Promise<Settled> => {
  const { client, operation } = run
  // After a cut, what is not there any more was moved by us.
  const present = operation.sentBefore ? null : new Set(await searchUids(client, set))
  const result = await moveOrCopy(run, set, target)
  const uids = [...(result ?? [])].flatMap(([from, to]) => {
    const id = byUid.get(from)
    return id === undefined ? [] : [{ id, uid: to }]
  })
  const there = present && new Set([...present].map((uid) => byUid.get(uid)))
  return { ...nothing, ids, uids, missing: there ? ids.filter((id) => !there.has(id)) : [] }
}

const moveOrCopy = async (
  run: Replay,
  set: string,
  target: string,
): Promise<Map<number, number> | undefined> => {
  const { client } = run
  if (client.capabilities.has('MOVE') || client.capabilities.has('UIDPLUS')) {
    const result = await client.messageMove(set, target, { uid: true })
    if (!result) throw refused(client)
    return result.uidMap
  }
  const copied = await client.messageCopy(set, target, { uid: true })
  if (!copied) throw refused(client)
  if (!(await client.messageFlagsAdd(set, ['\\Deleted'], { uid: true }))) throw refused(client)
  return copied.uidMap
}

/**
 * Removes for good, by UID. A message that another client flagged since it was shown here is kept; with CONDSTORE the
 * server itself makes sure that nothing changes between that look and the removal. Without UIDPLUS messages stay marked
 * \Deleted, hidden here, until the server expunges the folder: an EXPUNGE without UIDs could take others' along.
 */
const expunge = async (run: Replay, set: string, byUid: ReadonlyMap<number, number>): Promise<number[]> => {
  const { client, vault } = run
  const seen = await client.fetchAll(set, { uid: true, flags: true }, { uid: true })
  const known = new Map(
    must(await vault.run('queue.flags', { ids: [...byUid.values()] })).map((row) => [row.id, row.flags]),
  )
  const kept: number[] = []
  const removable: number[] = []
  let newest = 0n
  for (const { uid, flags, modseq } of seen) {
    const id = byUid.get(uid)
    if (id === undefined) continue
    if (flags?.has('\\Flagged') && ((known.get(id) ?? 0) & flagBits.flagged) === 0) kept.push(id)
    else {
      removable.push(uid)
      if (modseq !== undefined && modseq > newest) newest = modseq
    }
  }
  for (const { set: one, uids } of packUidSets(removable.toSorted((a, b) => a - b))) {
    const stored = await client.messageFlagsAdd(one, ['\\Deleted'], {
      uid: true,
      silent: true,
      ...(newest > 0n ? { unchangedSince: newest } : {}),
    })
    if (!stored) throw refused(client)
    const gone = newest > 0n ? await searchUids(client, one, true) : uids
    const marked = new Set(gone)
    kept.push(...uids.filter((uid) => !marked.has(uid)).flatMap((uid) => byUid.get(uid) ?? []))
    if (client.capabilities.has('UIDPLUS') && gone.length > 0)
      if (!(await client.messageDelete(packUids(gone), { uid: true }))) throw refused(client)
  }
  return kept
}

const searchUids = async (client: ImapFlow, set: string, deleted = false): Promise<number[]> => {
  const found = await client.search(deleted ? { uid: set, deleted: true } : { uid: set }, { uid: true })
  if (!Array.isArray(found)) throw refused(client)
  return found.toSorted((a, b) => a - b)
}

/** imapflow answers `false` both for a refusal and for a lost connection: only the first is final. */
const refused = (client: ImapFlow): unknown =>
  client.usable ? refusalOf(client) : new Failure({ code: 'net.closed', retry: 'later' })
