import {
  BadgeCheck,
  FileSignature,
  LockKeyhole,
  LockKeyholeOpen,
  ShieldQuestion,
  TriangleAlert,
} from 'lucide-react'
import type {
  Correspondent,
  EncryptionStatus,
  JudgedSignature,
  SignatureStatus,
} from '../../app/contract/index.ts'
import { Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { isMerelyUnlinked, signatureTone } from './trust.ts'

const words = (signature: JudgedSignature, from: Correspondent | null): string => {
  const name = signature.signerName ?? ''
  switch (signature.status) {
    case 'valid':
      // The address stands just above: the certificate of a mailbox names nobody else.
      return name.toLowerCase() === from?.address.toLowerCase()
        ? t('reading.signatureValidMailbox')
        : t('reading.signatureValid', { name })
    case 'partial':
      return t('reading.signaturePartial', { name })
    case 'unbound':
      return isMerelyUnlinked(signature)
        ? t('reading.signatureValid', { name })
        : t('reading.signatureOfOther', { name })
    case 'untrusted':
      return t('reading.signatureUntrusted')
    case 'undecidable':
      return t('reading.signatureUndecidable')
    case 'invalid':
      return t('reading.signatureInvalid')
  }
}

/** What is said of a signature, in the program's own frame: never in that of the message. */
export const SignatureChip = ({
  signature,
  from = null,
}: {
  signature: SignatureStatus
  from?: Correspondent | null
}) => {
  if (signature.status === 'none')
    return <Chip icon={<FileSignature aria-hidden="true" />}>{t('reading.unsigned')}</Chip>
  const tone = signatureTone(signature)
  const good = tone === 'ok' || signature.status === 'partial' || isMerelyUnlinked(signature)
  return (
    <>
      <Chip
        tone={tone}
        icon={
          good ? (
            <BadgeCheck aria-hidden="true" />
          ) : signature.status === 'undecidable' ? (
            <ShieldQuestion aria-hidden="true" />
          ) : (
            <TriangleAlert aria-hidden="true" />
          )
        }
      >
        {words(signature, from)}
      </Chip>
      {isMerelyUnlinked(signature) && (
        <Chip tone="warn" icon={<ShieldQuestion aria-hidden="true" />}>
          {t('reading.identityNotLinked')}
        </Chip>
      )}
    </>
  )
}

/** Whether the message came encrypted, and how far that protected it. */
export const EncryptionChip = ({ encryption }: { encryption: EncryptionStatus }) => {
  if (encryption.status !== 'decrypted') return null
  if (encryption.weak)
    return (
      <Chip tone="warn" icon={<LockKeyholeOpen aria-hidden="true" />}>
        {t('reading.encryptedWeakly')}
      </Chip>
    )
  return encryption.integrityProtected ? (
    <Chip tone="ok" icon={<LockKeyhole aria-hidden="true" />}>
      {t('reading.encrypted')}
    </Chip>
  ) : (
    <Chip tone="warn" icon={<LockKeyhole aria-hidden="true" />}>
      {t('reading.encryptedUnprotected')}
    </Chip>
  )
}
