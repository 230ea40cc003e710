import type { SignatureNotice } from '../contract/verdict.ts'
import { oids } from './algorithms.ts'
import { likelyAlteration } from './alteration.ts'
import { readContentInfo } from './cms.ts'
import { decodedBody, readEntity, splitParts, type Entity } from './entity.ts'
import { checkSignedData, type SignatureFinding } from './signed-data.ts'

export const isPkcs7Mime = (entity: Entity): boolean =>
  entity.type === 'application/pkcs7-mime' ||
  entity.type === 'application/x-pkcs7-mime' ||
  (entity.type === 'application/octet-stream' && /\.p7m$/i.test(entity.fileName))

export const isSigned = (entity: Entity): boolean =>
  entity.type === 'multipart/signed' &&
  /^application\/(?:x-)?pkcs7-signature$/i.test(
    entity.parameters.get('protocol') ?? 'application/pkcs7-signature',
  )

const isSignaturePart = (entity: Entity): boolean =>
  /^application\/(?:x-)?pkcs7-signature$/.test(entity.type) || /\.p7s$/i.test(entity.fileName)

export const malformed: SignatureFinding = {
  kind: 'broken',
  reasons: ['malformed'],
  signer: null,
  signers: [],
  candidates: [],
}

export interface CheckedMultipart {
  /** What is signed; null when the structure does not tell. */
  content: Uint8Array | null
  finding: SignatureFinding
  notices: SignatureNotice[]
}

/** A multipart/signed: exactly two parts, the second the signature (RFC 1847 §2.1). */
export const checkMultipart = (
  entity: Entity,
  scope: 'message' | 'part',
  known: readonly Uint8Array[] = [],
): CheckedMultipart => {
  const parts = splitParts(entity)
  const [content, signature] = parts ?? []
  if (parts?.length !== 2 || !content || !signature) return { content: null, finding: malformed, notices: [] }
  const signaturePart = readEntity(signature)
  const info = readContentInfo(decodedBody(signaturePart))
  if (!isSignaturePart(signaturePart) || !info.ok || info.value.type !== oids.signedData)
    return { content, finding: malformed, notices: [] }
  const structure = info.value.content
  const check = (bytes: Uint8Array): SignatureFinding =>
    checkSignedData(structure, bytes, scope, { known }).finding
  const finding = check(content)
  const altered = finding.kind !== 'none' && finding.reasons.includes('content-altered')
  return { content, finding, notices: altered ? likelyAlteration(content, check) : [] }
}
