import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import forge from 'node-forge'
import { contentOf, Malformed, octetsOf } from './asn1.ts'

/** Thrown inside the reading of a PKCS#12 file: made so that nobody here can open it. */
export class Unsupported extends Error {}
/** Thrown inside the reading of a PKCS#12 file: the password is not the one. */
export class WrongPassphrase extends Error {}

/**
 * Rounds of key derivation: files in use have 1 to 600 000 (NSS) for each of their parts. A hostile count would hold the
 * process for hours; wherever it stands, also inside what is encrypted, it is asked for here first.
 */
const maxRounds = 1_000_000
const maxRoundsOfFile = 5_000_000

export interface Rounds {
  spent: number
}

const take = (rounds: Rounds, count: number): void => {
  rounds.spent += count
  if (rounds.spent > maxRoundsOfFile) throw new Malformed('too many rounds')
}

/** Children of a SEQUENCE. */
export const sequenceOf = (element: unknown): unknown[] => {
  if (!(element instanceof Sequence)) throw new Malformed('a sequence')
  return element.valueBlock.value
}

export const oidOf = (element: unknown): string => {
  if (!(element instanceof ObjectIdentifier)) throw new Malformed('an object identifier')
  return element.valueBlock.toString()
}

const roundsOf = (element: unknown): number => {
  if (!(element instanceof Integer)) throw new Malformed('an integer')
  const content = contentOf(element)
  const count = content.reduce((sum, byte) => sum * 256 + byte, 0)
  if (content.length > 4 || count < 1 || count > maxRounds) throw new Malformed('a count of rounds')
  return count
}

const digests: Readonly<Record<string, { name: string; length: number; block: number }>> = {
  '1.3.14.3.2.26': { name: 'sha1', length: 20, block: 64 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', length: 28, block: 64 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', length: 32, block: 64 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', length: 48, block: 128 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', length: 64, block: 128 },
  '1.2.840.113549.2.5': { name: 'md5', length: 16, block: 64 },
}
const sha1 = { name: 'sha1', length: 20, block: 64 }

const hmacs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

/** The password as PKCS#12 takes it: UTF-16BE with a final zero; the empty one is written in two ways. */
const wideForms = (passphrase: string): Uint8Array[] => {
  const wide = (text: string): Uint8Array => Buffer.from(`${text}\0`, 'utf16le').swap16()
  const forms = [wide(passphrase)]
  if (passphrase === '') forms.push(new Uint8Array(0))
  // OpenSSL before 1.1 widened the bytes of the terminal's encoding.
  if (/[^\0-\x7f]/.test(passphrase)) forms.push(wide(Buffer.from(passphrase, 'utf8').toString('latin1')))
  return forms
}

const repeated = (bytes: Uint8Array, block: number): Uint8Array => {
  const length = block * Math.ceil(bytes.length / block)
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0)
}

/** RFC 7292 appendix B.2; `purpose` 1 makes a key, 2 an initial vector, 3 a key for a MAC. */
const deriveWide = (
  wide: Uint8Array,
  {
    salt,
    count,
    purpose,
    length,
    digest,
  }: {
    salt: Uint8Array
    count: number
    purpose: 1 | 2 | 3
    length: number
    digest: { name: string; length: number; block: number }
  },
  rounds: Rounds,
): Uint8Array => {
  const { block } = digest
  take(rounds, count * Math.ceil(length / digest.length))
  const diversifier = new Uint8Array(block).fill(purpose)
  const input = Buffer.concat([repeated(salt, block), repeated(wide, block)])
  const pieces: Uint8Array[] = []
  for (let made = 0; made < length; made += digest.length) {
    let hash: Uint8Array = createHash(digest.name).update(diversifier).update(input).digest()
    for (let round = 1; round < count; round += 1) hash = createHash(digest.name).update(hash).digest()
    pieces.push(hash)
    const added = repeated(hash, block).subarray(0, block)
    for (let start = 0; start < input.length; start += block) {
      let carry = 1
      for (let index = block - 1; index >= 0; index -= 1) {
        const sum = (input[start + index] ?? 0) + (added[index] ?? 0) + carry
        input[start + index] = sum & 0xff
        carry = sum >> 8
      }
    }
  }
  input.fill(0)
  return Buffer.concat(pieces).subarray(0, length)
}

/** PBKDF2-params (RFC 8018 §5.2): the key, and how long it asked to be. */
const derivePbkdf2 = (
  algorithm: unknown,
  passphrase: string,
  length: number | null,
  rounds: Rounds,
): Uint8Array => {
  const [kind, parameters] = sequenceOf(algorithm)
  if (oidOf(kind) !== '1.2.840.113549.1.5.12') throw new Unsupported('a key derivation')
  const [salt, count, ...rest] = sequenceOf(parameters)
  if (!(salt instanceof OctetString)) throw new Unsupported('a salt of another source')
  const stated =
    rest[0] instanceof Integer ? contentOf(rest[0]).reduce((sum, byte) => sum * 256 + byte, 0) : null
  const prf = rest.find((one) => one instanceof Sequence)
  const digest = prf ? hmacs[oidOf(sequenceOf(prf)[0])] : 'sha1'
  if (digest === undefined) throw new Unsupported('a digest')
  const wanted = length ?? stated
  if (wanted === null || wanted < 1 || wanted > 64) throw new Malformed('a key length')
  const times = roundsOf(count)
  take(rounds, times)
  return pbkdf2Sync(passphrase, octetsOf(salt), times, wanted, digest)
}

const blockCiphers: Readonly<Record<string, [cipher: string, keyLength: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
}

const deciphered = (cipher: string, key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv(cipher, key, iv)
  return Buffer.concat([decipher.update(bytes), decipher.final()])
}

const rc2 = (key: Uint8Array, bits: number, iv: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const latin1 = (given: Uint8Array): string => Buffer.from(given).toString('latin1')
  const cipher = forge.rc2.createDecryptionCipher(latin1(key), bits)
  cipher.start(latin1(iv))
  cipher.update(forge.util.createBuffer(latin1(bytes)))
  if (!cipher.finish()) throw new WrongPassphrase('padding')
  return new Uint8Array(Buffer.from(cipher.output.getBytes(), 'latin1'))
}

/** Password-based ciphers of PKCS#12 itself (RFC 7292 appendix C), by the last number of their identifier. */
const ownCiphers: Readonly<Record<string, { keyLength: number; rc2: number | null }>> = {
  '3': { keyLength: 24, rc2: null },
  '4': { keyLength: 16, rc2: null },
  '5': { keyLength: 16, rc2: 128 },
  '6': { keyLength: 5, rc2: 40 },
}

export interface Password {
  passphrase: string
  wide: Uint8Array
}

/** Decrypts under an AlgorithmIdentifier: PBES2, or the 3DES and RC2 of PKCS#12. Throws (see above). */
export const decryptWith = (
  algorithm: unknown,
  bytes: Uint8Array,
  { passphrase, wide }: Password,
  rounds: Rounds,
): Uint8Array => {
  const [kind, parameters] = sequenceOf(algorithm)
  const oid = oidOf(kind)
  const opened = (open: () => Uint8Array): Uint8Array => {
    try {
      return open()
    } catch (error) {
      throw error instanceof WrongPassphrase ? error : new WrongPassphrase('deciphering', { cause: error })
    }
  }
  if (oid === '1.2.840.113549.1.5.13') {
    const [derivation, scheme] = sequenceOf(parameters)
    const [cipherKind, vector] = sequenceOf(scheme)
    const cipher = blockCiphers[oidOf(cipherKind)]
    if (!cipher) throw new Unsupported('a cipher')
    const key = derivePbkdf2(derivation, passphrase, cipher[1], rounds)
    const iv = octetsOf(vector)
    return opened(() => deciphered(cipher[0], key, iv, bytes))
  }
  const own = /^1\.2\.840\.113549\.1\.12\.1\.(\d)$/.exec(oid)?.[1]
  const cipher = own === undefined ? undefined : ownCiphers[own]
  if (!cipher) throw new Unsupported('a cipher')
  const [saltElement, countElement] = sequenceOf(parameters)
  const shared = { salt: octetsOf(saltElement), count: roundsOf(countElement), digest: sha1 }
  const key = deriveWide(wide, { ...shared, purpose: 1, length: cipher.keyLength }, rounds)
  const iv = deriveWide(wide, { ...shared, purpose: 2, length: 8 }, rounds)
  const bits = cipher.rc2
  if (bits !== null) return opened(() => rc2(key, bits, iv, bytes))
  const triple = cipher.keyLength === 24 ? key : Buffer.concat([key, key.subarray(0, 8)])
  return opened(() => deciphered('des-ede3-cbc', triple, iv, bytes))
}

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

/**
 * Checks the MacData of a file over its content (RFC 7292 §4, PBMAC1 of RFC 9579) and says in which form the password is
 * right. Without MacData the first form is taken: what it decrypts must say it. Throws (see above).
 */
export const checkedPassword = (
  macData: unknown,
  content: Uint8Array,
  passphrase: string,
  rounds: Rounds,
): Password => {
  const [first, ...others] = wideForms(passphrase)
  if (!first) throw new Malformed('no form')
  if (macData === undefined) return { passphrase, wide: first }
  const [info, saltElement, countElement] = sequenceOf(macData)
  const [algorithm, expectedElement] = sequenceOf(info)
  const expected = octetsOf(expectedElement)
  const [kind, parameters] = sequenceOf(algorithm)
  if (oidOf(kind) === '1.2.840.113549.1.5.14') {
    const [derivation, scheme] = sequenceOf(parameters)
    const digest = hmacs[oidOf(sequenceOf(scheme)[0])]
    if (digest === undefined) throw new Unsupported('a MAC')
    const key = derivePbkdf2(derivation, passphrase, null, rounds)
    if (!equal(createHmac(digest, key).update(content).digest(), expected)) throw new WrongPassphrase('MAC')
    return { passphrase, wide: first }
  }
  const digest = digests[oidOf(kind)]
  if (!digest) throw new Unsupported('a MAC')
  const salt = octetsOf(saltElement)
  const count = countElement === undefined ? 1 : roundsOf(countElement)
  for (const wide of [first, ...others]) {
    const key = deriveWide(wide, { salt, count, purpose: 3, length: digest.length, digest }, rounds)
    if (equal(createHmac(digest.name, key).update(content).digest(), expected)) return { passphrase, wide }
  }
  throw new WrongPassphrase('MAC')
}
