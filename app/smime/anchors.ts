import { fail, ok, type Outcome } from '../contract/errors.ts'
import { oids } from './algorithms.ts'
import { readCertificate } from './certificate.ts'
import { readContentInfo } from './cms.ts'
import type { NamedDer } from './path/inspection.ts'
import { readSignedData } from './signed-data.ts'

const maxFileSize = 4 * 1024 * 1024
const maxCertificates = 200

/** The certificates of a PKCS#7 file without signers (.p7b). */
const fromPkcs7 = (bytes: Uint8Array): Uint8Array[] => {
  const info = readContentInfo(bytes)
  if (!info.ok || info.value.type !== oids.signedData) return []
  const read = readSignedData(info.value.content)
  return read.ok ? read.value.certificates : []
}

const fromDer = (bytes: Uint8Array): Uint8Array[] =>
  readCertificate(bytes).ok ? [new Uint8Array(bytes)] : fromPkcs7(bytes)

/**
 * Certificates of an administrator's file: PEM (any number, certificates or PKCS#7), one DER certificate, or a p7b.
 * Fails with `smime.malformed` when it holds none or a broken one, `smime.limit` when it is too big.
 */
export const readAnchors = (bytes: Uint8Array): Outcome<Uint8Array[]> => {
  if (bytes.length > maxFileSize) return fail('smime.limit')
  const text = Buffer.from(bytes).toString('latin1')
  const blocks = [
    ...text.matchAll(/-----BEGIN (CERTIFICATE|PKCS7)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g),
  ].map(([, , base64 = '']) => new Uint8Array(Buffer.from(base64, 'base64')))
  const found = blocks.length > 0 ? blocks.map(fromDer) : [fromDer(bytes)]
  const certificates = found.flat()
  if (certificates.length > maxCertificates) return fail('smime.limit')
  const whole = found.every((some) => some.length > 0) && certificates.every((der) => readCertificate(der).ok)
  return whole ? ok(certificates) : fail('smime.malformed')
}

const listPem = /-----BEGIN (X509 CRL)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g
const certificatePem = /-----BEGIN ((?:X509 )?CERTIFICATE|PKCS7|CMS)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g

/**
 * Certificates or revocation lists in a file, whether they can be read or not, named by file and place: PEM with any number
 * of blocks, p7b, or one in DER. Empty when it holds nothing that looks like one.
 */
export const namedDerOf = (name: string, bytes: Uint8Array, kind: 'certificate' | 'list'): NamedDer[] => {
  const text = Buffer.from(bytes).toString('latin1')
  const blocks = [...text.matchAll(kind === 'list' ? listPem : certificatePem)].map(
    ([, , base64 = '']) => new Uint8Array(Buffer.from(base64, 'base64')),
  )
  const ders = blocks.length > 0 ? blocks : bytes[0] === 0x30 ? [bytes] : []
  const all = ders.flatMap((der) => {
    const bundle = kind === 'certificate' ? fromPkcs7(der) : []
    return bundle.length > 0 ? bundle : [der]
  })
  return all.map((der, index) => ({ name: all.length > 1 ? `${name}#${String(index + 1)}` : name, der }))
}
