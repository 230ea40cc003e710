import type { ImapFlow } from 'imapflow'
import type { AccountConnection, SyncProgress } from '../../contract/index.ts'
import { fail, ok, toErrorData, type AppError, type ErrorData, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, SyncFolder, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { createTurns } from '../changes.ts'
import { createBodyPipeline, type BodyStore } from '../imap/bodies.ts'
import { imapError, openImap } from '../imap/connection.ts'
import type { AskCredentials } from '../net/credentials.ts'
import { readQuota, readRights } from '../imap/folders.ts'
import type { HeaderReading } from '../imap/headers.ts'
import { collectVanished, syncFolder } from '../imap/sync.ts'
import { must } from '../net/failure.ts'
import type { PeerVerification } from '../net/peer.ts'
import { createBell, retryDelay } from './backoff.ts'
import { surveyFolders, type DueFolder, type Survey } from './survey.ts'
import { createReplayer } from './replayer.ts'

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
  /** The account's room on the server changed. */
  onQuota: () => void
  /** Between two looks at the folders other than the inbox. */
  pollMilliseconds: number
  /** The queue of local actions changed. */
  onActions: () => void
}

/** Synchronisation of one account: a foreground connection waiting by IDLE on the inbox, a background one for the rest. */
export interface AccountRunner {
  connection: () => AccountConnection
  /** There are local actions, or sent messages, for the server. */
  wake: () => void
  /** Look at every folder now; also ends any waiting after a failure. */
  syncNow: () => void
  /** Runs work on a connection that can reach `folderId` without keeping others waiting; `net.unreachable` without one. */
  withClient: <T>(work: (client: ImapFlow) => Promise<T>, folderId?: number) => Promise<Outcome<T>>
  /** As `withClient`, then looks at the folders again: for changes to the folders themselves. */
  manage: <T>(work: (client: ImapFlow) => Promise<T>) => Promise<Outcome<T>>
  stop: () => Promise<void>
}

/** How often a quiet background connection looks for work whose time has come, and when it closes. */
const quietLook = 30_000
const quietLinger = 5 * 60_000
/** Polls between two thorough ones. */
const thoroughEvery = 5
/** Rights and room are asked again after so long, sooner when folders changed. */
const choresEvery = 3600_000

export const startRunner = (deps: RunnerDependencies): AccountRunner => {
  const { account, vault } = deps
  const aborter = new AbortController()
  const foregroundBell = createBell()
  const backgroundBell = createBell()
  const turns = createTurns()
  const backlog = new Map<number, number[]>()
  const flagsCompared = new Map<number, number>()
  const clients = new Set<ImapFlow>()
  let front: ImapFlow | null = null
  let background: ImapFlow | null = null
  let connection: AccountConnection = { state: 'offline' }
  let syncedAt: string | null = null
  let trouble: ErrorData | null = null
  let inbox: SyncFolder | null = null
  let due: DueFolder[] = []
  let surveyDue = true
  /** When the survey began whose findings `due` holds; milliseconds. */
  let surveyedAt = 0
  /** Something asks for the background connection. */
  let wanted = false

  const setConnection = (next: AccountConnection): void => {
    connection = next
    deps.onConnection(next)
  }
  const stopped = (): boolean => aborter.signal.aborted
  const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
  const setTrouble = (next: ErrorData | null): void => {
    if (trouble?.code === next?.code) return
    trouble = next
    if (connection.state === 'online') setConnection({ ...connection, trouble })
  }

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
  const usable = (client: ImapFlow): void => {
    if (!client.usable) must(fail('net.closed', { retry: 'later', details: { host: account.imap.host } }))
  }

  /**
   * Connects, works until the connection ends, waits as the failure asks, and again. A connection that has done
   * something (`worked`) starts the waiting times afresh.
   */
  const keepRunning = async (
    work: (worked: () => void) => Promise<void>,
    onFailure: (error: AppError, retryAt: number | null) => void,
    bell: ReturnType<typeof createBell>,
  ): Promise<void> => {
    let attempt = 0
    while (!stopped()) {
      try {
        await work(() => {
          attempt = 0
        })
      } catch (cause) {
        if (stopped()) return
        const error = imapError(cause, account.imap.host)
        const delay = retryDelay(error, attempt, deps.random)
        attempt++
        onFailure(error, delay === null ? null : deps.now() + delay)
        await bell.wait(delay)
      }
    }
  }

  const folders = async (): Promise<SyncFolder[]> =>
    must(await vault.run('folders.forSync', { accountId: account.id }))

  const progress = (phase: SyncProgress['phase'], done: number, total: number): void => {
    deps.onProgress({ accountId: account.id, phase, done, total })
  }

  /** Puts folders in front of those that wait for a pass. */
  const markDirty = (ids: readonly number[]): void => {
    const first = [...new Set(ids)].map((id) => due.find((one) => one.id === id) ?? { id, status: null })
    due = [...first, ...due.filter((one) => !ids.includes(one.id))]
  }

  /** One pass over a folder, never two at once on the same folder. True when more of it waits. */
  const passOver = async (
    client: ImapFlow,
    vanished: ReturnType<typeof collectVanished>,
    { id, status }: DueFolder,
  ): Promise<boolean> =>
    await turns(id, async () => {
      const known = must(await vault.run('folders.forPass', { id }))
      if (!known) return false
      const { reading, announce, now } = deps
      const sync = { vault, client, reading, announce, backlog, vanished, flagsCompared, now }
      const pass = await syncFolder(sync, known.folder, known.orphans)
      if (pass.more) progress('headers', pass.done, pass.total)
      if (pass.complete && status !== null && status !== known.folder.settledStatus)
        must(await vault.run('folders.settle', { id, status }))
      return pass.more
    })

  /** Every folder is the same as on the server: nothing that vanished can turn up elsewhere any more. */
  const passDone = async (): Promise<void> => {
    syncedAt = iso(surveyedAt)
    if (connection.state === 'online') setConnection({ ...connection, syncedAt })
    const removal = must(await vault.run('messages.forget', { accountId: account.id }))
    if (removal.ids.length > 0) await deps.announce({ removal })
  }

  /** Hands what the survey found to the background connection, which is opened for it; all done when there is nothing. */
  const handOver = async (found: Survey): Promise<void> => {
    if (due.length > 0 || found.waiting) {
      wanted = true
      backgroundBell.ring()
      return
    }
    if (background !== null && wanted) return
    progress('idle', 1, 1)
    await passDone()
  }

  const survey = async (client: ImapFlow, thorough: boolean): Promise<Survey> => {
    const begun = deps.now()
    const found = await surveyFolders(
      { vault, accountId: account.id, announce: deps.announce },
      client,
      thorough,
    )
    inbox = found.folders.find((folder) => folder.role === 'inbox' && folder.mailbox === null) ?? null
    const listed = new Set(found.folders.map(({ id }) => id))
    const fresh = new Set(found.due.map(({ id }) => id))
    due = [...due.filter(({ id }) => listed.has(id) && !fresh.has(id)), ...found.due]
    surveyedAt = begun
    return found
  }

  /** What the user may do in shared folders, and the room left: never before mail. */
  const chores = async (client: ImapFlow, list: readonly SyncFolder[]): Promise<void> => {
    const rights = await readRights(
      client,
      list.filter(({ mailbox }) => mailbox !== null),
    )
    const changed = must(await vault.run('folders.setRights', { rights }))
    if (changed.length > 0) await deps.announce({ folderIds: changed })
    const quota = await readQuota(client)
    if (must(await vault.run('accounts.setQuota', { id: account.id, quota }))) deps.onQuota()
  }

  const foreground = async (worked: () => void): Promise<void> => {
    setConnection({ state: 'connecting' })
    const client = await connect(true)
    front = client
    let active = true
    let inboxChanged = false
    try {
      const vanished = collectVanished(client)
      client.on('close', () => {
        // Our own closing must not cut short the wait before the next try.
        if (active) foregroundBell.ring()
      })
      for (const event of ['exists', 'expunge', 'flags'] as const)
        client.on(event, ({ path }) => {
          if (path !== inbox?.path) return
          inboxChanged = true
          foregroundBell.ring()
        })
      const passInbox = async (): Promise<void> => {
        const wish = due.find(({ id }) => id === inbox?.id)
        if (!inbox || !(wish || inboxChanged)) return
        due = due.filter((one) => one !== wish)
        inboxChanged = false
        const next = wish ?? { id: inbox.id, status: null }
        if (await passOver(client, vanished, next)) due.push(next)
        // What has just come has no body yet.
        wake()
      }
      /** IDLE needs the inbox selected; what changed since the survey shows then. */
      const watchInbox = async (): Promise<void> => {
        if (!inbox || (client.mailbox && client.mailbox.path === inbox.path)) return
        const lock = await client.getMailboxLock(inbox.path)
        const { mailbox } = client
        lock.release()
        if (mailbox && (mailbox.uidNext !== inbox.uidnext || mailbox.exists !== inbox.serverTotal))
          inboxChanged = true
      }
      progress('folders', 0, 1)
      let choresAt = 0
      backlog.clear()
      surveyDue = false
      let found = await survey(client, true)
      setConnection({ state: 'online', since: iso(deps.now()), syncedAt, trouble })
      for (let round = 1; !stopped();) {
        usable(client)
        await passInbox()
        worked()
        await handOver(found)
        if (found.due.length > 0 || deps.now() - choresAt > choresEvery) {
          choresAt = deps.now()
          await chores(client, found.folders)
        }
        found = { ...found, due: [], waiting: false }
        await watchInbox()
        if (!inboxChanged && !surveyDue)
          await foregroundBell.wait(Math.max(0, surveyedAt + deps.pollMilliseconds - deps.now()))
        if (stopped()) return
        usable(client)
        if (!surveyDue && deps.now() - surveyedAt < deps.pollMilliseconds) continue
        const thorough = surveyDue || round % thoroughEvery === 0
        round++
        surveyDue = false
        found = await survey(client, thorough)
      }
    } finally {
      active = false
      if (front === client) front = null
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

  /** The foreground knows no trouble of its own: it keeps the state, with what is wrong behind it. */
  const failedBehind = (error: AppError): void => {
    // A refused login is everybody's: closed, the foreground meets the same refusal and tells the user.
    if (error.code === 'auth.login-required') for (const client of clients) client.close()
    else setTrouble(toErrorData(error))
  }

  const wake = (): void => {
    wanted = true
    backgroundBell.ring()
  }

  let dueTimer: NodeJS.Timeout | undefined
  const replayer = createReplayer({
    accountId: account.id,
    host: account.imap.host,
    vault,
    announce: deps.announce,
    folders,
    now: deps.now,
    random: deps.random,
    wakeIn: (milliseconds) => {
      clearTimeout(dueTimer)
      dueTimer = setTimeout(wake, Math.max(0, milliseconds))
    },
    onChange: deps.onActions,
  })

  const replayNext = async (client: ImapFlow): Promise<boolean> => {
    const touched = await replayer.next(client)
    if (touched) markDirty(touched)
    return touched !== null
  }

  const bodies = createBodyPipeline(deps.bodies, account.id)
  const nextBodies = async (client: ImapFlow): Promise<boolean> => {
    const { more, done, total } = await bodies.step(client)
    if (total > 0) progress('bodies', done, total)
    return more
  }

  /** One piece of background work; false when there is none. */
  const workOnce = async (
    client: ImapFlow,
    vanished: ReturnType<typeof collectVanished>,
  ): Promise<boolean> => {
    if (await replayNext(client)) return true
    const sent = (await folders()).find((folder) => folder.role === 'sent' && folder.mailbox === null)
    if (await deps.fileSent(client, sent?.path ?? null)) {
      if (sent) markDirty([sent.id])
      else askSurvey()
      return true
    }
    const next = due.shift()
    if (next) {
      if (await passOver(client, vanished, next)) due.push(next)
      if (due.length === 0) await passDone()
      return true
    }
    return await nextBodies(client)
  }

  const askSurvey = (): void => {
    surveyDue = true
    foregroundBell.ring()
  }

  const backgroundWork = async (worked: () => void): Promise<void> => {
    while (!stopped() && !(connection.state === 'online' && wanted)) await backgroundBell.wait(null)
    if (stopped()) return
    const client = await connect(false)
    background = client
    try {
      client.on('close', () => {
        if (background === client) backgroundBell.ring()
      })
      const vanished = collectVanished(client)
      let busy = true
      let quietSince = deps.now()
      while (!stopped() && deps.now() - quietSince < quietLinger) {
        usable(client)
        if (await workOnce(client, vanished)) {
          worked()
          setTrouble(null)
          busy = true
          quietSince = deps.now()
          continue
        }
        wanted = false
        if (busy) progress('idle', 1, 1)
        busy = false
        setTrouble(null)
        await backgroundBell.wait(quietLook)
      }
    } finally {
      background = null
      client.close()
      await bodies.settle()
    }
  }

  const running = Promise.all([
    keepRunning(foreground, failed, foregroundBell),
    keepRunning(backgroundWork, failedBehind, backgroundBell),
  ])

  const withClient: AccountRunner['withClient'] = async (work, folderId) => {
    const first = folderId !== undefined && folderId === inbox?.id ? [front, background] : [background, front]
    const client = first.find((one) => one?.usable === true)
    if (!client) return fail('net.unreachable', { retry: 'later', details: { host: account.imap.host } })
    try {
      return ok(await work(client))
    } catch (cause) {
      return { ok: false, error: imapError(cause, account.imap.host) }
    } finally {
      // It may have left the inbox for another folder.
      if (client === front) foregroundBell.ring()
    }
  }

  return {
    connection: () => connection,
    wake,
    syncNow: () => {
      askSurvey()
      backgroundBell.ring()
    },
    withClient,
    manage: async (work) =>
      await withClient(async (client) => {
        const done = await work(client)
        await survey(client, false)
        askSurvey()
        return done
      }),
    stop: async () => {
      aborter.abort()
      clearTimeout(dueTimer)
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
