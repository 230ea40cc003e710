import { createHash } from 'node:crypto'
import type { SignatureStatus } from '../contract/mail.ts'
import { digests, oids, type Digest } from './algorithms.ts'
import {
  integerHex,
  isContext,
  octets,
  oid,
  parsed,
  readBer,
  sequence,
  set,
  time,
  type Node,
} from './asn1.ts'
import { holderName, summaryOf, type CertificateFacts } from './certificate.ts'
import { derSet } from './der.ts'
import { withCrlf } from './entity.ts'
import { checkSignature } from './signature.ts'
import { readCandidates, type InvalidReason, type Trust } from './trust.ts'

/** What the message says of itself and what the verifier knows. */
export interface VerifyContext {
  /** Addresses of the From field: exactly one, or nothing can be bound to it. */
  fromAddresses: string[]
  now: Date
  trust: Trust
}

export interface VerifiedData {
  status: SignatureStatus
  /** Content of an opaque signature; null when detached or unreadable. */
  content: Uint8Array | null
  /** With a valid signature: the signer's, and those of our authorities for the very address it is bound to. */
  certificates: Uint8Array[]
}

interface Parts {
  contentType: string
  content: Uint8Array | null
  certificates: Uint8Array[]
  signers: Node[]
}

/** Takes a SignedData apart (RFC 5652 §5.1); throws. */
const partsOf = (info: Node): Parts => {
  const [, , encapsulated, ...rest] = sequence(info)
  const [type, content] = sequence(encapsulated)
  const certificates = rest.find((field) => isContext(field, 0))
  return {
    contentType: oid(type),
    content: content ? octets(content.children[0]) : null,
    certificates: certificates ? certificates.children.slice(0, 50).map((node) => node.raw) : [],
    signers: set(rest.at(-1)),
  }
}

interface Attributes {
  /** As signed: with the tag of a SET (RFC 5652 §5.4). */
  encoded: Uint8Array
  values: Map<string, Node>
}

/** Signed attributes, each at most once and with one value; throws. */
const attributesOf = (node: Node): Attributes => {
  const values = new Map<string, Node>()
  for (const attribute of node.children) {
    const [type, all] = sequence(attribute)
    const id = oid(type)
    const [value, ...more] = set(all)
    if (!value || more.length > 0 || values.has(id)) throw new Error('a repeated attribute')
    values.set(id, value)
  }
  const definite = node.raw[1] !== 0x80
  const encoded = definite ? Buffer.from(node.raw) : derSet(...node.children.map((child) => child.raw))
  encoded[0] = 0x31
  return { encoded, values }
}

const findSigner = (
  sid: Node | undefined,
  candidates: readonly CertificateFacts[],
): CertificateFacts | undefined => {
  if (isContext(sid, 0)) {
    const keyId = Buffer.from(octets(sid, 0)).toString('hex')
    return candidates.find((candidate) => candidate.subjectKeyId === keyId)
  }
  const [issuer, serial] = sequence(sid)
  const issuerName = Buffer.from(issuer?.raw ?? []).toString('hex')
  const serialHex = integerHex(serial)
  return candidates.find((candidate) => candidate.issuerName === issuerName && candidate.serial === serialHex)
}

/** Signing-certificate-v2 (RFC 5035) ties the signature to one certificate; true when absent or right. */
const rightCertificate = (attribute: Node | undefined, signer: CertificateFacts): boolean => {
  if (!attribute) return true
  const [first] = sequence(sequence(attribute)[0])
  const [head, second] = sequence(first)
  const explicit = head?.tag === 16
  const digest: Digest | undefined = explicit ? digests[oid(sequence(head)[0])] : 'sha256'
  const hash = octets(explicit ? second : head)
  return digest !== undefined && createHash(digest).update(signer.der).digest().equals(hash)
}

interface SignatureFindings {
  reasons: InvalidReason[]
  signedAt: Date | null
}

/** The mathematics of one SignerInfo; throws when it is malformed. */
const checkSigner = (
  fields: Node[],
  data: Parts,
  content: Uint8Array,
  signer: CertificateFacts,
): SignatureFindings => {
  const [, , digestAlgorithm, ...rest] = fields
  const digest = digests[oid(sequence(digestAlgorithm)[0])]
  const attributesNode = isContext(rest[0], 0) ? rest[0] : undefined
  const [algorithm, signature] = attributesNode ? rest.slice(1) : rest
  if (!algorithm) throw new Error('no signature algorithm')
  if (!digest) return { reasons: ['unsupported-algorithm'], signedAt: null }
  const reasons: InvalidReason[] = []
  const attributes = attributesNode ? attributesOf(attributesNode) : null
  let signed = attributes?.encoded ?? content
  if (attributes) {
    const expected = Buffer.from(octets(attributes.values.get(oids.messageDigest)))
    if (oid(attributes.values.get(oids.contentType)) !== data.contentType)
      throw new Error('another content type')
    const matches = (bytes: Uint8Array): boolean => createHash(digest).update(bytes).digest().equals(expected)
    if (!matches(content) && !(data.content === null && matches(withCrlf(content))))
      reasons.push('content-altered')
    if (!rightCertificate(attributes.values.get(oids.signingCertificateV2), signer))
      reasons.push('signature-wrong')
  } else if (content[0] === 0x31) {
    // Without attributes, a stolen signature over attributes could pass for one over this « content ».
    throw new Error('not a message')
  } else if (data.content === null) {
    signed = withCrlf(content)
  }
  const verdict = checkSignature({
    algorithm,
    named: digest,
    key: signer.x509.publicKey,
    data: signed,
    signature: octets(signature),
  })
  if (verdict === 'unsupported') reasons.push('unsupported-algorithm')
  if (verdict === 'wrong') reasons.push('signature-wrong')
  const stated = attributes?.values.get(oids.signingTime)
  return { reasons, signedAt: stated ? time(stated) : null }
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

const invalid = (signer: CertificateFacts | null, reasons: readonly InvalidReason[]): SignatureStatus => ({
  status: 'invalid',
  signer: signer ? summaryOf(signer) : null,
  signerName: signer ? holderName(signer) : null,
  reasons: [...new Set(reasons)],
})

/**
 * Judges a CMS SignedData (already inside its ContentInfo): `detached` are the raw bytes it should sign, null for an
 * opaque one. Never throws; what cannot be read is `malformed`.
 */
export const verifySignedData = async (
  info: Node,
  detached: Uint8Array | null,
  scope: 'message' | 'part',
  context: VerifyContext,
): Promise<VerifiedData> => {
  const read = parsed(() => partsOf(info))
  if (!read.ok) return { status: invalid(null, ['malformed']), content: null, certificates: [] }
  const data = read.value
  const answer = (status: SignatureStatus): VerifiedData => ({
    status,
    content: data.content,
    certificates: [],
  })
  // Certificates only, or signed by nobody: not a signature.
  if (data.signers.length === 0) return answer({ status: 'none' })
  if (data.signers.length > 1) return answer(invalid(null, ['several-signers']))
  const bothOrNone = (detached === null) === (data.content === null)
  const content = detached ?? data.content
  if (bothOrNone || !content || data.contentType !== oids.data) return answer(invalid(null, ['malformed']))

  const candidates = readCandidates(data.certificates)
  const found = parsed(() => findSigner(sequence(data.signers[0])[1], candidates))
  if (!found.ok) return answer(invalid(null, ['malformed']))
  const signer = found.value
  if (!signer) return answer(invalid(null, ['untrusted-authority']))
  const checked = parsed(() => checkSigner(sequence(data.signers[0]), data, content, signer))
  if (!checked.ok) return answer(invalid(signer, ['malformed']))
  const { reasons, signedAt } = checked.value
  const verdict = await context.trust.verifySigner({
    certificate: signer,
    candidates,
    at: context.now,
    signedAt,
  })
  const addressBinding = bindingOf(signer, context.fromAddresses)
  const all: InvalidReason[] = [
    ...reasons,
    ...verdict.reasons,
    ...(addressBinding === null ? (['address-mismatch'] as const) : []),
  ]
  if (all.length > 0 || addressBinding === null) return answer(invalid(signer, all))
  // Anyone can put anything beside a good signature: a stranger's certificate must not become a correspondent's.
  const sender = context.fromAddresses[0]?.toLowerCase()
  const vouched = candidates.filter(
    (candidate) =>
      candidate === signer ||
      (candidate.emails.some((email) => email.toLowerCase() === sender) &&
        context.trust.knows(candidate, candidates, context.now)),
  )
  const status: SignatureStatus = {
    status: 'valid',
    signer: summaryOf(signer),
    signerName: holderName(signer),
    signedAt: signedAt?.toISOString() ?? null,
    addressBinding,
    scope,
    revocation: verdict.revocation,
  }
  return { status, content: data.content, certificates: vouched.map((candidate) => candidate.der) }
}

/** Content type and content of a ContentInfo. Fails with `smime.malformed`. */
export const readContentInfo = (cms: Uint8Array) =>
  parsed(() => {
    const [type, content] = sequence(readBer(cms))
    const inner = isContext(content, 0) ? content.children[0] : undefined
    if (!inner) throw new Error('no content')
    return { type: oid(type), content: inner }
  })
