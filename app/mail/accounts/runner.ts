import type { ImapFlow } from 'imapflow'
import type { AccountConnection, SyncProgress } from '../../contract/index.ts'
import { fail, ok, toErrorData, type AppError, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, SyncFolder, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { createTurns } from '../changes.ts'
import { fetchBodies, type BodyStore } from '../imap/bodies.ts'
import { imapError, openImap } from '../imap/connection.ts'
import type { AskCredentials } from '../net/credentials.ts'
import { byPriority, listFolders } from '../imap/folders.ts'
import type { HeaderReading } from '../imap/headers.ts'
import { replay } from '../imap/replay.ts'
import { collectVanished, syncFolder } from '../imap/sync.ts'
import { must } from '../net/failure.ts'
import type { PeerVerification } from '../net/peer.ts'
import { createBell, retryDelay } from './backoff.ts'

export interface RunnerDependencies {
  account: StoredAccount
  vault: Vault
  verification: PeerVerification
  credentials: AskCredentials
  reading: HeaderReading
  bodies: BodyStore
  announce: Announce
  /** Files one sent message, or finds out what became of one; true when there was something to do. */
  fileSent: (client: ImapFlow, sentPath: string | null) => Promise<boolean>
  now: () => number
  random: (length: number) => Uint8Array
  onConnection: (connection: AccountConnection) => void
  onProgress: (progress: SyncProgress) => void
}

/** Synchronisation of one account: a foreground connection waiting by IDLE on the inbox, a background one for the rest. */
export interface AccountRunner {
  connection: () => AccountConnection
  /** There are local actions, or sent messages, for the server. */
  wake: () => void
  /** Look at every folder now; also ends any waiting after a failure. */
  syncNow: () => void
  /** Runs work on the background connection; `net.unreachable` when there is none. */
  withClient: <T>(work: (client: ImapFlow) => Promise<T>) => Promise<Outcome<T>>
  stop: () => Promise<void>
}

const pollMilliseconds = 120_000

export const startRunner = (deps: RunnerDependencies): AccountRunner => {
  const { account, vault } = deps
  const aborter = new AbortController()
  const foregroundBell = createBell()
  const backgroundBell = createBell()
  const turns = createTurns()
  const backlog = new Map<number, number[]>()
  const clients = new Set<ImapFlow>()
  const bodyFailures = new Map<number, number>()
  let background: ImapFlow | null = null
  let connection: AccountConnection = { state: 'offline' }
  let dirty: number[] = []
  let listDue = true

  const setConnection = (next: AccountConnection): void => {
    connection = next
    deps.onConnection(next)
  }
  const stopped = (): boolean => aborter.signal.aborted

  const connect = async (idle: boolean): Promise<ImapFlow> => {
    const client = must(
      await openImap(deps.verification, account.imap, account.address, deps.credentials, {
        idle,
        signal: aborter.signal,
      }),
    )
    clients.add(client)
    client.on('close', () => clients.delete(client))
    return client
  }

  /** Connects, works until the connection ends, waits as the failure asks, and again. */
  const keepRunning = async (
    work: () => Promise<void>,
    onFailure: (error: AppError, retryAt: number | null) => void,
    bell: ReturnType<typeof createBell>,
  ): Promise<void> => {
    let attempt = 0
    while (!stopped()) {
      const started = deps.now()
      try {
        await work()
      } catch (cause) {
        if (stopped()) return
        if (deps.now() - started > 60_000) attempt = 0
        const error = imapError(cause, account.imap.host)
        const delay = retryDelay(error, attempt, deps.random)
        attempt++
        onFailure(error, delay === null ? null : deps.now() + delay)
        await bell.wait(delay)
      }
    }
  }

  const folders = async (): Promise<SyncFolder[]> =>
    must(await vault.run('folders.forSync', { accountId: account.id })).toSorted(byPriority)

  const refreshFolders = async (client: ImapFlow): Promise<void> => {
    const listed = await listFolders(client)
    const result = must(await vault.run('folders.reconcile', { accountId: account.id, folders: listed }))
    await deps.announce({
      folderIds: result.changed,
      removal: result.removal,
      removedFolders: result.removedFolders,
    })
  }

  /** One pass over a folder, never two at once on the same folder. */
  const passOver = async (
    client: ImapFlow,
    vanished: ReturnType<typeof collectVanished>,
    folderId: number,
  ): Promise<boolean> =>
    await turns(folderId, async () => {
      const folder = (await folders()).find((candidate) => candidate.id === folderId)
      if (!folder) return false
      const pass = await syncFolder(
        { vault, client, reading: deps.reading, announce: deps.announce, backlog, vanished },
        folder,
      )
      if (pass.more) progress('headers', pass.done, pass.total)
      return pass.more
    })

  const progress = (phase: SyncProgress['phase'], done: number, total: number): void => {
    deps.onProgress({ accountId: account.id, phase, done, total })
  }

  const foreground = async (): Promise<void> => {
    setConnection({ state: 'connecting' })
    const client = await connect(true)
    let active = true
    try {
      const vanished = collectVanished(client)
      for (const event of ['exists', 'expunge', 'flags', 'close'] as const)
        client.on(event, () => {
          // Our own closing must not cut short the wait before the next try.
          if (active) foregroundBell.ring()
        })
      progress('folders', 0, 1)
      await refreshFolders(client)
      listDue = false
      const inbox = (await folders()).find((folder) => folder.role === 'inbox' && folder.mailbox === null)
      backlog.clear()
      setConnection({ state: 'online', since: new Date(deps.now()).toISOString() })
      if (inbox) await passOver(client, vanished, inbox.id)
      dirty = (await folders()).map((folder) => folder.id)
      backgroundBell.ring()
      while (!stopped()) {
        if (!client.usable) must(fail('net.closed', { retry: 'later', details: { host: account.imap.host } }))
        await foregroundBell.wait(pollMilliseconds)
        if (client.usable && inbox && !stopped()) {
          await passOver(client, vanished, inbox.id)
          backgroundBell.ring()
        }
      }
    } finally {
      active = false
      client.close()
    }
  }

  const failed = (error: AppError, retryAt: number | null): void => {
    if (error.code === 'auth.login-required') setConnection({ state: 'login-required' })
    else
      setConnection({
        state: 'error',
        error: toErrorData(error),
        retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
      })
  }

  /** The foreground knows no trouble of its own then: closed, it meets the same refusal and tells the user. */
  const failedBehind = (error: AppError): void => {
    if (error.code === 'auth.login-required') for (const client of clients) client.close()
  }

  const replayNext = async (client: ImapFlow): Promise<boolean> => {
    const operation = must(await vault.run('queue.next', { accountId: account.id }))
    if (!operation) return false
    const list = await folders()
    must(await vault.run('queue.sent', { id: operation.id }))
    try {
      const uids = await replay(
        vault,
        client,
        operation,
        new Map(list.map((folder) => [folder.id, folder.path])),
      )
      const change = must(await vault.run('queue.confirm', { id: operation.id, uids }))
      await deps.announce(change)
    } catch (cause) {
      const error = imapError(cause, account.imap.host)
      if (error.code !== 'imap.failed' && error.code !== 'imap.quota') throw cause
      if (error.retry === 'later' && operation.attempts < 5) {
        const at = deps.now() + (retryDelay(error, operation.attempts, deps.random) ?? 80_000)
        must(await vault.run('queue.retryAt', { id: operation.id, at, error: error.code }))
        return false
      }
      const change = must(await vault.run('queue.refuse', { id: operation.id, error: error.code }))
      await deps.announce(change)
    }
    const touched = operation.action.items.map((item) => item.folderId)
    if (operation.action.kind === 'move') touched.push(operation.action.target)
    markDirty(touched)
    return true
  }

  const markDirty = (ids: readonly number[]): void => {
    dirty = [...new Set([...ids, ...dirty])]
  }

  const nextBodies = async (client: ImapFlow): Promise<boolean> => {
    const waiting = must(await vault.run('messages.withoutBody', { accountId: account.id, limit: 200 }))
    if (waiting.length === 0) return false
    const before = must(await vault.run('messages.countWithoutBody', { accountId: account.id }))
    const stored = await fetchBodies(deps.bodies, client, waiting, bodyFailures)
    progress('bodies', stored, before)
    return true
  }

  const backgroundWork = async (): Promise<void> => {
    while (!stopped() && connection.state !== 'online') await backgroundBell.wait(null)
    if (stopped()) return
    const client = await connect(false)
    background = client
    try {
      client.on('close', () => {
        if (background === client) backgroundBell.ring()
      })
      const vanished = collectVanished(client)
      let idle = false
      while (!stopped()) {
        if (!client.usable) must(fail('net.closed', { retry: 'later', details: { host: account.imap.host } }))
        if (await replayNext(client)) continue
        const sent = (await folders()).find((folder) => folder.role === 'sent' && folder.mailbox === null)
        if (await deps.fileSent(client, sent?.path ?? null)) {
          if (sent) markDirty([sent.id])
          else listDue = true
          continue
        }
        if (listDue) {
          listDue = false
          await refreshFolders(client)
          dirty = (await folders()).map((folder) => folder.id)
          continue
        }
        const folderId = dirty.shift()
        if (folderId !== undefined) {
          idle = false
          if (await passOver(client, vanished, folderId)) dirty.push(folderId)
          continue
        }
        if (await nextBodies(client)) {
          idle = false
          continue
        }
        if (!idle) progress('idle', 1, 1)
        idle = true
        if (!(await backgroundBell.wait(pollMilliseconds))) listDue = true
      }
    } finally {
      background = null
      client.close()
    }
  }

  const running = Promise.all([
    keepRunning(foreground, failed, foregroundBell),
    keepRunning(backgroundWork, failedBehind, backgroundBell),
  ])

  return {
    connection: () => connection,
    wake: backgroundBell.ring,
    syncNow: () => {
      listDue = true
      foregroundBell.ring()
      backgroundBell.ring()
    },
    withClient: async (work) => {
      if (!background?.usable)
        return fail('net.unreachable', { retry: 'later', details: { host: account.imap.host } })
      try {
        return ok(await work(background))
      } catch (cause) {
        return { ok: false, error: imapError(cause, account.imap.host) }
      }
    },
    stop: async () => {
      aborter.abort()
      for (const client of clients) client.close()
      foregroundBell.ring()
      backgroundBell.ring()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, 800)
      })
      await Promise.race([running, late])
      clearTimeout(timer)
    },
  }
}
