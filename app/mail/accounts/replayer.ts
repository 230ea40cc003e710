import type { ImapFlow } from 'imapflow'
import type { AppError, ErrorCode } from '../../contract/errors.ts'
import type { QueuedOperation, SyncFolder, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { imapError } from '../imap/connection.ts'
import { replay, type Settled } from '../imap/replay.ts'
import { must } from '../net/failure.ts'
import { retryDelay } from './backoff.ts'

export interface ReplayerDependencies {
  accountId: number
  host: string
  vault: Vault
  announce: Announce
  folders: () => Promise<SyncFolder[]>
  now: () => number
  random: (length: number) => Uint8Array
  /** Rings when an action that waits is due; milliseconds. */
  wakeIn: (milliseconds: number) => void
  /** The queue of actions changed: somebody may be looking at it. */
  onChange: () => void
}

/** Messages of a settled command written in one transaction: the store's worker is never held long. */
const slice = 250
/** Tries of an action the server refuses without saying why. */
const mostAttempts = 5
/** The server said no, and why: asking again the same way is useless. */
const finalRefusals: ReadonlySet<ErrorCode> = new Set([
  'imap.no-permission',
  'imap.folder-gone',
  'imap.quota',
])
/** Waits for the user: a date never reached. */
export const untilAsked = 8.64e15
/** No server is left alone longer than this for being busy. */
const longestBusy = 15 * 60_000

/** Takes an account's queued actions to the server, a portion at a time. */
export const createReplayer = (deps: ReplayerDependencies) => {
  const { vault, accountId } = deps
  let busyUntil = 0
  let busyTries = 0

  const confirm = async (operation: QueuedOperation, settled: Settled): Promise<void> => {
    const kept = new Set(settled.kept)
    const ids = settled.ids.filter((id) => !kept.has(id))
    const uids = new Map(settled.uids.map((one) => [one.id, one]))
    const missing = new Set(settled.missing)
    for (let start = 0; start < ids.length; start += slice) {
      const part = ids.slice(start, start + slice)
      const change = must(
        await vault.run('queue.confirm', {
          id: operation.id,
          ids: part,
          uids: part.flatMap((id) => uids.get(id) ?? []),
          missing: part.filter((id) => missing.has(id)),
        }),
      )
      await deps.announce(change)
    }
    if (kept.size > 0) await refuse(operation, [...kept], 'mail.changed-elsewhere')
    deps.onChange()
  }

  const refuse = async (
    operation: QueuedOperation,
    all: readonly number[],
    error: ErrorCode,
  ): Promise<void> => {
    for (let start = 0; start < all.length; start += slice) {
      const ids = all.slice(start, start + slice)
      await deps.announce(must(await vault.run('queue.refuse', { id: operation.id, ids, error })))
    }
  }

  const retryAt = async (operation: QueuedOperation, at: number, error: AppError): Promise<void> => {
    must(await vault.run('queue.retryAt', { id: operation.id, at, error: error.code }))
    if (at !== untilAsked) deps.wakeIn(at - deps.now())
    deps.onChange()
  }

  /** What to do about a refusal; errors of the connection are thrown on. */
  const refused = async (
    operation: QueuedOperation,
    left: ReadonlySet<number>,
    cause: unknown,
  ): Promise<void> => {
    const error = imapError(cause, deps.host)
    if (error.code === 'imap.busy') {
      const delay = retryDelay(error, busyTries, deps.random) ?? 0
      busyTries += 1
      busyUntil = deps.now() + delay
      await retryAt(operation, busyUntil, error)
      return
    }
    const final = finalRefusals.has(error.code) || (error.code === 'imap.failed' && error.retry === 'no')
    if (!final && error.code !== 'imap.failed') throw cause
    if (!final && operation.attempts + 1 < mostAttempts) {
      const at = deps.now() + (retryDelay(error, operation.attempts, deps.random) ?? 0)
      await retryAt(operation, at, error)
      return
    }
    // What exists only here is never thrown away for a refusal.
    if (operation.action.kind === 'append') await retryAt(operation, untilAsked, error)
    else await refuse(operation, [...left], error.code)
    deps.onChange()
  }

  return {
    /**
     * Does the next portion that is due. Answers the folders to look at afterwards, null when there is nothing to do now.
     * Throws what ends the connection.
     */
    next: async (client: ImapFlow): Promise<number[] | null> => {
      // A clock set back meanwhile ends the waiting.
      const busyFor = busyUntil - deps.now()
      if (busyFor > 0 && busyFor <= longestBusy) return null
      const operation = must(await vault.run('queue.next', { accountId }))
      if (!operation) {
        const dueAt = must(await vault.run('queue.dueAt', { accountId }))
        if (dueAt !== null && dueAt < untilAsked) deps.wakeIn(dueAt - deps.now())
        return null
      }
      const { action } = operation
      const left = new Set(action.items.map((item) => item.id))
      const folders = new Map((await deps.folders()).map((folder) => [folder.id, folder]))
      // An append notes its folder's next UID together with this.
      if (action.kind !== 'append')
        must(await vault.run('queue.sent', { id: operation.id, ids: [...left], mark: null }))
      try {
        await replay({
          vault,
          client,
          operation,
          folders,
          onSettled: async (settled) => {
            for (const id of settled.ids) left.delete(id)
            await confirm(operation, settled)
          },
        })
        busyTries = 0
      } catch (cause) {
        await refused(operation, left, cause)
      }
      const touched = action.items.map((item) => item.folderId)
      if (action.kind === 'move') touched.push(action.target)
      return [...new Set(touched)]
    },
  }
}
