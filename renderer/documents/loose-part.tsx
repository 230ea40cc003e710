import type { DocumentSummary } from '../../app/contract/index.ts'
import { Banner, WideTable } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { refusalSentence } from './deviations.ts'
import { DocumentDataView } from './document-data.tsx'
import { FileOffer } from './file-offer.tsx'
import { ImageView } from './image-view.tsx'
import { readText, usePart } from './part-bytes.ts'
import { PartState } from './part-state.tsx'
import { PdfView } from './pdf/pdf-view.tsx'

const maximumText = 2 * 1024 * 1024

const TextPart = ({ url, title }: { url: string; title: string }) => (
  <PartState part={usePart(url, maximumText, readText)}>
    {(text) => (
      <WideTable className="doc-table-scroll" label={title}>
        <pre className="doc-plain">{text}</pre>
      </WideTable>
    )}
  </PartState>
)

const Refused = ({ summary }: { summary: DocumentSummary }) => {
  const apicrypt = summary.refusals.some(({ code }) => code === 'apicrypt')
  return (
    <>
      <div className="doc-warnings">
        <Banner tone="warn" title={t(apicrypt ? 'documents.apicrypt' : 'documents.refused')}>
          {apicrypt ? (
            <p>{t('documents.apicrypt_todo')}</p>
          ) : (
            <ul className="fact-list">
              {summary.refusals.map((refusal, index) => (
                <li key={index}>{refusalSentence(refusal)}</li>
              ))}
            </ul>
          )}
        </Banner>
      </div>
      {summary.url !== '' && <FileOffer summary={summary} hint={t('documents.refusedFile')} />}
    </>
  )
}

/** A document that is not a CDA, shown in place by its kind. */
export const LoosePart = ({
  summary,
  openLink,
  openMessage,
}: {
  summary: DocumentSummary
  openLink: (href: string, text: string) => void
  openMessage: ((id: number) => void) | null
}) => {
  const title = summary.title || summary.label
  if (summary.kind === 'refused') return <Refused summary={summary} />
  if (summary.dataUrl !== null)
    return <DocumentDataView url={summary.dataUrl} summary={summary} openMessage={openMessage} />
  switch (summary.kind) {
    case 'pdf':
      return <PdfView url={summary.pdfUrl ?? summary.url} title={title} openLink={openLink} />
    case 'image':
      // TIFF and the like have no decoder here: the view says so and the file can be saved.
      return /\.tiff?$/i.test(summary.path) ? (
        <FileOffer summary={summary} hint={t('documents.tiffOutside')} />
      ) : (
        <ImageView url={summary.url} title={title} />
      )
    case 'text':
    case 'hprim':
    case 'hl7':
      return <TextPart url={summary.url} title={title} />
    case 'dicom':
    case 'kos':
      return <FileOffer summary={summary} hint={t('documents.dicomOutside')} />
    case 'office':
      return <FileOffer summary={summary} hint={t('documents.officeOutside')} />
    case 'signature':
      return (
        <FileOffer
          summary={summary}
          hint={t(summary.signatures.length > 0 ? 'documents.signatureAlone' : 'documents.signatureOutside')}
        />
      )
    default:
      return <FileOffer summary={summary} hint={t('documents.otherOutside')} />
  }
}
