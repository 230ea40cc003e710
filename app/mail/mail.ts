import type {
  Account,
  AuthKind,
  Correspondent,
  Discovery,
  Flag,
  Folder,
  ListFilter,
  MailDelta,
  MessageRow,
  NewAccount,
  OutboxItem,
  SyncProgress,
  TrustClass,
} from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { flagBits, type QueueChange, type StoredAccount, type Vault } from '../vault/index.ts'
import { discover, domainOf } from './accounts/discovery.ts'
import { startRunner, type AccountRunner } from './accounts/runner.ts'
import { createAnnounce } from './changes.ts'
import { fetchSources, storeBody, storedSource, type BodyStore, type Enrichment } from './imap/bodies.ts'
import { imapError, openImap, serverCapabilities } from './imap/connection.ts'
import type { AskCredentials, Credentials } from './net/credentials.ts'
import type { ParsedMessage } from './mime/message.ts'
import { must } from './net/failure.ts'
import type { PeerVerification } from './net/peer.ts'
import { createDrafts, type DraftDependencies } from './outbox/drafts.ts'
import { createOutbox, fileSent, startSender, type Sender } from './outbox/outbox.ts'
import { openSubmission } from './outbox/submission.ts'

export interface MailDependencies
  extends
    PeerVerification,
    Pick<
      DraftDependencies,
      | 'classify'
      | 'displaySubject'
      | 'protect'
      | 'canSign'
      | 'extraHeaders'
      | 'readableContent'
      | 'attachmentUrl'
    > {
  vault: Vault
  /** The logins this workstation has, best first. */
  logins: readonly AuthKind[]
  /** How an account proves who it is; `login` asks the user again when the provider's session has ended. */
  credentials: (
    account: Pick<StoredAccount, 'address' | 'auth' | 'password'>,
    refused?: Credentials,
  ) => Promise<Outcome<Credentials>>
  login: (account: Pick<StoredAccount, 'address' | 'auth'>) => Promise<Outcome<unknown>>
  /** Clinical summary of a message for its row and the index. */
  enrich: (message: { raw: Uint8Array; parsed: ParsedMessage }) => Promise<Enrichment>
  classify: (address: string) => TrustClass
  /** Milliseconds since 1970. */
  now: () => number
  random: (length: number) => Uint8Array
  emit: {
    delta: (delta: MailDelta) => void
    accounts: (accounts: Account[]) => void
    progress: (progress: SyncProgress) => void
    outbox: (items: OutboxItem[]) => void
  }
}

export type Mail = ReturnType<typeof createMail>

/** Accounts, synchronisation, lists, actions, drafts and sending: everything a window may ask of mail. */
export const createMail = (deps: MailDependencies) => {
  const { vault } = deps
  const announce = createAnnounce(vault, deps.emit.delta)
  const bodies: BodyStore = { vault, enrich: deps.enrich, announce }
  const running = new Map<number, { runner: AccountRunner; sender: Sender }>()
  let started = false
  /** Ends what no account's runner holds: connections tried before an account exists. */
  let trying = new AbortController()

  const storedAccounts = (): Promise<Outcome<StoredAccount[]>> => vault.run('accounts.list', {})

  const view = (account: StoredAccount): Account => ({
    id: account.id,
    address: account.address,
    displayName: account.displayName,
    kind: account.kind,
    auth: account.auth,
    imap: account.imap,
    smtp: account.smtp,
    connection: running.get(account.id)?.runner.connection() ?? { state: 'offline' },
    maxMessageSize: account.maxMessageSize,
  })

  const listAccounts = async (): Promise<Outcome<Account[]>> => {
    const accounts = await storedAccounts()
    return accounts.ok ? ok(accounts.value.map(view)) : accounts
  }

  const tellAccounts = async (): Promise<void> => {
    const accounts = await listAccounts()
    if (accounts.ok && started) deps.emit.accounts(accounts.value)
  }

  const outbox = createOutbox({
    vault,
    onChange: async () => {
      const items = await outbox.list()
      if (items.ok && started) deps.emit.outbox(items.value)
    },
    wake: () => {
      for (const { sender } of running.values()) sender.wake()
    },
  })
  const tellOutbox = async (): Promise<void> => {
    const items = await outbox.list()
    if (items.ok && started) deps.emit.outbox(items.value)
  }

  const run = (account: StoredAccount): void => {
    const credentials: AskCredentials = (refused) => deps.credentials(account, refused)
    const filing = { vault, accountId: account.id, onChange: tellOutbox }
    const runner = startRunner({
      account,
      vault,
      verification: deps,
      credentials,
      reading: { classify: deps.classify, displaySubject: deps.displaySubject },
      bodies,
      announce,
      fileSent: (client, sentPath) => fileSent(filing, client, sentPath),
      now: deps.now,
      random: deps.random,
      onConnection: () => void tellAccounts(),
      onProgress: (progress) => {
        if (started) deps.emit.progress(progress)
      },
    })
    const sender = startSender({
      account,
      vault,
      verification: deps,
      credentials,
      now: deps.now,
      random: deps.random,
      onChange: tellOutbox,
      onSettled: runner.wake,
    })
    running.set(account.id, { runner, sender })
  }

  const halt = async (id: number): Promise<void> => {
    const one = running.get(id)
    running.delete(id)
    if (one) await Promise.all([one.runner.stop(), one.sender.stop()])
  }

  /** Connects to both servers and logs in; what the submission server announced comes back. */
  const tryServers = async (
    account: Pick<StoredAccount, 'address' | 'auth' | 'password' | 'imap' | 'smtp'>,
  ): Promise<Outcome<{ maxMessageSize: number | null }>> => {
    const credentials: AskCredentials = (refused) => deps.credentials(account, refused)
    const { signal } = trying
    const imap = await openImap(deps, account.imap, account.address, credentials, { idle: false, signal })
    if (!imap.ok) return imap
    imap.value.close()
    const smtp = await openSubmission(deps, account.smtp, account.address, credentials, signal)
    if (!smtp.ok) return smtp
    smtp.value.close()
    return ok({ maxMessageSize: smtp.value.maxMessageSize })
  }

  const createAccount = async (wish: NewAccount): Promise<Outcome<Account>> => {
    if (domainOf(wish.address) === null) return fail('account.address-invalid', { retry: 'after-change' })
    const known = await storedAccounts()
    if (!known.ok) return known
    const address = wish.address.toLowerCase()
    if (known.value.some((account) => account.address === address)) return fail('account.exists')
    const account = {
      address,
      displayName: wish.displayName,
      kind: wish.kind,
      auth: wish.auth.kind,
      password: wish.auth.kind === 'password' ? wish.auth.password : null,
      imap: wish.imap,
      smtp: wish.smtp,
    }
    if (account.auth === 'psc') {
      const login = await deps.login(account)
      if (!login.ok) return login
    }
    const tried = await tryServers(account)
    if (!tried.ok) return tried
    const stored = await vault.run('accounts.insert', { ...account, ...tried.value })
    if (!stored.ok) return stored
    if (stored.value === null) return fail('account.exists')
    if (started) run(stored.value)
    await tellAccounts()
    return ok(view(stored.value))
  }

  const removeAccount = async (accountId: number): Promise<Outcome<null>> => {
    const folders = await vault.run('folders.list', {})
    if (!folders.ok) return folders
    await halt(accountId)
    const files = await vault.run('accounts.remove', { id: accountId })
    if (!files.ok) return files
    await vault.parts.remove(files.value)
    const removedFolders = folders.value
      .filter((folder) => folder.accountId === accountId)
      .map(({ id }) => id)
    await announce({ removedFolders })
    await tellAccounts()
    return ok(null)
  }

  const login = async (accountId: number): Promise<Outcome<null>> => {
    const accounts = await storedAccounts()
    if (!accounts.ok) return accounts
    const account = accounts.value.find((one) => one.id === accountId)
    if (!account) return fail('account.not-found')
    const done = await deps.login(account)
    if (!done.ok) return done
    running.get(accountId)?.runner.syncNow()
    running.get(accountId)?.sender.wake()
    return ok(null)
  }

  /** Stores were changed by a local action: windows hear of it, then the server. */
  const acted = async (change: QueueChange): Promise<void> => {
    await announce({ ids: change.ids, folderIds: change.folderIds })
    for (const { runner } of running.values()) runner.wake()
  }
  const actedOn = async (
    change: Outcome<QueueChange & { operationId: number }>,
  ): Promise<Outcome<number>> => {
    if (!change.ok) return change
    await acted(change.value)
    return ok(change.value.operationId)
  }

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
    const fetched = await runner.withClient((client) => fetchSources(client, [place]))
    const raw = fetched.ok ? fetched.value.get(uid) : undefined
    if (!raw)
      return fail('mail.body-unavailable', {
        retry: 'later',
        ...(fetched.ok ? {} : { cause: fetched.error }),
      })
    try {
      await storeBody(bodies, id, raw)
      await announce({ ids: [id] })
    } catch (cause) {
      return { ok: false, error: imapError(cause, '') }
    }
    return ok(raw)
  }

  const drafts = createDrafts({
    vault,
    accounts: storedAccounts,
    rawMessage,
    classify: deps.classify,
    displaySubject: deps.displaySubject,
    protect: deps.protect,
    canSign: deps.canSign,
    extraHeaders: deps.extraHeaders,
    readableContent: deps.readableContent,
    attachmentUrl: deps.attachmentUrl,
    now: deps.now,
    random: deps.random,
    announce,
    onQueued: async (accountId) => {
      await tellOutbox()
      running.get(accountId)?.sender.wake()
      running.get(accountId)?.runner.wake()
    },
  })

  return {
    /** Call when the vault is open; connections are made in the background. */
    start: async (): Promise<void> => {
      started = true
      must(await vault.run('outbox.recover', {}))
      for (const account of must(await storedAccounts())) run(account)
    },
    /** Closes every socket and stops all work, within a second. */
    stop: async (): Promise<void> => {
      started = false
      trying.abort()
      trying = new AbortController()
      await Promise.all([...running.keys()].map(halt))
    },
    discover: (address: string): Promise<Outcome<Discovery>> =>
      discover(deps.resolver, address, deps.logins, (imap) => serverCapabilities(deps, imap, trying.signal)),
    createAccount,
    listAccounts,
    removeAccount,
    login,
    syncNow: async (): Promise<Outcome<null>> => {
      for (const { runner, sender } of running.values()) {
        runner.syncNow()
        sender.wake()
      }
      return await Promise.resolve(ok(null))
    },
    folders: (): Promise<Outcome<Folder[]>> => vault.run('folders.list', {}),
    page: (query: { folderId: number; before: number | null; limit: number; filter: ListFilter }) =>
      vault.run('messages.page', query),
    row,
    rows,
    thread: (id: number): Promise<Outcome<MessageRow[]>> => vault.run('messages.thread', { id }),
    setFlag: async (ids: number[], flag: Flag, on: boolean): Promise<Outcome<number>> =>
      await actedOn(await vault.run('queue.setFlag', { ids, bit: flagBits[flag], on })),
    move: async (ids: number[], folderId: number): Promise<Outcome<number>> =>
      await actedOn(await vault.run('queue.move', { ids, folderId })),
    delete: async (ids: number[]): Promise<Outcome<number>> =>
      await actedOn(await vault.run('queue.delete', { ids })),
    undo: async (operationId: number): Promise<Outcome<null>> => {
      const change = await vault.run('queue.undo', { operationId })
      if (!change.ok) return change
      if (change.value === null) return fail('mail.not-found')
      await acted(change.value)
      return ok(null)
    },
    search: async (query: {
      text: string
      folderId: number | null
      before: number | null
      limit: number
    }): Promise<Outcome<{ rows: MessageRow[]; more: boolean }>> => {
      const found = await vault.run('search.query', query)
      if (!found.ok) return found
      const list = await rows(found.value.ids)
      return list.ok ? ok({ rows: list.value, more: found.value.more }) : list
    },
    suggest: async (text: string): Promise<Outcome<(Correspondent & { trust: TrustClass })[]>> => {
      const found = await vault.run('correspondents.suggest', { text, limit: 10 })
      if (!found.ok) return found
      return ok(found.value.map((one) => ({ ...one, trust: deps.classify(one.address) })))
    },
    rawMessage,
    drafts,
    outbox: { list: outbox.list, retry: outbox.retry, cancel: outbox.cancel },
  }
}
