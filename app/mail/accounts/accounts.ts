import type {
  Account,
  AccountCard,
  AccountConnection,
  AuthKind,
  Discovery,
  NewAccount,
} from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, StoredCard, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { openImap, serverCapabilities } from '../imap/connection.ts'
import { askWith, type ExternalIdentity, type Proof } from '../net/credentials.ts'
import type { PeerVerification } from '../net/peer.ts'
import { openSubmission } from '../outbox/submission.ts'
import { discover, domainOf, examine } from './discovery.ts'

/** How accounts prove who they are. */
export interface Logins {
  /** The logins this workstation has, best first. */
  logins: readonly AuthKind[]
  /** What an account proves itself with; `login` asks the user again when the provider's session has ended. */
  prove: (account: LoginAccount, refused?: Proof) => Promise<Outcome<Proof>>
  login: (account: LoginAccount) => Promise<Outcome<unknown>>
  /** The card that is open now, for a new account. Errors: card.*. */
  openCard: () => Promise<Outcome<AccountCard>>
  /** Who SASL EXTERNAL asks to be, whatever a server took before; null tries. */
  externalIdentity: ExternalIdentity | null
}

/** An account as far as its login goes. */
export interface LoginAccount extends Pick<StoredAccount, 'address' | 'auth' | 'password'> {
  card: AccountCard | null
}

export interface AccountsDependencies extends Logins {
  vault: Vault
  verification: PeerVerification
  connection: (id: number) => AccountConnection
  announce: Announce
  onAdded: (account: StoredAccount) => void
  /** Ends the account's connections before its rows go. */
  onRemoving: (id: number) => Promise<void>
  onLoggedIn: (id: number) => void
  /** What the account logs in with is no longer the same. */
  onRebound: (account: StoredAccount) => Promise<void>
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
    label: account.label,
    replyTo: account.replyTo,
    kind: account.kind,
    auth: account.auth,
    card: account.card && { serial: account.card.serial, nationalId: account.card.nationalId },
    certificate: null,
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

  /** Connects to both servers and logs in; what they told of themselves comes back. */
  const tryServers = async (
    account: LoginAccount & Pick<StoredAccount, 'imap' | 'smtp'>,
    imapIdentities: readonly ExternalIdentity[],
  ): Promise<Outcome<Pick<StoredAccount, 'maxMessageSize' | 'card'>>> => {
    const smtpIdentities = identitiesToTry(deps.externalIdentity, true)
    const credentials = askWith((refused) => deps.prove(account, refused), { imapIdentities, smtpIdentities })
    const { signal } = trying
    let imapIdentity: ExternalIdentity = 'address'
    const imap = await openImap(deps.verification, account.imap, account.address, credentials, {
      idle: false,
      signal,
      onIdentity: (identity) => (imapIdentity = identity),
    })
    if (!imap.ok) return imap
    imap.value.close()
    const smtp = await openSubmission(deps.verification, account.smtp, account.address, credentials, signal)
    if (!smtp.ok) return smtp
    smtp.value.close()
    const card: StoredCard | null = account.card && {
      ...account.card,
      imapIdentity,
      smtpIdentity: smtp.value.identity ?? 'address',
    }
    return ok({ maxMessageSize: smtp.value.maxMessageSize, card })
  }

  const createAccount = async (wish: NewAccount): Promise<Outcome<Account>> => {
    if (domainOf(wish.address) === null) return fail('account.address-invalid', { retry: 'after-change' })
    if (!deps.logins.includes(wish.auth.kind)) return fail('auth.mechanism-unavailable')
    const known = await storedAccounts()
    if (!known.ok) return known
    const address = wish.address.toLowerCase()
    if (known.value.some((account) => account.address === address)) return fail('account.exists')
    const card = wish.auth.kind === 'card' ? await deps.openCard() : ok(null)
    if (!card.ok) return card
    const account = {
      address,
      displayName: wish.displayName,
      label: wish.label ?? null,
      replyTo: wish.replyTo ?? null,
      kind: wish.kind,
      auth: wish.auth.kind,
      password:
        wish.auth.kind === 'password' || wish.auth.kind === 'password-otp' ? wish.auth.password : null,
      loginName: wish.auth.kind === 'password-otp' ? wish.auth.user : null,
      card: card.value,
      imap: wish.imap,
      smtp: wish.smtp,
    }
    if (account.auth === 'psc') {
      const login = await deps.login(account)
      if (!login.ok) return login
    }
    // Who asks for nothing gets the card's first mailbox: that would be somebody else's under this name.
    const onlyMailbox =
      account.kind === 'personal' &&
      !known.value.some((one) => one.card !== null && one.imap.host === account.imap.host)
    const tried = await tryServers(account, identitiesToTry(deps.externalIdentity, onlyMailbox))
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

  /** A renewed card has another serial number; its holder, not its number, is who the mailbox is for. */
  const useCard = async (accountId: number): Promise<Outcome<null>> => {
    const accounts = await storedAccounts()
    if (!accounts.ok) return accounts
    const account = accounts.value.find((one) => one.id === accountId)
    if (!account) return fail('account.not-found')
    if (!account.card) return fail('auth.mechanism-unavailable')
    const open = await deps.openCard()
    if (!open.ok) return open
    if (open.value.nationalId === null || open.value.nationalId !== account.card.nationalId)
      return fail('auth.other-card', { retry: 'after-change', details: { serial: account.card.serial } })
    const card: StoredCard = { ...account.card, serial: open.value.serial }
    const stored = await vault.run('accounts.setCard', { id: account.id, card })
    if (!stored.ok) return stored
    await deps.onRebound({ ...account, card })
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
    examine: (wish: Pick<Discovery, 'address' | 'imap' | 'smtp'>): Promise<Outcome<Discovery>> =>
      examine(wish, deps.logins, (imap) => serverCapabilities(deps.verification, imap, trying.signal)),
    create: createAccount,
    remove: removeAccount,
    useCard,
    login,
    /** Ends connections that are only being tried. */
    stop: (): void => {
      trying.abort()
      trying = new AbortController()
    },
  }
}

const identitiesToTry = (policy: ExternalIdentity | null, mayBeEmpty: boolean): ExternalIdentity[] =>
  policy ? [policy] : mayBeEmpty ? ['address', 'empty'] : ['address']
