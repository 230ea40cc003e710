import { Send } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { OutboxItem } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { outboxStore, useNow, useStore } from '../data/index.ts'
import {
  Button,
  CardSurface,
  Chip,
  Confirmation,
  EmptyState,
  showError,
  type ChipTone,
} from '../design/index.ts'
import { clock, dateTime, errorSentence, t } from '../i18n/index.ts'
import { refusalSentence } from './reason.ts'
import { ScheduleDialog } from './schedule-dialog.tsx'
import './sending.css'

/** Not over: on its way, waiting, or refused to somebody who may still get it. */
export const isWaiting = (item: OutboxItem): boolean => item.state !== 'filed' || item.error !== null

const refusedCount = (item: OutboxItem): number =>
  item.recipients.filter((one) => one.accepted === false).length

/** What an item is, in the terms of what its user can do about it. */
const stateOf = (item: OutboxItem): { tone: ChipTone; label: string } => {
  if (item.state === 'filed')
    return { tone: 'alert', label: t('sending.state_partly', { count: refusedCount(item) }) }
  if (item.state === 'unknown')
    return item.error
      ? { tone: 'warn', label: t('sending.state_unknown') }
      : { tone: 'neutral', label: t('sending.state_looking') }
  if (item.state === 'queued' && item.due)
    return item.due.kind === 'delay'
      ? { tone: 'brand', label: t('sending.state_delay', { time: clock(item.due.at) }) }
      : { tone: 'brand', label: t('sending.state_schedule') }
  const tones = { queued: 'neutral', sending: 'brand', refused: 'alert', accepted: 'ok' } as const
  return { tone: tones[item.state], label: t(`sending.state_${item.state}`) }
}

type Decision = 'outbox.retry' | 'outbox.cancel' | 'outbox.verify' | 'outbox.confirm'
const decide = async (method: Decision, id: number): Promise<void> => {
  const outcome = await invoke(method, { id })
  if (!outcome.ok) showError(outcome.error)
}

const Explanation = ({ item }: { item: OutboxItem }) => {
  if (item.state === 'unknown') return <p>{t(item.error ? 'sending.unknownText' : 'sending.lookingText')}</p>
  if (!item.error) return null
  const sentence = errorSentence(item.error)
  const safe =
    item.state === 'queued'
      ? t('sending.kept')
      : item.state === 'filed'
        ? t('sending.partlyGot')
        : sentence.safe
  return (
    <p className="waiting-error">
      <strong>{sentence.what}</strong> {safe} {sentence.todo}
    </p>
  )
}

const Actions = ({ item, onEdit }: { item: OutboxItem; onEdit: (draftId: number) => void }) => {
  const now = useNow()
  const [planning, setPlanning] = useState(false)
  const [leaving, setLeaving] = useState(false)
  const edit = async (): Promise<void> => {
    const outcome = await invoke('outbox.edit', { id: item.id })
    if (outcome.ok) onEdit(outcome.value.id)
    else showError(outcome.error)
  }
  const reschedule = async (at: Date): Promise<void> => {
    setPlanning(false)
    const outcome = await invoke('outbox.reschedule', { id: item.id, at: at.toISOString() })
    if (!outcome.ok) showError(outcome.error)
  }
  const still = item.state === 'queued' || item.state === 'refused' || item.state === 'filed'
  return (
    <div className="waiting-actions">
      {item.state === 'unknown' ? (
        <>
          {item.error ? (
            <Button size="small" onPress={() => decide('outbox.verify', item.id)}>
              {t('sending.verify')}
            </Button>
          ) : null}
          <Button size="small" onPress={() => decide('outbox.retry', item.id)}>
            {t('sending.resend')}
          </Button>
          <Button size="small" onPress={() => decide('outbox.confirm', item.id)}>
            {t('sending.left')}
          </Button>
        </>
      ) : null}
      {still ? (
        <Button size="small" onPress={() => decide('outbox.retry', item.id)}>
          {t(item.state === 'filed' ? 'sending.retryRefused' : 'sending.sendNow')}
        </Button>
      ) : null}
      {still && item.editable ? (
        <Button size="small" onPress={() => edit()}>
          {t('sending.edit')}
        </Button>
      ) : null}
      {item.state === 'queued' && item.due?.kind === 'schedule' ? (
        <Button size="small" onPress={() => setPlanning(true)}>
          {t('sending.reschedule')}
        </Button>
      ) : null}
      {still ? (
        <Button size="small" variant="quiet" onPress={() => setLeaving(true)}>
          {t('sending.discard')}
        </Button>
      ) : null}
      <ScheduleDialog
        isOpen={planning}
        onClose={() => setPlanning(false)}
        onChoose={(at) => void reschedule(at)}
        now={now}
      />
      <Confirmation
        title={t('sending.discardTitle')}
        confirm={t('sending.discard')}
        isOpen={leaving}
        onClose={() => setLeaving(false)}
        onConfirm={() => {
          setLeaving(false)
          void decide('outbox.cancel', item.id)
        }}
      >
        <p>{t(item.state === 'filed' ? 'sending.partlyGot' : 'sending.discardText')}</p>
      </Confirmation>
    </div>
  )
}

const Item = ({ item, onEdit }: { item: OutboxItem; onEdit: (draftId: number) => void }) => {
  const { tone, label } = stateOf(item)
  return (
    <li>
      <CardSurface className="waiting-item">
        <div className="waiting-head">
          <h3>{item.subject || t('mailbox.noSubject')}</h3>
          {item.receipt ? <Chip>{t('sending.receipt')}</Chip> : null}
          <Chip tone={tone}>{label}</Chip>
        </div>
        <p className="muted small tabular">
          {item.due?.kind === 'schedule'
            ? t('sending.scheduledFor', { date: dateTime(item.due.at) })
            : t('sending.queuedAt', { date: dateTime(item.queuedAt), attempts: item.attempts })}
          {item.nextAttemptAt ? ` · ${t('sending.nextAttempt', { time: clock(item.nextAttemptAt) })}` : ''}
        </p>
        <ul className="waiting-recipients">
          {item.recipients.map((recipient) => (
            <li key={recipient.address}>
              <Chip tone={recipient.accepted === false ? 'alert' : recipient.accepted ? 'ok' : 'neutral'}>
                {recipient.address}
              </Chip>
              {recipient.accepted !== true && recipient.response ? (
                <span className="small">
                  {refusalSentence(recipient.response)}{' '}
                  <span className="muted">{t('sending.serverSays', { text: recipient.response })}</span>
                </span>
              ) : null}
            </li>
          ))}
        </ul>
        <Explanation item={item} />
        <Actions item={item} onEdit={onEdit} />
      </CardSurface>
    </li>
  )
}

/** Everything that has not left or not arrived at everybody, and what to do about it; `children` is what else waits. */
export const WaitingView = ({
  onEdit,
  children,
}: {
  onEdit: (draftId: number) => void
  children?: ReactNode
}) => {
  const items = useStore(outboxStore).filter(isWaiting)
  return (
    <main className="waiting" aria-label={t('sending.waiting')}>
      <h1>{t('sending.waiting')}</h1>
      {items.length > 0 ? (
        <section aria-labelledby="waiting-messages">
          <h2 id="waiting-messages">{t('sending.messages')}</h2>
          {items.some((item) => item.due !== null) ? (
            <p className="muted small">{t('sending.onlyWhenOpen')}</p>
          ) : null}
          <ul className="waiting-list">
            {items.map((item) => (
              <Item key={item.id} item={item} onEdit={onEdit} />
            ))}
          </ul>
        </section>
      ) : null}
      {children}
      {items.length === 0 && !children ? (
        <EmptyState icon={<Send />} title={t('sending.empty')}>
          {t('sending.emptyText')}
        </EmptyState>
      ) : null}
    </main>
  )
}
