import { useState } from 'react'
import { invoke } from '../client/index.ts'
import { Button, Checkbox, Dialog, ErrorBanner, showToast, TextField } from '../design/index.ts'
import { fullDate, size, t } from '../i18n/index.ts'
import type { AppError } from '../../app/contract/index.ts'

/** What a backup holds, what opens it, then where it goes. */
export const BackupDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const [own, setOwn] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const run = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    const day = fullDate(new Date().toISOString()).replaceAll('/', '-')
    const fileName = `${t('storage.backupFile', { date: day })}.souspli`
    const chosen = await invoke('window.chooseBackupTarget', { fileName })
    const made =
      chosen.ok && chosen.value
        ? await invoke('storage.backup', {
            grant: chosen.value.grant,
            passphrase: own && passphrase !== '' ? passphrase : null,
          })
        : null
    setBusy(false)
    if (!chosen.ok) setError(chosen.error)
    else if (made?.ok) {
      setPassphrase('')
      showToast({ text: t('storage.backupDone', { size: size(made.value.size) }) })
      onClose()
    } else if (made) setError(made.error)
  }
  return (
    <Dialog
      title={t('storage.backupTitle')}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            isPending={busy}
            isDisabled={own && passphrase.length < 12}
            onPress={() => run()}
          >
            {busy ? t('storage.task-backup') : t('storage.backupChoose')}
          </Button>
        </>
      }
    >
      <p>{t('storage.backupText')}</p>
      <Checkbox isSelected={own} onChange={setOwn}>
        {t('storage.backupOwn')}
      </Checkbox>
      {own ? (
        <TextField
          label={t('storage.backupPassphrase')}
          hint={t('storage.backupPassphraseHint')}
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
        />
      ) : null}
      {error ? <ErrorBanner error={error} /> : null}
    </Dialog>
  )
}
