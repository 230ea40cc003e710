import { domainToASCII, domainToUnicode } from 'node:url'
import type { Policy } from '../../contract/index.ts'
import { indexDomains, type DomainIndex } from './domain-index.ts'

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
  /** Whether a domain is named itself, not only taken by a rule. */
  names: (domain: string) => boolean
  bySkeleton: DomainIndex['bySkeleton']
  byDashes: DomainIndex['byDashes']
  withoutDashes: DomainIndex['withoutDashes']
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
export const trustedDomains = (policy: Policy['trustSpace'], list: DomainIndex | null): TrustedDomains => {
  const rule = trustRule(policy)
  const inForce = (list && !policy ? [] : rule.domains).map((one) => one.toLowerCase())
  const patientDomain = rule.patientDomain.toLowerCase()
  const own = indexDomains([...inForce, patientDomain])
  const suffixes = [...own.suffixes, ...(list?.suffixes ?? [])]
  const names = (domain: string): boolean => own.exact.has(domain) || list?.exact.has(domain) === true
  return {
    has: (domain) => names(domain) || suffixes.some((suffix) => domain.endsWith(suffix)),
    names,
    bySkeleton: (form) => own.bySkeleton(form) ?? list?.bySkeleton(form),
    byDashes: (text) => own.byDashes(text) ?? list?.byDashes(text),
    withoutDashes: (text) => own.withoutDashes(text) ?? list?.withoutDashes(text),
    suffixes,
    patientDomain,
  }
}
