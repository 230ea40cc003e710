import type { AuthKind, Discovery, Server } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { Resolver } from '../net/resolver.ts'

const addressForm =
  /^[^\s@<>"(),:;[\]\\]{1,64}@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)$/i

/** The domain of an address (lower case), or null when it is no address. */
export const domainOf = (address: string): string | null =>
  address.length > 320 ? null : (addressForm.exec(address)?.[1]?.toLowerCase() ?? null)

const takesPassword = (offered: ReadonlySet<string>): boolean =>
  offered.has('AUTH=PLAIN') || offered.has('AUTH=LOGIN') || !offered.has('LOGINDISABLED')

const mechanisms: Record<AuthKind, (capabilities: ReadonlySet<string>) => boolean> = {
  card: (offered) => offered.has('AUTH=EXTERNAL'),
  p12: (offered) => offered.has('AUTH=EXTERNAL'),
  psc: (offered) => offered.has('AUTH=OAUTHBEARER') || offered.has('AUTH=XOAUTH2'),
  'password-otp': (offered) => takesPassword(offered),
  password: (offered) => takesPassword(offered),
}

/** The logins among `possible` that a server's capabilities (after TLS) admit, in the same order. */
export const offeredAuth = (possible: readonly AuthKind[], capabilities: ReadonlySet<string>): AuthKind[] =>
  possible.filter((kind) => mechanisms[kind](capabilities))

type CapabilitiesOf = (imap: Server) => Promise<Outcome<ReadonlySet<string>>>

/**
 * The logins among `possible` that an IMAP server offers. One that hangs up on who has no certificate wants the card; any
 * other that cannot be asked leaves all of them: creating the account says what is wrong with it. Error:
 * `auth.mechanism-unavailable` when the server offers no login that SousPli has.
 */
const loginsOf = async (
  imap: Server,
  possible: readonly AuthKind[],
  capabilitiesOf: CapabilitiesOf,
): Promise<Outcome<AuthKind[]>> => {
  const asked = await capabilitiesOf(imap)
  const wantsCertificate = !asked.ok && asked.error.code === 'tls.client-certificate-refused'
  const auth = asked.ok
    ? offeredAuth(possible, asked.value)
    : possible.filter((kind) => !wantsCertificate || kind === 'card')
  return auth.length > 0
    ? ok(auth)
    : fail('auth.mechanism-unavailable', { retry: 'after-change', details: { host: imap.host } })
}

/** What typed servers offer. Errors: `account.address-invalid`, `auth.mechanism-unavailable`. */
export const examine = async (
  wish: { address: string; imap: Server; smtp: Server },
  possible: readonly AuthKind[],
  capabilitiesOf: CapabilitiesOf,
): Promise<Outcome<Discovery>> => {
  if (domainOf(wish.address) === null) return fail('account.address-invalid', { retry: 'after-change' })
  const { address, imap, smtp } = wish
  const auth = await loginsOf(imap, possible, capabilitiesOf)
  return auth.ok
    ? ok({ address, source: 'manual', tried: [], generic: false, imap, smtp, auth: auth.value })
    : auth
}

/**
 * The servers of an address by DNS SRV (RFC 6186), nothing guessed, and the logins among `possible` that the IMAP server
 * offers. `account.address-invalid`, `account.discovery-failed` (then the user types the servers), `net.dns` when the DNS
 * does not answer, `auth.mechanism-unavailable` when the server offers no login that SousPli has.
 */
export const discover = async (
  resolver: Resolver,
  address: string,
  possible: readonly AuthKind[],
  capabilitiesOf: CapabilitiesOf,
): Promise<Outcome<Discovery>> => {
  const domain = domainOf(address)
  if (domain === null) return fail('account.address-invalid', { retry: 'after-change' })
  const [imap, smtp] = await Promise.all([
    resolver.srv(`_imap._tcp.${domain}`),
    resolver.srv(`_submission._tcp.${domain}`),
  ])
  if (!imap.ok || !smtp.ok) return fail('net.dns', { retry: 'later', details: { host: domain } })
  // A target of "." says that the service is not offered (RFC 2782).
  const imapServer = imap.value.find((record) => record.host !== '')
  const smtpServer = smtp.value.find((record) => record.host !== '')
  if (!imapServer || !smtpServer)
    return fail('account.discovery-failed', { retry: 'after-change', details: { domain } })
  const server = ({ host, port }: { host: string; port: number }): Server => ({
    host,
    port,
    security: 'starttls',
  })
  const auth = await loginsOf(server(imapServer), possible, capabilitiesOf)
  if (!auth.ok) return auth
  return ok({
    address,
    source: 'srv',
    tried: [],
    generic: false,
    imap: server(imapServer),
    smtp: server(smtpServer),
    auth: auth.value,
  })
}
