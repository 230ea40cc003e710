import type {
  Account,
  AccountCard,
  AccountConnection,
  AuthKind,
  ClientCertificate,
  Input,
  Discovery,
  NewAccount,
} from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { CertificateIdentity, StoredAccount, StoredCard, StoredP12, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { openImap, serverCapabilities } from '../imap/connection.ts'
import { askWith, type ExternalIdentity, type Identities, type Proof } from '../net/credentials.ts'
import type { PeerVerification } from '../net/peer.ts'
import { openSubmission } from '../outbox/submission.ts'
import { asciiAddress, createDiscovery, domainOf, type ServerRules } from './discovery/index.ts'
import { cleanName, senderName } from './sender-name.ts'

/** How accounts prove who they are. */
export interface Logins {
  /** The logins this workstation has, best first. */
  logins: readonly AuthKind[]
  /** What an account proves itself with; `login` asks the user again when the provider's session has ended. */
  prove: (account: LoginAccount, refused?: Proof) => Promise<Outcome<Proof>>
  login: (account: LoginAccount) => Promise<Outcome<unknown>>
  /** The card that is open now, for a new account. Errors: card.*. */
  openCard: () => Promise<Outcome<AccountCard>>
  /** A p12 file read a moment ago. Error: `account.p12-gone`. */
  takeP12: (id: string) => Outcome<P12Material>
  /** What a window may know of a certificate that accounts log in with. Error: `smime.malformed`. */
  describeP12: (p12: Pick<StoredP12, 'certificate' | 'chain'>) => Outcome<ClientCertificate>
  /** Who SASL EXTERNAL asks to be, whatever a server took before; null tries. */
  externalIdentity: ExternalIdentity | null
}

/** A certificate with its key, as the vault keeps it. */
type P12Material = Pick<StoredP12, 'certificate' | 'chain' | 'pkcs8'>

/** An account as far as its login goes. */
export interface LoginAccount extends Pick<StoredAccount, 'address' | 'auth' | 'password'> {
  card: AccountCard | null
  p12: P12Material | null
}

export interface AccountsDependencies extends Logins {
  vault: Vault
  verification: PeerVerification
  rules: ServerRules
  now: () => number
  /** From 0 to 1. */
  chance: () => number
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
    askReceipts: account.askReceipts,
    kind: account.kind,
    auth: account.auth,
    card: account.card && { serial: account.card.serial, nationalId: account.card.nationalId },
    certificate: certificateOf(account),
    imap: account.imap,
    smtp: account.smtp,
    connection: deps.connection(account.id),
    maxMessageSize: account.maxMessageSize,
    quota: account.quota,
  })

  const certificateOf = (account: StoredAccount): ClientCertificate | null => {
    const told = account.p12 ? deps.describeP12(account.p12) : null
    return told?.ok ? told.value : null
  }

  const listAccounts = async (): Promise<Outcome<Account[]>> => {
    const accounts = await storedAccounts()
    return accounts.ok ? ok(accounts.value.map(view)) : accounts
  }

  const tellAccounts = async (): Promise<void> => {
    const accounts = await listAccounts()
    if (accounts.ok) deps.onChange(accounts.value)
  }

  const discovery = createDiscovery({
    verification: deps.verification,
    rules: deps.rules,
    possible: deps.logins,
    capabilitiesOf: (imap, verification) => serverCapabilities(verification, imap, trying.signal),
    now: deps.now,
    chance: deps.chance,
    signal: () => trying.signal,
  })

  /** Connects to both servers and logs in; what they told of themselves comes back. */
  const tryServers = async (
    account: LoginAccount & Pick<StoredAccount, 'imap' | 'smtp' | 'kind'>,
    identities: Identities,
  ): Promise<Outcome<Pick<StoredAccount, 'maxMessageSize' | 'card' | 'p12'>>> => {
    const verification = account.kind === 'generic' ? deps.rules.publicServers : deps.verification
    const credentials = askWith((refused) => deps.prove(account, refused), identities)
    const { signal } = trying
    let imapIdentity: ExternalIdentity | null = null
    const imap = await openImap(verification, account.imap, account.address, credentials, {
      idle: false,
      signal,
      onIdentity: (identity) => (imapIdentity = identity),
    })
    if (!imap.ok) return imap
    imap.value.close()
    const smtp = await openSubmission(verification, account.smtp, account.address, credentials, signal)
    if (!smtp.ok) return smtp
    smtp.value.close()
    const smtpIdentity = smtp.value.identity
    const card: StoredCard | null = account.card && {
      ...account.card,
      imapIdentity: named(imapIdentity) ?? 'address',
      smtpIdentity: named(smtpIdentity) ?? 'address',
    }
    // Let in without being asked who one is: the certificate was enough.
    const p12: StoredP12 | null = account.p12 && {
      ...account.p12,
      imapIdentity: imapIdentity ?? 'none',
      smtpIdentity: smtpIdentity ?? 'none',
    }
    return ok({ maxMessageSize: smtp.value.maxMessageSize, card, p12 })
  }

  /** A mailbox of the trust space at servers of the trust space, an ordinary one where such are kept here. */
  const permitted = (wish: NewAccount, domain: string): Outcome<null> => {
    const generic = discovery.isGeneric(wish.address, domain)
    if (!generic.ok) return generic
    if (generic.value !== (wish.kind === 'generic'))
      return fail('account.outside-trust-space', { retry: 'after-change', details: { domain } })
    if (generic.value && wish.auth.kind !== 'password') return fail('auth.mechanism-unavailable')
    const imap = discovery.allowed(wish.imap.host, generic.value)
    return imap.ok ? discovery.allowed(wish.smtp.host, generic.value) : imap
  }

  /** How a mailbox presents itself to correspondents. Errors: `account.label-invalid`, `account.address-invalid`. */
  const presented = (
    wish: Pick<NewAccount, 'displayName' | 'label' | 'replyTo' | 'kind'>,
  ): Outcome<Pick<StoredAccount, 'displayName' | 'label' | 'replyTo' | 'kind'>> => {
    const { kind } = wish
    const label = wish.label ?? null
    const written = label ? senderName(kind, label) : ok(cleanName(wish.displayName))
    if (!written.ok) return written
    if (written.value === '') return fail('account.label-invalid', { retry: 'after-change' })
    const replyTo = wish.replyTo?.toLowerCase() ?? null
    if (replyTo !== null && domainOf(replyTo) === null)
      return fail('account.address-invalid', { retry: 'after-change' })
    return ok({ displayName: written.value, label, replyTo: kind === 'personal' ? null : replyTo, kind })
  }

  const createAccount = async (wish: NewAccount): Promise<Outcome<Account>> => {
    const domain = domainOf(asciiAddress(wish.address))
    if (domain === null) return fail('account.address-invalid', { retry: 'after-change' })
    if (!deps.logins.includes(wish.auth.kind)) return fail('auth.mechanism-unavailable')
    const may = permitted(wish, domain)
    if (!may.ok) return may
    const words = presented(wish)
    if (!words.ok) return words
    const known = await storedAccounts()
    if (!known.ok) return known
    const address = asciiAddress(wish.address).toLowerCase()
    if (known.value.some((account) => account.address === address)) return fail('account.exists')
    const card = wish.auth.kind === 'card' ? await deps.openCard() : ok(null)
    if (!card.ok) return card
    const p12 = wish.auth.kind === 'p12' ? deps.takeP12(wish.auth.p12) : ok(null)
    if (!p12.ok) return p12
    const account = {
      ...words.value,
      address,
      auth: wish.auth.kind,
      password:
        wish.auth.kind === 'password' || wish.auth.kind === 'password-otp' ? wish.auth.password : null,
      card: card.value,
      p12: p12.value,
      imap: wish.imap,
      smtp: wish.smtp,
    }
    if (account.auth === 'psc') {
      const login = await deps.login(account)
      if (!login.ok) return login
    }
    // Who asks for nothing gets the certificate's first mailbox: that would be somebody else's under this name.
    const onlyMailbox = !known.value.some(
      (one) =>
        one.imap.host === account.imap.host &&
        (account.p12 ? one.p12?.certificate === account.p12.certificate : one.card !== null),
    )
    const mayBeEmpty = onlyMailbox && (account.kind === 'personal' || account.p12 !== null)
    const wanted = wish.auth.kind === 'p12' ? wish.auth.login : 'automatic'
    const tried = await tryServers(
      account,
      identitiesToTry(deps.externalIdentity, wanted, mayBeEmpty, account),
    )
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

  const stored = async (accountId: number): Promise<Outcome<StoredAccount>> => {
    const accounts = await storedAccounts()
    if (!accounts.ok) return accounts
    const account = accounts.value.find((one) => one.id === accountId)
    return account ? ok(account) : fail('account.not-found')
  }

  /** Another certificate opens the mailbox from now on, once it has opened it on both servers. */
  const useP12 = async (accountId: number, id: string): Promise<Outcome<null>> => {
    const found = await stored(accountId)
    if (!found.ok) return found
    const account = found.value
    if (!account.p12) return fail('auth.mechanism-unavailable')
    const taken = deps.takeP12(id)
    if (!taken.ok) return taken
    const { imapIdentity, smtpIdentity } = account.p12
    const tried = await tryServers(
      { ...account, p12: taken.value },
      { imapIdentities: [imapIdentity], smtpIdentities: [smtpIdentity] },
    )
    if (!tried.ok) return tried
    const p12 = { ...taken.value, imapIdentity, smtpIdentity }
    const kept = await vault.run('accounts.setP12', { id: account.id, p12 })
    if (!kept.ok) return kept
    await deps.onRebound({ ...account, p12 })
    await tellAccounts()
    return ok(null)
  }

  /** What is absent stays; a label typed whole replaces the fields it was made of. */
  const update = async (wish: Input<'accounts.update'>): Promise<Outcome<Account>> => {
    const found = await stored(wish.accountId)
    if (!found.ok) return found
    const account = found.value
    const kind = wish.kind ?? account.kind
    // What a mailbox is for the trust space is not a matter of taste.
    if ((kind === 'generic') !== (account.kind === 'generic'))
      return fail('account.outside-trust-space', { retry: 'after-change' })
    const words = presented({
      kind,
      displayName: wish.displayName ?? account.displayName,
      label: wish.label === undefined ? (wish.displayName === undefined ? account.label : null) : wish.label,
      replyTo: wish.replyTo === undefined ? account.replyTo : wish.replyTo,
    })
    if (!words.ok) return words
    const askReceipts = wish.askReceipts ?? account.askReceipts
    const kept = await vault.run('accounts.present', { id: account.id, ...words.value, askReceipts })
    if (!kept.ok) return kept
    await tellAccounts()
    return ok(view({ ...account, ...words.value, askReceipts }))
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
    discover: (address: string): Promise<Outcome<Discovery>> => discovery.discover(address),
    examine: (wish: Pick<Discovery, 'address' | 'imap' | 'smtp'>): Promise<Outcome<Discovery>> =>
      discovery.examine(wish),
    update,
    useP12,
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

/** Whom to ask to be, in order: as the user or the policy says, else what may work. */
const identitiesToTry = (
  policy: ExternalIdentity | null,
  wanted: Extract<NewAccount['auth'], { kind: 'p12' }>['login'],
  mayBeEmpty: boolean,
  account: Pick<LoginAccount, 'p12'>,
): Identities => {
  const only = wanted === 'automatic' ? policy : wanted
  if (only) return { imapIdentities: [only], smtpIdentities: [only] }
  const imapIdentities = mayBeEmpty ? (['address', 'empty'] as const) : (['address'] as const)
  // A submission server has no mailboxes: which one is said by the sender's address.
  return { imapIdentities, smtpIdentities: ['address', 'empty', ...(account.p12 ? (['none'] as const) : [])] }
}

const named = (identity: CertificateIdentity | null): Exclude<CertificateIdentity, 'none'> | null =>
  identity === 'none' ? null : identity
