import { useEffect, useState } from 'react'
import type { AppError, OwnKey } from '../../app/contract/index.ts'
import { certificateOwner } from '../certificates/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { certificatesChanged, certificatesStore, importedKeysStore, useStore } from '../data/index.ts'
import { Button, ErrorBanner, FileDrop, showError, showToast, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { OwnKeyList } from './own-key-list.tsx'

/** Private keys that decrypt, and how to bring one in: a p12 file and its password. */
export const OwnKeys = ({ now }: { now: Date }) => {
  const [keys, setKeys] = useState<readonly OwnKey[] | null>(null)
  const [file, setFile] = useState<File | null>(null)
  const [chosenOnce, setChosenOnce] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const changes = useStore(certificatesStore)
  useEffect(() => {
    void invoke('keys.list', null).then((outcome) => {
      if (outcome.ok) setKeys(outcome.value)
      else setError(outcome.error)
    })
  }, [changes])
  const choose = (next: File | null): void => {
    setFile(next)
    setChosenOnce(true)
    setPassphrase('')
    setError(null)
  }
  const importKey = async (): Promise<void> => {
    if (!file || busy) return
    const typed = passphrase
    // The password leaves the window's state before the core is asked; a wrong one is typed again.
    setPassphrase('')
    setBusy(true)
    setError(null)
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    const outcome = sent.ok ? await invoke('keys.importP12', { uploadId, passphrase: typed }) : sent
    setBusy(false)
    if (!outcome.ok) {
      setError(outcome.error)
      return
    }
    const added = outcome.value
    certificatesChanged()
    setFile(null)
    importedKeysStore.set(importedKeysStore.get() + 1)
    showToast({ text: t('settings.keyImported', { owner: added.map(certificateOwner).join(', ') }) })
  }
  const remove = async ({ certificate }: OwnKey): Promise<void> => {
    const outcome = await invoke('keys.remove', { fingerprint: certificate.fingerprint })
    if (!outcome.ok) return showError(outcome.error)
    certificatesChanged()
    showToast({ text: t('certificates.keyRemoved', { owner: certificateOwner(certificate) }) })
  }
  return (
    <section className="settings-part" aria-labelledby="own-keys">
      <h4 id="own-keys">{t('settings.ownKeys')}</h4>
      {keys && keys.length > 0 ? (
        <OwnKeyList keys={keys} now={now} onRemove={(key) => void remove(key)} />
      ) : keys ? (
        <p className="muted small">{t('settings.noKey')}</p>
      ) : null}
      {file === null ? (
        <FileDrop
          label={t('settings.importKey')}
          hint={t('settings.importKeyHint')}
          accept=".p12,.pfx"
          takesFocus={chosenOnce}
          onFile={choose}
        />
      ) : (
        <form
          className="settings-form"
          onSubmit={(event) => {
            event.preventDefault()
            void importKey()
          }}
        >
          <TextField
            label={t('settings.keyPassword', { file: file.name })}
            type="password"
            value={passphrase}
            onChange={setPassphrase}
            maxLength={512}
            autoFocus
            autoComplete="off"
          />
          <div className="settings-actions">
            <Button type="submit" variant="primary" isPending={busy}>
              {busy ? <Spinner label={t('settings.importing')} /> : null}
              {busy ? t('settings.importing') : t('settings.import')}
            </Button>
            <Button isDisabled={busy} onPress={() => choose(null)}>
              {t('common.cancel')}
            </Button>
          </div>
        </form>
      )}
      {error ? <ErrorBanner error={error} /> : null}
    </section>
  )
}
