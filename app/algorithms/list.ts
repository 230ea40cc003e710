import type * as NodeCrypto from 'node:crypto'
import { hashRaw } from '@node-rs/argon2'
import {
  agreementAnswers,
  argon2Answer,
  blockAnswers,
  cipherAnswers,
  curveAnswers,
  digestAnswers,
  hkdfAnswer,
  hmacAnswer,
  message,
  pbkdf2Answer,
  rsaAnswers,
  rsaKey,
  x25519Answer,
} from './known-answers.ts'

/** node:crypto, or a copy of it that lacks something (Electron's BoringSSL, in tests). */
export type CryptoLibrary = Pick<
  typeof NodeCrypto,
  | 'constants'
  | 'createCipheriv'
  | 'createDecipheriv'
  | 'createHash'
  | 'createPrivateKey'
  | 'createHmac'
  | 'createPublicKey'
  | 'createVerify'
  | 'diffieHellman'
  | 'hkdfSync'
  | 'pbkdf2Sync'
  | 'privateDecrypt'
  | 'publicEncrypt'
  | 'sign'
  | 'verify'
  | 'webcrypto'
>

export interface Algorithm {
  name: string
  /** Folders of app/ and packages that need it, and for what. */
  usedBy: string
  /** Does it with a known answer; false or an exception when it cannot. */
  works: (crypto: CryptoLibrary) => boolean | Promise<boolean>
}

const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
const iv = Buffer.alloc(16, 7)

const digest = (name: keyof typeof digestAnswers, usedBy: string): Algorithm => ({
  name,
  usedBy,
  works: (crypto) => crypto.createHash(name).update(message).digest('base64') === digestAnswers[name],
})

type ChainedCipher = Exclude<keyof typeof cipherAnswers, `${string}-gcm`>
const cbc = (name: ChainedCipher, keyLength: number, ivLength: number, usedBy: string): Algorithm => ({
  name,
  usedBy,
  works: (crypto) => {
    const parameters = [name, key.subarray(0, keyLength), iv.subarray(0, ivLength)] as const
    const cipher = crypto.createCipheriv(...parameters)
    const sealed = Buffer.concat([cipher.update(message), cipher.final()])
    const decipher = crypto.createDecipheriv(...parameters)
    const opened = Buffer.concat([decipher.update(sealed), decipher.final()])
    return sealed.toString('base64') === cipherAnswers[name] && opened.equals(message)
  },
})

const gcm = (
  name: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm',
  keyLength: number,
  usedBy: string,
): Algorithm => ({
  name,
  usedBy,
  works: (crypto) => {
    const parameters = [name, key.subarray(0, keyLength), iv.subarray(0, 12), { authTagLength: 16 }] as const
    const cipher = crypto.createCipheriv(...parameters)
    const sealed = Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()])
    const decipher = crypto.createDecipheriv(...parameters)
    decipher.setAuthTag(sealed.subarray(-16))
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    return sealed.toString('base64') === cipherAnswers[name] && opened.equals(message)
  },
})

const block = (name: keyof typeof blockAnswers, keyLength: number): Algorithm => ({
  name,
  usedBy: 'smime: AES key wrap, which Electron’s BoringSSL lacks (RFC 3394)',
  works: (crypto) => {
    const plain = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const parameters = [name, key.subarray(0, keyLength), null] as const
    const sealed = crypto
      .createCipheriv(...parameters)
      .setAutoPadding(false)
      .update(plain)
    const opened = crypto
      .createDecipheriv(...parameters)
      .setAutoPadding(false)
      .update(sealed)
    return sealed.toString('hex') === blockAnswers[name] && opened.equals(plain)
  },
})

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')
const privateKey = (crypto: CryptoLibrary): NodeCrypto.KeyObject =>
  crypto.createPrivateKey({ key: rsaKey, format: 'der', type: 'pkcs8' })
const publicKey = (crypto: CryptoLibrary): NodeCrypto.KeyObject => crypto.createPublicKey(privateKey(crypto))

const oaep = (hash: 'sha1' | 'sha256', answer: string, usedBy: string): Algorithm => ({
  name: `RSAES-OAEP ${hash}`,
  usedBy,
  works: (crypto) => {
    const padding = crypto.constants.RSA_PKCS1_OAEP_PADDING
    return crypto
      .privateDecrypt({ key: privateKey(crypto), padding, oaepHash: hash }, bytes(answer))
      .equals(message)
  },
})

const curve = (name: keyof typeof curveAnswers): Algorithm => ({
  name,
  usedBy: 'smime: signatures received, certificates and revocation lists of authorities',
  works: (crypto) => {
    const answer = curveAnswers[name]
    const spki = crypto.createPublicKey({ key: bytes(answer.key), format: 'der', type: 'spki' })
    return (
      spki.asymmetricKeyDetails?.namedCurve === name &&
      crypto.verify(answer.digest, message, spki, bytes(answer.signature))
    )
  },
})

const agreement = (name: keyof typeof curveAnswers): Algorithm => ({
  name: `ECDH ${name}`,
  usedBy: 'smime: content keys sent and received (RFC 5753)',
  works: (crypto) => {
    const answer = agreementAnswers[name]
    const secret = crypto.diffieHellman({
      privateKey: crypto.createPrivateKey({ key: bytes(answer.privateKey), format: 'der', type: 'pkcs8' }),
      publicKey: crypto.createPublicKey({ key: bytes(curveAnswers[name].key), format: 'der', type: 'spki' }),
    })
    return crypto.createHash('sha256').update(secret).digest('base64') === answer.secret
  },
})

/**
 * Every cryptographic algorithm app/ uses (architecture §2): what is not here is not used. Not here because they bring
 * their own code and prove themselves each time they are used: SQLCipher (AES-256-CBC, HMAC-SHA-512) in
 * @signalapp/sqlcipher, PKCS#12 (RC2, 3DES, AES, PBKDF2, HMAC) in node-forge, the card's RSA in its PKCS#11 module. TLS is
 * `tlsProfile`. CCM, Camellia, RC2, Ed25519 are not used: Electron's BoringSSL lacks some.
 */
export const algorithms: readonly Algorithm[] = [
  digest('md5', 'smime: signatures of former times, told from altered ones and never believed'),
  digest(
    'sha1',
    'smime: signatures of former times, never believed; key agreement of old clients; OCSP CertID, OAEP by default · mssante: digest announced by XDM metadata',
  ),
  digest('sha224', 'smime: signatures of certificates and lists'),
  digest('sha256', 'card, smime: signatures, fingerprints · mail: fingerprint of a message'),
  digest('sha384', 'smime: signatures received'),
  digest('sha512', 'smime: signatures received'),
  gcm('aes-256-gcm', 32, 'vault: key slots and part files · smime: AuthEnvelopedData sent and received'),
  gcm('aes-192-gcm', 24, 'smime: AuthEnvelopedData received'),
  gcm('aes-128-gcm', 16, 'smime: AuthEnvelopedData received'),
  cbc('aes-256-cbc', 32, 16, 'smime: EnvelopedData sent and received'),
  cbc('aes-192-cbc', 24, 16, 'smime: EnvelopedData received'),
  cbc('aes-128-cbc', 16, 16, 'smime: EnvelopedData received'),
  cbc('des-ede3-cbc', 24, 8, 'smime: EnvelopedData received from old clients'),
  block('aes-128-ecb', 16),
  block('aes-192-ecb', 24),
  block('aes-256-ecb', 32),
  {
    name: 'HMAC-SHA-256',
    usedBy: 'vault: names of stores by their owner',
    works: (crypto) => crypto.createHmac('sha256', key).update(message).digest('base64') === hmacAnswer,
  },
  {
    name: 'PBKDF2-HMAC-SHA-256',
    usedBy: 'smime: keys of p12 files',
    works: (crypto) => crypto.pbkdf2Sync(message, key, 10, 32, 'sha256').toString('base64') === pbkdf2Answer,
  },
  {
    name: 'HKDF-SHA-256',
    usedBy: 'vault: keys of slots and of part files',
    works: (crypto) =>
      Buffer.from(crypto.hkdfSync('sha256', message, key, 'SousPli', 32)).toString('base64') === hkdfAnswer,
  },
  {
    name: 'Argon2id',
    usedBy: 'vault: passphrase slot (@node-rs/argon2)',
    works: async () => {
      // Argon2id: the package's const enum cannot be imported. The least memory: the algorithm is tested, not its cost.
      const cost = { algorithm: 2, memoryCost: 64, timeCost: 1, parallelism: 1, outputLen: 32 }
      return (await hashRaw(message, { ...cost, salt: key })).toString('base64') === argon2Answer
    },
  },
  {
    name: 'RSASSA-PKCS1-v1_5',
    usedBy: 'card, smime: signatures made and received',
    works: (crypto) => {
      const [key, signature] = [publicKey(crypto), bytes(rsaAnswers.pkcs1)]
      const inPieces = crypto.createVerify('sha256').update(message).verify(key, signature)
      const made = crypto.sign('sha256', message, privateKey(crypto)).equals(signature)
      return made && inPieces && crypto.verify('sha256', message, key, signature)
    },
  },
  {
    name: 'RSASSA-PSS',
    usedBy: 'smime: signatures received',
    works: (crypto) => {
      const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
      const checked = { key: publicKey(crypto), padding, saltLength: 32 }
      return crypto.verify('sha256', message, checked, bytes(rsaAnswers.pss))
    },
  },
  {
    name: 'RSAES-PKCS1-v1_5',
    usedBy: 'smime: content keys sent, and received (padding undone in key-transport.ts, OAEP’s too)',
    works: (crypto) => {
      const padding = crypto.constants.RSA_PKCS1_PADDING
      const sent = crypto.publicEncrypt({ key: publicKey(crypto), padding }, message)
      const raw = { key: privateKey(crypto), padding: crypto.constants.RSA_NO_PADDING }
      return [sent, bytes(rsaAnswers.encrypted)].every((block) =>
        crypto.privateDecrypt(raw, block).subarray(-message.length).equals(message),
      )
    },
  },
  oaep('sha1', rsaAnswers.oaepSha1, 'smime: content keys sent and received'),
  oaep('sha256', rsaAnswers.oaepSha256, 'smime: content keys sent and received'),
  curve('prime256v1'),
  curve('secp384r1'),
  curve('secp521r1'),
  agreement('prime256v1'),
  agreement('secp384r1'),
  agreement('secp521r1'),
  {
    name: 'X25519',
    usedBy: 'smime: content keys sent and received (RFC 8418)',
    works: (crypto) => {
      const { privateKey: own, publicKey: other, secret } = x25519Answer
      const agreed = crypto.diffieHellman({
        privateKey: crypto.createPrivateKey({ key: bytes(own), format: 'der', type: 'pkcs8' }),
        publicKey: crypto.createPublicKey({ key: bytes(other), format: 'der', type: 'spki' }),
      })
      return crypto.createHash('sha256').update(agreed).digest('base64') === secret
    },
  },
  {
    name: 'WebCrypto SHA-256',
    usedBy: 'identity: PKCE (openid-client)',
    works: async (crypto) =>
      Buffer.from(await crypto.webcrypto.subtle.digest('SHA-256', message)).toString('base64') ===
      digestAnswers.sha256,
  },
]

/**
 * TLS to mail servers (ECO.1.1.1 and ECO.1.1.3; suites of ANSSI's guide): 1.2 at least, forward secrecy and authenticated
 * encryption only. The suites of TLS 1.3 must be named too, else Node turns it off; BoringSSL has the three and does not
 * let itself be told.
 */
export const tlsProfile = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const
