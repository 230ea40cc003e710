import { Download, ExternalLink, File, FileText, Image, Paperclip, TriangleAlert } from 'lucide-react'
import type { MessageView, Part } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, CardSurface, IconButton, showError, showToast } from '../design/index.ts'
import { size, t } from '../i18n/index.ts'

const PartIcon = ({ part }: { part: Part }) => {
  if (part.dangerous) return <TriangleAlert aria-hidden="true" />
  if (part.mimeType.startsWith('image/')) return <Image aria-hidden="true" />
  if (part.mimeType.startsWith('text/') || part.mimeType === 'application/pdf')
    return <FileText aria-hidden="true" />
  return <File aria-hidden="true" />
}

const nameOf = (part: Part): string => part.fileName ?? t('reading.unnamedPart')

/** Asks where, then saves a part there. */
export const savePart = async (url: string, fileName: string): Promise<void> => {
  const outcome = await invoke('window.savePart', { url, fileName })
  if (!outcome.ok) showError(outcome.error)
  else if (outcome.value) showToast({ text: t('reading.saved', { name: fileName }) })
}

const openPart = async (url: string, fileName: string): Promise<void> => {
  const outcome = await invoke('window.openPart', { url, fileName })
  if (!outcome.ok) showError(outcome.error)
}

/** Files that are neither shown as a document nor placed in the text. */
export const attachmentsOf = (view: MessageView): Part[] => {
  const shown = new Set(view.documents.flatMap((document) => [document.url, document.pdfUrl]))
  const archives = new Set(view.documents.flatMap((document) => document.archive?.fileName ?? []))
  return view.parts.filter(
    (part) =>
      !part.inline && !shown.has(part.url) && !(part.fileName !== null && archives.has(part.fileName)),
  )
}

const Attachment = ({ part }: { part: Part }) => {
  const name = nameOf(part)
  return (
    <li className="attachment" data-dangerous={part.dangerous}>
      <PartIcon part={part} />
      <span className="attachment-words">
        <b>{name}</b>
        <span className="small muted">
          {size(part.size)}
          {part.dangerous && ` · ${t('reading.dangerous')}`}
          {part.lock !== null && ` · ${t(`reading.${part.lock}Protected`)}`}
          {part.outsideSignature && ` · ${t('reading.attachmentOutside')}`}
        </span>
      </span>
      {!part.dangerous && (
        <IconButton
          label={t('reading.openNamed', { name })}
          size="small"
          onPress={() => openPart(part.url, name)}
        >
          <ExternalLink aria-hidden="true" />
        </IconButton>
      )}
      <IconButton
        label={t('reading.saveNamed', { name })}
        size="small"
        onPress={() => savePart(part.url, name)}
      >
        <Download aria-hidden="true" />
      </IconButton>
    </li>
  )
}

/** The message's files, to open or to save; programs are only ever saved. */
export const Attachments = ({ view }: { view: MessageView }) => {
  const parts = attachmentsOf(view)
  if (parts.length === 0) return null
  return (
    <CardSurface className="attachments">
      <h2>
        <Paperclip aria-hidden="true" />
        {t('reading.attachments', { count: parts.length })}
      </h2>
      <ul>
        {parts.map((part) => (
          <Attachment key={part.id} part={part} />
        ))}
      </ul>
    </CardSurface>
  )
}

/** The files behind the documents shown: the archive or the PDF as received. */
export const ReceivedFiles = ({ view }: { view: MessageView }) => {
  const others = new Set(attachmentsOf(view).map((part) => part.id))
  const parts = view.parts.filter((part) => !part.inline && !others.has(part.id))
  if (parts.length === 0) return null
  return (
    <div className="received-files">
      <span className="muted small">{t('reading.receivedFiles')}</span>
      {parts.map((part) => (
        <Button key={part.id} size="small" onPress={() => savePart(part.url, nameOf(part))}>
          <Download aria-hidden="true" />
          {nameOf(part)} · {size(part.size)}
        </Button>
      ))}
    </div>
  )
}
