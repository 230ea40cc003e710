import type { SignatureNotice } from '../contract/verdict.ts'
import { oids } from './algorithms.ts'
import { readContentInfo } from './cms.ts'
import { decodedBody, readEntity, splitParts, type Entity } from './entity.ts'
import { senderFactsOf, type SenderFacts } from './sender.ts'
import { checkMultipart, isPkcs7Mime, isSigned } from './signed-entity.ts'
import { checkSignedData, type SignatureFinding } from './signed-data.ts'

const maxDepth = 12
/** Signed and encrypted parts looked at: each costs a signature check. */
const maxFound = 20

/** A signed or encrypted part below the root: plain data. */
export interface FoundPart {
  /** IMAP numbering in what is shown. */
  path: string
  /** Of the forwarded message it is in; null in the message itself. */
  sender: SenderFacts | null
  finding: SignatureFinding
  notices: SignatureNotice[]
  encrypted: boolean
  /** The very bytes signed; null when they cannot be told. */
  content: Uint8Array | null
  /** Where the part stands in what is shown, headers and signature included. */
  start: number
  end: number
  /** It is the first of several parts, and what follows looks like what a list adds. */
  footerAdded: boolean
}

const none: SignatureFinding = { kind: 'none' }

/** A short text after the signed part, as lists and gateways add (RFC 3156 practice, Mailman). */
const isFooter = (raw: Uint8Array): boolean => {
  const { type, body, fileName } = readEntity(raw)
  return type === 'text/plain' && fileName === '' && body.length <= 4096
}

const mimeHeader = /^(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:Content-Type|MIME-Version)[ \t]*:/i

/**
 * A signed file (`cr.pdf.p7m`) rather than a part of the text: no MIME header, and a name of its own or bytes that are no text.
 * Its signature is judged with the document it is (mssante), whoever sends it.
 */
const isSignedFile = (fileName: string, content: Uint8Array): boolean => {
  const head = Buffer.from(content.subarray(0, 4096)).toString('latin1')
  if (mimeHeader.test(head)) return false
  const named = !/^(?:smime\.p7[mz])?$/i.test(fileName)
  return named || head.startsWith('%PDF-') || head.includes('\0')
}

/** An application/pkcs7-mime below the root: an opaque signature is checked, an encrypted part left alone. */
const readPkcs7 = (entity: Entity): Pick<FoundPart, 'finding' | 'encrypted' | 'content'> | null => {
  const info = readContentInfo(decodedBody(entity))
  if (!info.ok) return null
  const { type, content } = info.value
  if (type === oids.signedData) {
    const checked = checkSignedData(content, null, 'part')
    if (checked.content && isSignedFile(entity.fileName, checked.content)) return null
    return checked.finding.kind === 'none' ? null : { ...checked, encrypted: false }
  }
  return type === oids.envelopedData || type === oids.authEnvelopedData
    ? { finding: none, encrypted: true, content: null }
    : null
}

/**
 * The signed and the encrypted parts below the root of what is shown. Those of a forwarded message are judged against its
 * own sender: its signature says nothing of the message around it.
 */
export const findParts = (content: Uint8Array): FoundPart[] => {
  const found: FoundPart[] = []
  const place = (raw: Uint8Array): { start: number; end: number } => {
    const start = raw.byteOffset - content.byteOffset
    return { start, end: start + raw.length }
  }

  const visit = (
    raw: Uint8Array,
    path: string,
    depth: number,
    how: { forwarded: SenderFacts | null; footerAdded: boolean },
  ): void => {
    if (depth > maxDepth || found.length >= maxFound) return
    const entity = readEntity(raw)
    const { forwarded, footerAdded } = how
    if (path !== '') {
      const common = { path, sender: forwarded, ...place(raw), footerAdded }
      if (isSigned(entity)) {
        const { content: signed, finding, notices } = checkMultipart(entity, 'part')
        found.push({ ...common, finding, notices, encrypted: false, content: signed })
        return
      }
      const pkcs7 = isPkcs7Mime(entity) ? readPkcs7(entity) : null
      if (pkcs7) found.push({ ...common, ...pkcs7, notices: [] })
    }
    const child = (index: number): string => (path === '' ? String(index) : `${path}.${String(index)}`)
    if (entity.type.startsWith('multipart/')) {
      const parts = splitParts(entity) ?? []
      parts.forEach((part, index) => {
        const after = parts.slice(index + 1)
        const footer =
          entity.type === 'multipart/mixed' && index === 0 && after.length > 0 && after.every(isFooter)
        visit(part, child(index + 1), depth + 1, { forwarded, footerAdded: footer })
      })
    } else if (entity.type === 'message/rfc822' && /^(?:7bit|8bit|binary|)$/.test(entity.transferEncoding)) {
      const inner = senderFactsOf(entity.body)
      visit(entity.body, child(1), depth + 1, { forwarded: inner, footerAdded: false })
    }
  }
  visit(content, '', 0, { forwarded: null, footerAdded: false })
  return found
}
