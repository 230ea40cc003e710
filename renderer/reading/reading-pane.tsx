import { MailX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { MessageRow, MessageView } from '../../app/contract/index.ts'
import { ChangeNotices } from '../certificates/index.ts'
import { openMessage, readMessageStore } from '../data/index.ts'
import { Button, CardSurface, ErrorState } from '../design/index.ts'
import { DocumentCard } from '../documents/index.ts'
import { QuarantineNotice } from '../exchange/index.ts'
import { useRefusals } from '../folders/index.ts'
import { t, useLanguage } from '../i18n/index.ts'
import { FilingPanel } from '../integration/index.ts'
import { DeliveryPanel, ReceiptRequest, ReplacementNote, ReportCard } from '../sending/index.ts'
import { Attachments, ReceivedFiles, savePart } from './attachments.tsx'
import { Conversation } from './conversation.tsx'
import { CriticalNotice } from './critical-notice.tsx'
import { FileSignatures } from './file-signatures.tsx'
import { LinkDialog, useLinkDialog } from './link-dialog.tsx'
import { MessageBody, useAsText } from './message-body.tsx'
import { useBodyArrival, useKeyArrival, useMarkSeen, useMessage } from './message-state.ts'
import { MessagePatientBanners, useMessagePatients } from './message-patients.tsx'
import { useOwnMessage } from './own-message.ts'
import { ReadingToolbar } from './reading-toolbar.tsx'
import type { ReadingAction } from './reading-toolbar.tsx'
import { SenderHead } from './sender-card.tsx'
import { SourceDialog } from './source-dialog.tsx'
import { subjectOf, trustMood } from './trust.ts'
import './reading.css'
import './files-and-thread.css'

interface PaneProps {
  messageId: number
  /** « 1 sur 14 »; null when unknown. */
  position: { index: number; total: number } | null
  onAction: (action: ReadingAction) => void
  /** The main part of the window, or a section of a page that is it. */
  as?: 'main' | 'section'
}

const Skeleton = ({ as: Pane = 'main' }: Pick<PaneProps, 'as'>) => (
  <Pane className="read" aria-busy="true">
    <div className="read-bar" />
    <div className="read-scroll" role="status" aria-label={t('reading.loading')}>
      <div className="skeleton-lines read-skeleton" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
    </div>
  </Pane>
)

const Message = ({
  view,
  thread,
  position,
  onAction,
  onReload,
  as: Pane = 'main',
}: Omit<PaneProps, 'messageId'> & {
  view: MessageView
  thread: readonly MessageRow[]
  onReload: () => void
}) => {
  const scroll = useRef<HTMLDivElement>(null)
  const [asText, toggleText] = useAsText(view.row.id)
  const [sourceOf, setSourceOf] = useState<number | null>(null)
  const links = useLinkDialog()
  const { id } = view.row
  const { report } = view.sent
  const known = useMessagePatients(id)
  const own = useOwnMessage(view)
  const cards = useRef(new Map<string, HTMLElement>())
  useEffect(() => {
    if (scroll.current) scroll.current.scrollTop = 0
    readMessageStore.set(id)
    return () => readMessageStore.set(null)
  }, [id])
  return (
    <Pane className="read" aria-label={subjectOf(view) || t('reading.noSubject')}>
      <ReadingToolbar
        view={view}
        position={position}
        asText={asText}
        onToggleText={toggleText}
        onShowSource={() => setSourceOf(id)}
        onAction={onAction}
      />
      <div className="read-scroll" ref={scroll}>
        <h1 className="read-subject">{subjectOf(view) || t('reading.noSubject')}</h1>
        <ReplacementNote sent={view.sent} />
        <MessagePatientBanners view={view} known={known} />
        <CriticalNotice
          documents={view.documents}
          onShow={(document) => cards.current.get(document)?.scrollIntoView({ block: 'start' })}
        />
        <FilingPanel view={view} />
        <CardSurface
          className={`letter letter-${trustMood(view.row.trust, view.signature, view.encryption)}`}
        >
          <SenderHead view={view} />
          <ChangeNotices
            people={[view.row.from]}
            signer={view.signature.status === 'none' ? null : (view.signature.signer?.fingerprint ?? null)}
          />
          {/* An undecrypted message has nothing to show: the alarm above says why. */}
          {view.quarantine !== null && (
            <QuarantineNotice
              view={view}
              code={view.quarantine}
              onRead={onReload}
              onSave={() => void savePart(view.raw.url, 'message.eml')}
            />
          )}
          {view.encryption.status !== 'failed' && view.quarantine === null && (
            <div className="letter-body">
              <ReceiptRequest key={id} view={view} />
              {report ? (
                <>
                  <ReportCard report={report} />
                  <details className="report-technical">
                    <summary>{t('sending.technical')}</summary>
                    <MessageBody view={view} asText={asText} showLink={links.show} />
                  </details>
                </>
              ) : (
                <MessageBody view={view} asText={asText} showLink={links.show} />
              )}
            </div>
          )}
        </CardSurface>
        {view.sent.recipients && <DeliveryPanel recipients={view.sent.recipients} />}
        {view.documents.map((summary) => (
          <div
            key={summary.id}
            className="read-document"
            ref={(node) => {
              if (node) cards.current.set(summary.id, node)
              else cards.current.delete(summary.id)
            }}
          >
            <DocumentCard
              summary={summary}
              links={known?.documents.find((document) => document.id === summary.id) ?? null}
              openLink={links.show}
              openMessage={openMessage}
              patientShown={view.row.patient}
              sent={own}
              signatures={<FileSignatures signatures={summary.signatures} />}
            />
          </div>
        ))}
        {view.documents.length > 0 && <ReceivedFiles view={view} />}
        {/* A report’s parts are the report. */}
        {report === null && <Attachments view={view} />}
        <Conversation messageId={id} thread={thread} showLink={links.show} />
      </div>
      <LinkDialog link={links.link} onClose={links.close} />
      <SourceDialog view={view} isOpen={sourceOf === id} onClose={() => setSourceOf(null)} />
    </Pane>
  )
}

/**
 * One message read: the patient first, then who wrote and how far that is proven, the text, its documents in place, its
 * files and its conversation. Marks the message as seen after a second.
 */
export const ReadingPane = ({ messageId, position, onAction, as: Pane = 'main' }: PaneProps) => {
  useLanguage()
  const { state, reload } = useMessage(messageId)
  const view = state.state === 'ready' ? state.view : null
  // Where the user may not mark as read, reading changes nothing.
  useMarkSeen(useRefusals().has('toggle-seen') ? null : view)
  useBodyArrival(view, reload)
  useKeyArrival(view, reload)
  if (state.state === 'loading') return <Skeleton as={Pane} />
  if (state.state === 'failed')
    return (
      <Pane className="read">
        <ErrorState
          icon={<MailX />}
          error={state.error}
          actions={<Button onPress={reload}>{t('common.retry')}</Button>}
        />
      </Pane>
    )
  return (
    <Message
      key={messageId}
      as={Pane}
      view={state.view}
      thread={state.thread}
      position={position}
      onAction={onAction}
      onReload={reload}
    />
  )
}
