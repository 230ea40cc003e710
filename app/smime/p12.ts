import { createPrivateKey } from 'node:crypto'
import forge from 'node-forge'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { Constructed, Integer, OctetString } from 'asn1js'
import { contentOf, parsed, readBer } from './asn1.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'

const maxFileSize = 1024 * 1024
/** Key derivation rounds; files in use have 2 000 to 600 000. A hostile count would hold the process for hours. */
const maxIterations = 1_000_000
const maxScanDepth = 40

export interface ImportedKey {
  certificate: Uint8Array
  chain: Uint8Array[]
  pkcs8: Uint8Array
}

/** Every iteration count outside encrypted parts follows its salt: an INTEGER after an OCTET STRING. */
const reasonable = (element: unknown, depth: number): boolean => {
  if (depth > maxScanDepth) return false
  if (element instanceof OctetString && !element.idBlock.isConstructed) {
    const content = contentOf(element)
    const inside = content[0] === 0x30 ? parsed(() => readBer(content)) : null
    return !inside?.ok || reasonable(inside.value, depth + 1)
  }
  if (!(element instanceof Constructed || element instanceof OctetString)) return true
  const children: unknown[] = element.valueBlock.value
  const counts = children.filter(
    (child, index) => child instanceof Integer && children[index - 1] instanceof OctetString,
  )
  const tooMany = counts.map(contentOf).some((content) => {
    const count = content.reduce((sum, byte) => sum * 256 + byte, 0)
    return content.length > 6 || count > maxIterations
  })
  return !tooMany && children.every((child) => reasonable(child, depth + 1))
}

const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const derOf = (node: forge.asn1.Asn1): Uint8Array =>
  new Uint8Array(Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1'))

const openFile = (bytes: Uint8Array, passphrase: string): Outcome<forge.pkcs12.Pkcs12Pfx> => {
  try {
    return ok(forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(binary(bytes)), passphrase))
  } catch (error) {
    const wrong = error instanceof Error && /password|MAC could not/i.test(error.message)
    return fail(wrong ? 'p12.wrong-passphrase' : 'p12.malformed', {
      retry: wrong ? 'after-change' : 'no',
      cause: error,
    })
  }
}

/** forge leaves what it cannot parse (elliptic curves) as ASN.1. */
const bagsOf = (file: forge.pkcs12.Pkcs12Pfx, type: string): forge.pkcs12.Bag[] =>
  file.getBags({ bagType: type })[type] ?? []

const certificateDer = (bag: forge.pkcs12.Bag): Uint8Array =>
  derOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1)

const privateKeyDer = (bag: forge.pkcs12.Bag): Uint8Array =>
  derOf(bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1)

/**
 * Reads the key, its certificate and the other certificates of a PKCS#12 file. Fails with `p12.wrong-passphrase`,
 * `p12.malformed`, `p12.no-key` (no key, or none with its certificate).
 */
export const importP12 = (bytes: Uint8Array, passphrase: string): Outcome<ImportedKey> => {
  if (bytes.length > maxFileSize) return fail('p12.malformed')
  const scanned = parsed(() => reasonable(readBer(bytes), 0))
  if (!scanned.ok || !scanned.value) return fail('p12.malformed')
  const file = openFile(bytes, passphrase)
  if (!file.ok) return file
  const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids
  const contents = parsed(() => ({
    keys: [pkcs8ShroudedKeyBag, keyBag].flatMap((type) => bagsOf(file.value, type ?? '')).map(privateKeyDer),
    certificates: bagsOf(file.value, certBag ?? '').map(certificateDer),
  }))
  if (!contents.ok) return fail('p12.malformed', { cause: contents.error.cause })
  const certificates: CertificateFacts[] = []
  for (const der of contents.value.certificates) {
    const facts = readCertificate(der)
    if (!facts.ok) return fail('p12.malformed', { cause: facts.error.cause })
    certificates.push(facts.value)
  }
  for (const pkcs8 of contents.value.keys) {
    const own = certificates.find((facts) => {
      const matches = parsed(() =>
        facts.x509.checkPrivateKey(
          createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
        ),
      )
      return matches.ok && matches.value
    })
    if (own) {
      const chain = certificates.filter((facts) => facts !== own).map((facts) => facts.der)
      return ok({ certificate: own.der, chain, pkcs8 })
    }
  }
  return fail('p12.no-key')
}
