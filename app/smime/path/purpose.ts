import { keyUsageBits, type X509 } from './x509.ts'

export const purposes = ['email', 'server', 'client', 'any'] as const
export type Purpose = (typeof purposes)[number]

const anyExtendedUsage = '2.5.29.37.0'
const { digitalSignature, nonRepudiation, keyEncipherment, keyAgreement } = keyUsageBits

/** Extended key usage, and the key usages of which one is enough. */
const needs: Readonly<Record<Exclude<Purpose, 'any'>, { usage: string; bits: number }>> = {
  email: {
    usage: '1.3.6.1.5.5.7.3.4',
    bits: digitalSignature | nonRepudiation | keyEncipherment | keyAgreement,
  },
  server: { usage: '1.3.6.1.5.5.7.3.1', bits: digitalSignature | keyEncipherment | keyAgreement },
  client: { usage: '1.3.6.1.5.5.7.3.2', bits: digitalSignature },
}

/** Why a certificate is not for a purpose. */
export type PurposeProblem = 'extended-key-usage' | 'key-usage' | 'authority' | 'issuer-extended-key-usage'

const allows = ({ extendedKeyUsage }: X509, usage: string): boolean =>
  extendedKeyUsage === null || extendedKeyUsage.includes(usage) || extendedKeyUsage.includes(anyExtendedUsage)

/**
 * Whether the leaf of a path may be used for a purpose; null when it may. Authorities below the anchor that name purposes
 * limit what they issue to these, as all verifiers in use have it.
 */
export const purposeProblem = (path: readonly X509[], purpose: Purpose): PurposeProblem | null => {
  const [leaf, ...issuers] = path
  if (!leaf || purpose === 'any') return null
  const { usage, bits } = needs[purpose]
  if (!allows(leaf, usage)) return 'extended-key-usage'
  if (leaf.keyUsage !== null && (leaf.keyUsage & bits) === 0) return 'key-usage'
  if (leaf.isAuthority) return 'authority'
  return issuers.slice(0, -1).every((issuer) => allows(issuer, usage)) ? null : 'issuer-extended-key-usage'
}
