import { FileText, Paperclip, X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { ProgressBar } from 'react-aria-components'
import type { AppError, DraftAttachment } from '../../app/contract/index.ts'
import { Button } from '../design/index.ts'
import { errorSentence, size, t } from '../i18n/index.ts'

/** A file on its way to the core. */
export interface Upload {
  id: string
  fileName: string
  size: number
  sent: number
  error: AppError | null
}

const UploadTile = ({ upload, onCancel }: { upload: Upload; onCancel: () => void }) => (
  <li className="file" data-failed={upload.error !== null}>
    <FileText aria-hidden="true" />
    <span className="file-words">
      <b>{upload.fileName}</b>
      {upload.error ? (
        <span className="small" role="alert">
          {errorSentence(upload.error).what}
        </span>
      ) : (
        <ProgressBar
          className="file-progress"
          aria-label={t('composer.uploading', { name: upload.fileName })}
          value={upload.sent}
          maxValue={Math.max(upload.size, 1)}
        >
          {({ percentage }) => <span style={{ width: `${percentage ?? 0}%` }} />}
        </ProgressBar>
      )}
    </span>
    <button
      type="button"
      aria-label={t('composer.cancelUpload', { name: upload.fileName })}
      onClick={onCancel}
    >
      <X aria-hidden="true" />
    </button>
  </li>
)

/** The files of a draft: those attached, those on their way, and the button to add more. */
export const AttachmentsBar = ({
  attachments,
  uploads,
  onFiles,
  onDetach,
  onCancel,
  children,
}: {
  attachments: readonly DraftAttachment[]
  uploads: readonly Upload[]
  onFiles: (files: readonly File[]) => void
  onDetach: (attachment: DraftAttachment) => void
  onCancel: (upload: Upload) => void
  /** In front of the files: what else the message carries. */
  children?: ReactNode
}) => {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <div className="composer-files">
      {children}
      {attachments.length + uploads.length > 0 && (
        <ul aria-label={t('composer.attachments')}>
          {attachments.map((attachment) => (
            <li key={attachment.id} className="file">
              <FileText aria-hidden="true" />
              <span className="file-words">
                <b>{attachment.fileName}</b>
                <span className="small muted">{size(attachment.size)}</span>
              </span>
              <button
                type="button"
                aria-label={t('composer.detach', { name: attachment.fileName })}
                onClick={() => onDetach(attachment)}
              >
                <X aria-hidden="true" />
              </button>
            </li>
          ))}
          {uploads.map((upload) => (
            <UploadTile key={upload.id} upload={upload} onCancel={() => onCancel(upload)} />
          ))}
        </ul>
      )}
      <Button size="small" onPress={() => picker.current?.click()}>
        <Paperclip aria-hidden="true" />
        {t('composer.attach')}
      </Button>
      <span className="small muted composer-drop-hint">{t('composer.dropHint')}</span>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
