import {
  Archive,
  Code,
  Ellipsis,
  Flag,
  Forward,
  Mail,
  MailOpen,
  Printer,
  Reply,
  ReplyAll,
  Trash2,
  Type,
} from 'lucide-react'
import type { MessageView } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, IconButton, Menu, showError } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** What the reader may ask of the mailbox about the message shown. */
export type ReadingAction =
  'reply' | 'reply-all' | 'forward' | 'toggle-flag' | 'toggle-seen' | 'archive' | 'delete' | 'close'

const print = async (): Promise<void> => {
  const outcome = await invoke('window.print', null)
  if (!outcome.ok) showError(outcome.error)
}

/** What can be done with the message shown; every action has its key in its tooltip. */
export const ReadingToolbar = ({
  view,
  position,
  asText,
  onToggleText,
  onShowSource,
  onAction,
}: {
  view: MessageView
  position: { index: number; total: number } | null
  asText: boolean
  onToggleText: () => void
  onShowSource: () => void
  onAction: (action: ReadingAction) => void
}) => {
  const { flagged, seen } = view.row
  const several = view.to.length + view.cc.length > 1
  return (
    <div className="read-bar" role="toolbar" aria-label={t('reading.toolbar')}>
      <Button variant="primary" onPress={() => onAction('reply')}>
        <Reply aria-hidden="true" />
        {t('reading.reply')}
      </Button>
      {several && (
        <Button onPress={() => onAction('reply-all')}>
          <ReplyAll aria-hidden="true" />
          <span className="bar-label">{t('reading.replyAll')}</span>
        </Button>
      )}
      <Button onPress={() => onAction('forward')}>
        <Forward aria-hidden="true" />
        <span className="bar-label">{t('reading.forward')}</span>
      </Button>
      <span className="bar-gap" />
      <Button
        aria-pressed={flagged}
        className={flagged ? 'flag-on' : 'flag-off'}
        onPress={() => onAction('toggle-flag')}
      >
        <Flag aria-hidden="true" />
        <span className="bar-label">{t('reading.flag')}</span>
      </Button>
      <IconButton
        label={t('reading.archive')}
        shortcut="E"
        variant="plain"
        onPress={() => onAction('archive')}
      >
        <Archive aria-hidden="true" />
      </IconButton>
      <IconButton label={t('reading.delete')} shortcut="#" variant="plain" onPress={() => onAction('delete')}>
        <Trash2 aria-hidden="true" />
      </IconButton>
      <Menu
        label={t('reading.more')}
        trigger={
          <Button aria-label={t('reading.more')} variant="quiet">
            <Ellipsis aria-hidden="true" />
          </Button>
        }
        entries={[
          {
            id: 'seen',
            label: seen ? t('reading.markUnread') : t('reading.markRead'),
            icon: seen ? <Mail aria-hidden="true" /> : <MailOpen aria-hidden="true" />,
            onAction: () => onAction('toggle-seen'),
          },
          ...(view.body.htmlUrl !== null && view.body.textUrl !== null
            ? [
                {
                  id: 'text',
                  label: asText ? t('reading.showFormatted') : t('reading.showAsText'),
                  icon: <Type aria-hidden="true" />,
                  onAction: onToggleText,
                },
              ]
            : []),
          {
            id: 'source',
            label: t('reading.source'),
            icon: <Code aria-hidden="true" />,
            onAction: onShowSource,
          },
          {
            id: 'print',
            label: t('common.print'),
            icon: <Printer aria-hidden="true" />,
            onAction: () => void print(),
          },
        ]}
      />
      {position && (
        <span className="read-position small muted tabular">
          {t('reading.position', { index: position.index, total: position.total })}
        </span>
      )}
    </div>
  )
}
