import { domainToASCII } from 'node:url'
import type { AuthKind, Discovery, DiscoveryWay, Server, TrustClass } from '../../../contract/index.ts'
import { fail, ok, toErrorData, type AppError, type Outcome } from '../../../contract/errors.ts'
import type { PeerVerification } from '../../net/peer.ts'
import { namePatience, searchNames } from './names.ts'
import { createPublished, webHosts } from './published.ts'
import { recordedServers } from './service-records.ts'

const addressForm =
  /^[^\s@<>"(),:;[\]\\]{1,64}@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)$/i

/** The domain of an address (lower case), or null when it is no address. */
export const domainOf = (address: string): string | null =>
  address.length > 320 ? null : (addressForm.exec(address)?.[1]?.toLowerCase() ?? null)

/** An address as servers take it: a domain of other letters in punycode (RFC 5891); anything else as written. */
export const asciiAddress = (address: string): string => {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 1 || /^[\x00-\x7f]*$/.test(domain) || /[\p{C}\p{Z}]/u.test(domain)) return address
  return `${address.slice(0, at)}@${domainToASCII(domain)}`
}

const takesPassword = (offered: ReadonlySet<string>): boolean =>
  offered.has('AUTH=PLAIN') || offered.has('AUTH=LOGIN') || !offered.has('LOGINDISABLED')

const takesToken = (offered: ReadonlySet<string>): boolean =>
  offered.has('AUTH=OAUTHBEARER') || offered.has('AUTH=XOAUTH2')

const mechanisms: Record<AuthKind, (capabilities: ReadonlySet<string>) => boolean> = {
  card: (offered) => offered.has('AUTH=EXTERNAL'),
  p12: (offered) => offered.has('AUTH=EXTERNAL'),
  psc: takesToken,
  // The code gives a token, or goes behind the password: which of the two is the policy's.
  'password-otp': (offered) => takesToken(offered) || takesPassword(offered),
  password: takesPassword,
}

/** Logins that a server sees in the TLS handshake. */
const byCertificate: ReadonlySet<AuthKind> = new Set(['card', 'p12'])

/** The logins among `possible` that a server's capabilities (after TLS) admit, in the same order. */
export const offeredAuth = (possible: readonly AuthKind[], capabilities: ReadonlySet<string>): AuthKind[] =>
  possible.filter((kind) => mechanisms[kind](capabilities))

type CapabilitiesOf = (imap: Server, verification: PeerVerification) => Promise<Outcome<ReadonlySet<string>>>

/** Which servers are taken, and how they are verified. */
export interface ServerRules {
  classify: (address: string) => TrustClass
  /** Whether a mail server of this name is taken for a mailbox of the trust space. */
  allowsHost: (host: string) => boolean
  genericMailboxes: boolean
  /** Web servers of the trust space that publish settings. */
  web: PeerVerification
  /** Servers of ordinary mailboxes, mail and web: public authorities. */
  publicServers: PeerVerification
}

interface DiscoveryDependencies {
  /** Servers of the trust space. */
  verification: PeerVerification
  rules: ServerRules
  /** The logins this workstation has, best first. */
  possible: readonly AuthKind[]
  capabilitiesOf: CapabilitiesOf
  now: () => number
  /** From 0 to 1. */
  chance: () => number
  signal: () => AbortSignal
  /** Milliseconds that a name may take; see `namePatience`. */
  patience?: number
}

/** DNS that has told of services by then is not asked for the web servers as well, milliseconds. */
const headStart = 250

/** Servers to try, best first. */
interface Candidates {
  imap: Server[]
  smtp: Server[]
}

/** A server that does not answer at all leaves its place to the next. */
const absent = (error: AppError): boolean =>
  ['net.dns', 'net.unreachable', 'net.timeout'].includes(error.code)

/** Finds the servers of an address and asks them how one logs in. */
export const createDiscovery = (deps: DiscoveryDependencies) => {
  const { rules } = deps
  const published = createPublished({ now: deps.now })

  /** `null`: the mailbox is of the trust space; `true`: an ordinary one. Error: `account.outside-trust-space`. */
  const isGeneric = (address: string, domain: string): Outcome<boolean> => {
    // Only the domain tells: who has a patient's address is not asked here.
    const outside = rules.classify(`x@${domain}`) === 'outside' && rules.classify(address) === 'outside'
    return outside && !rules.genericMailboxes
      ? fail('account.outside-trust-space', { retry: 'after-change', details: { domain } })
      : ok(outside)
  }

  /** Error: `account.host-outside`. */
  const allowed = (host: string, generic: boolean): Outcome<null> =>
    generic || rules.allowsHost(host)
      ? ok(null)
      : fail('account.host-outside', { retry: 'after-change', details: { host } })

  /**
   * The logins that an IMAP server offers. One that hangs up on who has no certificate wants one; any other that cannot be asked
   * leaves all of them: creating the account says what is wrong with it. Error: `auth.mechanism-unavailable` when the server
   * offers no login that SousPli has.
   */
  const loginsOf = (
    imap: Server,
    asked: Outcome<ReadonlySet<string>>,
    generic: boolean,
  ): Outcome<AuthKind[]> => {
    // Neither the card nor an organisation's certificate is for a mailbox that is not of MSSanté.
    const possible = generic ? deps.possible.filter((kind) => kind === 'password') : deps.possible
    const wantsCertificate = !asked.ok && asked.error.code === 'tls.client-certificate-refused'
    const auth = asked.ok
      ? offeredAuth(possible, asked.value)
      : possible.filter((kind) => !wantsCertificate || byCertificate.has(kind))
    return auth.length > 0
      ? ok(auth)
      : fail('auth.mechanism-unavailable', { retry: 'after-change', details: { host: imap.host } })
  }

  const settle = async (
    address: string,
    way: DiscoveryWay,
    tried: Discovery['tried'],
    { imap, smtp }: Candidates,
    generic: boolean,
  ): Promise<Outcome<Discovery>> => {
    const verification = generic ? rules.publicServers : deps.verification
    const [sending] = smtp
    let answer: { server: Server; asked: Outcome<ReadonlySet<string>> } | null = null
    for (const server of imap) {
      const asked = await deps.capabilitiesOf(server, verification)
      if (answer === null || asked.ok || !absent(asked.error)) answer = { server, asked }
      if (asked.ok || !absent(asked.error)) break
    }
    if (!answer || !sending) return fail('account.discovery-failed', { retry: 'after-change' })
    const auth = loginsOf(answer.server, answer.asked, generic)
    if (!auth.ok) return auth
    return ok({ address, source: way, tried, generic, imap: answer.server, smtp: sending, auth: auth.value })
  }

  /** Servers as one way tells them, those that are not taken left out. */
  const way = {
    srv: async (domain: string): Promise<Outcome<Candidates | 'refused' | null>> =>
      await recordedServers(deps.verification.resolver, domain, deps.chance),
    autoconfig: async (web: PeerVerification, address: string, domain: string) =>
      many(await published.autoconfig(web, address, domain, deps.signal())),
    autodiscover: async (web: PeerVerification, address: string, domain: string) =>
      many(await published.autodiscover(web, address, domain, deps.signal())),
  }

  /** Whether web servers of a domain can be asked at all. Some networks leave names to their proxy. */
  const anyWebServer = async (web: PeerVerification, domain: string): Promise<boolean> => {
    const names = webHosts(domain)
    if (web.web?.isProxied(names[0]) === true) return true
    const seen = await Promise.all(names.map((host) => web.resolver.lookup(host)))
    return seen.some(({ ok: found }) => found)
  }

  /**
   * What DNS tells of the services of a domain. Where it takes its time the names of the web servers are asked meanwhile, so that
   * silence is waited for once.
   */
  const services = async (web: PeerVerification, domain: string) => {
    const meanwhile = setTimeout(() => void anyWebServer(web, domain), headStart)
    const found = await way.srv(domain)
    clearTimeout(meanwhile)
    return found
  }

  const keepAllowed = (found: Candidates, generic: boolean): Outcome<Candidates> => {
    const taken = (servers: Server[]): Server[] => servers.filter(({ host }) => allowed(host, generic).ok)
    const [imap, smtp] = [taken(found.imap), taken(found.smtp)]
    if (imap.length > 0 && smtp.length > 0) return ok({ imap, smtp })
    const host = (imap.length === 0 ? found.imap : found.smtp)[0]?.host ?? ''
    return fail('account.host-outside', { retry: 'after-change', details: { host } })
  }

  return {
    /**
     * The servers of an address: DNS SRV, then autoconfig, then Autodiscover; nothing is guessed. What a way says that is not
     * believed is told, and does not end the search. Errors: `account.address-invalid`, `account.outside-trust-space`,
     * `account.host-outside` (what was found is not of the trust space), `account.discovery-failed` (then the user types the
     * servers), `net.dns` when the DNS does not answer, `auth.mechanism-unavailable`.
     */
    discover: async (typed: string): Promise<Outcome<Discovery>> => {
      const address = asciiAddress(typed)
      const domain = domainOf(address)
      if (domain === null) return fail('account.address-invalid', { retry: 'after-change' })
      const generic = isGeneric(address, domain)
      if (!generic.ok) return generic
      const asking = generic.value ? rules.publicServers : rules.web
      const web = { ...asking, resolver: searchNames(asking.resolver, deps.patience ?? namePatience) }
      const tried: Discovery['tried'] = []
      const ways = [
        ['srv', () => services(web, domain)],
        ['autoconfig', () => way.autoconfig(web, address, domain)],
        ['autodiscover', () => way.autodiscover(web, address, domain)],
      ] as const
      let outside: AppError | null = null
      let silent: AppError | null = null
      for (const [name, ask] of ways) {
        const found = await ask()
        if (!found.ok) {
          if (name === 'srv') {
            // Some networks resolve names and nothing else. Without names nothing can be asked.
            if (!(await anyWebServer(web, domain))) return found
            silent = found.error
          }
          tried.push({ way: name, error: toErrorData(found.error) })
          continue
        }
        if (found.value === 'refused') {
          tried.push({ way: name, error: null })
          break
        }
        if (found.value === null) {
          tried.push({ way: name, error: null })
          continue
        }
        const taken = keepAllowed(found.value, generic.value)
        if (taken.ok) return await settle(address, name, tried, taken.value, generic.value)
        outside ??= taken.error
        tried.push({ way: name, error: toErrorData(taken.error) })
      }
      const told = outside ?? silent
      if (told) return { ok: false, error: told }
      const reasons = tried.flatMap(({ way: name, error }) => (error ? [[name, error.code] as const] : []))
      return fail('account.discovery-failed', {
        retry: 'after-change',
        details: { domain, ...Object.fromEntries(reasons) },
      })
    },
    /**
     * What typed servers offer. Errors: `account.address-invalid`, `account.outside-trust-space`, `account.host-outside`,
     * `auth.mechanism-unavailable`.
     */
    examine: async (typed: { address: string; imap: Server; smtp: Server }): Promise<Outcome<Discovery>> => {
      const wish = { ...typed, address: asciiAddress(typed.address) }
      const domain = domainOf(wish.address)
      if (domain === null) return fail('account.address-invalid', { retry: 'after-change' })
      const generic = isGeneric(wish.address, domain)
      if (!generic.ok) return generic
      for (const { host } of [wish.imap, wish.smtp]) {
        const taken = allowed(host, generic.value)
        if (!taken.ok) return taken
      }
      return await settle(wish.address, 'manual', [], { imap: [wish.imap], smtp: [wish.smtp] }, generic.value)
    },
    isGeneric,
    allowed,
  }
}

const many = (found: Outcome<{ imap: Server; smtp: Server } | null>): Outcome<Candidates | null> =>
  found.ok ? ok(found.value && { imap: [found.value.imap], smtp: [found.value.smtp] }) : found
