import { toErrorData } from '../contract/errors.ts'
import type { EncryptionStatus, SignatureStatus } from '../contract/mail.ts'
import { oids } from './algorithms.ts'
import { maxMessageSize } from './asn1.ts'
import { decodedBody, readEntity, splitParts, type Entity } from './entity.ts'
import { decryptEnveloped, type DecryptionKey } from './enveloped-data.ts'
import { readContentInfo, verifySignedData, type VerifyContext } from './signed-data.ts'

/** Layers taken off: signed inside encrypted inside signed. */
const maxLayers = 3
const maxDepth = 8

/** A message with its S/MIME layers taken off. */
export interface OpenedMessage {
  /** The MIME entity to show: what was signed or decrypted, or `raw` itself when nothing covers the whole message. */
  content: Uint8Array
  signature: SignatureStatus
  encryption: EncryptionStatus
  /** DER certificates a valid signature vouches for: the signer's, and others of its address from our authorities. */
  certificates: Uint8Array[]
}

export interface OpenContext extends VerifyContext {
  keys: DecryptionKey[]
}

const isPkcs7Mime = (entity: Entity): boolean =>
  entity.type === 'application/pkcs7-mime' ||
  entity.type === 'application/x-pkcs7-mime' ||
  (entity.type === 'application/octet-stream' && /\.p7m$/i.test(entity.fileName))

const isSigned = (entity: Entity): boolean =>
  entity.type === 'multipart/signed' &&
  /^application\/(?:x-)?pkcs7-signature$/i.test(
    entity.parameters.get('protocol') ?? 'application/pkcs7-signature',
  )

const isSignaturePart = (entity: Entity): boolean =>
  /^application\/(?:x-)?pkcs7-signature$/.test(entity.type) || /\.p7s$/i.test(entity.fileName)

const malformed: SignatureStatus = {
  status: 'invalid',
  signer: null,
  signerName: null,
  reasons: ['malformed'],
}

interface Verified {
  /** What is signed; null when the structure does not tell. */
  content: Uint8Array | null
  status: SignatureStatus
  certificates: Uint8Array[]
}

/** A multipart/signed: exactly two parts, the second the signature (RFC 1847). */
const verifyMultipart = async (
  entity: Entity,
  scope: 'message' | 'part',
  context: OpenContext,
): Promise<Verified> => {
  const parts = splitParts(entity)
  const [content, signature] = parts ?? []
  if (parts?.length !== 2 || !content || !signature)
    return { content: null, status: malformed, certificates: [] }
  const signaturePart = readEntity(signature)
  const info = readContentInfo(decodedBody(signaturePart))
  if (!isSignaturePart(signaturePart) || !info.ok || info.value.type !== oids.signedData) {
    return { content, status: malformed, certificates: [] }
  }
  const verified = await verifySignedData(info.value.content, content, scope, context)
  return { content, status: verified.status, certificates: verified.certificates }
}

/** The first signed part below an unsigned root; what stands beside it is outside the signature. */
const findSignedPart = (entity: Entity, depth: number): Entity | null => {
  if (isSigned(entity)) return entity
  if (!entity.type.startsWith('multipart/') || depth >= maxDepth) return null
  for (const part of splitParts(entity) ?? []) {
    const found = findSignedPart(readEntity(part), depth + 1)
    if (found) return found
  }
  return null
}

/**
 * Takes signatures and encryption off a message at its root, judges them, and says what of it they cover. A signed part
 * below the root gives the scope « part »; an encrypted one below the root is never decrypted (models.md §7). Never
 * fails: trouble is in the two statuses.
 */
export const openMessage = async (raw: Uint8Array, context: OpenContext): Promise<OpenedMessage> => {
  const opened: OpenedMessage = {
    content: raw,
    signature: { status: 'none' },
    encryption: { status: 'none' },
    certificates: [],
  }
  if (raw.length > maxMessageSize) return opened
  const signed = (verified: Verified): void => {
    opened.signature = verified.status
    opened.certificates = verified.certificates
    opened.content = verified.content ?? opened.content
  }
  for (let layer = 0; layer < maxLayers; layer += 1) {
    const entity = readEntity(opened.content)
    if (isSigned(entity) && opened.signature.status === 'none') {
      const before = opened.content
      signed(await verifyMultipart(entity, 'message', context))
      if (opened.content === before) break
    } else if (isPkcs7Mime(entity)) {
      if (!(await openPkcs7(entity, opened, signed, context))) break
    } else break
  }
  if (opened.signature.status === 'none' && opened.encryption.status !== 'failed') {
    const part = findSignedPart(readEntity(opened.content), 0)
    if (part && part.raw !== opened.content) {
      const { status, certificates } = await verifyMultipart(part, 'part', context)
      opened.signature = status
      opened.certificates = certificates
    }
  }
  return opened
}

/** One application/pkcs7-mime layer, by what it holds and not by what it says; false when nothing came off. */
const openPkcs7 = async (
  entity: Entity,
  opened: OpenedMessage,
  signed: (verified: Verified) => void,
  context: OpenContext,
): Promise<boolean> => {
  const info = readContentInfo(decodedBody(entity))
  if (!info.ok) {
    if (entity.parameters.get('smime-type')?.toLowerCase() === 'signed-data') opened.signature = malformed
    else opened.encryption = { status: 'failed', error: { code: 'smime.malformed', retry: 'no' } }
    return false
  }
  const { type, content } = info.value
  if (type === oids.signedData && opened.signature.status === 'none') {
    const verified = await verifySignedData(content, null, 'message', context)
    signed(verified)
    return verified.content !== null
  }
  const authenticated = type === oids.authEnvelopedData
  if ((type !== oids.envelopedData && !authenticated) || opened.encryption.status !== 'none') return false
  const decrypted = decryptEnveloped(content, authenticated, context.keys)
  if (!decrypted.ok) {
    opened.encryption = { status: 'failed', error: toErrorData(decrypted.error) }
    return false
  }
  const { algorithm } = decrypted.value
  opened.encryption = { status: 'decrypted', algorithm, authenticated: decrypted.value.authenticated }
  opened.content = decrypted.value.content
  return true
}
