import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { acceptedCurves, minRsaBits } from '../algorithms.ts'
import { parsed } from '../asn1.ts'
import {
  contextTagged,
  derAt,
  derTags,
  fieldsOf,
  oidOf,
  readDer,
  smallInteger,
  wholeBits,
  wholeOf,
  type Der,
} from './der.ts'

/** An algorithm with its parameters; `der` is the whole AlgorithmIdentifier. */
export interface Algorithm {
  id: string
  parameters: Der | null
  der: Uint8Array
}

export const readAlgorithm = (der: Der): Algorithm => {
  const fields = fieldsOf(der)
  const id = oidOf(fields.required(derTags.oid))
  const parameters = fields.ahead()
  if (parameters) fields.any()
  fields.end()
  return { id, parameters, der: wholeOf(der) }
}

interface Scheme {
  family: 'rsa' | 'rsa-pss' | 'ec' | 'dsa' | 'ed25519' | 'ed448'
  /** node:crypto's name; null where the scheme or its parameters bring their own. */
  digest: string | null
}

const pssOid = '1.2.840.113549.1.1.10'
const mgf1Oid = '1.2.840.113549.1.1.8'
const digestNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const rsa = (digest: string): Scheme => ({ family: 'rsa', digest })
const ecdsa = (digest: string): Scheme => ({ family: 'ec', digest })
const dsa = (digest: string): Scheme => ({ family: 'dsa', digest })

/** Signatures of certificates, lists and OCSP answers. What is weak is checked all the same, and called weak. */
const schemes: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.4': rsa('md5'),
  '1.2.840.113549.1.1.5': rsa('sha1'),
  '1.3.14.3.2.29': rsa('sha1'),
  '1.2.840.113549.1.1.14': rsa('sha224'),
  '1.2.840.113549.1.1.11': rsa('sha256'),
  '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'),
  [pssOid]: { family: 'rsa-pss', digest: null },
  '1.2.840.10045.4.1': ecdsa('sha1'),
  '1.2.840.10045.4.3.1': ecdsa('sha224'),
  '1.2.840.10045.4.3.2': ecdsa('sha256'),
  '1.2.840.10045.4.3.3': ecdsa('sha384'),
  '1.2.840.10045.4.3.4': ecdsa('sha512'),
  '1.2.840.10040.4.3': dsa('sha1'),
  '2.16.840.1.101.3.4.3.1': dsa('sha224'),
  '2.16.840.1.101.3.4.3.2': dsa('sha256'),
  '1.3.101.112': { family: 'ed25519', digest: null },
  '1.3.101.113': { family: 'ed448', digest: null },
}
const strongDigests: ReadonlySet<string> = new Set(['sha256', 'sha384', 'sha512'])

/** RSASSA-PSS-params (RFC 4055 §3.1): SHA-1 and a salt of 20 bytes where it does not say. Throws. */
const pssOf = (parameters: Der | null): { digest: string; saltLength: number } | null => {
  const fields = parameters ? fieldsOf(parameters) : null
  const inside = (tag: number): Der | null => {
    const found = fields?.optional(contextTagged(tag))
    return found ? derAt(found.bytes, found.contentStart, found.end) : null
  }
  const named = (der: Der | null): string | undefined => (der ? digestNames[readAlgorithm(der).id] : 'sha1')
  const digest = named(inside(0))
  const generator = inside(1)
  const mask = generator ? readAlgorithm(generator) : null
  const salt = inside(2)
  inside(3)
  fields?.end()
  const maskDigest = mask ? named(mask.parameters) : 'sha1'
  if (!digest || maskDigest !== digest || (mask && mask.id !== mgf1Oid)) return null
  return { digest, saltLength: salt ? smallInteger(salt) : 20 }
}

/** The digest a signature is made over; null when unknown or named by nobody. */
const digestOf = (algorithm: Algorithm): string | null => {
  const scheme = schemes[algorithm.id]
  if (scheme?.family !== 'rsa-pss') return scheme?.digest ?? null
  const pss = parsed(() => pssOf(algorithm.parameters))
  return pss.ok ? (pss.value?.digest ?? null) : null
}

export type SignatureCheck = 'good' | 'wrong' | 'unsupported'

/** Checks the signature of a signed structure of X.509. Never throws. */
export const checkSigned = (
  algorithm: Algorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): SignatureCheck => {
  const scheme = schemes[algorithm.id]
  if (!scheme) return 'unsupported'
  const { asymmetricKeyType: type } = key
  // A key for PSS alone signs nothing else; one for RSA also signs PSS.
  const fits = type === scheme.family || (scheme.family === 'rsa-pss' && type === 'rsa')
  if (!fits) return 'wrong'
  const checked = parsed((): SignatureCheck => {
    if (scheme.family !== 'rsa-pss') return verify(scheme.digest, data, key, signature) ? 'good' : 'wrong'
    const pss = pssOf(algorithm.parameters)
    if (!pss) return 'unsupported'
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return verify(pss.digest, data, { key, padding, saltLength: pss.saltLength }, signature)
      ? 'good'
      : 'wrong'
  })
  return checked.ok ? checked.value : 'unsupported'
}

/** A public key as certificates have it. */
export interface PublicKeyInfo {
  der: Uint8Array
  algorithm: Algorithm
  /** The key's own bits. */
  bits: Uint8Array
  /** A DSA key that takes its parameters from its issuer's (RFC 3279 §2.3.2). */
  inherits: boolean
}

const ecOid = '1.2.840.10045.2.1'
const dsaOid = '1.2.840.10040.4.1'

/** Reads SubjectPublicKeyInfo. Throws. */
export const readPublicKeyInfo = (der: Der): PublicKeyInfo => {
  const fields = fieldsOf(der)
  const algorithm = readAlgorithm(fields.required(derTags.sequence))
  const bits = wholeBits(fields.required(derTags.bitString))
  fields.end()
  const inherits =
    algorithm.id === dsaOid && (algorithm.parameters === null || algorithm.parameters.tag === derTags.null)
  return { der: wholeOf(der), algorithm, bits, inherits }
}

const element = (tag: number, content: Uint8Array): Buffer => {
  const length =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

/** The DER of a DSA key completed by the parameters of its issuer; null when these are none of DSA. */
export const withParameters = (info: PublicKeyInfo, issuer: PublicKeyInfo): PublicKeyInfo | null => {
  const { algorithm } = issuer
  if (algorithm.id !== dsaOid || issuer.inherits) return null
  const bits = Buffer.concat([Buffer.from([0]), info.bits])
  const der = element(derTags.sequence, Buffer.concat([algorithm.der, element(derTags.bitString, bits)]))
  return readPublicKeyInfo(readDer(new Uint8Array(der)))
}

/** The key to check with; null when it is of no kind we know or broken. Curves must have a name (RFC 5480 §2.1.1). */
export const publicKeyOf = (info: PublicKeyInfo): KeyObject | null => {
  if (info.inherits) return null
  if (info.algorithm.id === ecOid && info.algorithm.parameters?.tag !== derTags.oid) return null
  const made = parsed(() => createPublicKey({ key: Buffer.from(info.der), format: 'der', type: 'spki' }))
  return made.ok ? made.value : null
}

/** Why a key is too weak to rest on; null when it is not. */
export const keyWeakness = (key: KeyObject | null): string | null => {
  if (!key) return 'key'
  const { asymmetricKeyType: type = 'none', asymmetricKeyDetails: details } = key
  if (type === 'rsa' || type === 'rsa-pss') {
    const bits = details?.modulusLength ?? 0
    if (bits < minRsaBits) return `rsa-${String(bits)}`
    return (details?.publicExponent ?? 0n) < 3n ? 'rsa-exponent' : null
  }
  if (type === 'ec') {
    const curve = details?.namedCurve ?? 'unnamed'
    return acceptedCurves.has(curve) ? null : `ec-${curve}`
  }
  // X25519 signs nothing: for encryption alone (RFC 8551 §2.3).
  return type === 'ed25519' || type === 'ed448' || type === 'x25519' ? null : type
}

/** Why a signature's digest is too weak; null when it is not. */
export const signatureWeakness = (algorithm: Algorithm): string | null => {
  const scheme = schemes[algorithm.id]
  if (!scheme) return 'signature-algorithm'
  if (scheme.family === 'ed25519' || scheme.family === 'ed448') return null
  const digest = digestOf(algorithm)
  return digest !== null && strongDigests.has(digest) ? null : (digest ?? 'signature-algorithm')
}
