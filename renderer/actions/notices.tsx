import type { ActionNotice } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { actionCountsStore, useStore } from '../data/index.ts'
import { Banner, Button, showError } from '../design/index.ts'
import { errorSentence, number, t } from '../i18n/index.ts'
import { actionText, messagesText, usePendingActions } from './pending-actions.tsx'

const dismiss = async (notices: readonly ActionNotice[]): Promise<void> => {
  const outcome = await invoke('actions.dismiss', { ids: notices.map((one) => one.id) })
  if (!outcome.ok) showError(outcome.error)
}

const subjectsText = ({ subjects, messages }: ActionNotice): string => {
  const [first] = subjects
  if (first === undefined) return ''
  const count = messages - 1
  return t('actions.refusedSubjects', { first: first || t('mailbox.noSubject'), count, shown: number(count) })
}

const Notices = () => {
  const notices = usePendingActions()?.notices ?? []
  if (notices.length === 0) return null
  return (
    <Banner
      tone="warn"
      title={t('actions.refusedTitle', { count: notices.length })}
      actions={
        <Button size="small" onPress={() => dismiss(notices)}>
          {t('actions.read')}
        </Button>
      }
    >
      <ul className="refusals">
        {notices.map((notice) => {
          const sentence = errorSentence({ code: notice.code })
          return (
            <li key={notice.id}>
              <strong>
                {t('actions.refusedItem', { what: actionText(notice), messages: messagesText(notice) })}
              </strong>{' '}
              {subjectsText(notice)}
              <br />
              {sentence.what} {sentence.safe} {sentence.todo}
            </li>
          )
        })}
      </ul>
    </Banner>
  )
}

/** What the server refused, until the user says he has read it. */
export const ActionNotices = () => (useStore(actionCountsStore).notices > 0 ? <Notices /> : null)
