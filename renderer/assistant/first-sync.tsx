import { MailCheck } from 'lucide-react'
import { accountStore, progressStore, useStore } from '../data/index.ts'
import { Button, ErrorBanner, Progress } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Mail comes in while the user is told so; nothing obliges to wait for the end. */
export const FirstSync = ({ onDone }: { onDone: () => void }) => {
  const account = useStore(accountStore).at(-1)
  const progress = useStore(progressStore).get(account?.id ?? 0)
  const trouble = account?.connection.state === 'error' ? account.connection.error : null
  const finished = progress?.phase === 'idle'
  return (
    <div className="assistant-step assistant-waiting">
      <span className="assistant-big-icon" aria-hidden="true">
        <MailCheck />
      </span>
      <h1>{finished ? t('assistant.ready') : t('assistant.syncTitle')}</h1>
      <p className="assistant-lead">{t('assistant.syncText')}</p>
      {finished ? null : (
        <div className="assistant-progress">
          <Progress
            label={t(`assistant.phase-${progress?.phase ?? 'folders'}`)}
            done={progress?.done ?? 0}
            total={progress?.total ?? 0}
          />
        </div>
      )}
      {trouble ? <ErrorBanner error={trouble} /> : null}
      <Button variant="primary" size="large" onPress={onDone} autoFocus>
        {t('assistant.openMailbox')}
      </Button>
    </div>
  )
}
