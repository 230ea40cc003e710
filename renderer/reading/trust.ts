import type { EncryptionStatus, SignatureStatus, TrustClass } from '../../app/contract/index.ts'

type InvalidReason = Extract<SignatureStatus, { status: 'invalid' }>['reasons'][number]

/** From what makes a message a forgery to what makes it merely unproven. */
const gravity: readonly InvalidReason[] = [
  'content-altered',
  'signature-wrong',
  'address-mismatch',
  'revoked',
  'untrusted-authority',
  'several-signers',
  'expired',
  'not-yet-valid',
  'wrong-usage',
  'unsupported-algorithm',
  'malformed',
]

/** The reasons a signature failed, worst first. */
export const sortReasons = (reasons: readonly InvalidReason[]): InvalidReason[] =>
  gravity.filter((reason) => reasons.includes(reason))

/** How the sender's line reads: `quiet` when all is as it should be, `watch` when something is unproven, `loud` when a check failed. */
export const trustMood = (
  trust: TrustClass,
  signature: SignatureStatus,
  encryption: EncryptionStatus,
): 'quiet' | 'watch' | 'loud' => {
  if (signature.status === 'invalid' || encryption.status === 'failed' || trust === 'outside') return 'loud'
  const partial =
    signature.status === 'valid' && (signature.scope === 'part' || signature.revocation === 'unknown')
  return partial || trust === 'unknown' ? 'watch' : 'quiet'
}
