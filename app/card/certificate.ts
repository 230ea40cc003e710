import { fromBER, type BaseBlock } from 'asn1js'
import * as pkijs from 'pkijs'
import type { Purpose } from './protocol.ts'

/** A card's certificates are about 2 kB. */
const maxBytes = 32 * 1024

/**
 * Reads a certificate from DER within limits (32 kB, 40 levels, 2 000 nodes); null when it is not one. Never throws,
 * whatever the bytes.
 */
export const parseCertificate = (der: Uint8Array): pkijs.Certificate | null => {
  if (der.length === 0 || der.length > maxBytes) return null
  try {
    const parsed = fromBER(Uint8Array.from(der), { maxDepth: 40, maxNodes: 2000, maxContentLength: maxBytes })
    if (parsed.offset === -1) return null
    return new pkijs.Certificate({ schema: parsed.result })
  } catch {
    return null
  }
}

const extension = (certificate: pkijs.Certificate, oid: string): pkijs.Extension | undefined =>
  certificate.extensions?.find((one) => one.extnID === oid)

const keyUsageBits = (certificate: pkijs.Certificate): number => {
  const value: unknown = extension(certificate, '2.5.29.15')?.parsedValue
  const bits = value as { valueBlock?: { valueHexView?: Uint8Array } } | undefined
  return bits?.valueBlock?.valueHexView?.[0] ?? 0
}

const extendedUsages = (certificate: pkijs.Certificate): readonly string[] => {
  const value: unknown = extension(certificate, '2.5.29.37')?.parsedValue
  return value instanceof pkijs.ExtKeyUsage ? value.keyPurposes : []
}

/** What a card certificate is for, by its key usage (cps-card.md §2.4); null when it is neither. */
export const purposeOf = (certificate: pkijs.Certificate): Purpose | null => {
  const usage = keyUsageBits(certificate)
  const extended = extendedUsages(certificate)
  if (usage & 0x80 && extended.includes('1.3.6.1.5.5.7.3.2')) return 'authentication'
  if (usage & 0x40 && extended.includes('1.3.6.1.5.5.7.3.4')) return 'signature'
  return null
}

/** Modulus of the certificate's RSA key without leading zeros, lower-case hex; null for other keys. */
export const modulusOf = (certificate: pkijs.Certificate): string | null => {
  const key = certificate.subjectPublicKeyInfo.parsedKey
  return key instanceof pkijs.RSAPublicKey ? toModulus(key.modulus.valueBlock.valueHexView) : null
}

/** The form in which two moduli are compared. */
export const toModulus = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(00)+/, '')

/** Text of an ASN.1 string of any type, at most 200 characters, without control characters; null for anything else. */
const textOf = (block: BaseBlock): string | null => {
  const { value } = block.valueBlock as { value?: unknown }
  // Control and direction characters would let a certificate disguise a name on screen.
  return typeof value === 'string' ? value.replace(/\p{C}/gu, '').slice(0, 200) : null
}

/** First value of an attribute of the subject, in whatever RDN it stands. */
export const subjectText = (certificate: pkijs.Certificate, oid: string): string | null => {
  const attribute = certificate.subject.typesAndValues.find((one) => one.type === oid)
  return attribute ? textOf(attribute.value) : null
}

/** Card number of extension 1.2.250.1.71.1.2.3 (`8025000001/2800636234`), without the issuer; null when absent (§2.5). */
export const cardNumberOf = (certificate: pkijs.Certificate): string | null => {
  const octets = extension(certificate, '1.2.250.1.71.1.2.3')?.extnValue.valueBlock.valueHexView
  const parsed = octets && fromBER(Uint8Array.from(octets), { maxDepth: 4, maxNodes: 8 })
  const text = parsed && parsed.offset !== -1 ? textOf(parsed.result) : null
  return text === null ? null : (text.split('/').at(-1) ?? null)
}

/** An impossible date would throw in `toISOString`; such a certificate is valid at no time. */
const toIso = (date: Date): string => new Date(Number.isNaN(date.getTime()) ? 0 : date).toISOString()

/** Dates of a certificate, ISO. */
export const validityOf = (certificate: pkijs.Certificate): { notBefore: string; notAfter: string } => ({
  notBefore: toIso(certificate.notBefore.value),
  notAfter: toIso(certificate.notAfter.value),
})

const cardKinds = ['cps', 'cpf', 'cpe', 'cpa'] as const

/** *TypeProduit* (extension 1.2.250.1.71.1.2.2); null when absent or unknown (§2.5). */
export const cardKindOf = (certificate: pkijs.Certificate): (typeof cardKinds)[number] | null => {
  const octets = extension(certificate, '1.2.250.1.71.1.2.2')?.extnValue.valueBlock.valueHexView
  if (octets?.length !== 3 || octets[0] !== 0x02 || octets[1] !== 0x01) return null
  return cardKinds[octets[2] ?? -1] ?? null
}
