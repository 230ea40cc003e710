import { Copy, Printer } from 'lucide-react'
import { useState } from 'react'
import { invoke } from '../client/index.ts'
import { Banner, Button, Checkbox, showError, showToast } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** The recovery code, shown once: printed or copied, and confirmed before going on. */
export const RecoveryStep = ({ code, onNext }: { code: string; onNext: () => void }) => {
  const [kept, setKept] = useState(false)
  const print = async (): Promise<void> => {
    const printed = await invoke('window.print', { what: 'recovery-code', messageId: null })
    if (!printed.ok) showError(printed.error)
  }
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(code)
      showToast({ text: t('assistant.copied') })
    } catch {
      showToast({ text: t('assistant.copyFailed'), tone: 'error' })
    }
  }
  return (
    <div className="assistant-step">
      <h1>{t('assistant.recoveryTitle')}</h1>
      <p className="assistant-lead">{t('assistant.recoveryText')}</p>
      <output className="recovery-code" aria-label={t('assistant.recoveryLabel')}>
        {code.split('-').map((group, index) => (
          <span key={index}>{group}</span>
        ))}
      </output>
      <div className="assistant-row">
        <Button onPress={() => print()}>
          <Printer aria-hidden="true" /> {t('common.print')}
        </Button>
        <Button onPress={() => copy()}>
          <Copy aria-hidden="true" /> {t('common.copy')}
        </Button>
      </div>
      <Banner tone="warn" title={t('assistant.recoveryWarning')}>
        <p>{t('assistant.recoveryWarningText')}</p>
      </Banner>
      <Checkbox isSelected={kept} onChange={setKept}>
        {t('assistant.recoveryKept')}
      </Checkbox>
      <div className="assistant-actions">
        <Button variant="primary" size="large" isDisabled={!kept} onPress={onNext}>
          {t('common.next')}
        </Button>
      </div>
    </div>
  )
}
