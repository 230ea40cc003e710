import type { Account, AccountConnection, AuthKind, Discovery, NewAccount } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { openImap, serverCapabilities } from '../imap/connection.ts'
import type { AskCredentials, Credentials } from '../net/credentials.ts'
import type { PeerVerification } from '../net/peer.ts'
import { openSubmission } from '../outbox/submission.ts'
import { discover, domainOf } from './discovery.ts'

export interface AccountsDependencies {
  vault: Vault
  verification: PeerVerification
  /** The logins this workstation has, best first. */
  logins: readonly AuthKind[]
  credentials: (
    account: Pick<StoredAccount, 'address' | 'auth' | 'password'>,
    refused?: Credentials,
  ) => Promise<Outcome<Credentials>>
  login: (account: Pick<StoredAccount, 'address' | 'auth'>) => Promise<Outcome<unknown>>
  connection: (id: number) => AccountConnection
  announce: Announce
  onAdded: (account: StoredAccount) => void
  /** Ends the account's connections before its rows go. */
  onRemoving: (id: number) => Promise<void>
  onLoggedIn: (id: number) => void
  onChange: (accounts: Account[]) => void
}

/** The user's mailboxes: found by their address, tried before they are kept, listed with the state of their connection. */
export const createAccounts = (deps: AccountsDependencies) => {
  const { vault } = deps
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
    connection: deps.connection(account.id),
    maxMessageSize: account.maxMessageSize,
    quota: account.quota,
  })

  const listAccounts = async (): Promise<Outcome<Account[]>> => {
    const accounts = await storedAccounts()
    return accounts.ok ? ok(accounts.value.map(view)) : accounts
  }

  const tellAccounts = async (): Promise<void> => {
    const accounts = await listAccounts()
    if (accounts.ok) deps.onChange(accounts.value)
  }

  /** Connects to both servers and logs in; what the submission server announced comes back. */
  const tryServers = async (
    account: Pick<StoredAccount, 'address' | 'auth' | 'password' | 'imap' | 'smtp'>,
  ): Promise<Outcome<{ maxMessageSize: number | null }>> => {
    const credentials: AskCredentials = (refused) => deps.credentials(account, refused)
    const { signal } = trying
    const imap = await openImap(deps.verification, account.imap, account.address, credentials, {
      idle: false,
      signal,
    })
    if (!imap.ok) return imap
    imap.value.close()
    const smtp = await openSubmission(deps.verification, account.smtp, account.address, credentials, signal)
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
    deps.onAdded(stored.value)
    await tellAccounts()
    return ok(view(stored.value))
  }

  const removeAccount = async (accountId: number): Promise<Outcome<null>> => {
    const folders = await vault.run('folders.list', {})
    if (!folders.ok) return folders
    await deps.onRemoving(accountId)
    const files = await vault.run('accounts.remove', { id: accountId })
    if (!files.ok) return files
    await vault.parts.remove(files.value)
    const removedFolders = folders.value
      .filter((folder) => folder.accountId === accountId)
      .map(({ id }) => id)
    await deps.announce({ removedFolders })
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
    deps.onLoggedIn(accountId)
    return ok(null)
  }

  return {
    stored: storedAccounts,
    list: listAccounts,
    tell: tellAccounts,
    discover: (address: string): Promise<Outcome<Discovery>> =>
      discover(deps.verification.resolver, address, deps.logins, (imap) =>
        serverCapabilities(deps.verification, imap, trying.signal),
      ),
    create: createAccount,
    remove: removeAccount,
    login,
    /** Ends connections that are only being tried. */
    stop: (): void => {
      trying.abort()
      trying = new AbortController()
    },
  }
}
