import { CalendarClock, MailX, Send, Trash2, X } from 'lucide-react'
import { useCallback, useState, type SyntheticEvent } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import type {
  Draft,
  DraftAttachment,
  DraftContent,
  DraftKind,
  DraftMedical,
  OutboxItem,
} from '../../app/contract/index.ts'
import { ChangeNotices } from '../certificates/index.ts'
import { invoke } from '../client/index.ts'
import { useNow } from '../data/index.ts'
import {
  Button,
  Checkbox,
  ErrorBanner,
  ErrorState,
  IconButton,
  KeyboardHint,
  Spinner,
} from '../design/index.ts'
import { clock, t, useLanguage } from '../i18n/index.ts'
import { MedicalDocuments, useMedical } from '../medical/index.ts'
import { ScheduleDialog } from '../sending/index.ts'
import { AttachmentsBar } from './attachments-bar.tsx'
import { withAttribution, withHtmlAttribution } from './attribution.ts'
import { BodyEditor } from './body-editor.tsx'
import { CertificateSearch } from './certificate-search.tsx'
import { ChecksLine } from './checks-line.tsx'
import { useDraft, useDraftState } from './draft-state.ts'
import type { SaveState } from './draft-state.ts'
import { FromLine } from './from-line.tsx'
import { beginsWithRecipient, Opening } from './opening.tsx'
import { AboutPatient, CloseExchange, endsAll } from './patient-options.tsx'
import { RecipientsField } from './recipients-field.tsx'
import { useSending } from './sending.tsx'
import { useUploads } from './uploads.ts'
import './composer.css'

interface ComposerProps {
  /** Null while the draft is being made. */
  draftId: number | null
  /** What is being opened; null for a draft that was there. */
  kind: DraftKind | null
  onClose: () => void
  onSent: (item: OutboxItem) => void
}

/** Of the message itself: React tells it also of the windows that open above it. */
const isWithin = (event: SyntheticEvent): boolean =>
  event.target instanceof Node && event.currentTarget.contains(event.target)

const titleOf = (draft: Draft): string => t(`composer.title_${draft.kind}`)

/** The core names who is quoted; the sentence is the catalogue's. */
const introduceQuote =
  (draft: Draft) =>
  (content: DraftContent): DraftContent => {
    if (draft.kind === 'new' || draft.kind === 'replace') return content
    const sentence = (who: string, when: string): string =>
      t(draft.kind === 'forward' ? 'composer.forwarded' : 'composer.attribution', { who, when })
    return {
      ...content,
      text: withAttribution(content.text, sentence),
      html: content.html === null ? null : withHtmlAttribution(content.html, sentence),
    }
  }

const SaveLine = ({ save }: { save: SaveState }) => (
  <span className="composer-saved" role="status" data-failed={save.state === 'failed'}>
    {save.state === 'saved'
      ? t('composer.saved', { time: clock(save.at) })
      : save.state === 'saving'
        ? t('composer.saving')
        : t('composer.saveFailed')}
  </span>
)

const DraftEditor = ({
  draft,
  typedAhead,
  onClose,
  onSent,
}: Pick<ComposerProps, 'onClose' | 'onSent'> & { draft: Draft; typedAhead: string }) => {
  const [prepare] = useState(() => introduceQuote(draft))
  const state = useDraftState(draft, prepare)
  const { content, change, checks, flush, setAttachments } = state
  const [copies, setCopies] = useState(content.cc.length + content.bcc.length > 0)
  const [dropping, setDropping] = useState(false)
  const attached = useCallback(
    (attachment: DraftAttachment) => setAttachments((current) => [...current, attachment]),
    [setAttachments],
  )
  const { uploads, add, cancel } = useUploads(draft.id, attached)
  const { recheck } = state
  // The subject of a message with documents follows from them (ECO.2.1.3); the first one asks for a read receipt.
  const documentsChanged = useCallback(
    ({ subject, patient }: DraftMedical): void => {
      if (subject !== null)
        change((now) => ({
          ...now,
          subject,
          readReceipt: now.subject === subject ? now.readReceipt : true,
          aboutPatient: patient?.patientId ?? null,
        }))
      void recheck()
    },
    [change, recheck],
  )
  const medical = useMedical(draft.id, documentsChanged)
  const fixedSubject = medical.medical?.subject ?? (endsAll(content, checks) ? content.subject : null)
  const busy = uploads.some((upload) => upload.error === null)
  const now = useNow()
  const [planning, setPlanning] = useState(false)
  const { end } = state
  const delivery = useSending({
    ...{ draft, content, checks, flush },
    onSent: (item) => {
      end()
      onSent(item)
    },
  })
  const { sending, error, setError } = delivery
  // The PIN is asked when sending, so a closed card does not keep the button from being pressed.
  const changedAt = checks.flatMap(({ kind, address }) => (kind === 'certificate-changed' ? [address] : []))
  const changed = [...content.to, ...content.cc, ...content.bcc].filter(({ address }) =>
    changedAt.includes(address),
  )
  const blocked = busy || sending || checks.some((check) => check.blocking && check.kind !== 'card-needed')

  const shownError = error ?? (state.save.state === 'failed' ? state.save.error : null)

  const send = async (at: Date | null = null): Promise<void> => {
    if (!blocked) await delivery.send(at)
  }
  const detach = async (attachment: DraftAttachment): Promise<void> => {
    const outcome = await invoke('drafts.detach', { id: draft.id, attachmentId: attachment.id })
    if (outcome.ok) setAttachments((current) => current.filter((one) => one.id !== attachment.id))
    else setError(outcome.error)
  }
  const close = async (): Promise<void> => {
    await flush()
    onClose()
  }
  const discard = async (): Promise<void> => {
    const outcome = await invoke('drafts.discard', { id: draft.id })
    if (!outcome.ok) return setError(outcome.error)
    end()
    onClose()
  }

  return (
    <div
      className="composer"
      data-dropping={dropping}
      onKeyDownCapture={(event) => {
        if (!isWithin(event)) return
        const sends = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
        // What is typed while it leaves would be in no message.
        if (!sends && (!sending || event.key === 'Escape' || event.key === 'Tab')) return
        // Before the editor, which would make it a line break.
        event.preventDefault()
        event.stopPropagation()
        if (sends && !event.repeat) void send()
      }}
      onDragOver={(event) => {
        if (!isWithin(event) || !event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setDropping(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropping(false)
      }}
      onDrop={(event) => {
        if (!isWithin(event) || event.dataTransfer.files.length === 0) return
        event.preventDefault()
        setDropping(false)
        add([...event.dataTransfer.files])
      }}
    >
      <header className="composer-head">
        <h2>{titleOf(draft)}</h2>
        <SaveLine save={state.save} />
        <IconButton label={t('composer.close')} shortcut="Échap" onPress={() => void close()}>
          <X aria-hidden="true" />
        </IconButton>
      </header>
      <div className="composer-fields">
        <FromLine content={content} onChange={(accountId) => change((now) => ({ ...now, accountId }))} />
        <div className="composer-to">
          <RecipientsField
            label={t('composer.to')}
            recipients={content.to}
            checks={checks}
            autoFocus={beginsWithRecipient(draft.kind)}
            typedAhead={beginsWithRecipient(draft.kind) ? typedAhead : ''}
            onChange={(to) => change((now) => ({ ...now, to }))}
          />
          {!copies && (
            <Button variant="link" size="small" onPress={() => setCopies(true)}>
              {t('composer.showCopies')}
            </Button>
          )}
        </div>
        {copies && (
          <>
            <RecipientsField
              label={t('composer.cc')}
              recipients={content.cc}
              checks={checks}
              onChange={(cc) => change((now) => ({ ...now, cc }))}
            />
            <RecipientsField
              label={t('composer.bcc')}
              recipients={content.bcc}
              checks={checks}
              onChange={(bcc) => change((now) => ({ ...now, bcc }))}
            />
          </>
        )}
        <AboutPatient content={content} onRemove={() => change((now) => ({ ...now, aboutPatient: null }))} />
        <label className="composer-line">
          <span className="composer-label">{t('composer.subject')}</span>
          <input
            className="composer-subject"
            value={fixedSubject ?? content.subject}
            readOnly={fixedSubject !== null}
            title={
              fixedSubject === null
                ? undefined
                : t(endsAll(content, checks) ? 'patients.endsAllHint' : 'composer.fixedSubject')
            }
            maxLength={998}
            onChange={(event) => {
              const subject = event.currentTarget.value
              change((now) => ({ ...now, subject }))
            }}
          />
        </label>
      </div>
      <BodyEditor
        kind={draft.kind}
        content={content}
        typedAhead={typedAhead}
        onChange={(body) => change((now) => ({ ...now, ...body }))}
      />
      <AttachmentsBar
        attachments={state.attachments}
        uploads={uploads}
        onFiles={add}
        onDetach={(attachment) => void detach(attachment)}
        onCancel={cancel}
      >
        <MedicalDocuments
          draftId={draft.id}
          accountId={content.accountId}
          sourceId={draft.sourceId}
          aboutPatient={content.aboutPatient ?? null}
          state={medical}
        />
      </AttachmentsBar>
      <ChecksLine checks={checks} />
      <ChangeNotices people={changed} />
      {checks.some((check) => check.kind === 'missing-certificate' && check.address !== null) && (
        <p className="composer-advice muted small">
          {t('composer.getCertificate')}{' '}
          <CertificateSearch
            addresses={checks.flatMap(({ kind, address }) =>
              kind === 'missing-certificate' && address !== null ? [address] : [],
            )}
            onFound={() => void recheck()}
          />
        </p>
      )}
      {checks.some((check) => check.kind === 'missing-certificate' && check.address === null) && (
        <p className="composer-advice muted small">{t('composer.getOwnKey')}</p>
      )}
      {shownError && (
        <div className="composer-error">
          <ErrorBanner error={shownError} />
        </div>
      )}
      <footer className="composer-foot">
        <Button variant="primary" isDisabled={blocked} onPress={() => void send()}>
          {sending ? <Spinner label={t('composer.sending')} /> : <Send aria-hidden="true" />}
          {sending ? t('composer.sending') : t('composer.send')}
        </Button>
        <IconButton
          label={t('sending.plan')}
          variant="plain"
          isDisabled={blocked}
          onPress={() => setPlanning(true)}
        >
          <CalendarClock aria-hidden="true" />
        </IconButton>
        <Checkbox isSelected={content.sign} onChange={(sign) => change((now) => ({ ...now, sign }))}>
          {t('composer.sign')}
        </Checkbox>
        <Checkbox isSelected={content.encrypt} onChange={(encrypt) => change((now) => ({ ...now, encrypt }))}>
          {t('composer.encrypt')}
        </Checkbox>
        <Checkbox
          isSelected={content.readReceipt}
          onChange={(readReceipt) => change((now) => ({ ...now, readReceipt }))}
        >
          {t('composer.readReceipt')}
        </Checkbox>
        <CloseExchange
          content={content}
          checks={checks}
          onChange={(closing) => change((now) => ({ ...now, ...closing }))}
        />
        <span className="composer-end">
          <KeyboardHint keys={t('composer.sendKeys')} />
          <IconButton label={t('composer.discard')} onPress={() => discard()}>
            <Trash2 aria-hidden="true" />
          </IconButton>
        </span>
      </footer>
      {delivery.dialogs}
      <ScheduleDialog
        isOpen={planning}
        onClose={() => setPlanning(false)}
        onChoose={(at) => {
          setPlanning(false)
          void send(at)
        }}
        now={now}
      />
      {dropping && (
        <div className="composer-dropzone" aria-hidden="true">
          {t('composer.dropHere')}
        </div>
      )}
    </div>
  )
}

const Content = ({ draftId, kind, onClose, onSent }: ComposerProps) => {
  const load = useDraft(draftId)
  const [typed, setTyped] = useState('')
  if (load.state === 'ready')
    return <DraftEditor draft={load.draft} typedAhead={typed} onClose={onClose} onSent={onSent} />
  return (
    <div className="composer">
      {load.state === 'loading' ? (
        <Opening kind={kind} typed={typed} onType={setTyped} />
      ) : (
        <ErrorState
          icon={<MailX />}
          error={load.error}
          actions={<Button onPress={onClose}>{t('common.close')}</Button>}
        />
      )}
    </div>
  )
}

/**
 * Writes one draft in a window of its own above the mailbox: saved as one types, checked before it can be sent. Escape
 * closes and keeps the draft; Ctrl+Enter sends. It opens before its draft is there, so that no key pressed meanwhile is
 * lost or taken for a command of the mailbox.
 */
export const Composer = ({ draftId, kind, onClose, onSent }: ComposerProps) => {
  useLanguage()
  return (
    <ModalOverlay
      className="composer-backdrop"
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className="composer-modal">
        <Dialog className="dialog composer-dialog" aria-label={t('composer.dialog')}>
          <Content draftId={draftId} kind={kind} onClose={onClose} onSent={onSent} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
