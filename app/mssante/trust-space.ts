import type { Policy, TrustClass } from '../contract/index.ts'
import { insKeyIsValid } from './ins.ts'

/** Domains of the trust space until the whitelist itself is fetched (a later issue); `.x` stands for sub-domains of x. */
const productionTrustSpace: NonNullable<Policy['trustSpace']> = {
  domains: ['.mssante.fr'],
  patientDomain: 'patient.mssante.fr',
}

/** Local parts that name a function rather than a person: a hint for the icon, never a right. */
const organisationLocalPart =
  /^(secretariat|resultats?|contact|accueil|labo|laboratoire|service|cardiologie|radiologie|urgences|imagerie|biologie|pharmacie|ne-pas-repondre|noreply)([.\-_]|$)/

/**
 * What an address says of itself: outside the trust space (a patients' address without a valid INS is), a patient's, a
 * function's mailbox or a professional's. `unknown` for what is not an address.
 */
export const createTrustClassifier = (
  trustSpace: Policy['trustSpace'] = productionTrustSpace,
): ((address: string) => TrustClass) => {
  const exact = new Set(
    trustSpace.domains.filter((domain) => !domain.startsWith('.')).map((d) => d.toLowerCase()),
  )
  const suffixes = trustSpace.domains.filter((domain) => domain.startsWith('.')).map((d) => d.toLowerCase())
  const patientDomain = trustSpace.patientDomain.toLowerCase()
  return (address) => {
    const match = /^([^\s@<>()",;:]{1,64})@([a-z0-9.-]{1,253})$/i.exec(address.trim())
    const local = match?.[1]?.toLowerCase()
    const domain = match?.[2]?.toLowerCase()
    if (!local || !domain) return 'unknown'
    // Nobody's mailbox: ECO.2.2.6 builds patients' addresses from the matricule with its key, and from nothing else.
    if (domain === patientDomain) return insKeyIsValid(local.toUpperCase()) ? 'patient' : 'outside'
    if (domain.endsWith(`.${patientDomain}`)) return 'outside'
    if (!exact.has(domain) && !suffixes.some((suffix) => domain.endsWith(suffix))) return 'outside'
    return organisationLocalPart.test(local) ? 'organisation' : 'professional'
  }
}
