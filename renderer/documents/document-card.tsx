import { FileText, Image, ScanLine, TriangleAlert } from 'lucide-react'
import type { DocumentSummary, ResultAlert } from '../../app/contract/index.ts'
import { CardSurface, Chip } from '../design/index.ts'
import { fullDate, size, t } from '../i18n/index.ts'
import { ClinicalDocumentView } from './clinical-document.tsx'
import { DocumentWarnings } from './document-warnings.tsx'
import { LoosePart } from './loose-part.tsx'
import './documents.css'

const icons = { image: Image, dicom: ScanLine } as const

const AlertChip = ({ alert }: { alert: ResultAlert }) => (
  <Chip tone={alert.level === 'critical' ? 'alert' : 'warn'} icon={<TriangleAlert aria-hidden="true" />}>
    {alert.level === 'critical'
      ? t('documents.criticalValues', { count: alert.count })
      : t('documents.abnormalValues', { count: alert.count })}
  </Chip>
)

const kindWords = (summary: DocumentSummary): string =>
  ({
    'cda-n1': 'CDA N1',
    'cda-n3': 'CDA N3',
    pdf: 'PDF',
    image: t('documents.kindImage'),
    text: t('documents.kindText'),
    hprim: 'HPRIM',
    dicom: 'DICOM',
    other: t('documents.kindOther'),
  })[summary.kind]

/** One clinical document of a message, readable in place: heading, warnings, content, where it came from. */
export const DocumentCard = ({
  summary,
  openLink,
}: {
  summary: DocumentSummary
  /** Shows the real host and opens the link if the reader agrees. */
  openLink: (href: string, text: string) => void
}) => {
  const Icon = summary.kind === 'image' || summary.kind === 'dicom' ? icons[summary.kind] : FileText
  const isCda = summary.kind === 'cda-n1' || summary.kind === 'cda-n3'
  const details = [
    summary.title && summary.title !== summary.label ? summary.title : null,
    summary.date ? fullDate(summary.date) : null,
    [summary.author, summary.organisation].filter(Boolean).join(', ') || null,
  ].filter((detail) => detail !== null)
  return (
    <CardSurface className="doc-card">
      <article aria-label={summary.label}>
        <header className="doc-head">
          <span className="doc-icon" aria-hidden="true">
            <Icon />
          </span>
          <div className="doc-title">
            <h2>{summary.label}</h2>
            {details.length > 0 && <p className="muted small">{details.join(' · ')}</p>}
          </div>
          <div className="doc-chips">
            {summary.alert && <AlertChip alert={summary.alert} />}
            {summary.version !== null && summary.version > 1 && (
              <Chip>{t('documents.versionNumber', { version: summary.version })}</Chip>
            )}
            {summary.replaces && <Chip>{t('documents.replacesOlder')}</Chip>}
            <Chip>{kindWords(summary)}</Chip>
          </div>
        </header>
        {summary.warnings.length > 0 && (
          <div className="doc-warnings">
            <DocumentWarnings warnings={summary.warnings} />
          </div>
        )}
        {isCda ? (
          <ClinicalDocumentView summary={summary} openLink={openLink} />
        ) : (
          <LoosePart summary={summary} />
        )}
        {summary.archive && (
          <footer className="doc-foot">
            <span>
              {summary.archive.fileName} · {size(summary.archive.size)}
            </span>
            {summary.archive.verified && <span>{t('documents.hashVerified')}</span>}
          </footer>
        )}
      </article>
    </CardSurface>
  )
}
