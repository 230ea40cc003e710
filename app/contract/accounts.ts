import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { ErrorData } from './errors.ts'
import { CertificateSummary } from './verdict.ts'

export const AccountId = z.number().int().positive()
export type AccountId = z.infer<typeof AccountId>

export const Address = z.string().min(3).max(320)

export const Server = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535),
  /** MSSanté asks STARTTLS (ECO.1.0.1, ECO.1.0.2); implicit TLS exists at some operators. */
  security: z.enum(['starttls', 'tls']),
})
export type Server = z.infer<typeof Server>

/**
 * `card`: the card alone, by mutual TLS and SASL EXTERNAL; nothing to type but the PIN that opened the card. `p12`: an
 * organisation's certificate with its key in the vault, by mutual TLS. `password-otp`: a password and a one-time code.
 */
export const AuthKind = z.enum(['card', 'psc', 'p12', 'password-otp', 'password'])
export type AuthKind = z.infer<typeof AuthKind>

/** `generic`: an ordinary mailbox, not of MSSanté; nothing of health leaves by it (docs/accounts.md). */
export const AccountKind = z.enum(['personal', 'organisational', 'applicative', 'generic'])
export type AccountKind = z.infer<typeof AccountKind>

/**
 * What the label of the From field is made of (ECO.2.2.7): title, first name, NAME and unit of a person, the unit alone of
 * a service or of software.
 */
export const SenderLabel = z.object({
  title: z.string().max(40),
  givenName: z.string().max(80),
  familyName: z.string().max(80),
  entity: z.string().max(120),
})
export type SenderLabel = z.infer<typeof SenderLabel>

/** How the servers of an address were found, best first. */
export const DiscoveryWay = z.enum(['srv', 'autoconfig', 'autodiscover', 'manual'])
export type DiscoveryWay = z.infer<typeof DiscoveryWay>

export const Discovery = z.object({
  address: Address,
  source: DiscoveryWay,
  /** What the ways tried before said: nothing, or why they were not believed. */
  tried: z.array(z.object({ way: DiscoveryWay, error: ErrorData.nullable() })),
  /** The address is outside the trust space: it can only be a generic mailbox. */
  generic: z.boolean(),
  imap: Server,
  smtp: Server,
  /**
   * What the server offers, SousPli can do and the policy allows, best first; all but the server's say where it could
   * not be asked.
   */
  auth: z.array(AuthKind),
})
export type Discovery = z.infer<typeof Discovery>

export const AccountConnection = z.discriminatedUnion('state', [
  z.object({ state: z.literal('offline') }),
  z.object({
    state: z.literal('connecting'),
    /** What the last try failed of; null when nothing is known to be wrong. It holds until this try succeeds. */
    after: ErrorData.nullable(),
  }),
  z.object({
    state: z.literal('online'),
    since: z.string(),
    /** As of when every folder here is the same as on the server; null until the first time. */
    syncedAt: z.string().nullable(),
    /**
     * New mail arrives, but the connection that fetches the rest fails (too many connections, busy server…); or, of this
     * computer (`vault.*`), what the inbox itself failed of and has not yet got over.
     */
    trouble: ErrorData.nullable(),
  }),
  /** The provider's session ended, or this is a new start: reading goes on, the network waits for the user. */
  z.object({ state: z.literal('login-required') }),
  z.object({ state: z.literal('error'), error: ErrorData, retryAt: z.string().nullable() }),
])
export type AccountConnection = z.infer<typeof AccountConnection>

/** The card an account is bound to: no other opens it. */
export const AccountCard = z.object({
  serial: z.string(),
  /** Type digit and number of its holder; null when its certificate has none. */
  nationalId: z.string().nullable(),
})
export type AccountCard = z.infer<typeof AccountCard>

/** What is wrong with the certificate of an account, or will be; nothing sent rests on an `expired` one. */
export const CertificateProblem = z.enum([
  'expired',
  'not-yet-valid',
  'expires-soon',
  /** Not issued by an authority of ours. */
  'untrusted-authority',
  /** No client authentication among its usages. */
  'wrong-usage',
  /** A person's or a server's rather than an organisation's for authentication (ORG AUTH_CLI). */
  'not-organisation',
])
export type CertificateProblem = z.infer<typeof CertificateProblem>

/** The certificate of accounts that log in with a p12. */
export const ClientCertificate = z.object({
  certificate: CertificateSummary,
  /** Organisation of the subject; null when it names none. */
  organisation: z.string().nullable(),
  problems: z.array(CertificateProblem),
})
export type ClientCertificate = z.infer<typeof ClientCertificate>

/** After mutual TLS: who SASL EXTERNAL asks to be, or no login at all (PREAUTH, a server that takes the certificate). */
export const CertificateLogin = z.enum(['automatic', 'address', 'empty', 'none'])
export type CertificateLogin = z.infer<typeof CertificateLogin>

/** Names a p12 file read a moment ago; dies with the session. */
const P12Id = z.string().max(100)

export const Account = z.object({
  id: AccountId,
  address: Address,
  /** Label of the From field; built from `label` where there is one. */
  displayName: z.string(),
  label: SenderLabel.nullable(),
  /** Where answers go, when elsewhere (ECO.2.2.5); null for a personal mailbox. */
  replyTo: Address.nullable(),
  /** What is written asks for a read receipt unless its author says otherwise (ECO.2.3.2). */
  askReceipts: z.boolean(),
  kind: AccountKind,
  auth: AuthKind,
  /** Of accounts that log in with the card; null for the others. */
  card: AccountCard.nullable(),
  /** Of accounts that log in with a p12; null for the others. */
  certificate: ClientCertificate.nullable(),
  imap: Server,
  smtp: Server,
  connection: AccountConnection,
  /** Bytes; what the submission server announced (SMTP SIZE), null until known. */
  maxMessageSize: z.number().int().nullable(),
  /** Bytes of the mailbox on its server and what it may hold (RFC 9208); null when the server tells none. */
  quota: z.object({ used: z.number().int(), limit: z.number().int() }).nullable(),
})
export type Account = z.infer<typeof Account>

export const NewAccount = z.object({
  address: Address,
  displayName: z.string().min(1).max(200),
  label: SenderLabel.nullable().optional(),
  replyTo: Address.nullable().optional(),
  kind: AccountKind,
  imap: Server,
  smtp: Server,
  auth: z.discriminatedUnion('kind', [
    /** The card that is open now: the account is bound to it. */
    z.object({ kind: z.literal('card') }),
    z.object({ kind: z.literal('psc') }),
    z.object({ kind: z.literal('p12'), p12: P12Id, login: CertificateLogin }),
    /** After `signIn.giveCode`; the password where the policy lets it be kept. */
    z.object({
      kind: z.literal('password-otp'),
      user: z.string().min(1).max(320).nullable(),
      password: z.string().min(1).max(512).nullable(),
    }),
    z.object({ kind: z.literal('password'), password: z.string().min(1).max(512) }),
  ]),
})
export type NewAccount = z.infer<typeof NewAccount>

export const SyncProgress = z.object({
  accountId: AccountId,
  phase: z.enum(['folders', 'headers', 'bodies', 'idle']),
  done: z.number().int(),
  total: z.number().int(),
})
export type SyncProgress = z.infer<typeof SyncProgress>

export const accountCalls = {
  'accounts.list': call(Nothing, z.array(Account)),
  /**
   * Servers of an address: DNS SRV (RFC 6186), then autoconfig, then Autodiscover; nothing is guessed, and
   * `account.discovery-failed` opens manual settings. The IMAP server is asked for its logins, after STARTTLS and the check
   * of its certificate. Also `account.outside-trust-space`, `account.host-outside`.
   */
  'accounts.discover': call(z.object({ address: Address }), Discovery),
  /** The same for servers typed by hand. */
  'accounts.examine': call(z.object({ address: Address, imap: Server, smtp: Server }), Discovery),
  /** Connects to both servers (TLS verified, login done) before anything is stored. */
  'accounts.create': call(NewAccount, Account),
  /**
   * Binds a card account to the card that is open now: a renewed one of the same professional. Errors: `auth.other-card` for
   * anybody else's, card.*.
   */
  'accounts.useCard': call(z.object({ accountId: AccountId }), Nothing),
  /** Reads an organisation's p12 for `accounts.create` or `accounts.useP12`; nothing is kept yet. Errors: p12.*. */
  'accounts.readP12': call(
    z.object({ uploadId: z.string().max(100), passphrase: z.string().max(512) }),
    ClientCertificate.extend({ p12: P12Id }),
  ),
  /** Another certificate for a p12 account: tried on both servers before it replaces the former. */
  'accounts.useP12': call(z.object({ accountId: AccountId, p12: P12Id }), Nothing),
  /** The From label as it will be written. `account.label-invalid` when a mandatory field is missing. */
  'accounts.senderName': call(z.object({ kind: AccountKind, label: SenderLabel }), z.string()),
  /** How the mailbox presents itself; what is absent stays. `account.label-invalid`, `account.address-invalid`. */
  'accounts.update': call(
    z.object({
      accountId: AccountId,
      displayName: z.string().min(1).max(200).optional(),
      label: SenderLabel.nullable().optional(),
      replyTo: Address.nullable().optional(),
      kind: AccountKind.optional(),
      askReceipts: z.boolean().optional(),
    }),
    Account,
  ),
  /** Opens the login of the account's provider (Pro Santé Connect: the system browser). */
  'accounts.login': call(z.object({ accountId: AccountId }), Nothing),
  /** Ends a login that waits for the browser: what waited for it answers `auth.cancelled`. Nothing waiting is fine. */
  'accounts.cancelLogin': call(Nothing, Nothing),
  'accounts.syncNow': call(Nothing, Nothing),
  'accounts.remove': call(z.object({ accountId: AccountId }), Nothing),
}
export const accountEvents = {
  'accounts.changed': z.array(Account),
  'accounts.progress': SyncProgress,
}
