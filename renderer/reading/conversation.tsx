import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { MessageRow } from '../../app/contract/index.ts'
import { Avatar, CardSurface, ErrorBanner } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'
import { attachmentsOf } from './attachments.tsx'
import { MessageBody } from './message-body.tsx'
import { useMessage } from './message-state.ts'
import { SignatureChip } from './signature-chip.tsx'
import { signatureTone } from './trust.ts'

const EarlierBody = ({
  row,
  showLink,
}: {
  row: MessageRow
  showLink: (href: string, text: string) => void
}) => {
  const { state } = useMessage(row.id, false)
  if (state.state === 'loading')
    return (
      <div className="skeleton-lines" role="status" aria-label={t('reading.loadingBody')}>
        <i />
        <i />
      </div>
    )
  if (state.state === 'failed') return <ErrorBanner error={state.error} />
  const files = attachmentsOf(state.view).length + state.view.documents.length
  return (
    <>
      {state.view.signature.status !== 'none' && signatureTone(state.view.signature) !== 'ok' && (
        <SignatureChip signature={state.view.signature} />
      )}
      <MessageBody view={state.view} asText={false} showLink={showLink} />
      {files > 0 && <p className="muted small">{t('reading.filesInMessage', { count: files })}</p>}
    </>
  )
}

const EarlierMessage = ({
  row,
  showLink,
}: {
  row: MessageRow
  showLink: (href: string, text: string) => void
}) => {
  const [open, setOpen] = useState(false)
  const name = row.from.name || row.from.address
  return (
    <details className="earlier" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight aria-hidden="true" className="earlier-arrow" />
        <Avatar name={name} trust={row.trust} />
        <span className="earlier-words">
          <b>{name}</b>
          {!open && <span className="muted small">{row.preview}</span>}
        </span>
        <time className="small muted tabular" dateTime={row.date}>
          {dateTime(row.date)}
        </time>
      </summary>
      {open && (
        <div className="earlier-body">
          <EarlierBody row={row} showLink={showLink} />
        </div>
      )}
    </details>
  )
}

/** The other messages of the thread, newest first, each folded until asked for. */
export const Conversation = ({
  messageId,
  thread,
  showLink,
}: {
  messageId: number
  thread: readonly MessageRow[]
  showLink: (href: string, text: string) => void
}) => {
  const others = thread.filter((row) => row.id !== messageId).toReversed()
  if (others.length === 0) return null
  return (
    <CardSurface className="conversation">
      <h2>{t('reading.conversation', { count: others.length })}</h2>
      {others.map((row) => (
        <EarlierMessage key={row.id} row={row} showLink={showLink} />
      ))}
    </CardSurface>
  )
}
