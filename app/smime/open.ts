import { toErrorData, type ErrorData } from '../contract/errors.ts'
import type {
  EncryptionStatus,
  HeaderProtection,
  JudgedSignature,
  PartVerdict,
  SignatureNotice,
  SignatureReason,
  SignatureStatus,
} from '../contract/verdict.ts'
import { oids } from './algorithms.ts'
import { maxMessageSize } from './asn1.ts'
import { readContentInfo } from './cms.ts'
import { decompress } from './compressed-data.ts'
import { decodedBody, readEntity } from './entity.ts'
import {
  decryptEnveloped,
  describeEnveloped,
  type DecryptionKey,
  type EncryptionFinding,
} from './enveloped-data.ts'
import {
  enclosedMessage,
  noProtectedHeaders,
  protectedFromDiffers,
  readProtectedHeaders,
  type ProtectedHeaders,
} from './header-protection.ts'
import { judgeSignature, withMore, worst, type JudgeContext } from './judgement.ts'
import { findParts, type FoundPart } from './parts.ts'
import { senderFactsOf, type SenderFacts } from './sender.ts'
import { checkMultipart, isPkcs7Mime, isSigned, malformed } from './signed-entity.ts'
import { checkSignedData, type SignatureFinding } from './signed-data.ts'

/** Layers taken off: a triple-wrapped message has three (RFC 2634). */
const maxLayers = 6

/** A stretch of what is shown under a signature of its own. */
export interface SignedStretch {
  path: string
  /** The very bytes that were signed. */
  content: Uint8Array
  /** Where the signed part stands in `content`, its signature included. */
  start: number
  end: number
}

/** A message with its S/MIME layers taken off. */
export interface OpenedMessage {
  /** The MIME entity to show: what was signed or decrypted, or `raw` itself when nothing covers the whole message. */
  content: Uint8Array
  signature: SignatureStatus
  encryption: EncryptionStatus
  headerProtection: HeaderProtection
  /** Signed and encrypted parts below the root of `content`, forwarded messages included. */
  parts: PartVerdict[]
  /** Where those of the message itself stand, when the message as a whole is not signed. */
  stretches: SignedStretch[]
  /** Every layer, outermost first; a message signed twice has two signatures. */
  layers: OpenedLayer[]
  /** DER certificates worth remembering (see `Judgement`): a bound signer's, and the sender's own from our authorities. */
  certificates: Uint8Array[]
  /** What the program of a validly signing sender reads (RFC 8551 §2.5.2), object identifiers; null when it does not say. */
  capabilities: { algorithms: string[]; statedAt: Date } | null
}

export type OpenedLayer =
  | { kind: 'signature'; form: 'detached' | 'opaque'; signature: SignatureStatus }
  | { kind: 'encryption'; encryption: EncryptionStatus; finding: EncryptionFinding | null }

export interface OpenContext extends JudgeContext {
  keys: DecryptionKey[]
  /** DER of certificates that a sender may have left out. */
  known?: readonly Uint8Array[]
}

export type Layer =
  | { kind: 'signature'; form: 'detached' | 'opaque'; finding: SignatureFinding; notices: SignatureNotice[] }
  | { kind: 'encryption'; encryption: EncryptionStatus; finding: EncryptionFinding | null }

/** Layers off, nobody trusted yet: plain data. */
export interface TakenApart {
  content: Uint8Array
  layers: Layer[]
  parts: FoundPart[]
  sender: SenderFacts
  headers: ProtectedHeaders
  /** The protected From is not the one outside. */
  fromDiffers: boolean
  /** What did not come off was overwritten: `content` is not to be shown. */
  spoiled: boolean
}

interface Peeled {
  /** Null for compression, which says nothing of anybody. */
  layer: Layer | null
  /** What was under it; null when it did not come off. */
  content: Uint8Array | null
}

/** Encrypted by a key that both sides would have shared beforehand (RFC 5652 §8): nobody here has one. */
const unsupported: ErrorData = { code: 'smime.unsupported', retry: 'no' }

const encryptionLayer = (encryption: EncryptionStatus, finding: EncryptionFinding | null = null): Layer => ({
  kind: 'encryption',
  encryption,
  finding,
})

/** One application/pkcs7-mime layer, by what it holds and not by what it says; null when it is no layer at all. */
const peelPkcs7 = (content: Uint8Array, how: TakeApartOptions, encryptedBefore: boolean): Peeled | null => {
  const entity = readEntity(content)
  const cms = decodedBody(entity, how.overwrite)
  // A copy of our own may be worked on in place.
  const reuse = how.overwrite === true || cms.buffer !== entity.body.buffer
  const info = readContentInfo(cms)
  if (!info.ok) {
    const says = entity.parameters.get('smime-type')?.toLowerCase()
    // Nobody says to have signed or encrypted anything.
    if (says === 'certs-only') return null
    const layer: Layer =
      says === 'signed-data'
        ? { kind: 'signature', form: 'opaque', finding: malformed, notices: [] }
        : encryptionLayer({ status: 'failed', error: toErrorData(info.error) })
    return { layer, content: null }
  }
  const { type, content: structure } = info.value
  if (type === oids.signedData) {
    const { finding, content: inside } = checkSignedData(structure, null, 'message', {
      known: how.known ?? [],
      reuse,
    })
    return { layer: { kind: 'signature', form: 'opaque', finding, notices: [] }, content: inside }
  }
  if (type === oids.compressedData) {
    const inside = decompress(structure)
    return inside.ok ? { layer: null, content: inside.value } : null
  }
  if (type === oids.encryptedData)
    return { layer: encryptionLayer({ status: 'failed', error: unsupported }), content: null }
  const authenticated = type === oids.authEnvelopedData
  // Never twice: what is encrypted inside the encrypted is not this message's (models.md §7).
  if ((type !== oids.envelopedData && !authenticated) || encryptedBefore) return null
  const described = describeEnveloped(structure, authenticated)
  const decrypted = decryptEnveloped(structure, authenticated, how.keys, reuse)
  if (!decrypted.ok) {
    const encryption: EncryptionStatus = { status: 'failed', error: toErrorData(decrypted.error) }
    return { layer: encryptionLayer(encryption, described.ok ? described.value : null), content: null }
  }
  const { content: inside, keyAlgorithm, ...finding } = decrypted.value
  const encryption: EncryptionStatus = {
    status: 'decrypted',
    algorithm: finding.algorithm,
    keyAlgorithm,
    authenticated: finding.authenticated,
    integrityProtected: finding.authenticated,
    weak: finding.weak,
  }
  return { layer: encryptionLayer(encryption, finding), content: inside }
}

/** The outermost layer of an entity; null when it has none. */
const peel = (content: Uint8Array, how: TakeApartOptions, encryptedBefore: boolean): Peeled | null => {
  const entity = readEntity(content)
  if (isSigned(entity)) {
    const { content: inside, finding, notices } = checkMultipart(entity, 'message', how.known)
    return { layer: { kind: 'signature', form: 'detached', finding, notices }, content: inside }
  }
  return isPkcs7Mime(entity) ? peelPkcs7(content, how, encryptedBefore) : null
}

export interface TakeApartOptions {
  keys: readonly DecryptionKey[]
  /** DER of certificates that a sender may have left out. */
  known?: readonly Uint8Array[]
  /** Told each layer's content, outermost first. */
  peeled?: (content: Uint8Array, layer: Layer | null) => void
  /** The bytes are given away: layers come off where they lie, without a second copy (decisions/0014). */
  overwrite?: boolean
}

/**
 * Takes signatures and encryption off a message at its root and says what of it they cover. Signed parts below the root
 * have a verdict of their own; an encrypted one below the root is never decrypted (models.md §7). Never fails: trouble is
 * in the findings. Trusts nobody yet: see `judge`.
 */
export const takeApart = (
  raw: Uint8Array,
  keys: readonly DecryptionKey[],
  more: Omit<TakeApartOptions, 'keys'> = {},
): TakenApart => {
  const how = { ...more, keys }
  const apart: TakenApart = {
    content: raw,
    layers: [],
    parts: [],
    sender: senderFactsOf(raw),
    headers: noProtectedHeaders,
    fromDiffers: false,
    spoiled: false,
  }
  if (raw.length > maxMessageSize) return apart
  const encrypted = (): boolean => apart.layers.some(({ kind }) => kind === 'encryption')
  for (let count = 0; count < maxLayers; count += 1) {
    const found = peel(apart.content, how, encrypted())
    // Certificates alone, or signed by nobody: no layer, and what is inside is shown as it is.
    if (found?.layer && (found.layer.kind === 'encryption' || found.layer.finding.kind !== 'none'))
      apart.layers.push(found.layer)
    if (!found?.content) {
      apart.spoiled = how.overwrite === true && isPkcs7Mime(readEntity(apart.content))
      break
    }
    apart.content = found.content
    how.peeled?.(found.content, found.layer)
  }
  if (apart.layers.some((layer) => layer.kind === 'encryption' && layer.encryption.status === 'failed'))
    return apart
  if (apart.layers.length > 0) {
    const enclosed = enclosedMessage(raw, readEntity(apart.content))
    apart.content = enclosed ?? apart.content
    const how = { encrypted: encrypted(), enclosed: enclosed !== null }
    apart.headers = readProtectedHeaders(raw, apart.content, how)
    apart.fromDiffers = protectedFromDiffers(apart.headers, raw)
  }
  apart.parts = findParts(apart.content)
  return apart
}

type Judged = (OpenedLayer & { kind: 'signature' }) | (OpenedLayer & { kind: 'encryption' })

/** What the reasons of a signature say of the content: it is as it was signed, whoever that was. */
const intact = (status: SignatureStatus): boolean =>
  status.status !== 'none' && status.status !== 'invalid' && status.status !== 'undecidable'

/**
 * The verdict for the message from those of its layers: the innermost signature speaks for what is shown; one around it
 * can only make it worse, when what it covers was changed.
 */
const ofLayers = (layers: readonly Judged[]): JudgedSignature | null => {
  const signatures = layers.flatMap((layer, index) =>
    layer.kind === 'signature' && layer.signature.status !== 'none'
      ? [{ index, found: layer.signature }]
      : [],
  )
  const inner = signatures.at(-1)
  if (!inner) return null
  const overEncryption = layers.slice(inner.index + 1).some(({ kind }) => kind === 'encryption')
  const outer = signatures.slice(0, -1).map(({ found }) => found)
  const broken = outer.filter((found) => !intact(found)).flatMap(({ reasons }) => reasons)
  return withMore(inner.found, broken, [
    ...(overEncryption ? (['signed-over-encryption'] as const) : []),
    ...(outer.length > 0 ? (['several-layers'] as const) : []),
  ])
}

/** The verdict for a message that is not signed as a whole: what is said of its own signed parts, and that there is more. */
const ofParts = (parts: readonly { verdict: PartVerdict; footer: boolean }[]): JudgedSignature | null => {
  const own = parts.flatMap(({ verdict, footer }) =>
    verdict.forwardedFrom === null && verdict.signature.status !== 'none'
      ? [{ signature: verdict.signature, footer }]
      : [],
  )
  const [first] = own
  if (!first) return null
  const gravest = own.reduce((found, { signature }) => worst(found, signature.status), first.signature.status)
  const speaking = own.find(({ signature }) => signature.status === gravest) ?? first
  const outside: SignatureReason[] = ['outside-signature']
  const footer = own.length === 1 && first.footer
  return { ...withMore(speaking.signature, outside, footer ? ['footer-added'] : []), scope: 'part' }
}

/** What the signer's program says it reads, since it signed, or since now when it does not say when. */
const statedIn = (finding: SignatureFinding, now: Date): OpenedMessage['capabilities'] => {
  const [signer] = finding.kind === 'checked' ? finding.signers : []
  const stated = signer?.signedAt && signer.signedAt < now ? signer.signedAt : now
  return signer && signer.capabilities.length > 0
    ? { algorithms: signer.capabilities, statedAt: stated }
    : null
}

/** Adds what the authorities say to a message taken apart. */
export const judge = async (apart: TakenApart, context: JudgeContext): Promise<OpenedMessage> => {
  const { sender, headers } = apart
  const certificates: Uint8Array[] = []
  let capabilities: OpenedMessage['capabilities'] = null
  const layers: Judged[] = []
  for (const layer of apart.layers) {
    if (layer.kind === 'encryption') {
      layers.push(layer)
      continue
    }
    const judged = await judgeSignature(layer.finding, 'message', sender, context)
    const changed = headers.differences.length > 0 ? (['headers-changed'] as const) : []
    const signature =
      judged.status.status === 'none'
        ? judged.status
        : withMore(judged.status, apart.fromDiffers ? ['protected-from-differs'] : [], [
            ...layer.notices,
            ...changed,
          ])
    if (judged.certificates.length > 0 && !apart.fromDiffers) {
      certificates.push(...judged.certificates)
      capabilities = statedIn(layer.finding, context.now) ?? capabilities
    }
    layers.push({ kind: 'signature', form: layer.form, signature })
  }
  const parts: { verdict: PartVerdict; footer: boolean }[] = []
  for (const part of apart.parts) {
    const forwarded = part.sender !== null
    const inside = forwarded ? { ...context, fromAddresses: [] } : context
    const judged = await judgeSignature(part.finding, 'part', part.sender ?? sender, inside)
    const signature =
      judged.status.status === 'none' ? judged.status : withMore(judged.status, [], part.notices)
    if (!forwarded) certificates.push(...judged.certificates)
    const verdict: PartVerdict = {
      path: part.path,
      forwardedFrom: part.sender && (part.sender.from.kind === 'one' ? part.sender.from.address : ''),
      signature,
      encrypted: part.encrypted,
    }
    parts.push({ verdict, footer: part.footerAdded })
  }
  const whole = ofLayers(layers)
  const signature: SignatureStatus = whole ?? ofParts(parts) ?? { status: 'none' }
  const encryptions = layers.flatMap((layer) => (layer.kind === 'encryption' ? [layer.encryption] : []))
  const encryption = encryptions.at(-1) ?? { status: 'none' as const }
  // Inside the encryption, a good signature tells of any change that CBC would let through (EFAIL).
  const innermost = layers.at(-1)
  const signedInside = innermost?.kind === 'signature' && intact(innermost.signature)
  return {
    content: apart.content,
    signature,
    encryption:
      encryption.status === 'decrypted'
        ? {
            ...encryption,
            integrityProtected: encryption.authenticated || signedInside,
          }
        : encryption,
    headerProtection: {
      kind: headers.kind,
      // Believed when the protection holds; a broken signature protects nothing.
      subject: encryption.status === 'decrypted' || (whole && intact(whole)) ? headers.subject : null,
      differences: headers.differences,
      hidden: headers.hidden,
    },
    parts: parts.map(({ verdict }) => verdict),
    stretches: whole
      ? []
      : apart.parts.flatMap(({ path, content, start, end, sender: forwarded }) =>
          content && forwarded === null ? [{ path, content, start, end }] : [],
        ),
    layers,
    certificates,
    capabilities,
  }
}

/** Takes a message apart and judges its signatures: see `takeApart`. Never fails. */
export const openMessage = (raw: Uint8Array, context: OpenContext): Promise<OpenedMessage> =>
  judge(takeApart(raw, context.keys, context.known ? { known: context.known } : {}), context)
