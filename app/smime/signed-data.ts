import { createHash } from 'node:crypto'
import { IssuerAndSerialNumber, SignerInfo } from 'pkijs'
import type { SignatureReason } from '../contract/verdict.ts'
import type { Outcome } from '../contract/errors.ts'
import { algorithmNames, digests, oids, weakDigests } from './algorithms.ts'
import { hexOf, Malformed, octetsOf, parsed, readBer, serialHex } from './asn1.ts'
import { bytesAt, isContext, isUniversal, joined, tags } from './ber.ts'
import { readCandidates, type CertificateFacts } from './certificate.ts'
import { attributesDer, names, oidAt, resortedAttributes, type CmsContent } from './cms.ts'
import { canonicalPieces } from './entity.ts'
import { checkSignature, checkWeakSignature, type SignedBytes } from './signature.ts'
import {
  attributeValues,
  messageDigest,
  namesCertificate,
  preferredCertificate,
  signedContentType,
  signingTime,
  statedCapabilities,
} from './signed-attributes.ts'

const maxCertificates = 50
const maxSigners = 16

export type InvalidReason = SignatureReason

/** What one SignerInfo says and what the mathematics say of it, before anybody is trusted: plain data. */
export interface SignerFinding {
  /** Lower-case hex of issuer (DER) and serial, or of the key identifier; null when it could not be read. */
  identifier: { issuer: string; serial: string } | { keyId: string } | null
  /** DER; null when neither the message nor the reader has it. */
  certificate: Uint8Array | null
  /** Empty when the signature is good. */
  defects: SignatureReason[]
  /** As shown, or object identifiers. */
  digest: string
  signature: string
  signedAt: Date | null
  /** What the signer's program can read, object identifiers, best first. */
  capabilities: string[]
  /** DER of the certificate the signer asks to encrypt for, when sent along. */
  preferred: Uint8Array | null
  /** A signed receipt is asked for (RFC 2634); none is ever sent. */
  receiptRequested: boolean
  /** The content was good only with its line ends made CRLF again. */
  lineEndsRestored: boolean
  countersigned: boolean
}

/**
 * What a structure and the mathematics say of a signature, before anybody is trusted: plain data, found in a worker
 * thread for a big message. Certificates are DER.
 */
export type SignatureFinding =
  | { kind: 'none' }
  | {
      kind: 'broken'
      reasons: SignatureReason[]
      signer: Uint8Array | null
      /** One for each SignerInfo; empty when the structure could not be read. */
      signers: SignerFinding[]
      candidates: Uint8Array[]
    }
  | {
      kind: 'checked'
      reasons: SignatureReason[]
      signer: Uint8Array
      signers: SignerFinding[]
      candidates: Uint8Array[]
      signedAt: Date | null
      scope: 'message' | 'part'
    }

interface Parts {
  contentType: string
  content: Uint8Array | null
  certificates: Uint8Array[]
  /** Null for one that cannot be read. */
  signers: (SignerInfo | null)[]
}

/**
 * Takes a SignedData apart (RFC 5652 §5.1), members one by one: an odd certificate or signer spoils nothing else. With `reuse`
 * a content in pieces is moved together where it lies. Fails with `smime.malformed`.
 */
export const readSignedData = ({ source, place }: CmsContent, reuse = false): Outcome<Parts> =>
  parsed(() => {
    const [version, digestAlgorithms, encapsulated, ...rest] = source.children(place)
    if (!isUniversal(version, tags.integer) || !isUniversal(digestAlgorithms, tags.set))
      throw new Malformed('a SignedData')
    if (!encapsulated) throw new Malformed('no content info')
    const signerInfos = rest.at(-1)
    if (!signerInfos || !isUniversal(signerInfos, tags.set)) throw new Malformed('no signers')
    const [type, explicit] = source.children(encapsulated)
    const [octets] = explicit && isContext(explicit, 0) ? source.children(explicit) : []
    const set = rest.find((member) => isContext(member, 0))
    return {
      contentType: oidAt(source, type),
      content: octets ? joined(source, octets, reuse) : null,
      // Copies: a few bytes must not hold a whole message.
      certificates: (set ? source.children(set) : [])
        .slice(0, maxCertificates)
        .flatMap((one) => (isUniversal(one, tags.sequence) ? [Uint8Array.from(bytesAt(source, one))] : [])),
      signers: source
        .children(signerInfos)
        .slice(0, maxSigners)
        .map((one) => {
          const info = parsed(
            () => new SignerInfo({ schema: readBer(Uint8Array.from(bytesAt(source, one))) }),
          )
          return info.ok ? info.value : null
        }),
    }
  })

/** Digests of the content, each made once for all signers. */
const digester = (content: Uint8Array) => {
  const made = new Map<string, Buffer>()
  return (digest: string, restored: boolean): Buffer => {
    const key = `${digest} ${String(restored)}`
    const known = made.get(key)
    if (known) return known
    const hash = createHash(digest)
    for (const piece of restored ? canonicalPieces(content) : [content]) hash.update(piece)
    const value = hash.digest()
    made.set(key, value)
    return value
  }
}

interface Content {
  bytes: Uint8Array
  contentType: string
  detached: boolean
  digestOf: ReturnType<typeof digester>
}

const nameOf = (oid: string): string => algorithmNames[oid] ?? oid

const identifierOf = (sid: unknown): SignerFinding['identifier'] => {
  const read = parsed(() =>
    sid instanceof IssuerAndSerialNumber
      ? {
          issuer: hexOf(sid.issuer.valueBeforeDecode),
          serial: serialHex(sid.serialNumber.valueBlock.valueHexView),
        }
      : { keyId: hexOf(octetsOf(sid)) },
  )
  return read.ok ? read.value : null
}

/** Whether the signature is over these bytes: the digest as asked, or one of former times, which is weak at best. */
const signatureDefects = (
  info: SignerInfo,
  signer: CertificateFacts,
  data: SignedBytes,
): SignatureReason[] => {
  const { signatureAlgorithm, digestAlgorithm } = info
  const signature = octetsOf(info.signature)
  const key = signer.x509.publicKey
  const named = digests[digestAlgorithm.algorithmId] ?? null
  const verdict = named
    ? checkSignature({ algorithm: signatureAlgorithm, named, key, data, signature })
    : 'unsupported'
  if (verdict === 'good') return []
  if (verdict === 'wrong') return ['signature-wrong']
  const old = checkWeakSignature({
    signatureAlgorithm: signatureAlgorithm.algorithmId,
    digestAlgorithm: digestAlgorithm.algorithmId,
    key,
    data,
    signature,
  })
  if (old === null) return ['unsupported-algorithm']
  return old === 'good' ? ['weak-algorithm'] : ['weak-algorithm', 'signature-wrong']
}

/** The mathematics of one SignerInfo (RFC 5652 §5.4 and §5.6); throws when it is malformed. */
const checkSigner = (
  info: SignerInfo,
  content: Content,
  signer: CertificateFacts,
): { defects: SignatureReason[]; lineEndsRestored: boolean } => {
  const digest = digests[info.digestAlgorithm.algorithmId] ?? weakDigests[info.digestAlgorithm.algorithmId]
  if (!digest) return { defects: ['unsupported-algorithm'], lineEndsRestored: false }
  const { bytes, detached, digestOf } = content
  if (!info.signedAttrs) {
    // Without attributes, a stolen signature over attributes could pass for one over this « content ».
    if (bytes[0] === 0x31) throw new Malformed('not a message')
    const asIs = signatureDefects(info, signer, bytes)
    if (!detached || !asIs.includes('signature-wrong')) return { defects: asIs, lineEndsRestored: false }
    const restored = signatureDefects(info, signer, canonicalPieces(bytes))
    return { defects: restored, lineEndsRestored: !restored.includes('signature-wrong') }
  }
  const attributes = attributeValues(info.signedAttrs)
  if (signedContentType(attributes) !== content.contentType) throw new Malformed('another content type')
  const expected = messageDigest(attributes)
  const asIs = digestOf(digest, false).equals(expected)
  const lineEndsRestored = !asIs && detached && digestOf(digest, true).equals(expected)
  const defects: SignatureReason[] = asIs || lineEndsRestored ? [] : ['content-altered']
  if (!namesCertificate(attributes, signer)) defects.push('signature-wrong')
  const asSent = signatureDefects(info, signer, attributesDer(info.signedAttrs))
  // Some senders sign the attributes in another order than they send them.
  const found = asSent.includes('signature-wrong')
    ? signatureDefects(info, signer, resortedAttributes(info.signedAttrs))
    : asSent
  return { defects: [...new Set([...defects, ...found])], lineEndsRestored }
}

const unreadable: SignerFinding = {
  identifier: null,
  certificate: null,
  defects: ['malformed'],
  digest: '',
  signature: '',
  signedAt: null,
  capabilities: [],
  preferred: null,
  receiptRequested: false,
  lineEndsRestored: false,
  countersigned: false,
}

const findSigner = (
  info: SignerInfo | null,
  content: Content,
  candidates: readonly CertificateFacts[],
): SignerFinding => {
  if (!info) return unreadable
  const named: SignerFinding = {
    ...unreadable,
    identifier: identifierOf(info.sid),
    digest: nameOf(info.digestAlgorithm.algorithmId),
    signature: nameOf(info.signatureAlgorithm.algorithmId),
    countersigned: (info.unsignedAttrs?.attributes ?? []).some(({ type }) => type === oids.countersignature),
  }
  const found = parsed(() => candidates.find((candidate) => names(info.sid, candidate)))
  if (!found.ok) return named
  const signer = found.value
  if (!signer) return { ...named, defects: ['signer-missing'] }
  const checked = parsed(() => {
    const attributes = info.signedAttrs ? attributeValues(info.signedAttrs) : new Map<string, unknown>()
    // What is only there to help the answer spoils nothing when it is odd.
    const capabilities = parsed(() => statedCapabilities(attributes))
    const preferred = parsed(() => preferredCertificate(attributes, candidates))
    return {
      ...checkSigner(info, content, signer),
      signedAt: signingTime(attributes),
      capabilities: capabilities.ok ? capabilities.value : [],
      preferred: preferred.ok ? (preferred.value?.der ?? null) : null,
      receiptRequested: attributes.has(oids.receiptRequest),
    }
  })
  const known = { ...named, certificate: signer.der }
  return checked.ok ? { ...known, ...checked.value } : known
}

/**
 * Checks a CMS SignedData (already inside its ContentInfo): `detached` are the raw bytes it should sign, null for an
 * opaque one, whose content is returned (see `readSignedData` for `reuse`). `known` are certificates a sender may have
 * left out. Never throws; what cannot be read is `malformed`.
 */
export const checkSignedData = (
  structure: CmsContent,
  detached: Uint8Array | null,
  scope: 'message' | 'part',
  { known = [], reuse = false }: { known?: readonly Uint8Array[]; reuse?: boolean } = {},
): { finding: SignatureFinding; content: Uint8Array | null } => {
  const broken = (
    reason: SignatureReason,
    signer: Uint8Array | null = null,
    signers: SignerFinding[] = [],
    candidates: Uint8Array[] = [],
  ): SignatureFinding => ({ kind: 'broken', reasons: [reason], signer, signers, candidates })
  const read = readSignedData(structure, reuse)
  if (!read.ok) return { finding: broken('malformed'), content: null }
  const data = read.value
  const answer = (finding: SignatureFinding) => ({ finding, content: data.content })
  // Certificates only, or signed by nobody: not a signature.
  if (data.signers.length === 0) return answer({ kind: 'none' })
  if (detached && data.content) return answer(broken('two-contents'))
  const bytes = detached ?? data.content
  if (!bytes) return answer(broken('no-content'))
  if (data.contentType !== oids.data) return answer(broken('malformed'))

  const candidates = readCandidates([...data.certificates, ...known])
  const sent = candidates.map(({ der }) => der)
  const content: Content = {
    bytes,
    contentType: data.contentType,
    detached: detached !== null,
    digestOf: digester(bytes),
  }
  const signers = data.signers.map((info) => findSigner(info, content, candidates))
  const [only, ...others] = signers
  if (!only || others.length > 0) return answer(broken('several-signers', null, signers, sent))
  const { certificate, defects, signedAt } = only
  if (!certificate || defects.includes('malformed'))
    return answer(broken(defects[0] ?? 'malformed', certificate, signers, sent))
  return answer({
    kind: 'checked',
    reasons: defects,
    signer: certificate,
    signers,
    candidates: sent,
    signedAt,
    scope,
  })
}
