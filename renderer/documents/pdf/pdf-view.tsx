import type { PDFDocumentProxy } from 'pdfjs-dist'
import { useEffect, useState } from 'react'
import { ok } from '../../../app/contract/index.ts'
import type { AppError, Outcome } from '../../../app/contract/index.ts'
import { Banner, Button, Spinner, TextField } from '../../design/index.ts'
import { t } from '../../i18n/index.ts'
import { saveFile } from '../files.ts'
import { usePart } from '../part-bytes.ts'
import { maximumPdfSize, openPdf } from './pdf-engine.ts'
import { PdfPages } from './pdf-pages.tsx'
import './pdf.css'

const readBytes = (bytes: Uint8Array<ArrayBuffer>): Outcome<Uint8Array<ArrayBuffer>> => ok(bytes)

type Loaded = {
  bytes: Uint8Array
  password: string | null
  pdf: PDFDocumentProxy | null
  error: AppError | null
}

const usePdf = (bytes: Uint8Array<ArrayBuffer> | null, password: string | null): Loaded | null => {
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  useEffect(() => {
    if (!bytes) return undefined
    let current = true
    // pdf.js takes the buffer away to its worker: it gets a copy.
    const opening = openPdf(bytes.slice(), password)
    void opening.then((outcome) => {
      if (current)
        setLoaded(
          outcome.ok
            ? { bytes, password, pdf: outcome.value.pdf, error: null }
            : { bytes, password, pdf: null, error: outcome.error },
        )
    })
    return () => {
      current = false
      void opening.then((outcome) => (outcome.ok ? outcome.value.task.destroy() : undefined))
    }
  }, [bytes, password])
  return loaded && loaded.bytes === bytes && loaded.password === password ? loaded : null
}

/** Some laboratories lock their PDFs; the password stays in this window and opens this document only. */
const PasswordForm = ({ wrong, onPassword }: { wrong: boolean; onPassword: (password: string) => void }) => {
  const [typed, setTyped] = useState('')
  return (
    <form
      className="doc-state pdf-password"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed !== '') onPassword(typed)
      }}
    >
      <Banner
        tone={wrong ? 'error' : 'info'}
        title={t(wrong ? 'documents.pdfWrongPassword' : 'documents.pdfLocked')}
      >
        <p>{t('documents.pdfLocked_todo')}</p>
      </Banner>
      <TextField type="password" label={t('documents.pdfPassword')} value={typed} onChange={setTyped} />
      <Button type="submit" isDisabled={typed === ''}>
        {t('documents.pdfUnlock')}
      </Button>
    </form>
  )
}

const fileNameOf = (title: string): string =>
  `${
    title
      .replace(/\.pdf$/i, '')
      .replace(/[\\/:*?"<>|]+/g, ' ')
      .trim()
      .slice(0, 120) || 'document'
  }.pdf`

/** A PDF read in place by pdf.js: selectable text, search, zoom; only the pages near the eye are drawn. */
export const PdfView = ({
  url,
  title,
  openLink,
}: {
  url: string
  title: string
  /** Shows the real host and opens the link if the reader agrees. */
  openLink: (href: string, text: string) => void
}) => {
  const part = usePart(url, maximumPdfSize, readBytes)
  const [password, setPassword] = useState<string | null>(null)
  const loaded = usePdf(part.state === 'ready' ? part.value : null, password)
  const error = part.state === 'failed' ? part.error : (loaded?.error ?? null)
  const locked = error?.details?.['locked']
  if (locked === true) return <PasswordForm wrong={password !== null} onPassword={setPassword} />
  if (error)
    return (
      <div className="doc-state">
        <Banner tone="warn" title={t('documents.pdfFailed')}>
          <p>{error.code === 'mime.limit' ? t('documents.pdfTooLarge') : t('documents.pdfBroken')}</p>
        </Banner>
        <Button size="small" onPress={() => saveFile(url, fileNameOf(title))}>
          {t('documents.saveFile')}
        </Button>
      </div>
    )
  if (!loaded?.pdf)
    return (
      <div className="doc-state doc-loading">
        <Spinner label={t('documents.loadingPdf')} />
        <span>{t('documents.loadingPdf')}</span>
      </div>
    )
  return (
    <PdfPages
      pdf={loaded.pdf}
      title={title}
      openLink={openLink}
      onSave={() => void saveFile(url, fileNameOf(title))}
    />
  )
}
