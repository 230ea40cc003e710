import { useEffect, useState } from 'react'
import type { AppError, CorrespondentCertificates } from '../../app/contract/index.ts'
import { certificateOwner } from '../certificates/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { certificatesChanged, certificatesStore, useStore } from '../data/index.ts'
import { Button, ErrorBanner, FileDrop, showToast, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { CorrespondentCertificateList } from './correspondent-certificates.tsx'

/** Correspondents' certificates with their history: look one up, import, export, prefer, forget. */
export const KnownCertificates = ({ now }: { now: Date }) => {
  const changes = useStore(certificatesStore)
  const [typed, setTyped] = useState('')
  const [wanted, setWanted] = useState('')
  const [found, setFound] = useState<{ text: string; list: readonly CorrespondentCertificates[] } | null>(
    null,
  )
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    let current = true
    void invoke('certificates.correspondents', { text: wanted }).then((outcome) => {
      if (!current) return
      if (outcome.ok) setFound({ text: wanted, list: outcome.value })
      else setError(outcome.error)
    })
    return () => {
      current = false
    }
  }, [wanted, changes])
  const importFile = async (file: File): Promise<void> => {
    setBusy(true)
    setError(null)
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    const outcome = sent.ok ? await invoke('certificates.import', { uploadId }) : sent
    setBusy(false)
    if (!outcome.ok) {
      setError(outcome.error)
      return
    }
    showToast({ text: t('settings.certificateImported', { owner: certificateOwner(outcome.value) }) })
    const [first = ''] = outcome.value.emails
    setTyped(first)
    setWanted(first.toLowerCase())
    certificatesChanged()
  }
  return (
    <section className="settings-part" aria-labelledby="known-certificates">
      <h4 id="known-certificates">{t('settings.knownCertificates')}</h4>
      <p className="muted small">{t('settings.knownCertificatesText')}</p>
      <form
        className="settings-form settings-search"
        onSubmit={(event) => {
          event.preventDefault()
          setError(null)
          setWanted(typed.trim())
        }}
      >
        <TextField label={t('settings.certificateOf')} value={typed} onChange={setTyped} maxLength={200} />
        <Button type="submit">{t('settings.lookUp')}</Button>
      </form>
      <div className="correspondent-list" aria-live="polite">
        {found === null ? null : found.list.length === 0 ? (
          <p className="muted small">
            {found.text === ''
              ? t('certificates.none')
              : t('settings.noCertificate', { address: found.text })}
          </p>
        ) : (
          found.list.map((correspondent) => (
            <CorrespondentCertificateList
              key={correspondent.address}
              correspondent={correspondent}
              now={now}
            />
          ))
        )}
      </div>
      <FileDrop
        label={t('settings.importCertificate')}
        hint={t('settings.importCertificateHint')}
        accept=".cer,.crt,.der,.pem,.p7b"
        isBusy={busy}
        onFile={(file) => void importFile(file)}
      />
      {error ? <ErrorBanner error={error} /> : null}
    </section>
  )
}
