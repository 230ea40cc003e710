import { createHash } from 'node:crypto'
import { ObjectIdentifier, OctetString, Sequence, type AsnType } from 'asn1js'
import {
  AlgorithmIdentifier,
  Certificate,
  SignedData,
  type SignedAndUnsignedAttributes,
  type SignerInfo,
} from 'pkijs'
import type { SignatureStatus } from '../contract/mail.ts'
import type { Outcome } from '../contract/errors.ts'
import { digests, oids, type Digest } from './algorithms.ts'
import { octetsOf, parsed, timeOf } from './asn1.ts'
import { readCandidates, type CertificateFacts } from './certificate.ts'
import { attributesDer, names } from './cms.ts'
import { withCrlf } from './entity.ts'
import { checkSignature } from './signature.ts'

const maxCertificates = 50

export type InvalidReason = Extract<SignatureStatus, { status: 'invalid' }>['reasons'][number]

/**
 * What a structure and the mathematics say of a signature, before anybody is trusted: plain data, found in a worker
 * thread for a big message. Certificates are DER.
 */
export type SignatureFinding =
  | { kind: 'none' }
  | { kind: 'broken'; reasons: InvalidReason[]; signer: Uint8Array | null }
  | {
      kind: 'checked'
      reasons: InvalidReason[]
      signer: Uint8Array
      candidates: Uint8Array[]
      signedAt: Date | null
      scope: 'message' | 'part'
    }

interface Parts {
  contentType: string
  content: Uint8Array | null
  certificates: Uint8Array[]
  signers: SignerInfo[]
}

/** Takes a SignedData apart (RFC 5652 §5.1). Fails with `smime.malformed`. */
export const readSignedData = (structure: AsnType): Outcome<Parts> =>
  parsed(() => {
    const { encapContentInfo, certificates = [], signerInfos } = new SignedData({ schema: structure })
    const { eContentType, eContent } = encapContentInfo
    return {
      contentType: eContentType,
      content: eContent ? octetsOf(eContent) : null,
      certificates: certificates
        .slice(0, maxCertificates)
        .flatMap((one) => (one instanceof Certificate ? [new Uint8Array(derOf(one))] : [])),
      signers: signerInfos,
    }
  })
const derOf = (certificate: Certificate): ArrayBuffer => certificate.toSchema().toBER()

/** Signed attributes by type, each at most once and with one value; throws. */
const valuesOf = ({ attributes }: SignedAndUnsignedAttributes): Map<string, unknown> => {
  const values = new Map<string, unknown>()
  for (const { type, values: all } of attributes) {
    const [value, ...more] = all as unknown[]
    if (!value || more.length > 0 || values.has(type)) throw new Error('a repeated attribute')
    values.set(type, value)
  }
  return values
}

/** Signing-certificate-v2 (RFC 5035, no pkijs class) ties the signature to one certificate; true when absent or right. */
const rightCertificate = (attribute: unknown, signer: CertificateFacts): boolean => {
  if (attribute === undefined) return true
  const [first] = members(members(attribute)[0])
  const [head, second] = members(first)
  const explicit = head instanceof Sequence
  const digest: Digest | undefined = explicit
    ? digests[new AlgorithmIdentifier({ schema: head }).algorithmId]
    : 'sha256'
  const hash = octetsOf(explicit ? second : head)
  return digest !== undefined && createHash(digest).update(signer.der).digest().equals(hash)
}
const members = (element: unknown): unknown[] => {
  if (!(element instanceof Sequence)) throw new Error('a sequence')
  return element.valueBlock.value
}

interface SignerFindings {
  reasons: InvalidReason[]
  signedAt: Date | null
}

/** The mathematics of one SignerInfo; throws when it is malformed. */
const checkSigner = (
  info: SignerInfo,
  data: Parts,
  content: Uint8Array,
  signer: CertificateFacts,
): SignerFindings => {
  const digest = digests[info.digestAlgorithm.algorithmId]
  if (!digest) return { reasons: ['unsupported-algorithm'], signedAt: null }
  const reasons: InvalidReason[] = []
  const attributes = info.signedAttrs ? valuesOf(info.signedAttrs) : null
  let signed = info.signedAttrs ? attributesDer(info.signedAttrs) : content
  if (attributes) {
    const contentType = attributes.get(oids.contentType)
    const expected = Buffer.from(digestOf(attributes.get(oids.messageDigest)))
    if (!(contentType instanceof ObjectIdentifier) || contentType.getValue() !== data.contentType)
      throw new Error('another content type')
    const matches = (bytes: Uint8Array): boolean => createHash(digest).update(bytes).digest().equals(expected)
    if (!matches(content) && !(data.content === null && matches(withCrlf(content))))
      reasons.push('content-altered')
    if (!rightCertificate(attributes.get(oids.signingCertificateV2), signer)) reasons.push('signature-wrong')
  } else if (content[0] === 0x31) {
    // Without attributes, a stolen signature over attributes could pass for one over this « content ».
    throw new Error('not a message')
  } else if (data.content === null) {
    signed = withCrlf(content)
  }
  const verdict = checkSignature({
    algorithm: info.signatureAlgorithm,
    named: digest,
    key: signer.x509.publicKey,
    data: signed,
    signature: octetsOf(info.signature),
  })
  if (verdict === 'unsupported') reasons.push('unsupported-algorithm')
  if (verdict === 'wrong') reasons.push('signature-wrong')
  const stated = attributes?.get(oids.signingTime)
  return { reasons, signedAt: stated ? timeOf(stated) : null }
}
const digestOf = (attribute: unknown): Uint8Array => {
  if (!(attribute instanceof OctetString)) throw new Error('no digest')
  return octetsOf(attribute)
}

const broken = (reason: InvalidReason, signer: CertificateFacts | null = null): SignatureFinding => ({
  kind: 'broken',
  reasons: [reason],
  signer: signer?.der ?? null,
})

/**
 * Checks a CMS SignedData (already inside its ContentInfo): `detached` are the raw bytes it should sign, null for an
 * opaque one, whose content is returned. Never throws; what cannot be read is `malformed`.
 */
export const checkSignedData = (
  structure: AsnType,
  detached: Uint8Array | null,
  scope: 'message' | 'part',
): { finding: SignatureFinding; content: Uint8Array | null } => {
  const read = readSignedData(structure)
  if (!read.ok) return { finding: broken('malformed'), content: null }
  const data = read.value
  const answer = (finding: SignatureFinding) => ({ finding, content: data.content })
  // Certificates only, or signed by nobody: not a signature.
  const [info, ...more] = data.signers
  if (!info) return answer({ kind: 'none' })
  if (more.length > 0) return answer(broken('several-signers'))
  const bothOrNone = (detached === null) === (data.content === null)
  const content = detached ?? data.content
  if (bothOrNone || !content || data.contentType !== oids.data) return answer(broken('malformed'))

  const candidates = readCandidates(data.certificates)
  const found = parsed(() => candidates.find((candidate) => names(info.sid, candidate)))
  if (!found.ok) return answer(broken('malformed'))
  const signer = found.value
  if (!signer) return answer(broken('untrusted-authority'))
  const checked = parsed(() => checkSigner(info, data, content, signer))
  if (!checked.ok) return answer(broken('malformed', signer))
  return answer({
    kind: 'checked',
    ...checked.value,
    signer: signer.der,
    candidates: candidates.map(({ der }) => der),
    scope,
  })
}
