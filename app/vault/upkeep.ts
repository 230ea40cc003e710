import path from 'node:path'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { demandSpace } from './backup.ts'
import { connectStore } from './connection.ts'
import { askControl } from './control.ts'
import { storeError, codeOf } from './failure.ts'
import { clearSize } from './parts.ts'
import type { Session, VaultInternals } from './vault.ts'

/** What a look over the whole store found. */
export interface Verdict {
  /** Tables with something wrong, by name; empty when the store is sound. */
  damage: string[]
  /** Part files missing or of an impossible length. */
  missingParts: number
}

/** Sizes of the database file, in bytes. */
export interface DatabaseSize {
  database: number
  /** Empty pages that compaction gives back. */
  free: number
}

export interface LongWork {
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}

const locked = (): Outcome<never> => fail('vault.locked', { retry: 'after-login' })
const cancelled = (): Outcome<never> => fail('vault.cancelled')

/** Index pages merged and empty pages given back at a time: some tens of milliseconds of the store. */
const mergePages = 16
const trimPages = 100

export const databaseSize = async (session: Session): Promise<Outcome<DatabaseSize>> => {
  const pages = await askControl(session.connection, 'store.pages', {})
  if (!pages.ok) return pages
  const { pageSize, free, pages: all } = pages.value
  return ok({ database: all * pageSize, free: free * pageSize })
}

/**
 * Merges the index and gives empty pages back, in small slices between which the mailbox works on; a crash or a
 * cancellation at any moment leaves what was done until then. Answers the bytes given back. Fails with
 * `vault.disk-full`, `vault.cancelled`, `vault.locked`.
 */
export const compact = async (
  internals: VaultInternals,
  session: Session,
  work: LongWork,
): Promise<Outcome<{ freed: number }>> => {
  const before = await databaseSize(session)
  if (!before.ok) return before
  // The index is written anew before its former segments go; it is a part of the database.
  const space = await demandSpace(
    internals.fs,
    internals.deps.folder,
    Math.ceil((before.value.database - before.value.free) / 4),
  )
  if (!space.ok) return space
  // Negative at first: FTS5 then merges everything, whatever its size.
  for (let first = true; ; first = false) {
    if (work.signal.aborted) return cancelled()
    const more = await askControl(session.connection, 'store.mergeIndex', {
      pages: first ? -mergePages : mergePages,
    })
    if (!more.ok) return more
    if (!more.value) break
  }
  let left = Infinity
  let most = 0
  for (;;) {
    if (work.signal.aborted) return cancelled()
    const trimmed = await askControl(session.connection, 'store.trim', { pages: trimPages })
    if (!trimmed.ok) return trimmed
    most = Math.max(most, trimmed.value)
    work.onProgress(most - trimmed.value, most)
    if (trimmed.value === 0 || trimmed.value >= left) break
    left = trimmed.value
  }
  const after = await databaseSize(session)
  return after.ok ? ok({ freed: Math.max(0, before.value.database - after.value.database) }) : after
}

const missingParts = async (
  internals: VaultInternals,
  session: Session,
  work: LongWork,
): Promise<Outcome<number>> => {
  const parts = await askControl(session.connection, 'store.parts', {})
  if (!parts.ok) return parts
  let missing = 0
  for (const { id, size } of parts.value) {
    if (session.closed) return locked()
    if (work.signal.aborted) return cancelled()
    try {
      const handle = await internals.fs.open(path.join(session.partsFolder, id), 'r')
      try {
        if (clearSize((await handle.stat()).size) !== size) missing += 1
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return storeError(error)
      // A message removed meanwhile takes its file along; only what is still named is missing.
      const named = await askControl(session.connection, 'store.hasPart', { id })
      if (!named.ok) return named
      if (named.value) missing += 1
    }
  }
  return ok(missing)
}

/**
 * Checks structure and authenticity of the whole store through a connection of its own, table by table, so that neither
 * the mailbox nor a lock waits for it; and that every part file is there. Fails with `vault.cancelled`, `vault.locked`.
 */
export const checkStore = async (
  internals: VaultInternals,
  session: Session,
  work: LongWork,
): Promise<Outcome<Verdict>> => {
  const connect = (): ReturnType<typeof connectStore> =>
    connectStore({
      workerEntry: internals.deps.workerEntry,
      path: session.databasePath,
      key: new Uint8Array(session.dataKey),
      create: false,
      now: () => internals.deps.now(),
    })
  const connected = await connect()
  if (!connected.ok) {
    return connected.error.code === 'vault.corrupt' || connected.error.code === 'vault.wrong-key'
      ? ok({ damage: ['sqlite_master'], missingParts: 0 })
      : connected
  }
  let other = connected.value
  void session.connection.ended.then(() => other.stop())
  try {
    const tables = await askControl(other, 'store.tables', {})
    if (!tables.ok) return tables
    const damage: string[] = []
    for (const [index, table] of tables.value.entries()) {
      if (work.signal.aborted) return cancelled()
      if (session.closed) return locked()
      const lines = await askControl(other, 'store.checkTable', { table })
      if (!lines.ok) return lines
      if (lines.value.length > 0) {
        damage.push(table)
        // After one damaged page SQLCipher refuses everything: the next table needs a connection of its own.
        await other.stop()
        if (session.closed) return locked()
        const again = await connect()
        if (!again.ok) return again
        other = again.value
      }
      work.onProgress(index + 1, tables.value.length)
    }
    const missing = await missingParts(internals, session, work)
    return missing.ok ? ok({ damage, missingParts: missing.value }) : missing
  } finally {
    await other.stop()
  }
}
