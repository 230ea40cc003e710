import type { SignatureNotice, SignatureReason } from '../contract/verdict.ts'
import type { CertificateFacts } from './certificate.ts'
import { compareAddresses, type SenderFacts } from './sender.ts'

/**
 * Addresses the Annuaire Santé gives for a national identifier; null when it does not answer or does not know it. A card
 * certificate holds no address (cps-card.md §2.4): this alone ties it to one.
 */
export type DirectoryLookup = (nationalId: string) => Promise<readonly string[] | null>

export interface Binding {
  /** What ties the signer to the From address. */
  by: 'certificate' | 'directory' | 'none'
  reasons: SignatureReason[]
  notices: SignatureNotice[]
}

const unbound = (...reasons: SignatureReason[]): Binding => ({ by: 'none', reasons, notices: [] })

const matching = (addresses: readonly string[], from: string): 'same' | 'case' | 'different' => {
  const found = addresses.map((address) => compareAddresses(address, from))
  return found.includes('same') ? 'same' : found.includes('case') ? 'case' : 'different'
}

/** The single From address, read strictly and the same as the one shown; else why there is none. */
const fromAddress = (
  { from }: SenderFacts,
  shown: readonly string[],
): { address: string } | { reason: SignatureReason } => {
  if (from.kind === 'several') return { reason: 'several-from' }
  if (from.kind === 'malformed') return { reason: 'malformed-from' }
  const known = shown.filter((address) => address !== '')
  // Judged apart from its message (a bare entity): whoever asks knows the sender.
  const address = from.kind === 'one' ? from.address : from.kind === 'absent' ? known[0] : undefined
  if (known.length > 1) return { reason: 'several-from' }
  if (address === undefined) return { reason: 'no-from' }
  const other = known[0]
  if (other !== undefined && compareAddresses(other, address) === 'different')
    return { reason: 'address-mismatch' }
  return { address }
}

/**
 * Ties a signer to the sender a reader sees (models.md §7): by the certificate's rfc822Name, else through its national
 * identifier and the directory. An emailAddress in the subject alone is told and ties nothing (RFC 8550 §3).
 */
export const bindSigner = async (
  signer: CertificateFacts,
  nationalId: string | null,
  sender: SenderFacts,
  shown: readonly string[],
  lookup: DirectoryLookup,
): Promise<Binding> => {
  const from = fromAddress(sender, shown)
  if ('reason' in from) return unbound(from.reason)
  const { address } = from
  const names: SignatureReason[] =
    sender.from.kind === 'one' && sender.from.shown.length > 0 ? ['name-shows-other-address'] : []
  const notices: SignatureNotice[] =
    sender.sender !== null && compareAddresses(sender.sender, address) === 'different'
      ? ['sender-differs']
      : []
  const tied = (by: 'certificate' | 'directory', how: 'same' | 'case'): Binding => ({
    by: names.length > 0 ? 'none' : by,
    reasons: names,
    notices: how === 'case' ? [...notices, 'local-part-case'] : notices,
  })

  if (signer.emails.length > 0) {
    const how = matching(signer.emails, address)
    if (how !== 'different') return tied('certificate', how)
    const bySender = sender.sender !== null && matching(signer.emails, sender.sender) !== 'different'
    return unbound('address-mismatch', ...(bySender ? (['signed-by-sender-field'] as const) : []), ...names)
  }
  const legacy = signer.subject.flatMap(({ name, value }) =>
    name === 'emailAddress' && value !== '' ? [value] : [],
  )
  if (legacy.length > 0)
    return unbound(
      matching(legacy, address) === 'different' ? 'address-mismatch' : 'address-in-subject-only',
      ...names,
    )
  if (nationalId === null) return unbound(signer.isCard ? 'identity-not-linked' : 'no-address', ...names)
  const known = await lookup(nationalId)
  if (known === null) return unbound('identity-not-linked', ...names)
  const how = matching(known, address)
  return how === 'different' ? unbound('address-mismatch', ...names) : tied('directory', how)
}
