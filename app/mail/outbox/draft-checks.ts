import type { DraftContent, SendCheck, TrustClass } from '../../contract/index.ts'
import { fail, type ErrorCode, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, StoredDraft } from '../../vault/index.ts'
import { domainOf } from '../accounts/discovery/index.ts'

/** Base64 with its line breaks: 57 bytes in lines of 76 characters (RFC 2045 §6.8). */
const transferGrowth = 78 / 57

/** Bytes that the account's server and the recipients' take; null when none says. */
export const sizeLimit = (
  account: StoredAccount,
  { to, cc, bcc }: DraftContent,
  largestTo: (addresses: readonly string[]) => number | null,
): number | null => {
  const limits = [account.maxMessageSize, largestTo([...to, ...cc, ...bcc].map((one) => one.address))]
  const known = limits.filter((limit) => limit !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** The refusal to write to a patient whose identity the user has not just confirmed; null when all are. */
export const unconfirmedPatient = (
  checks: readonly SendCheck[],
  confirmed: readonly string[],
): Outcome<never> | null => {
  const known = new Set(confirmed.map((address) => address.toLowerCase()))
  const missing = checks.find(
    ({ trust, address }) => trust === 'patient' && !known.has(address?.toLowerCase() ?? ''),
  )
  return missing
    ? fail('compose.patient-unconfirmed', {
        retry: 'after-change',
        details: { address: missing.address ?? '' },
      })
    : null
}

/** What an address says of itself to a mailbox: the trust space writes inside itself, an ordinary mailbox outside alone. */
export const recipientCheck = (
  address: string,
  classify: (address: string) => TrustClass,
  from: StoredAccount['kind'],
): SendCheck => {
  const base = { address, size: null, limit: null }
  if (domainOf(address) === null) return { ...base, kind: 'address-invalid', blocking: true, trust: null }
  const trust = classify(address)
  if (from === 'generic')
    return trust === 'outside' || trust === 'unknown'
      ? { ...base, kind: 'recipient-unknown', blocking: false, trust }
      : { ...base, kind: 'generic-to-trust-space', blocking: true, trust }
  if (trust === 'outside') return { ...base, kind: 'recipient-outside', blocking: true, trust }
  return {
    ...base,
    kind: trust === 'unknown' ? 'recipient-unknown' : 'recipient-trusted',
    blocking: false,
    trust,
  }
}

const blockingCodes: Partial<Record<SendCheck['kind'], ErrorCode>> = {
  'recipient-outside': 'compose.recipient-outside',
  'address-invalid': 'compose.address-invalid',
  'generic-to-trust-space': 'compose.generic-to-trust-space',
  'generic-health-document': 'compose.generic-health-document',
  size: 'compose.too-large',
  'patient-refused': 'compose.patient-refused',
  'patient-unknown': 'compose.patient-unknown',
  'patient-ends-with-document': 'compose.patient-ends-with-document',
  'document-patient': 'document.patient-missing',
  'documents-several-patients': 'document.other-patient',
  'document-other-recipient': 'document.other-recipient',
  'document-author': 'document.author-missing',
  'document-hidden-from-patient': 'document.not-for-recipient',
  'document-masked-from-professionals': 'document.not-for-recipient',
  'document-hidden-from-all': 'document.not-for-recipient',
}

/** The error of a check that keeps a message from leaving. */
export const blocked = (check: SendCheck): Outcome<never> => {
  const details = check.address === null ? {} : { address: check.address }
  const code = blockingCodes[check.kind] ?? 'compose.no-recipient'
  return fail(code, { retry: 'after-change', details })
}

/** Bytes a draft will have, nearly; `documents` are those of its medical documents. */
export const estimatedSize = (draft: StoredDraft, documents: number): number =>
  Math.ceil(
    2048 +
      Buffer.byteLength(draft.content.text) +
      Buffer.byteLength(draft.content.html ?? '') +
      documents * transferGrowth +
      draft.attachments.reduce((sum, attachment) => sum + attachment.size * transferGrowth, 0),
  )

/** People once each, by address whatever its case. */
export const unique = <T extends { address: string }>(list: T[]): T[] =>
  list.filter(
    (one, index) =>
      list.findIndex((other) => other.address.toLowerCase() === one.address.toLowerCase()) === index,
  )
