/**
 * Every algorithm S/MIME uses here, by object identifier (architecture.md §2: one file lists them all). Names are
 * those of node:crypto.
 */
export const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  encryptedData: '1.2.840.113549.1.7.6',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  compressedData: '1.2.840.113549.1.9.16.1.9',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  countersignature: '1.2.840.113549.1.9.6',
  smimeCapabilities: '1.2.840.113549.1.9.15',
  receiptRequest: '1.2.840.113549.1.9.16.2.1',
  encryptionKeyPreference: '1.2.840.113549.1.9.16.2.11',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsa: '1.2.840.113549.1.1.1',
  rsaOaep: '1.2.840.113549.1.1.7',
  rsaPss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  ec: '1.2.840.10045.2.1',
  x25519: '1.3.101.110',
  zlib: '1.2.840.113549.1.9.16.3.8',
  aes128Cbc: '2.16.840.1.101.3.4.1.2',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  aes128Gcm: '2.16.840.1.101.3.4.1.6',
  aes256Gcm: '2.16.840.1.101.3.4.1.46',
  aes256Wrap: '2.16.840.1.101.3.4.1.45',
  ecdhSha256: '1.3.132.1.11.1',
  ecdhHkdfSha256: '1.2.840.113549.1.9.16.3.19',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  anyExtendedUsage: '2.5.29.37.0',
} as const

export type Digest = 'sha256' | 'sha384' | 'sha512'

/** Digests accepted in signatures; SHA-1 and MD5 are not. */
export const digests: Readonly<Record<string, Digest>> = {
  [oids.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

export const digestOids: Readonly<Record<Digest, string>> = {
  sha256: oids.sha256,
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

/** Digests old messages are signed with: computed to tell whether they were altered, never believed. */
export const weakDigests: Readonly<Record<string, 'sha1' | 'md5'>> = {
  '1.3.14.3.2.26': 'sha1',
  '1.2.840.113549.2.5': 'md5',
}

/** RSA signatures whose identifier names the digest, and the plain one, where the digest is named apart (null). */
export const rsaSignatures: Readonly<Record<string, Digest | null>> = {
  [oids.rsa]: null,
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}

export const ecdsaSignatures: Readonly<Record<string, Digest>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

/** The same with a weak digest. */
export const weakSignatures: Readonly<Record<string, { key: 'rsa' | 'ec'; digest: 'sha1' | 'md5' }>> = {
  '1.2.840.113549.1.1.5': { key: 'rsa', digest: 'sha1' },
  '1.3.14.3.2.29': { key: 'rsa', digest: 'sha1' },
  '1.2.840.113549.1.1.4': { key: 'rsa', digest: 'md5' },
  '1.2.840.10045.4.1': { key: 'ec', digest: 'sha1' },
}

/** As shown; whatever is not here is shown by its identifier. */
export const algorithmNames: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'SHA-1',
  [oids.sha256]: 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
  '2.16.840.1.101.3.4.2.4': 'SHA-224',
  '1.2.840.113549.2.5': 'MD5',
  '1.2.840.113549.2.2': 'MD2',
  [oids.rsa]: 'RSA PKCS#1 v1.5',
  [oids.rsaPss]: 'RSASSA-PSS',
  [oids.rsaOaep]: 'RSAES-OAEP',
  '1.2.840.113549.1.1.11': 'RSA PKCS#1 v1.5',
  '1.2.840.113549.1.1.12': 'RSA PKCS#1 v1.5',
  '1.2.840.113549.1.1.13': 'RSA PKCS#1 v1.5',
  '1.2.840.113549.1.1.4': 'RSA PKCS#1 v1.5',
  '1.2.840.113549.1.1.5': 'RSA PKCS#1 v1.5',
  '1.3.14.3.2.29': 'RSA PKCS#1 v1.5',
  '1.2.840.10045.4.1': 'ECDSA',
  '1.2.840.10045.4.3.2': 'ECDSA',
  '1.2.840.10045.4.3.3': 'ECDSA',
  '1.2.840.10045.4.3.4': 'ECDSA',
  '1.2.840.10040.4.1': 'DSA',
  '1.2.840.10040.4.3': 'DSA',
  '2.16.840.1.101.3.4.3.1': 'DSA',
  '2.16.840.1.101.3.4.3.2': 'DSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '1.2.840.113549.3.2': 'RC2-CBC',
  '1.2.840.113549.3.4': 'RC4',
  '2.16.840.1.101.3.4.1.7': 'AES-128-CCM',
  '2.16.840.1.101.3.4.1.47': 'AES-256-CCM',
  '1.2.840.113549.1.9.16.3.18': 'ChaCha20-Poly1305',
  '1.2.392.200011.61.1.1.1.2': 'Camellia-128-CBC',
  '1.2.392.200011.61.1.1.1.4': 'Camellia-256-CBC',
  '1.2.840.113549.1.5.12': 'PBKDF2',
  '1.2.840.113549.1.9.16.3.9': 'PWRI-KEK',
  '1.2.840.113549.1.9.16.3.5': 'ESDH',
}

/** OAEP also allows SHA-1, its default and still safe there. */
export const oaepDigests: Readonly<Record<string, string>> = { '1.3.14.3.2.26': 'sha1', ...digests }

export interface ContentCipher {
  /** node:crypto's name. */
  cipher:
    | 'aes-128-cbc'
    | 'aes-192-cbc'
    | 'aes-256-cbc'
    | 'des-ede3-cbc'
    | 'aes-128-gcm'
    | 'aes-192-gcm'
    | 'aes-256-gcm'
  /** As shown. */
  label: string
  /** Bytes. */
  keyLength: number
  ivLength: number
  authenticated: boolean
  /** Read for the sake of old mail, to be said beside it. */
  weak: boolean
}

const aes = (bits: 128 | 192 | 256, mode: 'cbc' | 'gcm'): ContentCipher => ({
  cipher: `aes-${bits}-${mode}`,
  label: `AES-${String(bits)}-${mode.toUpperCase()}`,
  keyLength: bits / 8,
  ivLength: mode === 'gcm' ? 12 : 16,
  authenticated: mode === 'gcm',
  weak: false,
})
const des = (label: string, keyLength: number): ContentCipher => ({
  // Single DES is triple DES with its key three times: BoringSSL and OpenSSL 3 have it no other way alike.
  cipher: 'des-ede3-cbc',
  label,
  keyLength,
  ivLength: 8,
  authenticated: false,
  weak: true,
})

/** Content encryption accepted when reading. RC2, RC4 and the like are refused. */
export const contentCiphers: Readonly<Record<string, ContentCipher>> = {
  [oids.aes128Cbc]: aes(128, 'cbc'),
  '2.16.840.1.101.3.4.1.22': aes(192, 'cbc'),
  [oids.aes256Cbc]: aes(256, 'cbc'),
  [oids.aes128Gcm]: aes(128, 'gcm'),
  '2.16.840.1.101.3.4.1.26': aes(192, 'gcm'),
  [oids.aes256Gcm]: aes(256, 'gcm'),
  '1.2.840.113549.3.7': des('3DES-CBC', 24),
  '1.3.14.3.2.7': des('DES-CBC', 8),
}

/** Key wrap under an agreed key (RFC 5753 §7.1.3): its length in bytes. */
export const keyWraps: Readonly<Record<string, { cipher: 'aes' | '3des'; keyLength: number }>> = {
  '2.16.840.1.101.3.4.1.5': { cipher: 'aes', keyLength: 16 },
  '2.16.840.1.101.3.4.1.25': { cipher: 'aes', keyLength: 24 },
  [oids.aes256Wrap]: { cipher: 'aes', keyLength: 32 },
  '1.2.840.113549.1.9.16.3.6': { cipher: '3des', keyLength: 24 },
}

/** How the agreed key is derived: X9.63 (RFC 5753 §7.1.4; cofactor is 1 on our curves) or HKDF (RFC 8418). */
export const keyAgreements: Readonly<Record<string, { kdf: 'x963' | 'hkdf'; digest: 'sha1' | Digest }>> = {
  '1.3.133.16.840.63.0.2': { kdf: 'x963', digest: 'sha1' },
  [oids.ecdhSha256]: { kdf: 'x963', digest: 'sha256' },
  '1.3.132.1.11.2': { kdf: 'x963', digest: 'sha384' },
  '1.3.132.1.11.3': { kdf: 'x963', digest: 'sha512' },
  '1.3.133.16.840.63.0.3': { kdf: 'x963', digest: 'sha1' },
  '1.3.132.1.14.1': { kdf: 'x963', digest: 'sha256' },
  '1.3.132.1.14.2': { kdf: 'x963', digest: 'sha384' },
  '1.3.132.1.14.3': { kdf: 'x963', digest: 'sha512' },
  [oids.ecdhHkdfSha256]: { kdf: 'hkdf', digest: 'sha256' },
  '1.2.840.113549.1.9.16.3.20': { kdf: 'hkdf', digest: 'sha384' },
  '1.2.840.113549.1.9.16.3.21': { kdf: 'hkdf', digest: 'sha512' },
}

/** Smallest RSA modulus accepted for signers and authorities, in bits. */
export const minRsaBits = 2048
export const acceptedCurves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
