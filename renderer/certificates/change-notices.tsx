import { useEffect, useRef, useState } from 'react'
import type { CertificateChange, CertificateSummary } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { certificatesChanged, certificatesStore, useStore } from '../data/index.ts'
import { Banner, Button, showError } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { holder, issuerName, shortFingerprint } from './certificate-words.ts'
import './certificates.css'

const Side = ({ title, certificate }: { title: string; certificate: CertificateSummary }) => (
  <div className="change-side">
    <b>{title}</b>
    <span>{holder(certificate)}</span>
    <span className="muted small">{t('settings.issuedBy', { name: issuerName(certificate) })}</span>
    <span className="muted small">
      {t('certificates.validity', {
        from: fullDate(certificate.notBefore),
        until: fullDate(certificate.notAfter),
      })}
    </span>
    <span className="muted small change-print">
      {t('certificates.fingerprint', { print: shortFingerprint(certificate) })}
    </span>
  </div>
)

const ChangeNotice = ({
  change,
  name,
  onDecided,
}: {
  change: CertificateChange
  name: string
  onDecided: () => void
}) => {
  const [busy, setBusy] = useState(false)
  const decide = async (take: boolean): Promise<void> => {
    setBusy(true)
    const { address, after } = change
    const outcome = await invoke('certificates.decide', { address, fingerprint: after.fingerprint, take })
    setBusy(false)
    if (!outcome.ok) return showError(outcome.error)
    onDecided()
    certificatesChanged()
  }
  const title = t(change.refused ? 'certificates.refusedTitle' : 'certificates.changedTitle', { name })
  return (
    <Banner tone={change.kind === 'renewal' && !change.refused ? 'info' : 'warn'} title={title}>
      <p>
        {t(`certificates.change-${change.kind}`)} {change.sameKey ? t('certificates.sameKey') : null}
      </p>
      <div className="change-sides">
        <Side title={t('certificates.former')} certificate={change.before} />
        <Side title={t('certificates.new')} certificate={change.after} />
      </div>
      <div className="change-actions">
        {change.refused ? null : (
          <Button size="small" isDisabled={busy} onPress={() => decide(false)}>
            {t('certificates.keepFormer')}
          </Button>
        )}
        <Button
          size="small"
          variant={change.kind === 'renewal' && !change.refused ? 'primary' : 'plain'}
          isDisabled={busy}
          onPress={() => decide(true)}
        >
          {t('certificates.takeNew')}
        </Button>
      </div>
    </Banner>
  )
}

/**
 * What changed of the certificates at some addresses, each with the former and the new one, until the user decides.
 * `signer` is the fingerprint of who signed what is read: a certificate set aside is told again there.
 */
export const ChangeNotices = ({
  people,
  signer = null,
}: {
  people: readonly { name: string; address: string }[]
  signer?: string | null
}) => {
  const decisions = useStore(certificatesStore)
  const [found, setFound] = useState<{ of: string; changes: readonly CertificateChange[] } | null>(null)
  const place = useRef<HTMLDivElement>(null)
  const of = people.map(({ address }) => address).join('\n')
  useEffect(() => {
    if (of === '') return
    let current = true
    void invoke('certificates.changes', { addresses: of.split('\n').slice(0, 500) }).then((outcome) => {
      if (current && outcome.ok) setFound({ of, changes: outcome.value })
    })
    return () => {
      current = false
    }
  }, [of, decisions])
  const shown = (found?.of === of ? found.changes : []).filter(
    ({ refused, after }) => !refused || after.fingerprint === signer,
  )
  return (
    // The buttons go with the notice: the keyboard stays where it was, and Escape closes what is around.
    <div ref={place} tabIndex={-1} className="change-notices" data-empty={shown.length === 0}>
      {shown.map((change) => {
        const known = people.find(({ address }) => address.toLowerCase() === change.address)
        return (
          <ChangeNotice
            key={`${change.address} ${change.after.fingerprint}`}
            change={change}
            onDecided={() => place.current?.focus()}
            name={known?.name ? known.name : change.address}
          />
        )
      })}
    </div>
  )
}
