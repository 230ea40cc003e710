import type { Discovery } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { Resolver } from '../net/resolver.ts'

const addressForm =
  /^[^\s@<>"(),:;[\]\\]{1,64}@([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)$/i

/** The domain of an address (lower case), or null when it is no address. */
export const domainOf = (address: string): string | null =>
  address.length > 320 ? null : (addressForm.exec(address)?.[1]?.toLowerCase() ?? null)

/**
 * The servers of an address by DNS SRV (RFC 6186), nothing guessed. `account.address-invalid`,
 * `account.discovery-failed` (then the user types the servers), `net.dns` when the DNS does not answer.
 */
export const discover = async (
  resolver: Resolver,
  address: string,
  auth: Discovery['auth'],
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
  return ok({
    address,
    source: 'srv',
    imap: { host: imapServer.host, port: imapServer.port, security: 'starttls' },
    smtp: { host: smtpServer.host, port: smtpServer.port, security: 'starttls' },
    auth,
  })
}
