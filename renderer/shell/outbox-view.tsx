import { Send } from 'lucide-react'
import type { OutboxItem } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { outboxStore, useStore } from '../data/index.ts'
import { Button, CardSurface, Chip, EmptyState, showError, type ChipTone } from '../design/index.ts'
import { clock, dateTime, errorSentence, t } from '../i18n/index.ts'

const tones: Record<OutboxItem['state'], ChipTone> = {
  queued: 'neutral',
  sending: 'brand',
  unknown: 'warn',
  refused: 'alert',
  accepted: 'ok',
  filed: 'ok',
}

const ask = async (method: 'outbox.retry' | 'outbox.cancel', id: number): Promise<void> => {
  const outcome = await invoke(method, { id })
  if (!outcome.ok) showError(outcome.error)
}

const Item = ({ item }: { item: OutboxItem }) => {
  const sentence = item.error ? errorSentence(item.error) : null
  const canCancel = item.state === 'queued' || item.state === 'refused'
  return (
    <li>
      <CardSurface className="outbox-item">
        <div className="outbox-head">
          <h2>{item.subject || t('mailbox.noSubject')}</h2>
          <Chip tone={tones[item.state]}>{t(`shell.outbox-${item.state}`)}</Chip>
        </div>
        <p className="muted small tabular">
          {t('shell.queuedAt', { date: dateTime(item.queuedAt), attempts: item.attempts })}
          {item.nextAttemptAt ? ` · ${t('shell.nextAttempt', { time: clock(item.nextAttemptAt) })}` : ''}
        </p>
        <ul className="outbox-recipients">
          {item.recipients.map((recipient) => (
            <li key={recipient.address}>
              <Chip tone={recipient.accepted === false ? 'alert' : recipient.accepted ? 'ok' : 'neutral'}>
                {recipient.address}
              </Chip>
              {recipient.response ? <span className="mono small">{recipient.response}</span> : null}
            </li>
          ))}
        </ul>
        {sentence ? (
          <p className="outbox-error">
            <strong>{sentence.what}</strong> {item.state === 'queued' ? t('shell.outboxKept') : sentence.safe}{' '}
            {sentence.todo}
          </p>
        ) : null}
        <div className="outbox-actions">
          {item.state === 'queued' || item.state === 'refused' || item.state === 'unknown' ? (
            <Button size="small" onPress={() => void ask('outbox.retry', item.id)}>
              {t('shell.sendNow')}
            </Button>
          ) : null}
          {canCancel ? (
            <Button size="small" variant="quiet" onPress={() => void ask('outbox.cancel', item.id)}>
              {t('shell.cancelSending')}
            </Button>
          ) : null}
        </div>
      </CardSurface>
    </li>
  )
}

/** What has not left yet, what was refused and why. */
export const OutboxView = () => {
  const items = useStore(outboxStore).filter((item) => item.state !== 'filed')
  return (
    <main className="outbox" aria-label={t('shell.outbox')}>
      <h1>{t('shell.outbox')}</h1>
      {items.length === 0 ? (
        <EmptyState icon={<Send />} title={t('shell.outboxEmpty')}>
          {t('shell.outboxEmptyText')}
        </EmptyState>
      ) : (
        <ul className="outbox-list">
          {items.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
      )}
    </main>
  )
}
