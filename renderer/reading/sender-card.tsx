import {
  BadgeCheck,
  FileSignature,
  Info,
  LockKeyhole,
  MailCheck,
  ShieldCheck,
  ShieldQuestion,
  TriangleAlert,
  User,
} from 'lucide-react'
import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components'
import type {
  CertificateSummary,
  Correspondent,
  MessageView,
  SignatureStatus,
} from '../../app/contract/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { Avatar, Banner, Button, Chip } from '../design/index.ts'
import { dateTime, errorSentence, fullDate, shownSubject, t } from '../i18n/index.ts'
import { sortReasons } from './trust.ts'
import './security.css'

const TrustChip = ({ view }: { view: MessageView }) => {
  switch (view.row.trust) {
    case 'professional':
    case 'organisation':
      return (
        <Chip tone="ok" icon={<ShieldCheck aria-hidden="true" />}>
          {t(`reading.trust_${view.row.trust}`)}
        </Chip>
      )
    case 'patient':
      return (
        <Chip tone="patient" icon={<User aria-hidden="true" />}>
          {t('reading.trust_patient')}
        </Chip>
      )
    case 'outside':
      return (
        <Chip tone="alert" icon={<TriangleAlert aria-hidden="true" />}>
          {t('reading.trust_outside')}
        </Chip>
      )
    case 'unknown':
      return (
        <Chip tone="warn" icon={<ShieldQuestion aria-hidden="true" />}>
          {t('reading.trust_unknown')}
        </Chip>
      )
  }
}

const SignatureChip = ({ signature, from }: { signature: SignatureStatus; from: Correspondent }) => {
  if (signature.status === 'none')
    return <Chip icon={<FileSignature aria-hidden="true" />}>{t('reading.unsigned')}</Chip>
  if (signature.status === 'invalid')
    return (
      <Chip tone="alert" icon={<TriangleAlert aria-hidden="true" />}>
        {t('reading.signatureInvalid')}
      </Chip>
    )
  return (
    <Chip tone={signature.scope === 'part' ? 'warn' : 'ok'} icon={<BadgeCheck aria-hidden="true" />}>
      {signature.scope === 'part'
        ? t('reading.signaturePartial', { name: signature.signerName })
        : signature.signerName.toLowerCase() === from.address.toLowerCase()
          ? // The address stands just above: the certificate of a mailbox names nobody else.
            t('reading.signatureValidMailbox')
          : t('reading.signatureValid', { name: signature.signerName })}
    </Chip>
  )
}

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

const SecurityDetails = ({ view }: { view: MessageView }) => {
  const { signature, encryption } = view
  const signer = signature.status === 'none' ? null : signature.signer
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
            {signature.status === 'none' && <li>{t('reading.unsignedMeaning')}</li>}
            {signature.status === 'valid' && (
              <>
                <li>
                  {t('reading.signedOn', {
                    name: signature.signerName,
                    date: signature.signedAt ? dateTime(signature.signedAt) : 'none',
                  })}
                </li>
                <li>{t(`reading.binding_${signature.addressBinding}`)}</li>
                <li>{t(`reading.scope_${signature.scope}`)}</li>
                <li>{t(`reading.revocation_${signature.revocation}`)}</li>
              </>
            )}
            {signature.status === 'invalid' &&
              sortReasons(signature.reasons).map((reason) => (
                <li key={reason}>{t(`reading.reason_${reason}`)}</li>
              ))}
            {encryption.status === 'decrypted' && (
              <li>
                {t('reading.decryptedWith', { algorithm: encryption.algorithm })}{' '}
                {encryption.authenticated ? '' : t('reading.notAuthenticated')}
              </li>
            )}
          </ul>
          {signer && <CertificateFacts certificate={signer} />}
          {view.rawSubject !== shownSubject(view.row) && (
            <p className="raw-subject small muted">
              {t('reading.rawSubject')} <span className="mono">{view.rawSubject}</span>
            </p>
          )}
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  )
}

/** The checks that failed, loud, with what to do; nothing when all went well. */
const SecurityAlarms = ({ view }: { view: MessageView }) => {
  const { signature, encryption } = view
  const [worst] = signature.status === 'invalid' ? sortReasons(signature.reasons) : []
  return (
    <>
      {worst && (
        <Banner tone="error" title={t('reading.signatureInvalidTitle')}>
          <p>
            {t(`reading.reason_${worst}`)} {t('reading.signatureInvalidTodo')}
          </p>
        </Banner>
      )}
      {signature.status === 'valid' && signature.scope === 'part' && (
        <Banner tone="warn" title={t('reading.partialTitle')}>
          <p>{t('reading.partialTodo')}</p>
        </Banner>
      )}
      {encryption.status === 'failed' && (
        <Banner tone="error" title={errorSentence(encryption.error).what}>
          <p>
            {errorSentence(encryption.error).safe} {errorSentence(encryption.error).todo}
          </p>
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

const People = ({
  label,
  people,
  mine,
}: {
  label: string
  people: readonly Correspondent[]
  mine: ReadonlySet<string>
}) =>
  people.length === 0 ? null : (
    <>
      {' · '}
      {label}{' '}
      {people.map((person, index) => (
        <span key={index} title={person.address}>
          {index > 0 && ', '}
          {mine.has(person.address.toLowerCase()) ? <b>{t('reading.me')}</b> : person.name || person.address}
        </span>
      ))}
    </>
  )

/** Who wrote, how far that is proven, to whom and when. */
export const SenderHead = ({ view }: { view: MessageView }) => {
  const accounts = useStore(accountStore)
  const mine = new Set(accounts.map((account) => account.address.toLowerCase()))
  const name = view.from.name || view.from.address
  const otherReply = view.replyTo.filter(
    (reply) => reply.address.toLowerCase() !== view.from.address.toLowerCase(),
  )
  const actualSender =
    view.sender && view.sender.address.toLowerCase() !== view.from.address.toLowerCase() ? view.sender : null
  return (
    <>
      <div className="sender">
        <Avatar name={name} trust={view.row.trust} size="large" />
        <div className="sender-words">
          <p className="sender-name">
            <b>{name}</b>
            {view.from.name && <span className="muted small">{view.from.address}</span>}
          </p>
          <p className="muted small">
            {t(`reading.kind_${view.row.trust}`)}
            <People label={t('reading.to')} people={view.to} mine={mine} />
            <People label={t('reading.cc')} people={view.cc} mine={mine} />
          </p>
          {actualSender && (
            <p className="sender-note small">{t('reading.sentBy', { address: actualSender.address })}</p>
          )}
          {otherReply.length > 0 && (
            <p className="sender-note small">
              {t('reading.repliesGoTo', { address: otherReply.map((reply) => reply.address).join(', ') })}
            </p>
          )}
        </div>
        <time className="sender-date small muted tabular" dateTime={view.row.date}>
          {dateTime(view.row.date)}
        </time>
        <div className="trust-line">
          <TrustChip view={view} />
          {/* A signature may be inside what could not be decrypted. */}
          {view.encryption.status !== 'failed' && (
            <SignatureChip signature={view.signature} from={view.from} />
          )}
          {view.encryption.status === 'decrypted' && (
            <Chip tone="ok" icon={<LockKeyhole aria-hidden="true" />}>
              {t('reading.encrypted')}
            </Chip>
          )}
          {view.signature.status === 'valid' && view.signature.revocation === 'unknown' && (
            <Chip tone="warn" icon={<Info aria-hidden="true" />}>
              {t('reading.revocationUnknown')}
            </Chip>
          )}
          {view.readReceiptRequested && (
            <Chip icon={<MailCheck aria-hidden="true" />}>{t('reading.receiptRequested')}</Chip>
          )}
          <SecurityDetails view={view} />
        </div>
      </div>
      <div className="alarms">
        <SecurityAlarms view={view} />
      </div>
    </>
  )
}
