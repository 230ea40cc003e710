import { createHash, sign } from 'node:crypto'
import { nameNode } from './certificate.ts'
import type { Name } from './certificate.ts'
import {
  asn1,
  binary,
  bits,
  derString,
  encode,
  enumerated,
  extension,
  generalizedTime,
  hasTag,
  integer,
  octets,
  oid,
  publicKeyOf,
  seq,
  sha256WithRsa,
  tagged,
  utcTime,
} from './der.ts'
import type { Node } from './der.ts'

/** CRLs (RFC 5280 §5) and OCSP answers (RFC 6960) of the test authorities, signed by the authority itself. */
export interface RevocationSource {
  name: Name
  keyPem: string
  issued: ReadonlySet<string>
  /** Serial (hexadecimal) → when it was revoked. */
  revoked: ReadonlyMap<string, Date>
}

const day = 86_400_000
const serialNode = (serial: string): Node => integer(Buffer.from(serial, 'hex').toString('latin1'))
const signed = (content: Node, keyPem: string): [Node, Node, Node] => [
  content,
  sha256WithRsa(),
  bits(0, binary(sign('sha256', encode(content), keyPem))),
]

/** The authority's complete CRL, valid one day. `number` must grow from one CRL to the next. */
export const makeCrl = (source: RevocationSource, now: Date, number: number): Buffer => {
  const entries = [...source.revoked].map(([serial, date]) => seq(serialNode(serial), utcTime(date)))
  const numberBytes = Buffer.alloc(5)
  numberBytes.writeUInt32BE(number, 1)
  const content = seq(
    integer('\x01'),
    sha256WithRsa(),
    nameNode(source.name),
    utcTime(new Date(now.getTime() - 60_000)),
    utcTime(new Date(now.getTime() + day)),
    ...(entries.length > 0 ? [seq(...entries)] : []),
    tagged(0, true, [
      seq(
        extension('2.5.29.35', false, seq(tagged(0, false, publicKeyOf(source.keyPem).keyId))),
        extension(
          '2.5.29.20',
          false,
          integer(numberBytes.toString('latin1').replace(/^(?:\0(?=[\0-\x7f]))+/, '')),
        ),
      ),
    ]),
  )
  return encode(seq(...signed(content, source.keyPem)))
}

const children = (node: Node | undefined): Node[] => (node && Array.isArray(node.value) ? node.value : [])
const text = (node: Node | undefined): string => (node && typeof node.value === 'string' ? node.value : '')
const ocspError = (status: 1 | 6): Buffer => encode(seq(enumerated(status)))
const nonceId = '1.3.6.1.5.5.7.48.1.2'

const findSource = (certId: Node, sources: RevocationSource[]): RevocationSource | undefined => {
  const keyHash = text(children(certId)[2])
  return sources.find((source) => {
    const { bare } = publicKeyOf(source.keyPem)
    return ['sha1', 'sha256'].some((name) => binary(createHash(name).update(bare).digest()) === keyHash)
  })
}

const statusNode = (source: RevocationSource, serial: string): Node => {
  const revoked = source.revoked.get(serial)
  if (revoked) return tagged(1, true, [generalizedTime(revoked)])
  return source.issued.has(serial) ? tagged(0, false, '') : tagged(2, false, '')
}

/** Answers an OCSP request (DER): good, revoked or unknown; `malformedRequest` or `unauthorized` otherwise. */
export const answerOcsp = (request: Buffer, sources: RevocationSource[], now: Date): Buffer => {
  let content: Node | undefined
  try {
    content = children(asn1.fromDer(binary(request)))[0]
  } catch {
    return ocspError(1)
  }
  const parts = children(content)
  const list = parts.find((part) => part.tagClass === asn1.Class.UNIVERSAL)
  const certIds = children(list).flatMap((item) => children(item).slice(0, 1))
  const [first] = certIds
  if (!first) return ocspError(1)
  const source = findSource(first, sources)
  if (!source || certIds.some((id) => findSource(id, sources) !== source)) return ocspError(6)
  const answers = certIds.map((certId) => {
    const serial = Buffer.from(text(children(certId)[3]), 'latin1').toString('hex')
    const next = generalizedTime(new Date(now.getTime() + day))
    return seq(certId, statusNode(source, serial), generalizedTime(now), tagged(0, true, [next]))
  })
  const extensions = parts.find((part) => hasTag(part, 2))
  const nonce = children(children(extensions)[0]).find(
    (item) => text(children(item)[0]) === asn1.oidToDer(nonceId).getBytes(),
  )
  const data = seq(
    tagged(2, true, [octets(publicKeyOf(source.keyPem).keyId)]),
    generalizedTime(now),
    seq(...answers),
    ...(nonce ? [tagged(1, true, [seq(nonce)])] : []),
  )
  const basic = seq(...signed(data, source.keyPem))
  return encode(
    seq(enumerated(0), tagged(0, true, [seq(oid('1.3.6.1.5.5.7.48.1.1'), octets(derString(basic)))])),
  )
}
