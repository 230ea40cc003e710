import forge from 'node-forge'
import type { CardKey } from './index.ts'

const oid = {
  title: '2.5.4.12',
  givenName: '2.5.4.42',
  surname: '2.5.4.4',
  commonName: '2.5.4.3',
  country: '2.5.4.6',
}
const { asn1 } = forge

const text = (type: forge.asn1.Type, value: string): forge.asn1.Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, type, false, value)
const sequence = (...values: forge.asn1.Asn1[]): forge.asn1.Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, values)
const attribute = (type: string, value: string): forge.asn1.Asn1 =>
  sequence(
    text(asn1.Type.OID, asn1.oidToDer(type).getBytes()),
    text(asn1.Type.UTF8, forge.util.encodeUtf8(value)),
  )
const rdn = (...attributes: forge.asn1.Asn1[]): forge.asn1.Asn1 =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, attributes)

/** Who the fictitious holder of a test card is. */
interface TestHolder {
  nationalId: string
  familyName: string
  givenName: string
  profession: string
  serial: string
}

/**
 * A self-signed certificate in the layout of a CPS (cps-card.md §2.4): GN, CN and SN in one RDN, critical key usage, the
 * private extensions of §2.5. For unit tests; the operator's PKI issues the others.
 */
export const makeTestKey = (kind: 'authentication' | 'signature', holder: TestHolder): CardKey => {
  const pair = forge.pki.rsa.generateKeyPair(2048)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = pair.publicKey
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`
  certificate.validity.notBefore = new Date('2025-01-01T00:00:00Z')
  certificate.validity.notAfter = new Date('2035-01-01T00:00:00Z')
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    kind === 'signature'
      ? { name: 'keyUsage', critical: true, nonRepudiation: true }
      : { name: 'keyUsage', critical: true, digitalSignature: true },
    kind === 'signature'
      ? { name: 'extKeyUsage', emailProtection: true }
      : { name: 'extKeyUsage', clientAuth: true, '1.3.6.1.4.1.311.20.2.2': true },
    { id: '1.2.250.1.71.1.2.2', value: asn1.toDer(text(asn1.Type.INTEGER, '\0')).getBytes() },
    {
      id: '1.2.250.1.71.1.2.3',
      value: asn1.toDer(text(asn1.Type.PRINTABLESTRING, `8025000001/${holder.serial}`)).getBytes(),
    },
    { id: '1.2.250.1.71.1.2.5', value: asn1.toDer(text(asn1.Type.OCTETSTRING, '\x80')).getBytes() },
    { id: '1.2.250.1.71.1.2.7', value: asn1.toDer(text(asn1.Type.INTEGER, '\x0a')).getBytes() },
  ])
  certificate.sign(pair.privateKey, forge.md.sha256.create())
  // node-forge cannot write a multi-valued RDN: the subject is replaced in the structure, which is then signed again.
  const subject = sequence(
    rdn(attribute(oid.country, 'FR')),
    rdn(attribute(oid.title, holder.profession)),
    rdn(
      attribute(oid.givenName, holder.givenName),
      attribute(oid.commonName, holder.nationalId),
      attribute(oid.surname, holder.familyName),
    ),
  )
  const [tbs] = forge.pki.certificateToAsn1(certificate).value as [forge.asn1.Asn1]
  const fields = tbs.value as forge.asn1.Asn1[]
  fields[5] = subject
  fields[3] = subject
  const digest = forge.md.sha256.create().update(asn1.toDer(tbs).getBytes())
  const signed = sequence(
    tbs,
    sequence(
      text(asn1.Type.OID, asn1.oidToDer('1.2.840.113549.1.1.11').getBytes()),
      text(asn1.Type.NULL, ''),
    ),
    text(asn1.Type.BITSTRING, `\0${pair.privateKey.sign(digest)}`),
  )
  return {
    certificateDer: new Uint8Array(Buffer.from(asn1.toDer(signed).getBytes(), 'latin1')),
    keyPem: forge.pki.privateKeyToPem(pair.privateKey),
  }
}
