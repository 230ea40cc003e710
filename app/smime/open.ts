import { toErrorData } from '../contract/errors.ts'
import type { EncryptionStatus, SignatureStatus } from '../contract/mail.ts'
import { oids } from './algorithms.ts'
import { maxMessageSize } from './asn1.ts'
import { readContentInfo } from './cms.ts'
import { decodedBody, readEntity, splitParts, type Entity } from './entity.ts'
import { decryptEnveloped, type DecryptionKey } from './enveloped-data.ts'
import { judgeSignature, type JudgeContext } from './judgement.ts'
import { checkSignedData, type SignatureFinding } from './signed-data.ts'

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

export interface OpenContext extends JudgeContext {
  keys: DecryptionKey[]
}

/** Layers off, nobody trusted yet: plain data. */
export interface TakenApart {
  content: Uint8Array
  signature: SignatureFinding
  encryption: EncryptionStatus
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

const malformed: SignatureFinding = { kind: 'broken', reasons: ['malformed'], signer: null }

interface Checked {
  /** What is signed; null when the structure does not tell. */
  content: Uint8Array | null
  finding: SignatureFinding
}

/** A multipart/signed: exactly two parts, the second the signature (RFC 1847). */
const checkMultipart = (entity: Entity, scope: 'message' | 'part'): Checked => {
  const parts = splitParts(entity)
  const [content, signature] = parts ?? []
  if (parts?.length !== 2 || !content || !signature) return { content: null, finding: malformed }
  const signaturePart = readEntity(signature)
  const info = readContentInfo(decodedBody(signaturePart))
  if (!isSignaturePart(signaturePart) || !info.ok || info.value.type !== oids.signedData)
    return { content, finding: malformed }
  return { content, finding: checkSignedData(info.value.content, content, scope).finding }
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
 * Takes signatures and encryption off a message at its root and says what of it they cover. A signed part below the root
 * gives the scope « part »; an encrypted one below the root is never decrypted (models.md §7). Never fails: trouble is in
 * the findings. Trusts nobody yet: see `judge`.
 */
export const takeApart = (raw: Uint8Array, keys: readonly DecryptionKey[]): TakenApart => {
  const opened: TakenApart = {
    content: raw,
    signature: { kind: 'none' },
    encryption: { status: 'none' },
  }
  if (raw.length > maxMessageSize) return opened
  for (let layer = 0; layer < maxLayers; layer += 1) {
    const entity = readEntity(opened.content)
    if (isSigned(entity) && opened.signature.kind === 'none') {
      const { content, finding } = checkMultipart(entity, 'message')
      opened.signature = finding
      if (!content) break
      opened.content = content
    } else if (isPkcs7Mime(entity)) {
      if (!openPkcs7(entity, opened, keys)) break
    } else break
  }
  if (opened.signature.kind === 'none' && opened.encryption.status !== 'failed') {
    const part = findSignedPart(readEntity(opened.content), 0)
    if (part && part.raw !== opened.content) opened.signature = checkMultipart(part, 'part').finding
  }
  return opened
}

/** One application/pkcs7-mime layer, by what it holds and not by what it says; false when nothing came off. */
const openPkcs7 = (entity: Entity, opened: TakenApart, keys: readonly DecryptionKey[]): boolean => {
  const info = readContentInfo(decodedBody(entity))
  if (!info.ok) {
    if (entity.parameters.get('smime-type')?.toLowerCase() === 'signed-data') opened.signature = malformed
    else opened.encryption = { status: 'failed', error: { code: 'smime.malformed', retry: 'no' } }
    return false
  }
  const { type, content: structure } = info.value
  if (type === oids.signedData && opened.signature.kind === 'none') {
    const { finding, content } = checkSignedData(structure, null, 'message')
    opened.signature = finding
    opened.content = content ?? opened.content
    return content !== null
  }
  const authenticated = type === oids.authEnvelopedData
  if ((type !== oids.envelopedData && !authenticated) || opened.encryption.status !== 'none') return false
  const decrypted = decryptEnveloped(structure, authenticated, keys)
  if (!decrypted.ok) {
    opened.encryption = { status: 'failed', error: toErrorData(decrypted.error) }
    return false
  }
  const { algorithm } = decrypted.value
  opened.encryption = { status: 'decrypted', algorithm, authenticated: decrypted.value.authenticated }
  opened.content = decrypted.value.content
  return true
}

/** Adds what the authorities say to a message taken apart. */
export const judge = async (apart: TakenApart, context: JudgeContext): Promise<OpenedMessage> => {
  const { status, certificates } = await judgeSignature(apart.signature, context)
  return { content: apart.content, encryption: apart.encryption, signature: status, certificates }
}

/** Takes a message apart and judges its signature: see `takeApart`. Never fails. */
export const openMessage = (raw: Uint8Array, context: OpenContext): Promise<OpenedMessage> =>
  judge(takeApart(raw, context.keys), context)
