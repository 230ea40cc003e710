import type { FetchMessageObject, ImapFlow, MailboxObject } from 'imapflow'
import type { FolderState, SyncFolder, Vanishing, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { must } from '../net/failure.ts'
import { lockFolder, selectedMailbox } from './connection.ts'
import { flagMask, headerQuery, readHeaders, type HeaderReading } from './headers.ts'

export interface FolderSync {
  vault: Vault
  client: ImapFlow
  reading: HeaderReading
  announce: Announce
  /** UIDs not yet fetched below the known range, newest first, per folder: asked once per connection. */
  backlog: Map<number, number[]>
  /** UIDs reported gone (EXPUNGE, VANISHED) since the last look, per path. */
  vanished: Map<string, Set<number>>
  /** When all flags of a folder were last compared, where the server counts no changes. */
  flagsCompared: Map<number, number>
  now: () => number
}

/** What one screen and a bit of scrolling shows; the first thing anybody sees. */
const firstBatch = 200
const batch = 500
/** Without CONDSTORE, flags are compared for this many newest messages at each pass (models.md §9.2.3)… */
const flagWindow = 400
/** …and for all of them once in so many milliseconds. */
const allFlagsEvery = 6 * 3600_000
const flagSlice = 5_000

/** Collects expunge notifications of a connection for `syncFolder`. */
export const collectVanished = (client: ImapFlow): Map<string, Set<number>> => {
  const vanished = new Map<string, Set<number>>()
  client.on('expunge', (event) => {
    if (event.uid === undefined) return
    const set = vanished.get(event.path) ?? new Set()
    set.add(event.uid)
    vanished.set(event.path, set)
  })
  return vanished
}

/** Tells of every folder the server reports a change in by itself. */
export const onNews = (client: ImapFlow, tell: (path: string) => void): void => {
  client.on('exists', ({ path }) => tell(path))
  client.on('flags', ({ path }) => tell(path))
  client.on('expunge', ({ path, earlier }) => {
    // VANISHED (EARLIER) answers our own question; taken for news it would be asked again for ever.
    if (earlier !== true) tell(path)
  })
}

/**
 * Brings one folder up to date: what is new, whose flags changed, what is gone, then one batch of older headers. The
 * folder's state is stored in the transaction of the changes it covers, so a cut at any point only repeats work
 * (models.md §9.2.2). `complete` says that everything the server has is here. Throws what imapflow throws, or a `Failure`.
 */
export const syncFolder = async (
  sync: FolderSync,
  folder: SyncFolder,
  orphans: readonly number[],
): Promise<{ more: boolean; complete: boolean; done: number; total: number }> => {
  const { client, vault } = sync
  const wasOpen = client.mailbox && client.mailbox.path === folder.path
  const lock = await lockFolder(client, folder.path, {
    ...(folder.highestmodseq !== null && folder.uidvalidity !== null
      ? { changedSince: folder.highestmodseq, uidValidity: folder.uidvalidity }
      : {}),
  })
  try {
    const mailbox = selectedMailbox(client)
    // After a mere NOOP, UIDNEXT and HIGHESTMODSEQ are those of the former SELECT.
    const view: View = { mailbox, fresh: !wasOpen }
    const run: Run = { ...sync, ...view, folder, state: await startingState(sync, folder, view) }
    // Numbers that have just become meaningless leave rows without UID behind.
    const isRenumbered = folder.syncedFromUid !== null && run.state.syncedFromUid === null
    const waiting = isRenumbered
      ? (must(await vault.run('folders.forPass', { id: folder.id }))?.orphans ?? [])
      : [...orphans]
    const isFirst = run.state.syncedFromUid === null
    if (isFirst) await begin(run)
    await fetchNew(run)
    let complete = true
    if (!isFirst) {
      complete = await fetchFlags(run)
      complete = (await dropVanished(run)) && complete
    }
    const more = await fetchOlder(run, isFirst ? firstBatch : batch)
    if (!more && waiting.length > 0)
      await announceVanishing(
        run,
        must(await vault.run('messages.dropOrphans', { folderId: folder.id, ids: waiting })),
      )
    const left = sync.backlog.get(folder.id)?.length ?? 0
    return { more, complete: complete && !more, done: mailbox.exists - left, total: mailbox.exists }
  } finally {
    lock.release()
  }
}

interface View {
  mailbox: MailboxObject
  fresh: boolean
}

interface Run extends FolderSync, View {
  folder: SyncFolder
  state: FolderState
}

/**
 * Where the folder stands. Numbers that start again (a new UIDVALIDITY, or a UIDNEXT that went down: a mailbox restored
 * from a backup) mean nothing any more: messages wait without UID until their headers are seen again.
 */
const startingState = async (
  sync: FolderSync,
  folder: SyncFolder,
  { mailbox, fresh }: View,
): Promise<FolderState> => {
  const uidvalidity = mailbox.uidValidity.toString()
  const { uidnext, highestmodseq, syncedFromUid } = folder
  const wentDown = fresh && mailbox.uidNext !== undefined && uidnext !== null && mailbox.uidNext < uidnext
  if (folder.uidvalidity === uidvalidity && !wentDown)
    return { uidvalidity, uidnext, highestmodseq, syncedFromUid, serverTotal: mailbox.exists }
  sync.backlog.delete(folder.id)
  sync.vanished.delete(folder.path)
  if (folder.uidvalidity !== null)
    must(await sync.vault.run('folders.invalidate', { id: folder.id, uidvalidity }))
  return { uidvalidity, uidnext: null, highestmodseq: null, syncedFromUid: null, serverTotal: mailbox.exists }
}

/** Nothing is known yet: everything is « older » than the next UID. Stored at once, for a folder that is empty. */
const begin = async (run: Run): Promise<void> => {
  const { highestModseq } = run.mailbox
  const uidNext = await nextUid(run)
  const highestmodseq = highestModseq?.toString() ?? null
  run.state = { ...run.state, uidnext: uidNext, syncedFromUid: uidNext, highestmodseq }
  must(await run.vault.run('folders.saveState', { id: run.folder.id, state: run.state }))
}

/** UIDNEXT; servers may leave it out of SELECT (RFC 3501 §6.3.1). */
const nextUid = async (run: Run): Promise<number> => {
  const selected: number | undefined = run.mailbox.uidNext
  if (selected !== undefined) return selected
  const status = await run.client.status(run.folder.path, { uidNext: true })
  if (status && status.uidNext !== undefined) return status.uidNext
  return ((await search(run, '1:*')).at(-1) ?? 0) + 1
}

const fetchNew = async (run: Run): Promise<void> => {
  const { mailbox, fresh } = run
  const from = run.state.uidnext ?? (await nextUid(run))
  if (fresh && mailbox.uidNext === from) return
  const there = (await search(run, `${from}:*`)).filter((uid) => uid >= from)
  // What our own moves have put here is known already, headers and all.
  const uids = must(await run.vault.run('messages.unknownUids', { folderId: run.folder.id, uids: there }))
  for (let start = 0; start < uids.length; start += batch) {
    const slice = uids.slice(start, start + batch)
    await insert(run, slice, { ...run.state, uidnext: (slice.at(-1) ?? from) + 1 })
  }
  // Numbers given to messages that are gone again: asking for them at every pass would never end.
  const next = fresh ? (mailbox.uidNext ?? 0) : 0
  if (next <= (run.state.uidnext ?? 0)) return
  run.state = { ...run.state, uidnext: next }
  must(await run.vault.run('folders.saveState', { id: run.folder.id, state: run.state }))
}

const fetchOlder = async (run: Run, count: number): Promise<boolean> => {
  const { state, folder } = run
  if (state.syncedFromUid === null || state.syncedFromUid <= 1) return false
  let left = run.backlog.get(folder.id)
  if (!left) {
    left = (await search(run, `1:${state.syncedFromUid - 1}`)).toReversed()
    run.backlog.set(folder.id, left)
  }
  const slice = left.splice(0, count).toReversed()
  const syncedFromUid = left.length === 0 ? 1 : (slice[0] ?? 1)
  await insert(run, slice, { ...state, syncedFromUid })
  if (left.length === 0) run.backlog.delete(folder.id)
  return left.length > 0
}

const insert = async (run: Run, uids: number[], state: FolderState): Promise<void> => {
  const fetched = await fetchRange(run, uids, headerQuery)
  const ids = must(
    await run.vault.run('messages.insert', {
      accountId: run.folder.accountId,
      folderId: run.folder.id,
      messages: fetched.map((message) => readHeaders(message, run.reading)),
      state,
    }),
  )
  run.state = state
  await run.announce({ ids, folderIds: [run.folder.id] })
}

const fetchRange = async (
  run: Run,
  uids: readonly number[],
  query: Parameters<ImapFlow['fetch']>[1],
): Promise<FetchMessageObject[]> => {
  if (uids.length === 0) return []
  const wanted = new Set(uids)
  const all = await run.client.fetchAll(packUids(uids), query, { uid: true })
  return all.filter((message) => wanted.has(message.uid))
}

/**
 * Flags changed elsewhere: by MODSEQ when the server counts them, else by comparing the newest ones. False when a local
 * action hides a difference for now.
 */
const fetchFlags = async (run: Run): Promise<boolean> => {
  const { state, mailbox, client, fresh } = run
  const query = { uid: true, flags: true }
  let changes: FetchMessageObject[]
  let highestmodseq: string | null = null
  if (mailbox.highestModseq !== undefined && state.highestmodseq !== null) {
    const since = BigInt(state.highestmodseq)
    if (fresh && mailbox.highestModseq === since) return true
    changes = await client.fetchAll(`${state.syncedFromUid}:*`, query, { uid: true, changedSince: since })
    const seen = changes.flatMap((message) => (message.modseq === undefined ? [] : [message.modseq]))
    highestmodseq = [since, mailbox.highestModseq, ...seen].reduce((a, b) => (a > b ? a : b)).toString()
  } else {
    changes = await comparedFlags(run, query)
    highestmodseq = mailbox.highestModseq?.toString() ?? null
  }
  if (changes.length === 0 && highestmodseq === state.highestmodseq) return true
  const applied = must(
    await run.vault.run('messages.applyFlags', {
      accountId: run.folder.accountId,
      folderId: run.folder.id,
      changes: changes.map((message) => ({ uid: message.uid, flags: flagMask(message.flags) })),
      state: { ...state, highestmodseq },
    }),
  )
  run.state = { ...state, highestmodseq: applied.highestmodseq }
  if (applied.ids.length > 0) await run.announce({ ids: applied.ids, folderIds: [run.folder.id] })
  return applied.highestmodseq === highestmodseq
}

/** Flags of the newest messages, of all of them from time to time. */
const comparedFlags = async (
  run: Run,
  query: { uid: boolean; flags: boolean },
): Promise<FetchMessageObject[]> => {
  const known = must(await run.vault.run('messages.uids', { folderId: run.folder.id }))
  const last = run.flagsCompared.get(run.folder.id)
  const all = last === undefined || Math.abs(run.now() - last) > allFlagsEvery
  const wanted = all ? known : known.slice(-flagWindow)
  const found: FetchMessageObject[] = []
  for (let start = 0; start < wanted.length; start += flagSlice)
    found.push(...(await fetchRange(run, wanted.slice(start, start + flagSlice), query)))
  if (all) run.flagsCompared.set(run.folder.id, run.now())
  return found
}

/** Messages gone from the server: as reported, then by difference when the counts do not agree. False when they still do not. */
const dropVanished = async (run: Run): Promise<boolean> => {
  const { folder, mailbox, state, vault } = run
  const reported = run.vanished.get(folder.path)
  if (reported && reported.size > 0) {
    run.vanished.delete(folder.path)
    await vanish(run, [...reported])
  }
  const leaving = new Set(
    must(await vault.run('queue.leavingUids', { accountId: folder.accountId, folderId: folder.id })),
  )
  const count = must(await vault.run('messages.countUids', { folderId: folder.id }))
  const whole = state.syncedFromUid === 1
  if (whole && count + leaving.size === mailbox.exists) return true
  if (!whole && run.client.enabled.has('QRESYNC')) return true
  const known = must(await vault.run('messages.uids', { folderId: folder.id }))
  const server = new Set(await search(run, `${state.syncedFromUid}:*`))
  // A UID at or above `uidnext` was named by the other connection (a move's COPYUID) and is newer than this view.
  const gone = known.filter((uid) => uid < (state.uidnext ?? 0) && !server.has(uid))
  if (gone.length > 0) await vanish(run, gone)
  const here = new Set(known)
  const missing = [...server].filter(
    (uid) =>
      !here.has(uid) && !leaving.has(uid) && uid >= (state.syncedFromUid ?? 1) && uid < (state.uidnext ?? 0),
  )
  for (let start = 0; start < missing.length; start += batch)
    await insert(run, missing.slice(start, start + batch), run.state)
  return whole && known.length - gone.length + missing.length + leaving.size === mailbox.exists
}

const vanish = async (run: Run, uids: number[]): Promise<void> => {
  for (let start = 0; start < uids.length; start += batch)
    await announceVanishing(
      run,
      must(
        await run.vault.run('messages.vanish', {
          folderId: run.folder.id,
          uids: uids.slice(start, start + batch),
        }),
      ),
    )
}

const announceVanishing = async (run: Run, { ids, folderIds, removal }: Vanishing): Promise<void> => {
  if (ids.length > 0) await run.announce({ ids, removal, folderIds })
}

/** UIDs of a range, ascending. A search the server did not answer fully is an error, never a shorter list. */
const search = async (run: Run, uid: string): Promise<number[]> => {
  const found = await run.client.search({ uid }, { uid: true })
  if (!Array.isArray(found)) throw Object.assign(new Error('search refused'), { responseStatus: 'NO' })
  return found.toSorted((a, b) => a - b)
}

/** `1,2,3,7` as `1:3,7`. Input ascending. */
export const packUids = (uids: readonly number[]): string => {
  const ranges: [number, number][] = []
  for (const uid of uids) {
    const last = ranges.at(-1)
    if (last && uid === last[1] + 1) last[1] = uid
    else ranges.push([uid, uid])
  }
  return ranges.map(([first, end]) => (first === end ? `${first}` : `${first}:${end}`)).join(',')
}
