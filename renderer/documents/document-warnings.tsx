import type { DocumentWarning } from '../../app/contract/index.ts'
import { Banner } from '../design/index.ts'
import type { BannerTone } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const tones: Record<DocumentWarning, BannerTone> = {
  'patient-mismatch': 'error',
  'several-patients': 'error',
  'hash-mismatch': 'error',
  'size-mismatch': 'error',
  'type-mismatch': 'warn',
  'id-mismatch': 'warn',
  'metadata-missing': 'warn',
  'wrong-ins-key': 'warn',
}

const order: readonly DocumentWarning[] = [
  'patient-mismatch',
  'several-patients',
  'hash-mismatch',
  'size-mismatch',
  'wrong-ins-key',
  'type-mismatch',
  'id-mismatch',
  'metadata-missing',
]

/** What was found wrong with a document, worst first: what it is, what to do. */
export const DocumentWarnings = ({ warnings }: { warnings: readonly DocumentWarning[] }) =>
  order
    .filter((warning) => warnings.includes(warning))
    .map((warning) => (
      <Banner key={warning} tone={tones[warning]} title={t(`documents.warning_${warning}`)}>
        <p>{t(`documents.warning_${warning}_todo`)}</p>
      </Banner>
    ))
