import { EyeOff, FileText, FileWarning, Image, Mail, ScanLine, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { DocumentLinks, DocumentSummary, PatientSummary, ResultAlert } from '../../app/contract/index.ts'
import { Banner, Button, CardSurface, Chip } from '../design/index.ts'
import { fullDate, size, t } from '../i18n/index.ts'
import { ShownPatientContext } from './clinical-header.tsx'
import { ClinicalDocumentView } from './clinical-document.tsx'
import { DocumentWarnings } from './document-warnings.tsx'
import { originWords } from './technical-facts.tsx'
import { LoosePart } from './loose-part.tsx'
import './documents.css'
import './sheet.css'

const KindIcon = ({ kind }: { kind: DocumentSummary['kind'] }) => {
  switch (kind) {
    case 'image':
      return <Image />
    case 'dicom':
    case 'kos':
      return <ScanLine />
    case 'refused':
      return <FileWarning />
    default:
      return <FileText />
  }
}

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
    hl7: 'HL7 v2',
    dicom: 'DICOM',
    kos: 'DICOM KOS',
    office: t('documents.kindOffice'),
    signature: t('documents.kindSignature'),
    refused: t('documents.kindRefused'),
    other: t('documents.kindOther'),
  })[summary.kind]

/** « CDA N3 + PDF » is one line (SC.CDA/DD.15). */
const formatWords = (summary: DocumentSummary): string =>
  summary.pdfUrl !== null && (summary.kind === 'cda-n1' || summary.kind === 'cda-n3')
    ? `${kindWords(summary)} + PDF`
    : kindWords(summary)

/** Who may not see it: said before anybody forwards it (clinical-documents.md §3.7). */
const VisibilityBanners = ({ summary }: { summary: DocumentSummary }) =>
  summary.visibility.map((visibility) => (
    <div key={visibility} className="doc-visibility">
      <EyeOff aria-hidden="true" />
      <p>
        <b>{t(`documents.visibility_${visibility}`)}</b> {t(`documents.visibility_${visibility}_todo`)}
      </p>
    </div>
  ))

/** How the document stands to others: an outdated one says so before it is read. */
const Standing = ({
  summary,
  links,
  openMessage,
}: {
  summary: DocumentSummary
  links: DocumentLinks | null
  openMessage: ((id: number) => void) | null
}) => {
  const later = links?.replacedBy ?? null
  const first = links?.duplicateOf ?? null
  const open = (id: number) =>
    openMessage && (
      <Button size="small" onPress={() => openMessage(id)}>
        {t('documents.openThatMessage')}
      </Button>
    )
  return (
    <>
      {(later !== null || summary.replacedBy !== null) && (
        <Banner
          tone="warn"
          title={
            later === null
              ? t('documents.replacedHere')
              : t('documents.replacedOn', { date: fullDate(later.date) })
          }
          actions={later === null ? null : open(later.messageId)}
        >
          <p>{t('documents.replaced_todo')}</p>
        </Banner>
      )}
      {(first !== null || summary.duplicateOf !== null) && (
        <Banner
          tone="info"
          title={
            first === null
              ? t('documents.duplicateHere')
              : t('documents.duplicateOn', { date: fullDate(first.date) })
          }
          actions={first === null ? null : open(first.messageId)}
        />
      )}
    </>
  )
}

/** One clinical document of a message, readable in place: heading, warnings, content, where it came from. */
export const DocumentCard = ({
  summary,
  links = null,
  openLink,
  openMessage = null,
  patientShown = null,
  sent = false,
  signatures = null,
}: {
  summary: DocumentSummary
  /** Other messages that carry it or another version. */
  links?: DocumentLinks | null
  /** Shows the real host and opens the link if the reader agrees. */
  openLink: (href: string, text: string) => void
  /** Opens another message: the one of an earlier value, of another version. */
  openMessage?: ((id: number) => void) | null
  /** The patient told above the document already. */
  patientShown?: PatientSummary | null
  /** It belongs to a message one has sent. */
  sent?: boolean
  /** What is said of the signatures of its file. */
  signatures?: ReactNode
}) => {
  const isCda = summary.kind === 'cda-n1' || summary.kind === 'cda-n3'
  const details = [
    summary.title && summary.title !== summary.label ? summary.title : null,
    summary.date ? fullDate(summary.date) : null,
    [summary.author, summary.organisation]
      .filter((word, index, all) => word && all.indexOf(word) === index)
      .join(', ') || null,
  ].filter((detail) => detail !== null)
  return (
    <CardSurface className="doc-card">
      <article aria-label={summary.label}>
        <header className="doc-head">
          <span className="doc-icon" aria-hidden="true">
            <KindIcon kind={summary.kind} />
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
            <Chip>{formatWords(summary)}</Chip>
          </div>
        </header>
        <VisibilityBanners summary={summary} />
        {signatures}
        <div className="doc-warnings">
          <Standing summary={summary} links={links} openMessage={openMessage} />
          <DocumentWarnings warnings={summary.warnings} />
        </div>
        {isCda ? (
          <ShownPatientContext value={patientShown}>
            <ClinicalDocumentView
              summary={summary}
              openLink={openLink}
              openMessage={openMessage}
              sent={sent}
            />
          </ShownPatientContext>
        ) : (
          <LoosePart summary={summary} openLink={openLink} openMessage={openMessage} />
        )}
        <footer className="doc-foot">
          <span className="doc-origin">
            <Mail aria-hidden="true" />
            {originWords(sent)}
          </span>
          {summary.archive && (
            <span>
              {summary.archive.fileName} · {size(summary.archive.size)}
            </span>
          )}
          {summary.archive?.verified && <span>{t('documents.hashVerified')}</span>}
          {summary.deviations.length > 0 && (
            <span>{t('documents.deviationCount', { count: summary.deviations.length })}</span>
          )}
        </footer>
      </article>
    </CardSurface>
  )
}
