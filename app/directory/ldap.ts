import { connect as tcpConnect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { Client, FilterParser, type Entry } from 'ldapts'
import { fail, ok, type Outcome } from '../contract/index.ts'
import { networkError, tlsOptions, type PeerVerification } from '../mail/index.ts'

export interface LdapDependencies {
  /** `ldap://host:port` or `ldaps://…`, base, filter and attribute, from the policy. */
  url: string
  base: string
  filter?: string | undefined
  attribute?: string | undefined
  verification: PeerVerification
}

/** Certificates that an LDAP directory has for somebody (shape of annuaire.gip-cps.fr). */
export interface CertificateDirectory {
  /**
   * DER of the certificates found, authorities that came along too; none when it knows nobody. What they are worth is for
   * the caller to judge. Errors: `directory.ldap-failed`, net.*, tls.*.
   */
  find(who: { address: string; nationalId: string | null }): Promise<Outcome<Uint8Array[]>>
}

const operationMilliseconds = 10_000
const connectMilliseconds = 8_000
const mostEntries = 20
const mostCertificates = 40
const largestCertificate = 32 * 1024
const largestAnswer = 4 * 1024 * 1024

/** A value inside a filter (RFC 4515 §3): nothing of it is read as syntax. */
export const escapeFilterValue = (value: string): string =>
  [...Buffer.from(value, 'utf8')]
    .map((byte) =>
      byte > 0x1f && byte < 0x7f && !'*()\\'.includes(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `\\${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')

/**
 * The policy's filter with `{address}`, `{nationalId}` (`8` and the RPPS) and `{rpps}` filled in. What is not known is a value
 * nobody has.
 */
export const fillFilter = (template: string, who: { address: string; nationalId: string | null }): string => {
  const unknown = '\u0001'
  const { nationalId } = who
  const values: Readonly<Record<string, string>> = {
    address: who.address,
    nationalId: nationalId ?? unknown,
    rpps: nationalId !== null && /^8\d{11}$/.test(nationalId) ? nationalId.slice(1) : unknown,
  }
  return template.replace(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? escapeFilterValue(values[name] ?? '') : all,
  )
}

const bounded = (socket: Socket): Socket => {
  let received = 0
  socket.on('data', (piece: Buffer) => {
    received += piece.byteLength
    if (received > largestAnswer) socket.destroy(new Error('answer too large'))
  })
  return socket
}

const certificatesIn = (entries: readonly Entry[], attributes: readonly string[]): Uint8Array[] => {
  const found: Uint8Array[] = []
  for (const entry of entries.slice(0, mostEntries))
    for (const [name, value] of Object.entries(entry)) {
      const bare = name.toLowerCase().replace(/;binary$/, '')
      if (!attributes.includes(bare)) continue
      for (const one of Array.isArray(value) ? value : [value])
        if (Buffer.isBuffer(one) && one.byteLength <= largestCertificate && found.length < mostCertificates)
          found.push(new Uint8Array(one))
    }
  return found
}

export const createCertificateDirectory = (deps: LdapDependencies): CertificateDirectory => {
  const wanted = (deps.attribute ?? 'userCertificate;binary').replace(/;binary$/i, '')
  const asked = [`${wanted};binary`, 'cACertificate;binary']
  const read = [wanted.toLowerCase(), 'cacertificate']
  const host = new URL(deps.url).hostname

  return {
    find: async (who) => {
      const filter = fillFilter(deps.filter ?? '(mail={address})', who)
      const address = await deps.verification.resolver.lookup(host)
      if (!address.ok) return address
      const { port: given, protocol } = new URL(deps.url)
      const secure = protocol === 'ldaps:'
      const port = given === '' ? (secure ? 636 : 389) : Number(given)
      let parsed: ReturnType<typeof FilterParser.parseString>
      try {
        parsed = FilterParser.parseString(filter)
      } catch (cause) {
        // The administrator's filter, not what was filled in.
        return fail('directory.ldap-failed', { retry: 'after-change', details: { what: 'filter' }, cause })
      }
      const client = new Client({
        url: deps.url,
        timeout: operationMilliseconds,
        connectTimeout: connectMilliseconds,
        createConnection: () => bounded(tcpConnect({ host: address.value, port })),
        createSecureConnection: () =>
          tlsConnect({
            ...tlsOptions(deps.verification, host),
            socket: tcpConnect({ host: address.value, port }),
          }),
      })
      try {
        const { searchEntries } = await client.search(deps.base, {
          scope: 'sub',
          filter: parsed,
          sizeLimit: mostEntries,
          timeLimit: operationMilliseconds / 1000,
          attributes: asked,
          explicitBufferAttributes: [...asked, wanted, 'cACertificate'],
        })
        return ok(certificatesIn(searchEntries, read))
      } catch (cause) {
        return failure(cause, host)
      } finally {
        // Nothing is waited for of a directory that was read.
        void client.unbind().catch(() => undefined)
      }
    },
  }
}

const failure = (cause: unknown, host: string): Outcome<Uint8Array[]> => {
  const name = cause instanceof Error ? cause.constructor.name : ''
  // Nobody of that name there, or no such branch for them.
  if (name === 'NoSuchObjectError') return ok([])
  const network = networkError(cause, host)
  const isNetwork =
    typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
  return isNetwork
    ? { ok: false, error: network }
    : fail('directory.ldap-failed', { retry: 'later', details: { host, name: name.slice(0, 40) }, cause })
}
