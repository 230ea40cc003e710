import { Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { RestoreForm } from '../unlock/index.ts'

/** First start with a backup: no new mailbox is made, the one of before comes back. */
export const RestoreStep = ({ onBack, onDone }: { onBack: () => void; onDone: () => void }) => (
  <div className="assistant-step">
    <h1>{t('storage.restoreTitle')}</h1>
    <p className="assistant-lead">{t('storage.restoreTextNew')}</p>
    <RestoreForm onRestored={onDone} />
    <div className="assistant-actions">
      <Button variant="link" onPress={onBack}>
        {t('storage.back')}
      </Button>
    </div>
  </div>
)
