import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import forge from 'node-forge'

/** The few DER constructions certificates, CRLs and OCSP answers are made of, on node-forge's ASN.1 layer. */
export const { asn1 } = forge
export type Node = forge.asn1.Asn1

const { SEQUENCE, SET, OID, INTEGER, BOOLEAN, NULL, OCTETSTRING, BITSTRING, ENUMERATED } = asn1.Type

export const universal = (type: number, constructed: boolean, value: string | Node[]): Node =>
  asn1.create(asn1.Class.UNIVERSAL, type, constructed, value)
/** Context-specific tag; the tag number is not one of the universal types. */
export const tagged = (tag: number, constructed: boolean, value: string | Node[]): Node =>
  asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, constructed, value)
export const seq = (...items: Node[]): Node => universal(SEQUENCE, true, items)
/** A DER SET OF: members sorted by their encoding. */
export const setOf = (items: Node[]): Node =>
  universal(
    SET,
    true,
    items.toSorted((a, b) => Buffer.compare(encode(a), encode(b))),
  )
export const oid = (dotted: string): Node => universal(OID, false, asn1.oidToDer(dotted).getBytes())
export const integer = (bytes: string): Node => universal(INTEGER, false, bytes)
export const enumerated = (value: number): Node => universal(ENUMERATED, false, String.fromCharCode(value))
export const yes = (): Node => universal(BOOLEAN, false, '\xff')
export const octets = (bytes: string): Node => universal(OCTETSTRING, false, bytes)
export const bits = (unused: number, bytes: string): Node =>
  universal(BITSTRING, false, String.fromCharCode(unused) + bytes)
export const utcTime = (date: Date): Node => universal(asn1.Type.UTCTIME, false, asn1.dateToUtcTime(date))
/** `YYYYMMDDhhmmssZ`. */
export const generalizedStamp = (date: Date): string =>
  `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
export const generalizedTime = (date: Date): Node =>
  universal(asn1.Type.GENERALIZEDTIME, false, generalizedStamp(date))
export const sha256WithRsa = (): Node => seq(oid('1.2.840.113549.1.1.11'), universal(NULL, false, ''))

export const extension = (id: string, critical: boolean, value: Node): Node =>
  seq(oid(id), ...(critical ? [yes()] : []), octets(derString(value)))

/** node-forge's binary strings: one character per byte. */
export const derString = (node: Node): string => asn1.toDer(node).getBytes()
export const encode = (node: Node): Buffer => Buffer.from(derString(node), 'latin1')
export const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** SubjectPublicKeyInfo of a private key, and the RSAPublicKey inside (key identifiers are hashes of it). */
export const publicKeyOf = (keyPem: string): { info: Node; bare: Buffer; keyId: string } => {
  const key = createPublicKey(createPrivateKey(keyPem))
  const bare = key.export({ type: 'pkcs1', format: 'der' })
  return {
    info: asn1.fromDer(binary(key.export({ type: 'spki', format: 'der' }))),
    bare,
    keyId: binary(createHash('sha1').update(bare).digest()),
  }
}

/** Whether a node carries this context-specific tag. */
export const hasTag = (node: Node, tag: number): boolean =>
  node.tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(node.type) === tag
