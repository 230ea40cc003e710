/**
 * Every algorithm S/MIME uses here, by object identifier (architecture.md §2: one file lists them all). Names are
 * those of node:crypto.
 */
export const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  smimeCapabilities: '1.2.840.113549.1.9.15',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsa: '1.2.840.113549.1.1.1',
  rsaOaep: '1.2.840.113549.1.1.7',
  rsaPss: '1.2.840.113549.1.1.10',
  mgf1: '1.2.840.113549.1.1.8',
  aes128Cbc: '2.16.840.1.101.3.4.1.2',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  aes128Gcm: '2.16.840.1.101.3.4.1.6',
  aes256Gcm: '2.16.840.1.101.3.4.1.46',
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

/** OAEP also allows SHA-1, its default and still safe there. */
export const oaepDigests: Readonly<Record<string, string>> = { '1.3.14.3.2.26': 'sha1', ...digests }

export interface ContentCipher {
  /** node:crypto's name. */
  cipher: string
  /** As shown. */
  label: string
  /** Bytes. */
  keyLength: number
  ivLength: number
  authenticated: boolean
}

/** Content encryption accepted when reading. RC2, DES and the like are refused. */
export const contentCiphers: Readonly<Record<string, ContentCipher>> = {
  [oids.aes128Cbc]: {
    cipher: 'aes-128-cbc',
    label: 'AES-128-CBC',
    keyLength: 16,
    ivLength: 16,
    authenticated: false,
  },
  '2.16.840.1.101.3.4.1.22': {
    cipher: 'aes-192-cbc',
    label: 'AES-192-CBC',
    keyLength: 24,
    ivLength: 16,
    authenticated: false,
  },
  [oids.aes256Cbc]: {
    cipher: 'aes-256-cbc',
    label: 'AES-256-CBC',
    keyLength: 32,
    ivLength: 16,
    authenticated: false,
  },
  '1.2.840.113549.3.7': {
    cipher: 'des-ede3-cbc',
    label: '3DES-CBC',
    keyLength: 24,
    ivLength: 8,
    authenticated: false,
  },
  [oids.aes128Gcm]: {
    cipher: 'aes-128-gcm',
    label: 'AES-128-GCM',
    keyLength: 16,
    ivLength: 12,
    authenticated: true,
  },
  [oids.aes256Gcm]: {
    cipher: 'aes-256-gcm',
    label: 'AES-256-GCM',
    keyLength: 32,
    ivLength: 12,
    authenticated: true,
  },
}

/** Smallest RSA modulus accepted for signers and authorities, in bits. */
export const minRsaBits = 2048
export const acceptedCurves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
