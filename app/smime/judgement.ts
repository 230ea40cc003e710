import type {
  JudgedSignature,
  SignatureNotice,
  SignatureReason,
  SignatureStatus,
} from '../contract/verdict.ts'
import { bindSigner, type Binding, type DirectoryLookup } from './binding.ts'
import { holderName, readCandidates, summaryOf, type CertificateFacts } from './certificate.ts'
import { compareAddresses, type SenderFacts } from './sender.ts'
import type { SignatureFinding } from './signed-data.ts'
import type { Trust } from './trust.ts'

/** What the verifier knows beside the message. */
export interface JudgeContext {
  /** Addresses a reader is shown as the sender: the binding holds for these, or for nobody. */
  fromAddresses: string[]
  now: Date
  /** When the server got the message: its signer's certificate is judged at that date, not at every reading. */
  arrivedAt?: Date
  /** Judge as of this date, whatever the message says of its own: for questions about another day. */
  asOf?: Date
  trust: Trust
  /** Asks the Annuaire Santé; without it, no national identifier is tied to an address. */
  directory?: DirectoryLookup
}

export interface Judgement {
  status: SignatureStatus
  /** Of a signature that nothing speaks against: the signer's, and those of our authorities for the sender's very address. */
  certificates: Uint8Array[]
}

type Status = JudgedSignature['status']

/** From the worst to the best: the verdict is the worst that any reason asks for. */
const gravity: readonly Status[] = ['invalid', 'undecidable', 'untrusted', 'unbound', 'partial', 'valid']

/** The one table of reason → verdict (docs/smime.md). */
const verdictFor: Readonly<Record<SignatureReason, Status>> = {
  'content-altered': 'invalid',
  'signature-wrong': 'invalid',
  malformed: 'undecidable',
  'several-signers': 'undecidable',
  'two-contents': 'undecidable',
  'no-content': 'undecidable',
  'signer-missing': 'undecidable',
  'unsupported-algorithm': 'undecidable',
  'untrusted-authority': 'untrusted',
  'constraint-violated': 'untrusted',
  expired: 'untrusted',
  'not-yet-valid': 'untrusted',
  revoked: 'untrusted',
  'revocation-unknown': 'untrusted',
  'wrong-usage': 'untrusted',
  'weak-algorithm': 'untrusted',
  'address-mismatch': 'unbound',
  'signed-by-sender-field': 'unbound',
  'address-in-subject-only': 'unbound',
  'identity-not-linked': 'unbound',
  'no-address': 'unbound',
  'no-from': 'unbound',
  'several-from': 'unbound',
  'malformed-from': 'unbound',
  'name-shows-other-address': 'unbound',
  'protected-from-differs': 'unbound',
  'outside-signature': 'partial',
}

/** The verdict that reasons give together; `valid` when there is none. */
export const verdictOf = (reasons: readonly SignatureReason[]): Status =>
  gravity.find((status) => reasons.some((reason) => verdictFor[reason] === status)) ?? 'valid'

/** The worse of two verdicts. */
export const worst = (one: Status, other: Status): Status =>
  gravity.indexOf(one) <= gravity.indexOf(other) ? one : other

/** A verdict with more to say of it: reasons and notices once each, in order; the verdict follows the reasons. */
export const withMore = (
  signature: JudgedSignature,
  reasons: readonly SignatureReason[],
  notices: readonly SignatureNotice[] = [],
): JudgedSignature => {
  const all = [...new Set([...signature.reasons, ...reasons])]
  return {
    ...signature,
    reasons: all,
    notices: [...new Set([...signature.notices, ...notices])],
    status: verdictOf(all),
  }
}

const unknownSigner = (
  reasons: readonly SignatureReason[],
  scope: JudgedSignature['scope'],
): JudgedSignature => ({
  status: verdictOf(reasons),
  reasons: [...new Set(reasons)],
  notices: [],
  signer: null,
  signerName: null,
  signedAt: null,
  binding: 'none',
  scope,
  revocation: 'not-asked',
  revocationAsOf: null,
  chain: [],
  pathProblem: null,
  algorithm: null,
})

/**
 * The certificates worth remembering of a good signature. Anyone can put anything beside one: a stranger's certificate must
 * not become a correspondent's. Those of the sender's own address are vouched for by our authorities; the signer's by the
 * signature, when it is bound. A card, which holds no address, sends its holder's encryption certificate along.
 */
const vouchedFor = (
  signature: JudgedSignature,
  candidates: readonly CertificateFacts[],
  sender: string | undefined,
  { trust, now }: JudgeContext,
): Uint8Array[] => {
  const bound = signature.status === 'valid'
  if (!bound && signature.reasons.some((reason) => reason !== 'identity-not-linked')) return []
  return candidates
    .filter(
      (candidate) =>
        (bound && candidate.fingerprint === signature.signer?.fingerprint) ||
        (candidate.emails.some((email) => compareAddresses(email, sender ?? '') !== 'different') &&
          trust.knows(candidate, [...candidates], now)),
    )
    .map(({ der }) => der)
}

/** Whoever holds an expired key can say it signed earlier, not that the message arrived earlier. */
const judgedAt = ({ now, arrivedAt, asOf }: JudgeContext, signedAt: Date | null): Date => {
  if (asOf) return asOf
  const latest = Math.max((arrivedAt ?? now).getTime(), signedAt?.getTime() ?? 0)
  return new Date(Math.min(latest, now.getTime()))
}

const algorithmOf = (finding: SignatureFinding & { kind: 'broken' | 'checked' }): string | null => {
  const [first] = finding.signers
  return first && first.signature !== '' ? `${first.signature}, ${first.digest}` : null
}

const structural = ({ signers }: SignatureFinding & { kind: 'checked' }): SignatureNotice[] => [
  ...(signers[0]?.lineEndsRestored ? (['line-ends-restored'] as const) : []),
  ...(signers[0]?.receiptRequested ? (['receipt-requested'] as const) : []),
]

const shownSender = (sender: SenderFacts, { fromAddresses }: JudgeContext): string | undefined =>
  sender.from.kind === 'one' ? sender.from.address : fromAddresses[0]

/**
 * The verdict of one signature, with its reasons: mathematics as found, authorities, dates, revocation, and whether the
 * signer is the sender (models.md §7). `sender` is that of the message it is in; null for a file, which says by its
 * signature alone whose it is. Never throws.
 */
export const judgeSignature = async (
  finding: SignatureFinding,
  scope: JudgedSignature['scope'],
  sender: SenderFacts | null,
  context: JudgeContext,
): Promise<Judgement> => {
  if (finding.kind === 'none') return { status: { status: 'none' }, certificates: [] }
  const [signer] = finding.signer ? readCandidates([finding.signer]) : []
  const mailingList: SignatureNotice[] = sender?.list ? ['mailing-list'] : []
  if (!signer) {
    const status = unknownSigner(finding.reasons, scope)
    return { status: withMore(status, [], mailingList), certificates: [] }
  }
  const summary = summaryOf(signer)
  const known = { signer: summary, signerName: holderName(signer) }
  if (finding.kind === 'broken') {
    const status = { ...unknownSigner(finding.reasons, scope), ...known, algorithm: algorithmOf(finding) }
    return { status: withMore(status, [], mailingList), certificates: [] }
  }
  const candidates = readCandidates(finding.candidates)
  const at = judgedAt(context, finding.signedAt)
  const later = context.asOf !== undefined && finding.signedAt !== null && finding.signedAt > context.asOf
  const verdict = await context.trust.verifySigner({
    certificate: signer,
    candidates,
    at,
    signedAt: later ? null : finding.signedAt,
    purpose: sender === null ? 'document' : 'email',
  })
  const binding: Binding =
    sender === null
      ? { by: 'none', reasons: [], notices: [] }
      : await bindSigner(
          signer,
          summary.nationalId,
          sender,
          context.fromAddresses,
          context.directory ?? (() => Promise.resolve(null)),
        )
  const reasons = [...finding.reasons, ...verdict.reasons, ...binding.reasons]
  const base: JudgedSignature = {
    ...unknownSigner([], scope),
    ...known,
    signedAt: finding.signedAt?.toISOString() ?? null,
    binding: binding.by,
    revocation: verdict.revocation,
    revocationAsOf: verdict.revocationAsOf?.toISOString() ?? null,
    chain: verdict.chain.map(summaryOf),
    pathProblem: verdict.problem,
    algorithm: algorithmOf(finding),
  }
  const unchecked: SignatureNotice[] = verdict.revocation === 'unknown' ? ['revocation-unknown'] : []
  const status = withMore(base, reasons, [
    ...binding.notices,
    ...mailingList,
    ...(verdict.reasons.length === 0 ? unchecked : []),
    ...structural(finding),
    ...(later ? (['signed-later'] as const) : []),
  ])
  const certificates =
    sender === null ? [] : vouchedFor(status, candidates, shownSender(sender, context), context)
  return { status, certificates }
}
