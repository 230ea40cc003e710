import { createCipheriv, createHash } from 'node:crypto'
import { entryOf, nameOf, resolve, type PdfFile, type PdfValue } from './writing/pdf/objects.ts'

/** Put behind a password that is too short (ISO 32000-1 §7.6.3.3). */
const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex')

/** RC4, which no library offers any more; 40 to 128 bits. Nothing is decrypted with it here but the check of a password. */
const rc4 = (key: Buffer, data: Buffer): Buffer => {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index)
  const at = (index: number): number => state[index & 255] ?? 0
  const swap = (one: number, other: number): void => {
    const kept = at(one)
    state[one & 255] = at(other)
    state[other & 255] = kept
  }
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255
    swap(i, j)
  }
  let [i, j] = [0, 0]
  return data.map((byte) => {
    i = (i + 1) & 255
    j = (j + at(i)) & 255
    swap(i, j)
    return byte ^ at(at(i) + at(j))
  }) as Buffer
}

const md5 = (...pieces: Buffer[]): Buffer => createHash('md5').update(Buffer.concat(pieces)).digest()
const sha = (bits: number, ...pieces: Buffer[]): Buffer =>
  createHash(`sha${bits}`).update(Buffer.concat(pieces)).digest()

/** Algorithm 2.B of ISO 32000-2 §7.6.4.3.4, for the empty password of a user. */
const hardened = (salt: Buffer): Buffer => {
  let key = sha(256, salt)
  for (let round = 0, last = 0; round < 64 || last > round - 32; round += 1) {
    const block = Buffer.concat(Array.from({ length: 64 }, () => key))
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32))
    cipher.setAutoPadding(false)
    const mixed = Buffer.concat([cipher.update(block), cipher.final()])
    last = mixed.at(-1) ?? 0
    const remainder = mixed.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3
    key = sha([256, 384, 512][remainder] ?? 256, mixed)
  }
  return key.subarray(0, 32)
}

const stringBytes = (value: PdfValue | undefined): Buffer =>
  Buffer.from(value?.kind === 'string' ? value.bytes : '', 'latin1')

interface Handler {
  revision: number
  keyBytes: number
  owner: Buffer
  user: Buffer
  permissions: number
  encryptsMetadata: boolean
}

/** The standard security handler of a file (§7.6.3); null for another one, or for one that cannot be read. */
const handlerOf = (file: PdfFile, dictionary: PdfValue | undefined): Handler | null => {
  if (nameOf(resolve(file, entryOf(dictionary, 'Filter'))) !== 'Standard') return null
  const number = (key: string, missing: number): number => {
    const value = resolve(file, entryOf(dictionary, key))
    return value?.kind === 'number' ? value.value : missing
  }
  const bytes = (key: string): Buffer => stringBytes(resolve(file, entryOf(dictionary, key)))
  const revision = number('R', 0)
  const bits = revision === 2 ? 40 : number('V', 0) === 4 ? 128 : number('Length', 40)
  const metadata = resolve(file, entryOf(dictionary, 'EncryptMetadata'))
  return {
    revision,
    keyBytes: Math.min(16, Math.max(5, Math.floor(bits / 8))),
    owner: bytes('O'),
    user: bytes('U'),
    permissions: number('P', 0),
    encryptsMetadata: !(metadata?.kind === 'word' && metadata.word === 'false'),
  }
}

/** Algorithms 4 to 6 (§7.6.3.4): whether the empty password is the user's. */
const isEmptyUserPassword = (handler: Handler, id: Buffer): boolean => {
  const { revision, keyBytes, owner, user, permissions } = handler
  if (revision === 5 || revision === 6) {
    if (user.length < 48) return false
    const salt = user.subarray(32, 40)
    return (revision === 5 ? sha(256, salt) : hardened(salt)).equals(user.subarray(0, 32))
  }
  if (revision < 2 || revision > 4 || owner.length < 32 || user.length < 16) return false
  const flags = Buffer.alloc(4)
  flags.writeInt32LE(permissions | 0)
  const clear = revision >= 4 && !handler.encryptsMetadata ? Buffer.alloc(4, 0xff) : Buffer.alloc(0)
  let digest = md5(padding, owner.subarray(0, 32), flags, id, clear)
  if (revision >= 3) for (let round = 0; round < 50; round += 1) digest = md5(digest.subarray(0, keyBytes))
  const key = digest.subarray(0, keyBytes)
  if (revision === 2) return rc4(key, padding).equals(user.subarray(0, 32))
  let sealed = md5(padding, id)
  for (let round = 0; round < 20; round += 1)
    sealed = rc4(Buffer.from(key.map((byte) => byte ^ round)), sealed)
  return sealed.equals(user.subarray(0, 16))
}

/**
 * Whether everybody may read an encrypted PDF: its user password is empty, and only changing or printing asks for one. False where
 * that cannot be told. Never throws.
 */
export const opensWithoutPassword = (file: PdfFile): boolean =>
  file.trailers.some((trailer) => {
    const handler = handlerOf(file, resolve(file, trailer.get('Encrypt')))
    const id = resolve(file, trailer.get('ID'))
    const [first] = id?.kind === 'array' ? id.items : []
    return handler !== null && isEmptyUserPassword(handler, stringBytes(resolve(file, first)))
  })
