import type { Server } from '../../../contract/index.ts'
import { ok, type Outcome } from '../../../contract/errors.ts'
import { allNamed, readSettings, textOfChild, type SettingsElement } from './settings-xml.ts'

/** What a way found; null where it says nothing of one of the two. */
export interface FoundServers {
  imap: Server
  smtp: Server
}

/** Where a domain may publish clientConfig 1.1, in order. */
export const autoconfigUrls = (address: string, domain: string): string[] => [
  `https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(address)}`,
  `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
]

/** A port as written; null for what is none. */
export const portOf = (text: string): number | null =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : null

/** A host as written, in lower case; null for what is no name (SEC-HOST: an address is refused by its form too). */
export const hostOf = (text: string): string | null => {
  const host = text.trim().toLowerCase().replace(/\.$/, '')
  return /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/.test(
    host,
  ) && !/\.\d+$/.test(host)
    ? host
    : null
}

const filledIn = (text: string, address: string, domain: string): string =>
  text
    .replaceAll('%EMAILADDRESS%', address)
    .replaceAll('%EMAILLOCALPART%', address.split('@')[0] ?? '')
    .replaceAll('%EMAILDOMAIN%', domain)

const serverOf = (element: SettingsElement, address: string, domain: string): Server | null => {
  const host = hostOf(filledIn(textOfChild(element, 'hostname'), address, domain))
  const port = portOf(textOfChild(element, 'port'))
  const socket = textOfChild(element, 'socketType').toUpperCase()
  // « plain » is not a way to reach mail.
  const security = socket === 'STARTTLS' ? 'starttls' : socket === 'SSL' || socket === 'TLS' ? 'tls' : null
  return host && port && security ? { host, port, security } : null
}

/**
 * The servers of a clientConfig 1.1 file, the first of each kind that is encrypted; null when it has none for IMAP or for
 * submission. Errors: xml.*.
 */
export const readAutoconfig = (bytes: Uint8Array, address: string): Outcome<FoundServers | null> => {
  const root = readSettings(bytes)
  if (!root.ok) return root
  if (root.value.name !== 'clientConfig') return ok(null)
  const domain = address.split('@')[1]?.toLowerCase() ?? ''
  const first = (name: string, type: string): Server | null =>
    allNamed(root.value, name)
      .filter((one) => one.attributes['type']?.toLowerCase() === type)
      .map((one) => serverOf(one, address, domain))
      .find((one) => one !== null) ?? null
  const imap = first('incomingServer', 'imap')
  const smtp = first('outgoingServer', 'smtp')
  return ok(imap && smtp ? { imap, smtp } : null)
}
