import { useEffect, useState } from 'react'
import type { AppError, CertificateSummary, OwnKey } from '../../app/contract/index.ts'
import { certificateOwner, P12File } from '../certificates/index.ts'
import { invoke } from '../client/index.ts'
import { certificatesChanged, certificatesStore, importedKeysStore, useStore } from '../data/index.ts'
import { ErrorBanner, showError, showToast } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { OwnKeyList } from './own-key-list.tsx'

/** Private keys that decrypt, and how to bring one in: a p12 file and its password. */
export const OwnKeys = ({ now }: { now: Date }) => {
  const [keys, setKeys] = useState<readonly OwnKey[] | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  const changes = useStore(certificatesStore)
  useEffect(() => {
    void invoke('keys.list', null).then((outcome) => {
      if (outcome.ok) setKeys(outcome.value)
      else setError(outcome.error)
    })
  }, [changes])
  const imported = (added: readonly CertificateSummary[]): void => {
    certificatesChanged()
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
      <P12File
        words={{
          choose: t('settings.importKey'),
          hint: t('settings.importKeyHint'),
          open: t('settings.import'),
          opening: t('settings.importing'),
        }}
        open={(uploadId, passphrase) => invoke('keys.importP12', { uploadId, passphrase })}
        onOpened={imported}
      />
      {error ? <ErrorBanner error={error} /> : null}
    </section>
  )
}
