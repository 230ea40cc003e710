import { Check, TriangleAlert } from 'lucide-react'
import type { SendCheck } from '../../app/contract/index.ts'
import { Chip } from '../design/index.ts'
import type { ChipTone } from '../design/index.ts'
import { warningText } from '../accounts/index.ts'
import { size, t } from '../i18n/index.ts'

interface Finding {
  key: string
  tone: ChipTone
  text: string
}

/** The core's checks as a few short findings: what blocks first, then what to know, then what is fine. */
export const summariseChecks = (checks: readonly SendCheck[]): Finding[] => {
  // A certificate that is missing for no address is the sender's own.
  const ownMissing = checks.some((check) => check.kind === 'missing-certificate' && check.address === null)
  const count = (kind: SendCheck['kind']): number =>
    checks.filter(
      (check) => check.kind === kind && (kind !== 'missing-certificate' || check.address !== null),
    ).length
  const findings: Finding[] = []
  const add = (kind: Exclude<SendCheck['kind'], 'size' | 'attachment-locked'>, tone: ChipTone): void => {
    const found = count(kind)
    if (found > 0) findings.push({ key: kind, tone, text: t(`composer.check_${kind}`, { count: found }) })
  }
  add('no-recipient', 'neutral')
  add('address-invalid', 'alert')
  add('recipient-outside', 'alert')
  add('documents-several-patients', 'alert')
  add('document-other-recipient', 'alert')
  add('document-patient', 'alert')
  add('document-author', 'alert')
  add('document-hidden-from-all', 'alert')
  add('document-hidden-from-patient', 'alert')
  add('document-masked-from-professionals', 'alert')
  add('generic-health-document', 'alert')
  add('generic-to-trust-space', 'alert')
  add('generic-answers-professional', 'warn')
  for (const { warning } of checks)
    if (warning)
      findings.push({ key: `${warning.kind} ${warning.address}`, tone: 'alert', text: warningText(warning) })
  const sizes = checks.filter((check) => check.kind === 'size')
  const tooLarge = sizes.find((check) => check.blocking)
  const measured = tooLarge ?? sizes[0]
  const sizeText =
    measured?.size === null || measured?.size === undefined
      ? null
      : measured.limit === null
        ? size(measured.size)
        : t('composer.sizeOf', { size: size(measured.size), limit: size(measured.limit) })
  if (tooLarge && sizeText)
    findings.push({ key: 'size', tone: 'alert', text: t('composer.tooLarge', { size: sizeText }) })
  add(
    'missing-certificate',
    checks.some((check) => check.kind === 'missing-certificate' && check.blocking) ? 'alert' : 'warn',
  )
  add('certificate-changed', 'alert')
  if (ownMissing)
    findings.push({ key: 'own-certificate', tone: 'alert', text: t('composer.check_own-certificate') })
  add('patient-refused', 'alert')
  add('patient-unknown', 'alert')
  add('patient-differs', 'alert')
  add('patient-ends-with-document', 'alert')
  add('patient-ends-all', 'warn')
  add('patient-with-professionals', 'warn')
  for (const { kind, fileName } of checks)
    if (kind === 'attachment-locked')
      findings.push({
        key: `${kind} ${fileName ?? ''}`,
        tone: 'warn',
        text: t('composer.check_attachment-locked', { name: fileName ?? '' }),
      })
  add('professional-mail-opposed', 'warn')
  add('patient-unknown-answered', 'warn')
  add('patient-minor', 'neutral')
  add('card-needed', 'warn')
  add('certificate-expiring', 'warn')
  add('document-not-pdfa', 'warn')
  add('document-ins-kept', 'warn')
  add('recipient-unknown', 'warn')
  add('no-subject', 'warn')
  add('recipient-trusted', 'ok')
  if (!tooLarge && sizeText) findings.push({ key: 'size', tone: 'ok', text: sizeText })
  return findings
}

/** What was checked before sending, in words. */
export const ChecksLine = ({ checks }: { checks: readonly SendCheck[] }) => (
  <ul className="composer-checks" aria-label={t('composer.checks')} aria-live="polite">
    {summariseChecks(checks).map(({ key, tone, text }) => (
      <li key={key}>
        <Chip
          tone={tone}
          icon={
            tone === 'ok' ? (
              <Check aria-hidden="true" />
            ) : tone === 'neutral' ? undefined : (
              <TriangleAlert aria-hidden="true" />
            )
          }
        >
          {text}
        </Chip>
      </li>
    ))}
  </ul>
)
