import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components'
import type {
  CertificateSummary,
  EncryptionStatus,
  HeaderProtection,
  JudgedSignature,
  MessageView,
  SignatureStatus,
} from '../../app/contract/index.ts'
import { Banner, Button } from '../design/index.ts'
import { dateTime, errorSentence, fullDate, t } from '../i18n/index.ts'
import { SignatureChip } from './signature-chip.tsx'
import { isMerelyUnlinked, sortReasons, subjectOf } from './trust.ts'
import './security.css'

const CertificateFacts = ({ certificate }: { certificate: CertificateSummary }) => (
  <dl className="certificate">
    {(
      [
        ['certificateSubject', certificate.subject],
        ['certificateProfession', certificate.profession],
        ['certificateNationalId', certificate.nationalId],
        ['certificateEmails', certificate.emails.join(', ')],
        ['certificateIssuer', certificate.issuer],
        [
          'certificateValidity',
          t('reading.certificatePeriod', {
            from: fullDate(certificate.notBefore),
            to: fullDate(certificate.notAfter),
          }),
        ],
        ['certificateSerial', certificate.serial],
        ['certificateFingerprint', certificate.fingerprint.replace(/(..)(?=.)/g, '$1 ')],
      ] as const
    ).map(([key, value]) =>
      value ? (
        <div key={key}>
          <dt>{t(`reading.${key}`)}</dt>
          <dd
            className={key === 'certificateSerial' || key === 'certificateFingerprint' ? 'mono' : undefined}
          >
            {value}
          </dd>
        </div>
      ) : null,
    )}
  </dl>
)

/** The name people know a certificate by: its common name, else all of it. */
const shortName = (subject: string): string => /(?:^|, )CN=([^,]+)/.exec(subject)?.[1] ?? subject

const Chain = ({ chain }: { chain: readonly CertificateSummary[] }) =>
  chain.length < 2 ? null : (
    <div className="certificate-chain">
      <h4>{t('reading.chain')}</h4>
      <ol>
        {chain.map((certificate) => (
          <li key={certificate.fingerprint} title={certificate.subject}>
            {shortName(certificate.subject)}{' '}
            <span className="muted">{t('reading.chainUntil', { date: fullDate(certificate.notAfter) })}</span>
          </li>
        ))}
      </ol>
    </div>
  )

const verdictSentence = ({ scope, status }: JudgedSignature): string =>
  scope === 'file' && (status === 'valid' || status === 'invalid')
    ? t(`reading.fileVerdict_${status}`)
    : t(`reading.verdict_${status}`)

/** Everything worth knowing of one signature: why, what is covered, when, by whom, and who vouches for that. */
export const SignatureExplained = ({ signature }: { signature: SignatureStatus }) => {
  if (signature.status === 'none')
    return (
      <ul>
        <li>{t('reading.unsignedMeaning')}</li>
      </ul>
    )
  return (
    <>
      <ul>
        <li>{verdictSentence(signature)}</li>
        {sortReasons(signature.reasons).map((reason) => (
          <li key={reason}>{t(`reading.reason_${reason}`)}</li>
        ))}
        {signature.signerName !== null && (
          <li>
            {t('reading.signedOn', {
              name: signature.signerName,
              date: signature.signedAt ? dateTime(signature.signedAt) : 'none',
            })}
          </li>
        )}
        {signature.binding !== 'none' && <li>{t(`reading.binding_${signature.binding}`)}</li>}
        <li>{t(`reading.scope_${signature.scope}`)}</li>
        {signature.revocation === 'good' && (
          <li>
            {t('reading.revocation_good', {
              date: signature.revocationAsOf ? fullDate(signature.revocationAsOf) : 'none',
            })}
          </li>
        )}
        {(signature.revocation === 'unknown' || signature.revocation === 'revoked') && (
          <li>{t(`reading.revocation_${signature.revocation}`)}</li>
        )}
        {signature.notices
          .filter((notice) => notice !== 'revocation-unknown')
          .map((notice) => (
            <li key={notice}>{t(`reading.notice_${notice}`)}</li>
          ))}
        {signature.algorithm !== null && (
          <li>{t('reading.signatureAlgorithm', { algorithm: signature.algorithm })}</li>
        )}
      </ul>
      {signature.signer && <CertificateFacts certificate={signature.signer} />}
      <Chain chain={signature.chain} />
      {signature.pathProblem !== null && (
        <p className="small muted">
          {t('reading.pathProblem')} <span className="mono">{signature.pathProblem}</span>
        </p>
      )}
    </>
  )
}

/** How the message was encrypted, and what that does not protect from. */
export const EncryptionExplained = ({ encryption }: { encryption: EncryptionStatus }) =>
  encryption.status === 'decrypted' ? (
    <ul>
      <li>
        {t('reading.decryptedWith', { algorithm: encryption.algorithm })}{' '}
        {encryption.integrityProtected
          ? encryption.authenticated
            ? ''
            : t('reading.integrityBySignature')
          : t('reading.notAuthenticated')}
        {encryption.weak && ` ${t('reading.weakEncryption')}`}
      </li>
    </ul>
  ) : encryption.status === 'failed' ? (
    <ul>
      <li>{errorSentence(encryption.error).what}</li>
    </ul>
  ) : null

/** What the headers inside the protection say that those outside do not. */
export const HeadersExplained = ({ protection }: { protection: HeaderProtection }) =>
  protection.kind === 'none' ? null : (
    <ul>
      {protection.differences.length === 0 && <li>{t('reading.headersProtected')}</li>}
      {protection.differences.map(({ field, outer, inner }) => (
        <li key={field}>
          {t(`reading.headerDiffers_${field}`, {
            inner: inner ?? '',
            outer: outer ?? t('reading.headerMissing'),
          })}
        </li>
      ))}
      {protection.hidden.length > 0 && <li>{t('reading.headersHidden')}</li>}
    </ul>
  )

/** « Détails »: every sentence there is about the trust in a message. */
export const SecurityDetails = ({ view }: { view: MessageView }) => {
  const parts = view.partVerdicts.filter(
    ({ signature, encrypted }) => signature.status !== 'none' || encrypted,
  )
  return (
    <DialogTrigger>
      <Button variant="link" size="small">
        {t('reading.details')}
      </Button>
      <Popover className="popover security-popover" placement="bottom start">
        <AriaDialog className="security-details" aria-label={t('reading.securityTitle')}>
          <h3>{t('reading.securityTitle')}</h3>
          <ul>
            <li>{t(`reading.trustMeaning_${view.row.trust}`)}</li>
          </ul>
          <SignatureExplained signature={view.signature} />
          <EncryptionExplained encryption={view.encryption} />
          <HeadersExplained protection={view.headerProtection} />
          {parts.map(({ path, forwardedFrom, signature, encrypted }) => (
            <div key={path} className="part-verdict">
              <h4>
                {forwardedFrom === null
                  ? t('reading.partOf', { path })
                  : t('reading.partForwarded', { path, address: forwardedFrom || t('reading.partNobody') })}
              </h4>
              {encrypted ? <p>{t('reading.partEncrypted')}</p> : <SignatureChip signature={signature} />}
            </div>
          ))}
          {view.rawSubject !== subjectOf(view) && (
            <p className="raw-subject small muted">
              {t('reading.rawSubject')} <span className="mono">{view.rawSubject}</span>
            </p>
          )}
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  )
}

const accidents = ['altered-by-footer', 'altered-by-encoding', 'altered-by-blanks', 'mailing-list'] as const

/** What explains a signature that no longer fits: an accident on the way rather than a forgery. */
const likelyAccident = ({ notices }: JudgedSignature) =>
  accidents.find((accident) => notices.includes(accident))

const SignatureAlarm = ({ signature }: { signature: SignatureStatus }) => {
  if (signature.status === 'none' || signature.status === 'valid' || isMerelyUnlinked(signature)) return null
  const [worst] = sortReasons(signature.reasons)
  if (signature.status === 'partial')
    return (
      <Banner tone="warn" title={t('reading.partialTitle')}>
        <p>
          {signature.notices.includes('footer-added')
            ? t('reading.notice_footer-added')
            : t('reading.partialTodo')}
        </p>
      </Banner>
    )
  const accident = signature.status === 'invalid' ? likelyAccident(signature) : undefined
  return (
    <Banner
      tone={signature.status === 'undecidable' ? 'warn' : 'error'}
      title={t(`reading.alarm_${signature.status}`, { name: signature.signerName ?? '' })}
    >
      <p>
        {worst && t(`reading.reason_${worst}`)} {accident && t(`reading.notice_${accident}`)}{' '}
        {t('reading.signatureInvalidTodo')}
      </p>
    </Banner>
  )
}

const HeaderAlarm = ({ protection }: { protection: HeaderProtection }) => {
  const told = protection.differences.filter(({ field }) => field !== 'date')
  return told.length === 0 ? null : (
    <Banner tone="warn" title={t('reading.headersChangedTitle')}>
      {told.map(({ field, outer, inner }) => (
        <p key={field}>
          {t(`reading.headerDiffers_${field}`, {
            inner: inner ?? '',
            outer: outer ?? t('reading.headerMissing'),
          })}
        </p>
      ))}
    </Banner>
  )
}

/** The checks that failed, loud, with what to do; nothing when all went well. */
export const SecurityAlarms = ({ view }: { view: MessageView }) => {
  const { encryption } = view
  return (
    <>
      <SignatureAlarm signature={view.signature} />
      <HeaderAlarm protection={view.headerProtection} />
      {encryption.status === 'failed' && (
        <Banner tone="error" title={errorSentence(encryption.error).what}>
          <p>
            {errorSentence(encryption.error).safe} {errorSentence(encryption.error).todo}
          </p>
        </Banner>
      )}
      {view.partVerdicts.some(({ encrypted }) => encrypted) && (
        <Banner tone="warn" title={t('reading.partEncryptedTitle')}>
          <p>{t('reading.partEncrypted')}</p>
        </Banner>
      )}
      {view.row.trust === 'outside' && (
        <Banner tone="error" title={t('reading.outsideTitle')}>
          <p>{t('reading.outsideTodo')}</p>
        </Banner>
      )}
    </>
  )
}
