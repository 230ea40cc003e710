import { ChevronDown, FolderInput } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type {
  Filing,
  FilingOffer,
  MessageFilings,
  MessageView,
  RecordTarget,
} from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { openRecord } from '../data/index.ts'
import { Button, CardSurface, Confirmation, Menu, Tooltip, showError, showToast } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'
import { DoubtsDialog } from './doubts-dialog.tsx'
import { FilingChip, shownState } from './filing-mark.tsx'
import { offerFiling, step, useOffers, useTargets } from './filing-state.ts'
import { FilingWhy } from './filing-why.tsx'
import { RemovalNote } from './removal-note.tsx'
import './integration.css'

const over = new Set<Filing['state']>(['withdrawn', 'cancelled', 'replaced'])

/** What is told of one filing: its state, why, and what can be done about it. */
const FilingLine = ({ filing, onWithdraw }: { filing: Filing; onWithdraw: (filing: Filing) => void }) => (
  <li className="filing-line">
    <FilingChip state={shownState(filing)} />
    <span>
      {filing.state === 'filed' && filing.action !== 'delete'
        ? t('integration.filedOn', { target: filing.targetName, date: dateTime(filing.changedAt) })
        : `${filing.action === 'delete' ? `${t('integration.action_delete')} · ` : ''}${filing.targetName} · ${dateTime(filing.changedAt)}`}
    </span>
    <span className="filing-actions">
      {filing.state === 'refused' && filing.targetId !== null ? (
        <Button size="small" onPress={() => step('integration.retry', filing)}>
          {t('integration.retry')}
        </Button>
      ) : null}
      {filing.state === 'unknown' ? (
        <Button size="small" onPress={openRecord}>
          {t('integration.details')}
        </Button>
      ) : null}
      {filing.state === 'filed' && filing.action !== 'delete' && filing.documentId !== '' ? (
        <Button size="small" variant="quiet" onPress={() => onWithdraw(filing)}>
          {t('integration.withdraw')}
        </Button>
      ) : null}
    </span>
    <FilingWhy filing={filing} />
  </li>
)

/** The documents that can still go to a target, and what would become of them there. */
const openAt = (offers: readonly FilingOffer[], target: RecordTarget): FilingOffer[] =>
  offers.filter(
    (offer) =>
      offer.targets.some(({ id, already }) => id === target.id && !already) &&
      // What was refused there is tried again where the reason is told.
      !offer.filings.some(({ targetId, state }) => targetId === target.id && state === 'refused'),
  )

/**
 * « Intégrer au dossier »: the documents of a message into the patient record in one click, with what became of them
 * (MSS/va1.28, LGC.MDV.06). Key: I.
 */
export const FilingPanel = ({ view }: { view: MessageView }) => {
  const targets = useTargets()
  const received = view.sent.recipients === null && view.sent.report === null
  const wanted =
    received && view.documents.length > 0 && ((targets?.length ?? 0) > 0 || view.row.filing !== null)
  const { offers, reload } = useOffers(view.row.id, wanted)
  const [asked, setAsked] = useState<{ target: RecordTarget; offers: FilingOffer[] } | null>(null)
  const [leaving, setLeaving] = useState<Filing | null>(null)
  const [isFiling, setFiling] = useState(false)
  const latest = useRef(offers)
  useEffect(() => {
    latest.current = offers
  })
  /** What was offered when a filing was taken: until it is asked anew, it offers what is done already. */
  const [used, setUsed] = useState<MessageFilings | null>(null)
  const busy = isFiling || (offers !== null && offers === used)

  const file = async (
    target: RecordTarget,
    documents: readonly FilingOffer[],
    seen: boolean,
  ): Promise<void> => {
    if (documents.some(({ doubts }) => doubts.length > 0) && !seen) {
      setAsked({ target, offers: documents.filter(({ doubts }) => doubts.length > 0) })
      return
    }
    setAsked(null)
    setFiling(true)
    const outcome = await invoke('integration.file', {
      messageId: view.row.id,
      documentIds: documents.map(({ documentId }) => documentId),
      targetId: target.id,
      despite: [...new Set(documents.flatMap(({ doubts }) => doubts))],
    })
    setFiling(false)
    setUsed(latest.current)
    reload()
    if (outcome.ok) showToast({ text: t('integration.queued', { count: outcome.value.length }) })
    else showError(outcome.error)
  }
  /** For the sender of another message, when the document came in that one. */
  const withdraw = async ({ id, messageId }: Filing): Promise<void> => {
    const outcome = await invoke('integration.withdraw', {
      id,
      ...(messageId === view.row.id ? {} : { asked: view.row.id }),
    })
    if (!outcome.ok) showError(outcome.error)
  }
  const transfer = async (target: RecordTarget): Promise<void> => {
    const outcome = await invoke('integration.transfer', { messageId: view.row.id, targetId: target.id })
    reload()
    if (outcome.ok) showToast({ text: t('integration.transferred') })
    else showError(outcome.error)
  }

  const documents = offers?.documents ?? []
  const records = (targets ?? []).filter(({ place }) => place.kind !== 'mailbox')
  const mailboxes = (targets ?? []).filter(({ place }) => place.kind === 'mailbox')
  const ready = records.filter((target) => openAt(documents, target).length > 0)
  // The usual record, where it takes these documents: once they are there, another one is the user’s own choice.
  const usual = records
    .filter(({ id }) => documents.some(({ targets: at }) => at.some((one) => one.id === id)))
    .sort((a, b) => Number(b.preferred) - Number(a.preferred))[0]
  const first = ready.find((target) => target === usual)
  const firstDocuments = first ? openAt(documents, first) : []
  const transferred = new Set(
    (offers?.transfers ?? []).flatMap(({ targetId, state }) =>
      targetId === null || state === 'refused' || state === 'cancelled' ? [] : [targetId],
    ),
  )
  const others = [
    ...ready
      .filter((target) => target !== first)
      .map((target) => ({
        id: `file-${target.id}`,
        label: t('integration.fileIn', { target: target.name }),
        onAction: () => void file(target, openAt(documents, target), false),
      })),
    ...mailboxes.flatMap((target) =>
      target.place.kind === 'mailbox' && !transferred.has(target.id)
        ? [
            {
              id: `transfer-${target.id}`,
              label: t('integration.transferTo', { address: target.place.address }),
              onAction: () => void transfer(target),
            },
          ]
        : [],
    ),
  ]
  useEffect(() => {
    if (!first || busy) return undefined
    return offerFiling(() => void file(first, firstDocuments, false))
  })

  const filings = [...documents.flatMap(({ filings: own }) => own), ...(offers?.transfers ?? [])].filter(
    ({ state }) => !over.has(state),
  )
  const removals = documents.filter(({ removal }) => removal !== null)
  const elsewhere = documents.flatMap(({ targets: at, filings: own, label }) =>
    at.flatMap(({ id, already }) => {
      const name = records.find((target) => target.id === id)?.name
      return already &&
        name !== undefined &&
        !own.some(({ targetId, state }) => targetId === id && !over.has(state))
        ? [{ key: `${label}-${id}`, label, name }]
        : []
    }),
  )
  if (
    !wanted ||
    offers === null ||
    (first === undefined && others.length === 0 && filings.length + elsewhere.length + removals.length === 0)
  )
    return null
  const replaces = first
    ? firstDocuments.flatMap(({ targets: at }) =>
        at.flatMap((one) => (one.id === first.id ? (one.replaces ?? []) : [])),
      )
    : []
  const replacing = replaces.length > 0 && firstDocuments.length === 1
  return (
    <CardSurface className="filing-panel">
      <section aria-label={t('integration.title')}>
        <div className="filing-head">
          <h2>{t('integration.title')}</h2>
          {first ? (
            <Tooltip text={t('integration.fileIn', { target: first.name })} shortcut="I">
              <Button variant="primary" isDisabled={busy} onPress={() => file(first, firstDocuments, false)}>
                <FolderInput aria-hidden="true" />
                {t(replacing ? 'integration.replaceIn' : 'integration.fileIn', { target: first.name })}
              </Button>
            </Tooltip>
          ) : null}
          {others.length > 0 ? (
            <Menu
              label={t('integration.otherTarget')}
              entries={others}
              trigger={
                <Button>
                  {t('integration.otherTarget')} <ChevronDown aria-hidden="true" />
                </Button>
              }
            />
          ) : null}
        </div>
        {removals.map((offer) => (
          <RemovalNote key={offer.documentId} offer={offer} onWithdraw={setLeaving} />
        ))}
        {replaces.map((label) => (
          <p key={label} className="muted small">
            {t('integration.replaceText', { label })}
          </p>
        ))}
        {filings.length + elsewhere.length > 0 ? (
          <ul className="filing-lines" aria-live="polite">
            {filings.map((filing) => (
              <FilingLine key={filing.id} filing={filing} onWithdraw={setLeaving} />
            ))}
            {elsewhere.map(({ key, label, name }) => (
              <li key={key} className="filing-line">
                <FilingChip state="filed" />
                <span>
                  {documents.length > 1 ? `${label} · ` : ''}
                  {t('integration.alreadyThere', { target: name })}
                </span>
              </li>
            ))}
          </ul>
        ) : null}
      </section>
      <DoubtsDialog
        offers={asked?.offers ?? null}
        target={asked?.target.name ?? ''}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          if (asked) void file(asked.target, openAt(documents, asked.target), true)
        }}
      />
      <Confirmation
        title={t('integration.withdrawTitle')}
        confirm={t('integration.withdraw')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void withdraw(leaving).then(reload)
          setLeaving(null)
        }}
      >
        {leaving ? (
          <p>{t('integration.withdrawText', { label: leaving.label, target: leaving.targetName })}</p>
        ) : null}
      </Confirmation>
    </CardSurface>
  )
}
