import type { ImapFlow } from 'imapflow'
import type { AccountConnection, SyncProgress } from '../../contract/index.ts'
import { fail, ok, toErrorData, type AppError, type ErrorData, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, SyncFolder, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { createBodyPipeline, type BodyStore } from '../imap/bodies.ts'
import { imapError, openImap, type ImapOptions } from '../imap/connection.ts'
import type { AskCredentials } from '../net/credentials.ts'
import type { HeaderReading } from '../imap/headers.ts'
import { collectVanished, onNews } from '../imap/sync.ts'
import { must } from '../net/failure.ts'
import type { PeerVerification } from '../net/peer.ts'
import { createBell } from './backoff.ts'
import { doChores } from './chores.ts'
import { keepRunning, stateAfter } from './keep-running.ts'
import { createLastFailure } from './last-failure.ts'
import { isAs, surveyFolders, type Survey } from './survey.ts'
import { choresEvery, quietLinger, thoroughEvery } from './pace.ts'
import { createPasses } from './passes.ts'
import { waitQuietly } from './quiet.ts'
import { createReplayer } from './replayer.ts'

export interface RunnerDependencies extends Pick<ImapOptions, 'trace'> {
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
  /** Ends every connection now: what proved who is there has gone. The next try says what is wanted. */
  drop: () => void
  stop: () => Promise<void>
}

export const startRunner = (deps: RunnerDependencies): AccountRunner => {
  const { account, vault, announce } = deps
  const aborter = new AbortController()
  const foregroundBell = createBell()
  const backgroundBell = createBell()
  const clients = new Set<ImapFlow>()
  let front: ImapFlow | null = null
  let background: ImapFlow | null = null
  let connection: AccountConnection = { state: 'offline' }
  let syncedAt: string | null = null
  let trouble: ErrorData | null = null
  let behind: ErrorData | null = null
  const failure = createLastFailure()
  let inbox: SyncFolder | null = null
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
  /** What goes wrong while the inbox is followed: here, else the connection behind it, else the first folder refused. */
  const troubleNow = (): ErrorData | null => failure.current() ?? behind ?? passes.refusal()
  const tellTrouble = (): void => {
    const next = troubleNow()
    if (trouble?.code === next?.code) return
    trouble = next
    if (connection.state === 'online') setConnection({ ...connection, trouble })
  }
  const setBehind = (next: ErrorData | null): void => {
    behind = next
    tellTrouble()
  }

  const connect = async (idle: boolean): Promise<ImapFlow> => {
    const client = must(
      await openImap(deps.verification, account.imap, account.address, deps.credentials, {
        idle,
        signal: aborter.signal,
        trace: deps.trace,
      }),
    )
    clients.add(client)
    client.on('close', () => clients.delete(client))
    return client
  }
  const usable = (client: ImapFlow): void => {
    if (!client.usable) must(fail('net.closed', { retry: 'later', details: { host: account.imap.host } }))
  }

  const folders = async (): Promise<SyncFolder[]> =>
    must(await vault.run('folders.forSync', { accountId: account.id }))

  /** What windows were last told is under way. */
  let told: SyncProgress['phase'] = 'idle'
  const progress = (phase: SyncProgress['phase'], done: number, total: number): void => {
    told = phase
    deps.onProgress({ accountId: account.id, phase, done, total })
  }

  const passes = createPasses({
    ...deps,
    host: account.imap.host,
    onHeaders: (done, total) => progress('headers', done, total),
  })
  const pass: typeof passes.over = async (client, vanished, next) => {
    await passes.over(client, vanished, next)
    tellTrouble()
  }

  /** Every folder is the same as on the server: nothing that vanished can turn up elsewhere any more. */
  const passDone = async (): Promise<void> => {
    if (!passes.done()) return
    syncedAt = iso(surveyedAt)
    if (connection.state === 'online') setConnection({ ...connection, syncedAt })
    const removal = must(await vault.run('messages.forget', { accountId: account.id }))
    if (removal.ids.length > 0) await announce({ removal })
  }

  const wake = (): void => {
    wanted = true
    backgroundBell.ring()
  }

  /** Leaves to the background connection what the survey found; it is opened for that. */
  const handOver = async (found: Survey): Promise<void> => {
    if (passes.waiting() || found.waiting || wanted) wake()
    else progress('idle', 1, 1)
    await passDone()
  }

  const survey = async (client: ImapFlow, thorough: boolean): Promise<Survey> => {
    const begun = deps.now()
    const found = await surveyFolders({ vault, accountId: account.id, announce }, client, thorough)
    inbox = found.folders.find((folder) => folder.role === 'inbox' && folder.mailbox === null) ?? null
    passes.found(found)
    surveyedAt = begun
    return found
  }

  /** Milliseconds since a moment; a clock set back counts as time passed, not as years to wait. */
  const since = (at: number): number => Math.abs(deps.now() - at)

  const foreground = async (worked: () => void): Promise<void> => {
    setConnection({ state: 'connecting', after: failure.current() })
    const client = await connect(true)
    const choreDeps = { vault, accountId: account.id, announce, onQuota: deps.onQuota }
    front = client
    let active = true
    let inboxChanged = false
    try {
      const vanished = collectVanished(client)
      client.on('close', () => {
        // Our own closing must not cut short the wait before the next try.
        if (active) foregroundBell.ring()
      })
      onNews(client, (path) => {
        if (path !== inbox?.path) return
        inboxChanged = true
        foregroundBell.ring()
      })
      const passInbox = async (): Promise<void> => {
        const wish = inbox ? passes.take(inbox.id) : undefined
        if (!inbox || !(wish || inboxChanged)) return
        inboxChanged = false
        await pass(client, vanished, wish ?? { id: inbox.id, status: null })
        // What has just come has no body yet.
        wake()
      }
      /** IDLE needs the inbox selected; what changed since the survey shows then. */
      const watchInbox = async (): Promise<void> => {
        if (!inbox || (client.mailbox && client.mailbox.path === inbox.path)) return
        const lock = await client.getMailboxLock(inbox.path)
        const { mailbox } = client
        lock.release()
        if (mailbox && !isAs(mailbox, found.statusOf(inbox.path))) inboxChanged = true
      }
      progress('folders', 0, 1)
      let choresAt = 0
      passes.forgetBacklog()
      surveyDue = false
      let found = await survey(client, true)
      failure.answered()
      trouble = troubleNow()
      setConnection({ state: 'online', since: iso(deps.now()), syncedAt, trouble })
      for (let round = 1; !stopped();) {
        usable(client)
        await passInbox()
        worked()
        await handOver(found)
        if (found.due.length > 0 || since(choresAt) > choresEvery) {
          choresAt = deps.now()
          await doChores(choreDeps, client, found.folders)
        }
        failure.over()
        tellTrouble()
        found = { ...found, due: [], waiting: false }
        await watchInbox()
        if (!inboxChanged && !surveyDue)
          await foregroundBell.wait(Math.max(0, deps.pollMilliseconds - since(surveyedAt)))
        if (stopped()) return
        usable(client)
        if (!surveyDue && since(surveyedAt) < deps.pollMilliseconds) continue
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
    failure.met(error)
    setConnection(stateAfter(error, retryAt))
  }

  /** The foreground knows no trouble of its own: it keeps the state, with what is wrong behind it. */
  const failedBehind = (error: AppError): void => {
    // A refused login is everybody's: closed, the foreground meets the same refusal and tells the user.
    if (error.code === 'auth.login-required') for (const client of clients) client.close()
    else {
      // What it was at may not be done, and only its work can tell that all is well again.
      wanted = true
      setBehind(toErrorData(error))
    }
  }

  let dueTimer: NodeJS.Timeout | undefined
  const replayer = createReplayer({
    accountId: account.id,
    host: account.imap.host,
    vault,
    announce,
    folders,
    now: deps.now,
    random: deps.random,
    wakeIn: (milliseconds) => {
      clearTimeout(dueTimer)
      dueTimer = setTimeout(wake, Math.min(3_600_000, Math.max(0, milliseconds)))
    },
    onChange: deps.onActions,
  })

  const replayNext = async (client: ImapFlow): Promise<boolean> => {
    const touched = await replayer.next(client)
    if (touched) passes.first(touched)
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
      if (sent) passes.first([sent.id])
      else askSurvey()
      return true
    }
    const next = passes.take()
    if (next) {
      await pass(client, vanished, next)
      await passDone()
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
      while (!stopped() && since(quietSince) < quietLinger) {
        usable(client)
        if (await workOnce(client, vanished)) {
          worked()
          setBehind(null)
          busy = true
          quietSince = deps.now()
          continue
        }
        wanted = false
        // A step that brought nothing more may have told of bodies that wait.
        if (busy || told !== 'idle') progress('idle', 1, 1)
        busy = false
        setBehind(null)
        if (!(await waitQuietly(client, backgroundBell))) return
      }
    } finally {
      background = null
      client.close()
      await bodies.settle()
    }
  }

  const keeping = { ...deps, host: account.imap.host, stopped }
  const running = Promise.all([
    keepRunning(keeping, foreground, failed, foregroundBell),
    keepRunning(keeping, backgroundWork, failedBehind, backgroundBell),
  ])

  const drop = (): void => {
    // Back again, it finds that nothing is wrong with it any more.
    wanted = true
    for (const client of clients) client.close()
    foregroundBell.ring()
    backgroundBell.ring()
  }

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
    manage: async (work) => {
      const onInbox = inbox
      return await withClient(async (client) => {
        // Servers end a session whose selected folder is renamed or deleted under it.
        for (const one of clients)
          if (one.usable && onInbox) (await one.getMailboxLock(onInbox.path)).release()
        const done = await work(client)
        await survey(client, false)
        askSurvey()
        return done
      }, onInbox?.id)
    },
    drop,
    stop: async () => {
      aborter.abort()
      clearTimeout(dueTimer)
      drop()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, 800)
      })
      await Promise.race([running, late])
      clearTimeout(timer)
    },
  }
}
