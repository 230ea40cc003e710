import type { CorrespondentCertificates, KnownCertificate } from '../../app/contract/index.ts'
import { certificateOwner, ChangeNotices, shortFingerprint } from '../certificates/index.ts'
import { invoke } from '../client/index.ts'
import { certificatesChanged } from '../data/index.ts'
import { Button, Chip, showError, showToast, type ChipTone } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { CertificateFacts } from './certificate-facts.tsx'

const tones: Readonly<Record<KnownCertificate['state'], ChipTone>> = {
  current: 'ok',
  changed: 'warn',
  former: 'neutral',
  refused: 'neutral',
}

const seenInWords = ({ source, firstSeen, lastSeen }: KnownCertificate): string => {
  const [first, last] = [fullDate(firstSeen), fullDate(lastSeen)]
  const words = { source: t(`certificates.source-${source}`), first, last }
  return t(first === last ? 'certificates.seenOnce' : 'certificates.seen', words)
}

const exportCertificate = async ({ certificate }: KnownCertificate): Promise<void> => {
  const made = await invoke('certificates.export', { fingerprint: certificate.fingerprint })
  if (!made.ok) return showError(made.error)
  const fileName = `${certificate.emails[0] ?? certificate.serial}.cer`
  const saved = await invoke('window.savePart', { url: made.value.url, fileName })
  if (!saved.ok) showError(saved.error)
}

const Known = ({ address, known, now }: { address: string; known: KnownCertificate; now: Date }) => {
  const { certificate, state } = known
  const { fingerprint } = certificate
  const owner = certificateOwner(certificate)
  const named = { owner, print: shortFingerprint(certificate) }
  const prefer = async (): Promise<void> => {
    const outcome = await invoke('certificates.decide', { address, fingerprint, take: true })
    if (outcome.ok) certificatesChanged()
    else showError(outcome.error)
  }
  const forget = async (): Promise<void> => {
    const outcome = await invoke('certificates.forget', { address, fingerprint })
    if (!outcome.ok) return showError(outcome.error)
    certificatesChanged()
    showToast({ text: t('certificates.forgotten', { owner }) })
  }
  return (
    <li>
      <CertificateFacts
        certificate={certificate}
        uses={known.uses}
        now={now}
        state={<Chip tone={tones[state]}>{t(`certificates.state-${state}`)}</Chip>}
      >
        <span className="muted small certificate-issuer">
          {seenInWords(known)}
          {state === 'former' && known.decidedAt !== null
            ? `, ${t('certificates.replacedOn', { date: fullDate(known.decidedAt) })}`
            : null}
        </span>
      </CertificateFacts>
      <span className="certificate-actions">
        <Button
          size="small"
          aria-label={t('certificates.exportOf', named)}
          onPress={() => exportCertificate(known)}
        >
          {t('certificates.export')}
        </Button>
        {state === 'former' || state === 'refused' ? (
          <Button size="small" aria-label={t('certificates.preferOf', named)} onPress={() => prefer()}>
            {t('certificates.prefer')}
          </Button>
        ) : null}
        <Button size="small" aria-label={t('certificates.forgetOf', named)} onPress={() => forget()}>
          {t('certificates.forget')}
        </Button>
      </span>
    </li>
  )
}

/** The certificates of one correspondent with their history, and what is to be decided of them. */
export const CorrespondentCertificateList = ({
  correspondent: { address, name, certificates },
  now,
}: {
  correspondent: CorrespondentCertificates
  now: Date
}) => (
  <div className="correspondent-certificates">
    <p>
      <b>{name || address}</b> {name ? <span className="muted small">{address}</span> : null}
    </p>
    {certificates.some(({ state }) => state === 'changed') ? (
      <ChangeNotices people={[{ name, address }]} />
    ) : null}
    <ul className="certificate-list" aria-label={t('settings.knownFor', { address })}>
      {certificates.map((known) => (
        <Known key={known.certificate.fingerprint} address={address} known={known} now={now} />
      ))}
    </ul>
  </div>
)
