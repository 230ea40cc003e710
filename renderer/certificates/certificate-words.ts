import type { CertificateSummary } from '../../app/contract/index.ts'

const part = (name: string, attribute: string): string | undefined =>
  new RegExp(`(?:^|, ?)${attribute}=([^,]+)`).exec(name)?.[1]

/** Whom a certificate names: its addresses, else its subject. */
export const certificateOwner = (certificate: CertificateSummary): string =>
  certificate.emails.join(', ') || certificate.subject

/** The person or service a certificate is made out to. */
export const holder = ({ subject }: CertificateSummary): string => {
  const person = [part(subject, 'GN'), part(subject, 'SN')].filter(Boolean).join(' ')
  return person || (part(subject, 'CN') ?? subject)
}

/** The authority by its usual name. */
export const issuerName = ({ issuer }: CertificateSummary): string => part(issuer, 'CN') ?? issuer

/** The beginning of the fingerprint, as one reads it out on the telephone. */
export const shortFingerprint = ({ fingerprint }: CertificateSummary): string =>
  (fingerprint.slice(0, 16).toUpperCase().match(/.{4}/g) ?? []).join(' ')
