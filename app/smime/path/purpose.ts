import { keyUsageBits, type X509 } from './x509.ts'

export const purposes = ['email', 'document', 'server', 'client', 'any'] as const
export type Purpose = (typeof purposes)[number]

const anyExtendedUsage = '2.5.29.37.0'
const { digitalSignature, nonRepudiation, keyEncipherment, keyAgreement } = keyUsageBits

/** Extended key usages and key usages, of each of which one is enough. */
const needs: Readonly<Record<Exclude<Purpose, 'any'>, { usages: readonly string[]; bits: number }>> = {
  email: {
    usages: ['1.3.6.1.5.5.7.3.4'],
    bits: digitalSignature | nonRepudiation | keyEncipherment | keyAgreement,
  },
  // A signed file: mail's own usage too, RFC 9336, and those that Adobe and Microsoft had before it.
  document: {
    usages: ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36', '1.2.840.113583.1.1.5', '1.3.6.1.4.1.311.10.3.12'],
    bits: digitalSignature | nonRepudiation,
  },
  server: { usages: ['1.3.6.1.5.5.7.3.1'], bits: digitalSignature | keyEncipherment | keyAgreement },
  client: { usages: ['1.3.6.1.5.5.7.3.2'], bits: digitalSignature },
}

/** Why a certificate is not for a purpose. */
export type PurposeProblem = 'extended-key-usage' | 'key-usage' | 'authority' | 'issuer-extended-key-usage'

const allows = ({ extendedKeyUsage }: X509, usages: readonly string[]): boolean =>
  extendedKeyUsage === null ||
  extendedKeyUsage.includes(anyExtendedUsage) ||
  usages.some((usage) => extendedKeyUsage.includes(usage))

/**
 * Whether the leaf of a path may be used for a purpose; null when it may. Authorities below the anchor that name purposes
 * limit what they issue to these, as all verifiers in use have it.
 */
export const purposeProblem = (path: readonly X509[], purpose: Purpose): PurposeProblem | null => {
  const [leaf, ...issuers] = path
  if (!leaf || purpose === 'any') return null
  const { usages, bits } = needs[purpose]
  if (!allows(leaf, usages)) return 'extended-key-usage'
  if (leaf.keyUsage !== null && (leaf.keyUsage & bits) === 0) return 'key-usage'
  if (leaf.isAuthority) return 'authority'
  return issuers.slice(0, -1).every((issuer) => allows(issuer, usages)) ? null : 'issuer-extended-key-usage'
}
