import { domainToASCII, domainToUnicode } from 'node:url'
import type { Policy } from '../../contract/index.ts'

const asciiForm =
  /^(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/** A domain as DNS knows it: lower case, other alphabets in punycode (UTS 46); null for what is no domain. */
export const asciiDomain = (text: string): string | null => {
  const trimmed = text.trim().replace(/\.$/, '')
  if (trimmed === '' || trimmed.length > 253 || /[\s/\\?#@:%[\]]/.test(trimmed)) return null
  const lower = trimmed.toLowerCase()
  const plain = asciiForm.test(lower) && !lower.includes('xn--')
  const ascii = plain ? lower : domainToASCII(trimmed).toLowerCase()
  // A last label of figures would be an IP address.
  return asciiForm.test(ascii) && !/\.\d+$/.test(ascii) ? ascii : null
}

/** A domain as it reads, other alphabets and all. */
export const shownDomain = (ascii: string): string => domainToUnicode(ascii) || ascii

/** Local part as written and domain in ASCII of an address; null for what is none. */
export const splitAddress = (address: string): { local: string; domain: string } | null => {
  const match = /^([^\s@<>()",;:]{1,64})@([^\s@<>()",;:]{1,253})$/.exec(address.trim())
  const domain = asciiDomain(match?.[2] ?? '')
  return match?.[1] && domain ? { local: match[1], domain } : null
}

/** What the trust space is made of, by domain in its ASCII form. */
export interface TrustedDomains {
  has: (domain: string) => boolean
  /** Exact domains, those of a list among them. */
  exact: () => Iterable<string>
  /** `.x` for every domain below x. */
  suffixes: readonly string[]
  patientDomain: string
}

/** The rule until a list has come; `.x` stands for sub-domains of x. */
const productionRule: NonNullable<Policy['trustSpace']> = {
  domains: ['.mssante.fr'],
  patientDomain: 'patient.mssante.fr',
}

/** The rule of the policy, else of the program. */
export const trustRule = (policy: Policy['trustSpace']): NonNullable<Policy['trustSpace']> =>
  policy ?? productionRule

/**
 * Domains of a list, or of the rule while there is none. What an administrator names in the policy counts beside a list; the
 * rule of the program alone gives way to it.
 */
export const trustedDomains = (
  policy: Policy['trustSpace'],
  list: ReadonlySet<string> | null,
): TrustedDomains => {
  const rule = trustRule(policy)
  const inForce = list && !policy ? [] : rule.domains
  const suffixes = inForce.filter((one) => one.startsWith('.')).map((one) => one.toLowerCase())
  const named = new Set(inForce.filter((one) => !one.startsWith('.')).map((one) => one.toLowerCase()))
  const patientDomain = rule.patientDomain.toLowerCase()
  const listed = list ?? new Set<string>()
  for (const one of listed) if (one.startsWith('.')) suffixes.push(one)
  return {
    has: (domain) =>
      named.has(domain) ||
      listed.has(domain) ||
      domain === patientDomain ||
      suffixes.some((suffix) => domain.endsWith(suffix)),
    exact: function* () {
      yield* named
      for (const one of listed) if (!one.startsWith('.')) yield one
      yield patientDomain
    },
    suffixes,
    patientDomain,
  }
}
