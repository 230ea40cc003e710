import {
  Archive,
  ArrowLeft,
  Code,
  Ellipsis,
  FileOutput,
  Flag,
  Forward,
  Mail,
  MailOpen,
  Printer,
  Replace,
  ScanSearch,
  Reply,
  ReplyAll,
  Trash2,
  Type,
} from 'lucide-react'
import type { MessageView } from '../../app/contract/index.ts'
import { openInspection, printRead } from '../data/index.ts'
import { Button, IconButton, Menu, showError, Tooltip, type ButtonProps } from '../design/index.ts'
import { useRefusals } from '../folders/index.ts'
import { t } from '../i18n/index.ts'
import { useOwnMessage } from './own-message.ts'

/** What the reader may ask of the mailbox about the message shown. */
export type ReadingAction =
  | 'reply'
  | 'reply-all'
  | 'forward'
  | 'replace'
  | 'toggle-flag'
  | 'toggle-seen'
  | 'archive'
  | 'delete'
  | 'export'
  | 'close'

const print = async (): Promise<void> => {
  const outcome = await printRead('message')
  if (!outcome.ok) showError(outcome.error)
}

/** An action in words where there is room; its key is in the tooltip. */
const BarButton = ({
  label,
  shortcut,
  children,
  ...props
}: ButtonProps & { label: string; shortcut: string }) => (
  <Tooltip text={label} shortcut={shortcut}>
    <Button {...props}>
      {children}
      <span className="bar-label">{label}</span>
    </Button>
  </Tooltip>
)

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
  const refused = useRefusals()
  const several = view.to.length + view.cc.length > 1
  const mine = useOwnMessage(view)
  return (
    <div className="read-bar" role="toolbar" aria-label={t('reading.toolbar')}>
      <span className="bar-back">
        <BarButton
          label={t('reading.backToList')}
          shortcut={t('shell.escape')}
          onPress={() => onAction('close')}
        >
          <ArrowLeft aria-hidden="true" />
        </BarButton>
      </span>
      <BarButton label={t('reading.reply')} shortcut="R" variant="primary" onPress={() => onAction('reply')}>
        <Reply aria-hidden="true" />
      </BarButton>
      {several && (
        <BarButton
          label={t('reading.replyAll')}
          shortcut="A"
          className="bar-first-to-shrink"
          onPress={() => onAction('reply-all')}
        >
          <ReplyAll aria-hidden="true" />
        </BarButton>
      )}
      <BarButton label={t('reading.forward')} shortcut="F" onPress={() => onAction('forward')}>
        <Forward aria-hidden="true" />
      </BarButton>
      <span className="bar-gap" />
      <BarButton
        label={t('reading.flag')}
        shortcut="S"
        aria-pressed={flagged}
        isDisabled={refused.has('toggle-flag')}
        className={flagged ? 'flag-on' : 'flag-off'}
        onPress={() => onAction('toggle-flag')}
      >
        <Flag aria-hidden="true" />
      </BarButton>
      <BarButton
        label={t('reading.archive')}
        shortcut="E"
        isDisabled={refused.has('archive')}
        {...(several ? { className: 'bar-first-to-shrink' } : {})}
        onPress={() => onAction('archive')}
      >
        <Archive aria-hidden="true" />
      </BarButton>
      <IconButton
        label={t('reading.delete')}
        shortcut="#"
        variant="plain"
        isDisabled={refused.has('delete')}
        onPress={() => onAction('delete')}
      >
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
            isDisabled: refused.has('toggle-seen'),
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
          ...(mine
            ? [
                {
                  id: 'replace',
                  label: t('sending.replace'),
                  icon: <Replace aria-hidden="true" />,
                  onAction: () => onAction('replace'),
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
            id: 'inspect',
            label: t('inspection.ofMessage'),
            icon: <ScanSearch aria-hidden="true" />,
            onAction: () => openInspection(view.row.id),
          },
          {
            id: 'export',
            label: t('exchange.exportAction'),
            icon: <FileOutput aria-hidden="true" />,
            onAction: () => onAction('export'),
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
