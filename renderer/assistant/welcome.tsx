import { CreditCard, FileCheck2, LockKeyhole } from 'lucide-react'
import { Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** What SousPli is and what the next minutes hold. */
export const Welcome = ({ onNext, onRestore }: { onNext: () => void; onRestore: () => void }) => (
  <div className="assistant-welcome">
    <h1>{t('assistant.welcome')}</h1>
    <p className="assistant-lead">{t('assistant.welcomeText')}</p>
    <ul className="assistant-points">
      <li>
        <CreditCard aria-hidden="true" />
        <span>
          <strong>{t('assistant.pointCard')}</strong>
          {t('assistant.pointCardText')}
        </span>
      </li>
      <li>
        <LockKeyhole aria-hidden="true" />
        <span>
          <strong>{t('assistant.pointVault')}</strong>
          {t('assistant.pointVaultText')}
        </span>
      </li>
      <li>
        <FileCheck2 aria-hidden="true" />
        <span>
          <strong>{t('assistant.pointDocuments')}</strong>
          {t('assistant.pointDocumentsText')}
        </span>
      </li>
    </ul>
    <div className="assistant-row">
      <Button variant="primary" size="large" onPress={onNext} autoFocus>
        {t('assistant.begin')}
      </Button>
      <Button variant="link" onPress={onRestore}>
        {t('storage.restore')}
      </Button>
    </div>
  </div>
)
