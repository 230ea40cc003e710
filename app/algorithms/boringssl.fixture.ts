import type * as NodeCrypto from 'node:crypto'

/**
 * What the crypto of Electron's Node has, as listed by `getCiphers()` and `getHashes()` there (electron/electron#24024,
 * #27277, #24812; node#60374 for SHA-3, node#60387 for X448 and Ed448): everything else throws, as it does there.
 */
const ciphers = new Set(
  [128, 192, 256]
    .flatMap((bits) => ['cbc', 'ctr', 'ecb', 'gcm', 'ofb'].map((mode) => `aes-${String(bits)}-${mode}`))
    .concat('aes-128-cfb', 'aes-256-cfb', 'des-cbc', 'des-ecb', 'des-ede', 'des-ede-cbc', 'des-ede3-cbc')
    .concat('rc2-cbc', 'rc4'),
)
const digests = new Set(['md4', 'md5', 'ripemd160', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
const curves = new Set(['P-256', 'P-384', 'P-521', 'prime256v1', 'secp384r1', 'secp521r1'])
const keyTypes = new Set(['rsa', 'ec', 'ed25519', 'x25519'])
/** TLS 1.2 suites of BoringSSL that our profile may name; those of TLS 1.3 are always there. */
export const tlsSuites = new Set(
  ['AES256-GCM-SHA384', 'AES128-GCM-SHA256', 'CHACHA20-POLY1305'].flatMap((suite) => [
    `ECDHE-RSA-${suite}`,
    `ECDHE-ECDSA-${suite}`,
  ]),
)

const missing = (what: string): Error => new Error(`not in BoringSSL: ${what}`)

/** A copy of node:crypto that refuses what BoringSSL lacks, and notes what was asked in vain. */
export const asBoringSsl = <T extends typeof NodeCrypto>(
  crypto: T,
): { crypto: T; refused: () => string[] } => {
  const refused: string[] = []
  const demand = (known: ReadonlySet<string>, name: unknown): void => {
    if (typeof name === 'string' && known.has(known === curves ? name : name.toLowerCase())) return
    refused.push(String(name))
    throw missing(String(name))
  }
  type Callable = (...args: unknown[]) => unknown
  const checked =
    (name: keyof T, check: (args: unknown[]) => void): Callable =>
    (...args) => {
      check(args)
      return (crypto[name] as Callable)(...args)
    }
  const byName = (known: ReadonlySet<string>) => (args: unknown[]) => {
    demand(known, args[0])
  }
  const keyPair = (args: unknown[]): void => {
    demand(keyTypes, args[0])
    if (args[0] === 'ec') demand(curves, (args[1] as { namedCurve?: string }).namedCurve)
  }
  const absent =
    (name: string): Callable =>
    () => {
      refused.push(name)
      throw missing(name)
    }
  const replaced = {
    createCipheriv: checked('createCipheriv', byName(ciphers)),
    createDecipheriv: checked('createDecipheriv', byName(ciphers)),
    createHash: checked('createHash', byName(digests)),
    createHmac: checked('createHmac', byName(digests)),
    createSign: checked('createSign', byName(digests)),
    createVerify: checked('createVerify', byName(digests)),
    hash: checked('hash', byName(digests)),
    sign: checked('sign', byName(digests)),
    verify: checked('verify', byName(digests)),
    hkdfSync: checked('hkdfSync', byName(digests)),
    createECDH: checked('createECDH', byName(curves)),
    generateKeyPairSync: checked('generateKeyPairSync', keyPair),
    getCiphers: () => [...ciphers],
    getHashes: () => [...digests],
    getCurves: () => [...curves],
    setEngine: absent('engines'),
    argon2: absent('argon2'),
    argon2Sync: absent('argon2'),
    encapsulate: absent('encapsulate'),
    decapsulate: absent('decapsulate'),
  }
  const copy = { ...crypto, ...replaced, default: { ...crypto, ...replaced } }
  return { crypto: copy, refused: () => [...refused] }
}
