import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { ErrorData } from './errors.ts'

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

/** `card`: the card alone, by mutual TLS and SASL EXTERNAL; nothing to type but the PIN that opened the card. */
export const AuthKind = z.enum(['card', 'psc', 'password'])
export type AuthKind = z.infer<typeof AuthKind>

export const Discovery = z.object({
  address: Address,
  source: z.enum(['srv', 'manual']),
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
  z.object({ state: z.literal('connecting') }),
  z.object({
    state: z.literal('online'),
    since: z.string(),
    /** As of when every folder here is the same as on the server; null until the first time. */
    syncedAt: z.string().nullable(),
    /** New mail arrives, but the connection that fetches the rest fails (too many connections, busy server…). */
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

export const Account = z.object({
  id: AccountId,
  address: Address,
  displayName: z.string(),
  kind: z.enum(['personal', 'organisational']),
  auth: AuthKind,
  /** Of accounts that log in with the card; null for the others. */
  card: AccountCard.nullable(),
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
  kind: z.enum(['personal', 'organisational']),
  imap: Server,
  smtp: Server,
  auth: z.discriminatedUnion('kind', [
    /** The card that is open now: the account is bound to it. */
    z.object({ kind: z.literal('card') }),
    z.object({ kind: z.literal('psc') }),
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
   * Servers of an address: DNS SRV (RFC 6186), nothing else is guessed; `account.discovery-failed` opens manual settings.
   * The IMAP server is asked for its logins, after STARTTLS and the check of its certificate.
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
