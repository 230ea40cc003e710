import type { SignatureStatus } from '../contract/mail.ts'
import { holderName, readCandidates, summaryOf, type CertificateFacts } from './certificate.ts'
import type { InvalidReason, SignatureFinding } from './signed-data.ts'
import type { Trust } from './trust.ts'

/** What the message says of itself and what the verifier knows. */
export interface JudgeContext {
  /** Addresses of the From field: exactly one, or nothing can be bound to it. */
  fromAddresses: string[]
  now: Date
  /** When the server got the message: its signer's certificate is judged at that date, not at every reading. */
  arrivedAt?: Date
  trust: Trust
}

export interface Judgement {
  status: SignatureStatus
  /** With a valid signature: the signer's, and those of our authorities for the very address it is bound to. */
  certificates: Uint8Array[]
}

/** How the signer is tied to the From address; null when it is not (cps-card.md §2.4). */
const bindingOf = (
  signer: CertificateFacts,
  fromAddresses: readonly string[],
): 'certificate' | 'card-without-address' | null => {
  const [from, ...others] = fromAddresses
  if (from === undefined || others.length > 0) return null
  if (signer.emails.some((email) => email.toLowerCase() === from.toLowerCase())) return 'certificate'
  return signer.emails.length === 0 && signer.isCard ? 'card-without-address' : null
}

const invalid = (signer: CertificateFacts | null, reasons: readonly InvalidReason[]): Judgement => ({
  status: {
    status: 'invalid',
    signer: signer ? summaryOf(signer) : null,
    signerName: signer ? holderName(signer) : null,
    reasons: [...new Set(reasons)],
  },
  certificates: [],
})

/** Says whether a checked signature is to be believed: chain, dates, revocation, address. Never throws. */
export const judgeSignature = async (
  finding: SignatureFinding,
  context: JudgeContext,
): Promise<Judgement> => {
  if (finding.kind === 'none') return { status: { status: 'none' }, certificates: [] }
  const [signer] = finding.signer ? readCandidates([finding.signer]) : []
  if (finding.kind === 'broken' || !signer) return invalid(signer ?? null, finding.reasons)
  const { trust, fromAddresses, now, arrivedAt } = context
  const { signedAt, scope } = finding
  const candidates = readCandidates(finding.candidates)
  // Whoever holds an expired key can say it signed earlier, not that the message arrived earlier.
  const latest = Math.max((arrivedAt ?? now).getTime(), signedAt?.getTime() ?? 0)
  const at = new Date(Math.min(latest, now.getTime()))
  const verdict = await trust.verifySigner({ certificate: signer, candidates, at, signedAt })
  const addressBinding = bindingOf(signer, fromAddresses)
  const all: InvalidReason[] = [
    ...finding.reasons,
    ...verdict.reasons,
    ...(addressBinding === null ? (['address-mismatch'] as const) : []),
  ]
  if (all.length > 0 || addressBinding === null) return invalid(signer, all)
  // Anyone can put anything beside a good signature: a stranger's certificate must not become a correspondent's.
  const sender = fromAddresses[0]?.toLowerCase()
  const vouched = candidates.filter(
    (candidate) =>
      candidate.fingerprint === signer.fingerprint ||
      (candidate.emails.some((email) => email.toLowerCase() === sender) &&
        trust.knows(candidate, candidates, now)),
  )
  return {
    status: {
      status: 'valid',
      signer: summaryOf(signer),
      signerName: holderName(signer),
      signedAt: signedAt?.toISOString() ?? null,
      addressBinding,
      scope,
      revocation: verdict.revocation,
    },
    certificates: vouched.map((candidate) => candidate.der),
  }
}
