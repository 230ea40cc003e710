import { useState } from 'react'
import type { DocumentSummary } from '../../app/contract/index.ts'
import { Banner, ErrorBanner, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { partAddress, readText, usePart } from './part-bytes.ts'
import { PdfView } from './pdf.tsx'

const maximumText = 2 * 1024 * 1024

const TextPart = ({ url, title }: { url: string; title: string }) => {
  const part = usePart(url, maximumText, readText)
  if (part.state === 'loading')
    return (
      <div className="doc-state doc-loading">
        <Spinner label={t('documents.loading')} />
      </div>
    )
  if (part.state === 'failed')
    return (
      <div className="doc-state">
        <ErrorBanner error={part.error} />
      </div>
    )
  return (
    <div className="doc-table-scroll" role="region" aria-label={title} tabIndex={0}>
      <pre className="doc-plain">{part.value}</pre>
    </div>
  )
}

const ImagePart = ({ url, title }: { url: string; title: string }) => {
  const [failed, setFailed] = useState(false)
  return failed ? (
    <div className="doc-state">
      <Banner tone="warn" title={t('documents.imageFailed')}>
        <p>{t('documents.pdfBroken')}</p>
      </Banner>
    </div>
  ) : (
    <figure className="doc-figure">
      <img src={partAddress(url)} alt={title} onError={() => setFailed(true)} />
    </figure>
  )
}

/** A document that is not a CDA, shown in place by its kind. */
export const LoosePart = ({ summary }: { summary: DocumentSummary }) => {
  const title = summary.title || summary.label
  if (summary.kind === 'pdf') return <PdfView url={summary.pdfUrl ?? summary.url} title={title} />
  if (summary.kind === 'image') return <ImagePart url={summary.url} title={title} />
  if (summary.kind === 'text' || summary.kind === 'hprim') return <TextPart url={summary.url} title={title} />
  return (
    <p className="doc-state muted">
      {summary.kind === 'dicom' ? t('documents.dicomOutside') : t('documents.otherOutside')}
    </p>
  )
}
