import { createPrivateKey, sign, verify, type KeyObject } from 'node:crypto'
import { Constructed, OctetString, type AsnType } from 'asn1js'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { Malformed, octetsOf, readBer } from './asn1.ts'
import { readCertificate, type CertificateFacts } from './certificate.ts'
import {
  checkedPassword,
  decryptWith,
  oidOf,
  sequenceOf,
  Unsupported,
  WrongPassphrase,
  type Password,
  type Rounds,
} from './p12-password.ts'

const maxFileSize = 1024 * 1024
/** Keys and certificates of a file; a professional has a few, and a history of ten years a dozen. */
const maxBags = 200
const maxDepth = 8

export interface ImportedKey {
  certificate: Uint8Array
  pkcs8: Uint8Array
}

/** What a file held: keys with their certificates in the file's order, and the other certificates. */
export interface ImportedFile {
  keys: ImportedKey[]
  chain: Uint8Array[]
}

const data = '1.2.840.113549.1.7.1'
const encryptedData = '1.2.840.113549.1.7.6'
const x509Certificate = '1.2.840.113549.1.9.22.1'
const bagKind = (oid: string): string => oid.replace('1.2.840.113549.1.12.10.1.', '')

/** What stands under an explicit [0]. */
const explicit = (element: unknown): AsnType => {
  if (!(element instanceof Constructed)) throw new Malformed('an explicit tag')
  const [inside]: AsnType[] = element.valueBlock.value
  if (element.idBlock.tagClass !== 3 || !inside) throw new Malformed('an explicit tag')
  return inside
}

interface Bags {
  keys: Uint8Array[]
  certificates: Uint8Array[]
  count: number
}

interface Reading {
  password: Password
  rounds: Rounds
  bags: Bags
}

/** SafeContents (RFC 7292 §4.2): keys in clear or encrypted, certificates, and more of the same. */
const readBags = (contents: unknown, reading: Reading, depth: number): void => {
  if (depth > maxDepth) throw new Malformed('too deep')
  const { bags, password, rounds } = reading
  for (const bag of sequenceOf(contents)) {
    bags.count += 1
    if (bags.count > maxBags) throw new Malformed('too many bags')
    const [kind, holder] = sequenceOf(bag)
    const value = explicit(holder)
    switch (bagKind(oidOf(kind))) {
      case '1':
        bags.keys.push(new Uint8Array(value.valueBeforeDecodeView))
        break
      case '2': {
        const [algorithm, encrypted] = sequenceOf(value)
        bags.keys.push(decryptWith(algorithm, octetsOf(encrypted), password, rounds))
        break
      }
      case '3': {
        const [form, certificate] = sequenceOf(value)
        if (oidOf(form) === x509Certificate)
          bags.certificates.push(new Uint8Array(octetsOf(explicit(certificate))))
        break
      }
      case '6':
        readBags(value, reading, depth + 1)
        break
      default:
        // Lists and secrets: nothing to take.
        break
    }
  }
}

/** BER inside what the password opened: another password opens it too now and then, to noise. */
const insideOf = (bytes: Uint8Array, sure: boolean): AsnType => {
  try {
    return readBer(bytes)
  } catch (error) {
    throw sure ? error : new WrongPassphrase('noise', { cause: error })
  }
}

const readFile = (bytes: Uint8Array, passphrase: string): Bags => {
  const [version, authSafe, macData] = sequenceOf(readBer(bytes))
  if (version === undefined) throw new Malformed('no version')
  const [kind, holder] = sequenceOf(authSafe)
  // Signed rather than under a MAC: made for key servers, not for people.
  if (oidOf(kind) !== data) throw new Unsupported('a signed file')
  const content = octetsOf(explicit(holder))
  const rounds: Rounds = { spent: 0 }
  const password = checkedPassword(macData, content, passphrase, rounds)
  const bags: Bags = { keys: [], certificates: [], count: 0 }
  for (const safe of sequenceOf(readBer(content))) {
    const [safeKind, safeHolder] = sequenceOf(safe)
    const inside = explicit(safeHolder)
    const type = oidOf(safeKind)
    if (type === data) {
      readBags(readBer(octetsOf(inside)), { password, rounds, bags }, 0)
    } else if (type === encryptedData) {
      const [, info] = sequenceOf(inside)
      const [, algorithm, encrypted] = sequenceOf(info)
      if (!(encrypted instanceof OctetString) && (encrypted as AsnType | undefined)?.idBlock.tagClass !== 3)
        throw new Malformed('encrypted content')
      const clear = decryptWith(algorithm, octetsOf(encrypted), password, rounds)
      readBags(insideOf(clear, macData !== undefined), { password, rounds, bags }, 0)
    } else throw new Unsupported('encrypted for a certificate')
  }
  return bags
}

/** A key as node:crypto reads it, or null: damaged, or of a kind nobody here knows. */
const keyOf = (pkcs8: Uint8Array): KeyObject | null => {
  try {
    return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  } catch {
    return null
  }
}

const useful = (key: KeyObject): boolean => /^(rsa|rsa-pss|ec)$/.test(key.asymmetricKeyType ?? '')

const probe = Buffer.from('probe')

/** Whether a key is that of a certificate, and sound: a file without a MAC may hold a damaged one. */
const belongs = (facts: CertificateFacts, key: KeyObject): boolean => {
  try {
    return (
      facts.x509.checkPrivateKey(key) &&
      verify('sha256', probe, facts.x509.publicKey, sign('sha256', probe, key))
    )
  } catch {
    return false
  }
}

/**
 * Reads keys, their certificates and the others of a PKCS#12 file (RFC 7292): PBES2 and the older 3DES and RC2, MAC of any
 * digest, RSA and elliptic curves, several of each. Nothing is re-encoded: certificates are the bytes of the file. Fails
 * with `p12.wrong-passphrase`, `p12.malformed`, `p12.too-large`, `p12.no-key` (no key, or none with its certificate),
 * `p12.unsupported` (protected, or keys, of a kind that is not read here).
 */
export const importP12 = (bytes: Uint8Array, passphrase: string): Outcome<ImportedFile> => {
  if (bytes.length > maxFileSize) return fail('p12.too-large', { retry: 'after-change' })
  let bags: Bags
  try {
    bags = readFile(bytes, passphrase)
  } catch (cause) {
    if (cause instanceof WrongPassphrase)
      return fail('p12.wrong-passphrase', { retry: 'after-change', cause })
    return fail(cause instanceof Unsupported ? 'p12.unsupported' : 'p12.malformed', { cause })
  }
  const found = new Map<string, CertificateFacts>()
  let unknown = false
  for (const der of bags.certificates) {
    const facts = readCertificate(der)
    // One that is not read, an old authority's for instance, takes nothing from the others.
    if (facts.ok) found.set(facts.value.fingerprint, facts.value)
    else unknown = true
  }
  const certificates = [...found.values()]
  const keys: ImportedKey[] = []
  const own = new Set<CertificateFacts>()
  for (const pkcs8 of bags.keys) {
    const key = keyOf(pkcs8)
    if (!key || !useful(key)) {
      unknown = true
      continue
    }
    // A certificate may have been renewed for the same key.
    for (const facts of certificates.filter((one) => !own.has(one) && belongs(one, key))) {
      own.add(facts)
      keys.push({
        certificate: facts.der,
        pkcs8: new Uint8Array(key.export({ format: 'der', type: 'pkcs8' })),
      })
    }
  }
  for (const pkcs8 of bags.keys) pkcs8.fill(0)
  if (keys.length === 0) return fail(unknown ? 'p12.unsupported' : 'p12.no-key', { retry: 'after-change' })
  return ok({ keys, chain: certificates.filter((one) => !own.has(one)).map(({ der }) => der) })
}
