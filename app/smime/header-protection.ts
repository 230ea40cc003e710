import type { HeaderDifference, HeaderProtection } from '../contract/verdict.ts'
import { readEntity, type Entity } from './entity.ts'
import { decoded, fieldsOf, valuesOf, type Field } from './header-fields.ts'
import { fromOf, readMailbox, senderFactsOf, type SenderField } from './sender.ts'

type FieldName = HeaderDifference['field']
const compared: readonly FieldName[] = ['subject', 'from', 'to', 'cc', 'date']

/** Subjects that clients put outside in place of the real one (RFC 9788 §3.2.1, older practice). */
const placeholder = /^(?:\[\.\.\.\]|\.\.\.|…|\[…\]|encrypted message|message chiffré)$/i

export interface ProtectedHeaders extends HeaderProtection {
  /** The protected From; null without header protection. */
  from: SenderField | null
}

export const noProtectedHeaders: ProtectedHeaders = {
  kind: 'none',
  subject: null,
  differences: [],
  hidden: [],
  from: null,
}

/** The entries of an address list: commas outside quotes separate them. One walk, however many there are. */
const listed = (value: string): string[] => {
  const entries: string[] = []
  let start = 0
  let quoted = false
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at]
    if (char === '\\' && quoted) at += 1
    else if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      entries.push(value.slice(start, at))
      start = at + 1
    }
  }
  return [...entries, value.slice(start)]
}

/** Value of a field as compared: what means the same gives the same text. */
const meaning = (field: FieldName, value: string): string => {
  if (field === 'subject') return decoded(value).normalize('NFC')
  if (field === 'date') {
    const time = Date.parse(value.replace(/\([^()]*\)/g, ' '))
    return Number.isNaN(time) ? value : new Date(time).toISOString()
  }
  const addresses = listed(value).map((one) => {
    const mailbox = readMailbox(one)
    return mailbox.kind === 'one' ? mailbox.address.toLowerCase() : decoded(one).toLowerCase()
  })
  return addresses.toSorted().join(', ')
}

const firstOf = (fields: readonly Field[], name: string): string | null => valuesOf(fields, name)[0] ?? null

/** Values the sender says to have put outside: `HP-Outer: Subject: […]`. */
const outerAsSent = (fields: readonly Field[]): Map<string, string> => {
  const sent = new Map<string, string>()
  for (const value of valuesOf(fields, 'hp-outer')) {
    const colon = value.indexOf(':')
    if (colon > 0) sent.set(value.slice(0, colon).trim().toLowerCase(), value.slice(colon + 1).trim())
  }
  return sent
}

/** How a payload carries header fields, by its own Content-Type. */
const kindOf = (payload: Entity): 'rfc9788' | 'memory-hole' | 'none' => {
  const hp = payload.parameters.get('hp')?.toLowerCase()
  if (hp === 'clear' || hp === 'cipher') return 'rfc9788'
  return payload.parameters.get('protected-headers') === undefined ? 'none' : 'memory-hole'
}

/**
 * A message/rfc822 right under the protection is the message itself with its headers (RFC 8551 §3.1), not a forwarded one:
 * it says so (`forwarded=no`), or has the Message-ID, or the author and date, of the outside. Null otherwise.
 */
export const enclosedMessage = (outer: Uint8Array, payload: Entity): Uint8Array | null => {
  if (payload.type !== 'message/rfc822' || !/^(?:7bit|8bit|binary|)$/.test(payload.transferEncoding))
    return null
  const forwarded = payload.parameters.get('forwarded')?.toLowerCase()
  if (forwarded === 'no') return payload.body
  if (forwarded !== undefined) return null
  const [outside, inside] = [fieldsOf(outer), fieldsOf(payload.body)]
  const same = (name: FieldName): boolean => {
    const [one, other] = [firstOf(outside, name), firstOf(inside, name)]
    return one !== null && other !== null && meaning(name, one) === meaning(name, other)
  }
  const [outerId, innerId] = [firstOf(outside, 'message-id'), firstOf(inside, 'message-id')]
  const sameId = outerId !== null && outerId === innerId
  return (sameId && same('from')) || (innerId === null && same('from') && same('date')) ? payload.body : null
}

const difference = (
  field: FieldName,
  outside: readonly Field[],
  inside: readonly Field[],
): HeaderDifference | null => {
  const inner = firstOf(inside, field)
  const outer = firstOf(outside, field)
  if (inner === null || (outer !== null && meaning(field, outer) === meaning(field, inner))) return null
  return { field, outer: outer === null ? null : decoded(outer), inner: decoded(inner) }
}

/**
 * Compares header fields inside the protection with those outside (RFC 9788 §4, « memory hole » drafts, RFC 8551 §3.1).
 * `payload` is what was under the last layer, `enclosed` when it is a whole message.
 */
export const readProtectedHeaders = (
  outer: Uint8Array,
  payload: Uint8Array,
  how: { encrypted: boolean; enclosed: boolean },
): ProtectedHeaders => {
  const kind = how.enclosed ? 'enclosed-message' : kindOf(readEntity(payload))
  if (kind === 'none') return noProtectedHeaders
  const [outside, inside] = [fieldsOf(outer), fieldsOf(payload)]
  const sent = outerAsSent(inside)
  const differences: HeaderDifference[] = []
  const hidden: FieldName[] = []
  for (const field of compared) {
    const found = difference(field, outside, inside)
    if (!found) continue
    const asSent = sent.get(field)
    const onPurpose =
      asSent === undefined
        ? how.encrypted &&
          (found.outer === null || (field === 'subject' && placeholder.test(found.outer)) || sent.size > 0)
        : meaning(field, asSent) === meaning(field, firstOf(outside, field) ?? '')
    if (how.encrypted && onPurpose) hidden.push(field)
    else differences.push(found)
  }
  const subject = firstOf(inside, 'subject')
  return {
    kind,
    subject: subject === null ? null : decoded(subject),
    differences,
    hidden,
    from: fromOf(inside),
  }
}

/** Whether the protected From is there and is not the one outside. */
export const protectedFromDiffers = (headers: ProtectedHeaders, outer: Uint8Array): boolean => {
  const inner = headers.from
  if (inner === null || inner.kind === 'absent') return false
  const outside = senderFactsOf(outer).from
  if (inner.kind !== 'one' || outside.kind !== 'one') return true
  return meaning('from', inner.address) !== meaning('from', outside.address)
}
