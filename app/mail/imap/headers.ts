import { createHash } from 'node:crypto'
import type { FetchMessageObject, FetchQueryObject, MessageStructureObject } from 'imapflow'
import type { TrustClass } from '../../contract/index.ts'
import { flagBits, type NewMessage } from '../../vault/index.ts'
import { parseHeaderBlock } from '../mime/header.ts'
import { envelopeOf } from '../mime/message.ts'

/**
 * Bytes of a header that are asked for, read and hashed: more than any honest one has. A header of fifty megabytes costs
 * no more than its neighbours, and a batch of them no more than memory can take.
 */
const longestHeader = 128 * 1024

/** The beginning of a message's raw header; read it with `headerOf`. */
export const headerPart = { key: 'HEADER', start: 0, maxLength: longestHeader } as const

/** The raw header of a FETCH that asked for `headerPart`. */
export const headerOf = (fetched: FetchMessageObject): Uint8Array =>
  fetched.headers ?? fetched.bodyParts?.get('header') ?? Buffer.alloc(0)

/** What is asked for each message of a header batch: the raw headers give the identity and are read by our own parser. */
export const headerQuery: FetchQueryObject = {
  uid: true,
  flags: true,
  internalDate: true,
  size: true,
  bodyStructure: true,
  bodyParts: [headerPart],
}

/** What the domain says of a message's headers. */
export interface HeaderReading {
  classify: (address: string) => TrustClass
  displaySubject: (raw: string) => string
}

const oneDay = 24 * 3600 * 1000

/** A stored message from a FETCH answer. */
export const readHeaders = (fetched: FetchMessageObject, reading: HeaderReading): NewMessage => {
  const raw = headerOf(fetched)
  const envelope = envelopeOf(parseHeaderBlock(raw))
  const received = new Date(fetched.internalDate ?? 0).getTime()
  const size = fetched.size ?? 0
  const protection = protectionOf(
    fetched.bodyStructure?.type.toLowerCase() ?? '',
    fetched.bodyStructure?.parameters?.['smime-type'],
  )
  return {
    uid: fetched.uid,
    identity: identityOf(raw, size),
    // The sender's date, unless it claims the future or is missing.
    date: envelope.date !== null && envelope.date < received + oneDay ? envelope.date : received,
    from: envelope.from,
    to: [...envelope.to, ...envelope.cc],
    subject: reading.displaySubject(envelope.subject),
    rawSubject: envelope.subject,
    flags: flagMask(fetched.flags),
    size,
    hasAttachments: hasAttachments(fetched.bodyStructure),
    trust: reading.classify(envelope.from.address),
    ...protection,
    messageId: envelope.messageId,
    inReplyTo: envelope.inReplyTo,
    references: envelope.references,
    replaces: envelope.supersedes,
  }
}

/** Identity across folders and UIDVALIDITY changes (models.md §9.2.1): of the first bytes of the header, and the size. */
export const identityOf = (rawHeaders: Uint8Array, size: number): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(rawHeaders.subarray(0, longestHeader))
      .update(`\n${size}`)
      .digest()
      .subarray(0, 16),
  )

/** IMAP flags as the bits of `messages.flags`. */
export const flagMask = (flags: Set<string> | undefined): number => {
  let mask = 0
  for (const flag of flags ?? []) mask |= bitOfFlag[flag.toLowerCase()] ?? 0
  return mask
}

const bitOfFlag: Record<string, number> = {
  '\\seen': flagBits.seen,
  '\\flagged': flagBits.flagged,
  '\\answered': flagBits.answered,
  $forwarded: flagBits.forwarded,
  '\\deleted': flagBits.deleted,
}

/** Parts of a structure looked at: a monster of a server or of a sender has attachments enough by then. */
const mostNodes = 5000

const hasAttachments = (root: MessageStructureObject | undefined): boolean => {
  const left = root ? [root] : []
  for (let looked = 0; looked < mostNodes; looked += 1) {
    const node = left.pop()
    if (!node) return false
    if (left.length > mostNodes) return true
    if (node.childNodes) left.push(...node.childNodes.slice(0, mostNodes))
    else if (isAttachment(node)) return true
  }
  return true
}

const isAttachment = (node: MessageStructureObject): boolean => {
  const type = node.type.toLowerCase()
  if (/pkcs7-signature|x-pkcs7-signature/.test(type)) return false
  if (node.disposition?.toLowerCase() === 'attachment' || type === 'message/rfc822') return true
  const named = node.parameters?.['name'] ?? node.dispositionParameters?.['filename']
  return named !== undefined && !(type.startsWith('image/') && node.id !== undefined)
}

/** Whether the outermost MIME type is S/MIME, signed or encrypted (RFC 8551 §3.2). */
export const protectionOf = (
  type: string,
  smimeType: string | undefined,
): { signed: boolean; encrypted: boolean } => {
  if (type === 'multipart/signed') return { signed: true, encrypted: false }
  if (!/^application\/(x-)?pkcs7-mime$/.test(type)) return { signed: false, encrypted: false }
  const signed = smimeType?.toLowerCase() === 'signed-data'
  return { signed, encrypted: !signed }
}
