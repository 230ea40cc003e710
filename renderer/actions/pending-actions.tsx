import { CloudCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ActionNotice, PendingAction, PendingActions } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { actionCountsStore, useStore } from '../data/index.ts'
import { Button, CardSurface, Chip, Progress, showError, type ChipTone } from '../design/index.ts'
import { clock, dateTime, errorSentence, folderName, number, t } from '../i18n/index.ts'

const tones: Record<PendingAction['state'], ChipTone> = {
  waiting: 'neutral',
  sending: 'brand',
  delayed: 'warn',
  blocked: 'alert',
}

/** What an action does, in words. */
export const actionText = (action: Pick<PendingAction | ActionNotice, 'kind' | 'on' | 'target'>): string => {
  const { kind, on, target } = action
  if (kind === 'delete-for-good') return t('actions.kind-delete-for-good')
  if (kind === 'move' || kind === 'append')
    return target ? t(`actions.kind-${kind}`, { folder: folderName(target) }) : t('actions.kind-moveUnknown')
  return t(`actions.kind-${kind}-${on ? 'on' : 'off'}`)
}

/** « 12 messages dans Réception ». */
export const messagesText = (action: Pick<PendingAction | ActionNotice, 'messages' | 'folder'>): string =>
  [
    t('actions.messages', { count: action.messages, shown: number(action.messages) }),
    action.folder ? t('actions.inFolder', { folder: folderName(action.folder) }) : null,
  ]
    .filter(Boolean)
    .join(' ')

/** The queue of actions, asked again whenever it changes; null until the core has answered. */
export const usePendingActions = (): PendingActions | null => {
  const counts = useStore(actionCountsStore)
  const [pending, setPending] = useState<PendingActions | null>(null)
  useEffect(() => {
    let current = true
    void invoke('actions.pending', null).then((answer) => {
      if (current && answer.ok) setPending(answer.value)
    })
    return () => {
      current = false
    }
  }, [counts])
  return pending
}

const ask = async (method: 'actions.retry' | 'actions.cancel', id: number): Promise<void> => {
  const outcome = await invoke(method, { id })
  if (!outcome.ok) showError(outcome.error)
}

const Item = ({ action }: { action: PendingAction }) => {
  const sentence = action.error ? errorSentence(action.error) : null
  return (
    <li>
      <CardSurface className="waiting-item">
        <div className="waiting-head">
          <h3>{actionText(action)}</h3>
          <Chip tone={tones[action.state]}>{t(`actions.state-${action.state}`)}</Chip>
        </div>
        <p className="muted small tabular">
          {messagesText(action)} · {t('actions.since', { date: dateTime(action.since) })}
          {action.nextTryAt ? ` · ${t('actions.nextTry', { time: clock(action.nextTryAt) })}` : ''}
        </p>
        {action.total > action.messages ? (
          <Progress
            label={t('actions.progress')}
            done={action.total - action.messages}
            total={action.total}
          />
        ) : null}
        {sentence ? (
          <p className="waiting-error">
            <strong>{sentence.what}</strong> {sentence.todo}
          </p>
        ) : null}
        <div className="waiting-actions">
          {action.state === 'delayed' || action.state === 'blocked' ? (
            <Button size="small" onPress={() => ask('actions.retry', action.id)}>
              {t('actions.retry')}
            </Button>
          ) : null}
          {action.state === 'sending' ? null : (
            <Button size="small" variant="quiet" onPress={() => ask('actions.cancel', action.id)}>
              {t('actions.cancel')}
            </Button>
          )}
        </div>
      </CardSurface>
    </li>
  )
}

/** What was done here and the server does not know yet: what, how many messages, since when, why not. */
export const PendingActionList = () => {
  const pending = usePendingActions()
  if (!pending) return null
  const hidden = pending.count - pending.actions.length
  return (
    <section className="pending-actions" aria-label={t('actions.title')}>
      <h2>{t('actions.title')}</h2>
      {pending.actions.length === 0 ? (
        <p className="muted pending-none">
          <CloudCheck aria-hidden="true" /> {t('actions.empty')}
        </p>
      ) : (
        <ul className="waiting-list">
          {pending.actions.map((action) => (
            <Item key={action.id} action={action} />
          ))}
        </ul>
      )}
      {hidden > 0 ? (
        <p className="muted small">{t('actions.more', { count: hidden, shown: number(hidden) })}</p>
      ) : null}
    </section>
  )
}
