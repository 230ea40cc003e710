import type {
  EncryptionStatus,
  JudgedSignature,
  MessageView,
  SignatureReason,
  SignatureStatus,
  TrustClass,
} from '../../app/contract/index.ts'
import { shownSubject } from '../i18n/index.ts'

/** From what makes a message a forgery to what makes it merely unproven. */
const gravity: readonly SignatureReason[] = [
  'content-altered',
  'signature-wrong',
  'address-mismatch',
  'several-from',
  'malformed-from',
  'no-from',
  'protected-from-differs',
  'name-shows-other-address',
  'signed-by-sender-field',
  'revoked',
  'untrusted-authority',
  'constraint-violated',
  'several-signers',
  'two-contents',
  'no-content',
  'signer-missing',
  'expired',
  'not-yet-valid',
  'wrong-usage',
  'weak-algorithm',
  'revocation-unknown',
  'unsupported-algorithm',
  'malformed',
  'address-in-subject-only',
  'no-address',
  'identity-not-linked',
  'outside-signature',
]

/** The reasons a signature is not plainly valid, worst first. */
export const sortReasons = (reasons: readonly SignatureReason[]): SignatureReason[] =>
  gravity.filter((reason) => reasons.includes(reason))

/** Reasons for which a signer is merely not tied to the address: nothing says that it is somebody else. */
const unproven: ReadonlySet<SignatureReason> = new Set([
  'identity-not-linked',
  'no-address',
  'address-in-subject-only',
  'outside-signature',
])

/** A signer whose address is not known, as every professional card's; not one that is somebody else than the sender. */
export const isMerelyUnlinked = (signature: JudgedSignature): boolean =>
  signature.status === 'unbound' && signature.reasons.every((reason) => unproven.has(reason))

/** How a verdict reads: all is well, something is unproven, a check failed. */
export const signatureTone = (signature: JudgedSignature): 'ok' | 'warn' | 'alert' => {
  if (signature.status === 'valid') return 'ok'
  if (signature.status === 'partial' || signature.status === 'undecidable') return 'warn'
  return isMerelyUnlinked(signature) ? 'warn' : 'alert'
}

/** How the sender's line reads: `quiet` when all is as it should be, `watch` when something is unproven, `loud` when a check failed. */
export const trustMood = (
  trust: TrustClass,
  signature: SignatureStatus,
  encryption: EncryptionStatus,
): 'quiet' | 'watch' | 'loud' => {
  const tone = signature.status === 'none' ? 'ok' : signatureTone(signature)
  if (tone === 'alert' || encryption.status === 'failed' || trust === 'outside') return 'loud'
  const unchecked = signature.status !== 'none' && signature.notices.includes('revocation-unknown')
  const exposed = encryption.status === 'decrypted' && (!encryption.integrityProtected || encryption.weak)
  return tone === 'warn' || unchecked || exposed || trust === 'unknown' ? 'watch' : 'quiet'
}

/** The subject to show: the protected one where there is one that can be relied on (RFC 9788). */
export const subjectOf = ({ row, headerProtection }: MessageView): string =>
  shownSubject({ ...row, subject: headerProtection.subject ?? row.subject })
