import type { CertificateSummary } from '../../app/contract/index.ts'
import { fullDate, t } from '../i18n/index.ts'

/** Whom a certificate names: its addresses, else its subject. */
export const certificateOwner = (certificate: CertificateSummary): string =>
  certificate.emails.join(', ') || certificate.subject

/** Certificates in words: whose, from whom, until when. */
export const CertificateList = ({
  label,
  certificates,
  now,
}: {
  label: string
  certificates: readonly CertificateSummary[]
  now: Date
}) => (
  <ul className="certificate-list" aria-label={label}>
    {certificates.map((certificate) => (
      <li key={certificate.fingerprint}>
        <b>{certificateOwner(certificate)}</b>
        <span className="muted small" data-expired={new Date(certificate.notAfter) < now}>
          {t(new Date(certificate.notAfter) < now ? 'settings.expiredOn' : 'settings.validUntil', {
            date: fullDate(certificate.notAfter),
          })}
        </span>
        <span className="muted small certificate-issuer" title={certificate.issuer}>
          {t('settings.issuedBy', {
            name: /(?:^|, ?)CN=([^,]+)/.exec(certificate.issuer)?.[1] ?? certificate.issuer,
          })}
        </span>
      </li>
    ))}
  </ul>
)
