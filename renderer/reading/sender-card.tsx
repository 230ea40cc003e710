import { Info, MailCheck, ShieldCheck, ShieldQuestion, TriangleAlert, User } from 'lucide-react'
import type { Correspondent, MessageView } from '../../app/contract/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { Avatar, Chip } from '../design/index.ts'
import { spacedMatricule } from '../documents/index.ts'
import { SenderWarnings } from '../accounts/index.ts'
import { correspondentName, dateTime, t } from '../i18n/index.ts'
import { SecurityAlarms, SecurityDetails } from './security-details.tsx'
import { SenderIdentity } from './sender-identity.tsx'
import { EncryptionChip, SignatureChip } from './signature-chip.tsx'

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
          {mine.has(person.address.toLowerCase()) ? <b>{t('reading.me')}</b> : correspondentName(person)}
        </span>
      ))}
    </>
  )

/** Who wrote, how far that is proven, to whom and when. */
export const SenderHead = ({ view }: { view: MessageView }) => {
  const accounts = useStore(accountStore)
  const mine = new Set(accounts.map((account) => account.address.toLowerCase()))
  const name = correspondentName(view.from)
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
            {view.row.trust === 'patient' ? (
              <span className="muted small mono">
                INS {spacedMatricule(view.from.address.split('@')[0]?.toUpperCase() ?? '')}
              </span>
            ) : (
              view.from.name && <span className="muted small">{view.from.address}</span>
            )}
          </p>
          <p className="muted small">
            {t(`reading.kind_${view.row.trust}`)}
            <People label={t('reading.to')} people={view.to} mine={mine} />
            <People label={t('reading.cc')} people={view.cc} mine={mine} />
          </p>
          {view.row.trust === 'patient' ? null : <SenderIdentity address={view.from.address} />}
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
          <EncryptionChip encryption={view.encryption} />
          {view.signature.status !== 'none' && view.signature.notices.includes('revocation-unknown') && (
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
        <SenderWarnings warnings={view.row.warnings ?? []} outside={view.row.trust === 'outside'} />
        <SecurityAlarms view={view} />
      </div>
    </>
  )
}
