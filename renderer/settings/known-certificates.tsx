import { useState } from 'react'
import type { AppError, CertificateSummary } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { Button, ErrorBanner, FileDrop, showToast, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { CertificateList, certificateOwner } from './certificate-list.tsx'

/** Correspondents' certificates: import one, see what is known for an address. */
export const KnownCertificates = ({ now }: { now: Date }) => {
  const [address, setAddress] = useState('')
  const [found, setFound] = useState<{ address: string; certificates: readonly CertificateSummary[] } | null>(
    null,
  )
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const look = async (wanted: string): Promise<void> => {
    if (wanted === '') return
    setError(null)
    const outcome = await invoke('certificates.forAddress', { address: wanted })
    if (outcome.ok) setFound({ address: wanted, certificates: outcome.value })
    else setError(outcome.error)
  }
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
    const [first] = outcome.value.emails
    if (first !== undefined) {
      setAddress(first)
      await look(first)
    }
  }
  return (
    <section className="settings-part" aria-labelledby="known-certificates">
      <h4 id="known-certificates">{t('settings.knownCertificates')}</h4>
      <p className="muted small">{t('settings.knownCertificatesText')}</p>
      <form
        className="settings-form settings-search"
        onSubmit={(event) => {
          event.preventDefault()
          void look(address.trim())
        }}
      >
        <TextField
          label={t('settings.certificateOf')}
          value={address}
          onChange={setAddress}
          maxLength={320}
        />
        <Button type="submit" isDisabled={address.trim() === ''}>
          {t('settings.lookUp')}
        </Button>
      </form>
      <div aria-live="polite">
        {found === null ? null : found.certificates.length === 0 ? (
          <p className="muted small">{t('settings.noCertificate', { address: found.address })}</p>
        ) : (
          <CertificateList
            label={t('settings.knownFor', { address: found.address })}
            certificates={found.certificates}
            now={now}
          />
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
