import type { TrustClass } from '../../contract/index.ts'
import { insKeyIsValid } from '../ins.ts'
import { splitAddress, type TrustedDomains } from './domains.ts'

/** Local parts that name a function rather than a person: a hint for the icon, never a right. */
const organisationLocalPart =
  /^(secretariat|resultats?|contact|accueil|labo|laboratoire|service|cardiologie|radiologie|urgences|imagerie|biologie|pharmacie|ne-pas-repondre|noreply)([.\-_]|$)/

const mailServer = /^(?:mailer-daemon|postmaster)$/

/**
 * What an address says of itself: outside the trust space (a patients' address without a valid INS is), a patient's, a
 * function's mailbox or a professional's. `unknown` for what is not an address.
 */
export const classifyAddress = (trusted: TrustedDomains, address: string): TrustClass => {
  const parts = splitAddress(address)
  if (!parts) return 'unknown'
  const { domain } = parts
  const local = parts.local.toLowerCase()
  if (domain === trusted.patientDomain) {
    if (insKeyIsValid(local.toUpperCase())) return 'patient'
    // The servers of the patients' mailbox, which give back what they cannot deliver (ENS-6-bounce).
    if (mailServer.test(local)) return 'organisation'
    // Nobody's mailbox: ECO.2.2.6 builds patients' addresses from the matricule with its key, and from nothing else.
    return 'outside'
  }
  if (domain.endsWith(`.${trusted.patientDomain}`)) return 'outside'
  if (!trusted.has(domain)) return 'outside'
  return organisationLocalPart.test(local) ? 'organisation' : 'professional'
}
