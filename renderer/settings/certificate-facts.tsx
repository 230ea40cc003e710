import type { ReactNode } from 'react'
import type { CertificateSummary, CertificateUse } from '../../app/contract/index.ts'
import { certificateOwner, issuerName } from '../certificates/index.ts'
import { fullDate, t } from '../i18n/index.ts'

const usesInWords = (uses: readonly CertificateUse[]): string => {
  const [first, second] = uses
  if (!first) return t('certificates.noUse')
  const words = {
    first: t(`certificates.use-${first}`),
    second: second ? t(`certificates.use-${second}`) : '',
  }
  return t('certificates.uses', { count: uses.length, ...words })
}

/** A certificate in words: whose, in what state, what for, from whom, until when. */
export const CertificateFacts = ({
  certificate,
  uses,
  now,
  state,
  children,
}: {
  certificate: CertificateSummary
  uses: readonly CertificateUse[]
  now: Date
  state: ReactNode
  children?: ReactNode
}) => {
  const expired = new Date(certificate.notAfter) < now
  return (
    <>
      <b>{certificateOwner(certificate)}</b>
      {state}
      <span className="muted small certificate-issuer" title={certificate.issuer}>
        {usesInWords(uses)} · {t('settings.issuedBy', { name: issuerName(certificate) })}
      </span>
      <span className="muted small certificate-issuer" data-expired={expired}>
        {t(expired ? 'settings.expiredOn' : 'settings.validUntil', { date: fullDate(certificate.notAfter) })}
      </span>
      {children}
    </>
  )
}
