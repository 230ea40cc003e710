import type { Server } from '../../../contract/index.ts'
import { ok, type Outcome } from '../../../contract/errors.ts'
import { hostOf, portOf, type FoundServers } from './autoconfig.ts'
import { allNamed, readSettings, textOfChild, type SettingsElement } from './settings-xml.ts'

/** Where a domain may answer Autodiscover (MS-OXDSCLI, plain old XML), in order. */
export const autodiscoverUrls = (domain: string): string[] => [
  `https://autodiscover.${domain}/autodiscover/autodiscover.xml`,
  `https://${domain}/autodiscover/autodiscover.xml`,
]

const escaped = (text: string): string =>
  text.replace(/[<>&"']/g, (letter) => `&#${String(letter.charCodeAt(0))};`)

/** The question, for an address; it proves nothing and holds no secret. */
export const autodiscoverRequest = (address: string): { type: string; bytes: Uint8Array } => ({
  type: 'text/xml; charset=utf-8',
  bytes: Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?>` +
      `<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>` +
      `<EMailAddress>${escaped(address)}</EMailAddress><AcceptableResponseSchema>` +
      `http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a` +
      `</AcceptableResponseSchema></Request></Autodiscover>`,
  ),
})

const implicitPorts = new Set([993, 465])

const serverOf = (protocol: SettingsElement): Server | null => {
  const host = hostOf(textOfChild(protocol, 'Server'))
  const port = portOf(textOfChild(protocol, 'Port'))
  if (!host || !port) return null
  const encryption = textOfChild(protocol, 'Encryption').toLowerCase()
  const ssl = textOfChild(protocol, 'SSL').toLowerCase() !== 'off'
  // « TLS » is STARTTLS there; what is not encrypted is not a way to reach mail: STARTTLS is asked for all the same.
  const implicit = encryption === '' ? ssl && implicitPorts.has(port) : encryption === 'ssl'
  return { host, port, security: implicit ? 'tls' : 'starttls' }
}

/** The servers of an answer, or another address to ask; neither when it tells nothing of IMAP and SMTP. Errors: xml.*. */
export const readAutodiscover = (
  bytes: Uint8Array,
): Outcome<{ servers: FoundServers | null; redirectUrl: string | null }> => {
  const root = readSettings(bytes)
  if (!root.ok) return root
  const [redirect] = allNamed(root.value, 'RedirectUrl')
  const protocols = allNamed(root.value, 'Protocol')
  const first = (type: string): Server | null =>
    protocols
      .filter((one) => textOfChild(one, 'Type').toUpperCase() === type)
      .map(serverOf)
      .find((one) => one !== null) ?? null
  const imap = first('IMAP')
  const smtp = first('SMTP')
  return ok({
    servers: imap && smtp ? { imap, smtp } : null,
    redirectUrl: redirect?.text.trim() || null,
  })
}
