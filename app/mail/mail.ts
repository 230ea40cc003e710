import type {
  Account,
  AuthKind,
  Correspondent,
  Flag,
  Folder,
  ListFilter,
  MailDelta,
  MessageRow,
  OutboxItem,
  SyncProgress,
  TrustClass,
} from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import type { OutboxChange, StoredAccount } from '../vault/index.ts'
import { createActions, type ActionDependencies } from './actions.ts'
import { createAccounts, type Logins } from './accounts/accounts.ts'
import type { ServerRules } from './accounts/discovery/index.ts'
import { startRunner, type AccountRunner } from './accounts/runner.ts'
import { createAnnounce } from './changes.ts'
import { createExchange, type Exchange, type ExchangeParts } from './exchange/exchange.ts'
import { createDocumentReading } from './reading/reread.ts'
import { storedSource, storeSource, type BodyStore } from './imap/bodies.ts'
import { createFolderCare } from './folder-care.ts'
import { imapError } from './imap/connection.ts'
import { fetchSource } from './imap/sources.ts'
import { askWith } from './net/credentials.ts'
import { must } from './net/failure.ts'
import type { PeerVerification } from './net/peer.ts'
import type { DraftDependencies } from './outbox/draft-dependencies.ts'
import { createDrafts } from './outbox/drafts.ts'
import { fileSent } from './outbox/filing.ts'
import { createOutbox } from './outbox/outbox.ts'
import { createReceipts, type ReceiptDependencies } from './outbox/receipts.ts'
import type { TraceExchange } from './traced.ts'
import { startSender, type Sender } from './outbox/sender.ts'
import { createSentView } from './outbox/sent-view.ts'
import { createTransfers } from './outbox/transfers.ts'
import { createWaitingChecks, type WaitingDependencies } from './outbox/waiting.ts'
import type { SourceReader } from './reading/reader.ts'

export interface MailDependencies
  extends
    PeerVerification,
    Logins,
    // Drafts with what mail itself gives them.
    Omit<DraftDependencies, 'accounts' | 'rawMessage' | 'announce' | 'onQueued'>,
    Pick<ReceiptDependencies, 'everyMessageHeaders'>,
    Pick<WaitingDependencies, 'opposedAmong'> {
  /** Which servers are taken, and how those outside the trust space are verified. */
  rules: ServerRules
  /** Reads messages away from the event loop. */
  reader: SourceReader
  /** Milliseconds, for durations. */
  monotonic: () => number
  /** Whether delivery is to be reported, not only its failure; true without it. */
  deliveryNotices?: () => boolean
  /** Milliseconds a submission server may take to answer; five minutes without it. */
  replyTimeout?: number
  /** Between two looks at the folders other than the inbox; two minutes without it. */
  pollMilliseconds?: number
  emit: {
    delta: (delta: MailDelta) => void
    accounts: (accounts: Account[]) => void
    progress: (progress: SyncProgress) => void
    outbox: (items: OutboxItem[]) => void
  } & ActionDependencies['emit']
  /** Takes note of exchanges with servers (ECO.4.1.2). */
  trace?: TraceExchange
  /** Something failed that nobody waits for. */
  onFault: (error: unknown) => void
}

const defaultPoll = 120_000

export type Mail = ReturnType<typeof createMail>

/** Accounts, synchronisation, lists, actions, drafts and sending: everything a window may ask of mail. */
export const createMail = (deps: MailDependencies) => {
  const { vault } = deps
  const tracing = deps.trace ? { trace: deps.trace } : {}
  const announce = createAnnounce(vault, deps.emit.delta)
  const bodies: BodyStore = { vault, reader: deps.reader, announce, monotonic: deps.monotonic }
  const running = new Map<number, { account: StoredAccount; runner: AccountRunner; sender: Sender }>()
  let started = false
  const tellOutbox = async (): Promise<void> => {
    const items = await outbox.list()
    if (items.ok && started) deps.emit.outbox(items.value)
  }
  const outboxChanged = async (change: OutboxChange | null): Promise<void> => {
    if (change !== null) {
      if (change.files.length > 0) must(await vault.parts.remove(change.files))
      await announce({ ids: change.ids, folderIds: change.folderIds })
    }
    await tellOutbox()
  }
  const outbox = createOutbox({
    vault,
    draft: (id) => drafts.get(id),
    onChange: outboxChanged,
    wake: () => {
      for (const { runner, sender } of running.values()) {
        sender.wake()
        runner.wake()
      }
    },
    now: deps.now,
  })

  const barred = createWaitingChecks(deps)

  const run = (account: StoredAccount): void => {
    const credentials = askWith((refused) => deps.prove(account, refused), {
      imapIdentities: [
        account.p12?.imapIdentity ?? deps.externalIdentity ?? account.card?.imapIdentity ?? 'address',
      ],
      smtpIdentities: [
        account.p12?.smtpIdentity ?? deps.externalIdentity ?? account.card?.smtpIdentity ?? 'address',
      ],
    })
    const filing = { vault, accountId: account.id, onChange: outboxChanged }
    const verification = account.kind === 'generic' ? deps.rules.publicServers : deps
    const runner = startRunner({
      ...tracing,
      account,
      vault,
      verification,
      credentials,
      reading: { classify: deps.classify, displaySubject: deps.displaySubject },
      bodies,
      announce,
      fileSent: (client, sentPath) => fileSent(filing, client, sentPath),
      now: deps.now,
      random: deps.random,
      onConnection: ({ state }) => {
        if (state === 'online') running.get(account.id)?.sender.hurry()
        void accounts.tell()
      },
      onQuota: () => void accounts.tell(),
      pollMilliseconds: deps.pollMilliseconds ?? defaultPoll,
      onActions: actions.changed,
      onProgress: (progress) => {
        if (started) deps.emit.progress(progress)
      },
    })
    const sender = startSender({
      ...tracing,
      account,
      vault,
      verification,
      credentials,
      ...{ now: deps.now, random: deps.random },
      onChange: outboxChanged,
      deliveryNotices: deps.deliveryNotices ?? (() => true),
      barred: (item) => barred(item, account.kind === 'generic'),
      onSettled: runner.wake,
      ...(deps.replyTimeout === undefined ? {} : { replyTimeout: deps.replyTimeout }),
    })
    running.set(account.id, { account, runner, sender })
  }

  const halt = async (id: number): Promise<void> => {
    const one = running.get(id)
    running.delete(id)
    if (one) await Promise.all([one.runner.stop(), one.sender.stop()])
  }

  const accounts = createAccounts({
    vault,
    verification: deps,
    rules: deps.rules,
    now: deps.now,
    chance: () => (deps.random(1)[0] ?? 0) / 256,
    logins: deps.logins,
    prove: deps.prove,
    login: deps.login,
    openCard: deps.openCard,
    takeP12: deps.takeP12,
    describeP12: deps.describeP12,
    externalIdentity: deps.externalIdentity,
    connection: (id) => running.get(id)?.runner.connection() ?? { state: 'offline' },
    announce,
    onAdded: (account) => {
      if (started) run(account)
    },
    onRemoving: halt,
    onLoggedIn: (id) => {
      running.get(id)?.runner.syncNow()
      running.get(id)?.sender.hurry()
    },
    onRebound: async (account) => {
      await halt(account.id)
      if (started) run(account)
    },
    onChange: (list) => {
      if (started) deps.emit.accounts(list)
    },
  })

  const folderCare = createFolderCare({
    vault,
    announce,
    runner: (accountId) => running.get(accountId)?.runner,
  })

  const actions = createActions({
    vault,
    announce,
    searchIds: async ({ text, scope }, before) => {
      const found = await vault.run('search.query', { text, scope, before, limit: 200 })
      return found.ok ? ok({ ids: found.value.ids, more: found.value.more }) : found
    },
    wake: () => {
      for (const { runner } of running.values()) runner.wake()
    },
    emit: deps.emit,
    onFault: deps.onFault,
  })

  const rows = async (ids: number[]): Promise<Outcome<MessageRow[]>> =>
    await vault.run('messages.rows', { ids })

  const row = async (id: number): Promise<Outcome<MessageRow>> => {
    const found = await rows([id])
    if (!found.ok) return found
    return found.value[0] ? ok(found.value[0]) : fail('mail.not-found')
  }

  /** The byte-exact source; downloaded now when it is not here yet. `mail.body-unavailable` when that cannot be. */
  const rawMessage = async (id: number): Promise<Outcome<Uint8Array>> => {
    const stored = await storedSource(vault, id)
    if (!stored.ok) return stored
    if (stored.value) return ok(stored.value)
    const location = await vault.run('messages.locate', { id })
    if (!location.ok) return location
    const place = location.value
    if (!place) return fail('mail.not-found')
    const { uid } = place
    const runner = running.get(place.accountId)?.runner
    if (!runner || uid === null) return fail('mail.body-unavailable', { retry: 'later' })
    const fetched = await runner.withClient((client) => fetchSource(client, place), place.folderId)
    const raw = fetched.ok ? fetched.value : null
    if (!raw)
      return fail('mail.body-unavailable', {
        retry: 'later',
        ...(fetched.ok ? {} : { cause: fetched.error }),
      })
    try {
      await storeSource(bodies, id, raw)
      await announce({ ids: [id] })
    } catch (cause) {
      return { ok: false, error: imapError(cause, '') }
    }
    return ok(raw)
  }

  const onQueued = async (accountId: number): Promise<void> => {
    await tellOutbox()
    running.get(accountId)?.sender.wake()
    running.get(accountId)?.runner.wake()
  }

  const drafts = createDrafts({ ...deps, accounts: accounts.stored, rawMessage, announce, onQueued })
  const answering = {
    ...{ vault, accounts: accounts.stored, rawMessage, classify: deps.classify, onQueued },
    ...{ now: deps.now, random: deps.random },
  }
  const receipts = createReceipts({ ...answering, everyMessageHeaders: deps.everyMessageHeaders })
  const transfers = createTransfers({ ...answering, readableContent: deps.readableContent })

  return {
    /** Call when the vault is open; connections are made in the background. */
    start: async (): Promise<void> => {
      started = true
      must(await vault.run('outbox.recover', {}))
      for (const account of must(await accounts.stored())) run(account)
      must(await actions.resume())
    },
    /** Closes every socket and stops all work, within a second. */
    stop: async (): Promise<void> => {
      started = false
      accounts.stop()
      await Promise.all([actions.stop(), ...[...running.keys()].map(halt), deps.reader.stop()])
    },
    /**
     * Something changed about the card; `serial` is the one that is open, or null. Card accounts of another one lose their
     * connections; those that wait look again at what they wait for.
     */
    cardChanged: (serial: string | null): void => {
      for (const { account, runner, sender } of running.values()) {
        if (account.card === null) continue
        const { state } = runner.connection()
        const own = account.card.serial === serial
        if (!own && (state === 'online' || state === 'connecting')) runner.drop()
        else if (state === 'error') runner.syncNow()
        if (own) sender.hurry()
      }
    },
    /**
     * What accounts of a kind (or one of them) prove themselves with is there again, or is gone: those that wait go on, or
     * connections that rest on it end (ECO.1.2.6). Drafts, outbox and queue stay.
     */
    proofsChanged: (concerned: { auth: AuthKind; address?: string }, there: boolean): void => {
      for (const { account, runner, sender } of running.values()) {
        if (account.auth !== concerned.auth) continue
        if (concerned.address !== undefined && account.address !== concerned.address.toLowerCase()) continue
        if (there) {
          runner.syncNow()
          sender.hurry()
        } else runner.drop()
      }
    },
    discover: accounts.discover,
    examine: accounts.examine,
    createAccount: accounts.create,
    listAccounts: accounts.list,
    removeAccount: accounts.remove,
    useCard: accounts.useCard,
    useP12: accounts.useP12,
    updateAccount: accounts.update,
    login: accounts.login,
    syncNow: async (): Promise<Outcome<null>> => {
      for (const { runner, sender } of running.values()) {
        runner.syncNow()
        sender.hurry()
      }
      return await Promise.resolve(ok(null))
    },
    folders: (): Promise<Outcome<Folder[]>> => vault.run('folders.list', {}),
    createFolder: folderCare.create,
    renameFolder: folderCare.rename,
    deleteFolder: folderCare.delete,
    subscribeFolder: folderCare.subscribe,
    setFolderRole: folderCare.setRole,
    page: (query: { folderId: number | null; before: number | null; limit: number; filter: ListFilter }) =>
      vault.run('messages.page', query),
    row,
    rows,
    thread: (id: number): Promise<Outcome<MessageRow[]>> => vault.run('messages.thread', { id }),
    setFlag: (ids: number[], flag: Flag, on: boolean): Promise<Outcome<number>> =>
      actions.apply({ kind: 'flag', flag, on }, ids),
    move: (ids: number[], folderId: number): Promise<Outcome<number>> =>
      actions.apply({ kind: 'move', folderId }, ids),
    delete: (ids: number[]): Promise<Outcome<number>> => actions.apply({ kind: 'delete' }, ids),
    undo: actions.undo,
    actions,
    /** Documents into the index again, or once an encrypted message was opened. */
    documentReading: createDocumentReading({ vault, reader: deps.reader, announce }),
    /** Tells windows that these rows changed. */
    announceRows: (ids: number[]): Promise<void> => announce({ ids }),
    /** The source as stored here; null when it is not. */
    storedSource: (id: number): Promise<Outcome<Uint8Array | null>> => storedSource(vault, id),
    suggest: async (
      text: string,
      limit = 10,
    ): Promise<Outcome<(Correspondent & { trust: TrustClass })[]>> => {
      const found = await vault.run('correspondents.suggest', { text, limit })
      if (!found.ok) return found
      return ok(found.value.map((one) => ({ ...one, trust: deps.classify(one.address) })))
    },
    rawMessage,
    /** Files in and out, and messages set aside: made once, by who can print and tell windows. */
    exchange: (own: ExchangeParts): Exchange =>
      createExchange({
        vault,
        reader: deps.reader,
        announce,
        classify: deps.classify,
        displaySubject: deps.displaySubject,
        onFault: deps.onFault,
        now: deps.now,
        rows,
        rawMessage,
        storeSource: (id, raw) => storeSource(bodies, id, raw),
        storedSource: (id) => storedSource(vault, id),
        wake: (accountId) => running.get(accountId)?.runner.wake(),
        ...own,
      }),
    drafts,
    outbox,
    receipts,
    transfers,
    sentView: createSentView({ vault, accounts: accounts.stored, classify: deps.classify }),
  }
}
