import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

export const keyLength = 32
export const nonceLength = 12
export const tagLength = 16

/** HKDF-SHA-256 to a 256-bit key; `info` separates the uses (architecture.md §4). */
export const deriveKey = (secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, salt, info, keyLength))

/** AES-256-GCM; returns the ciphertext followed by its 16-byte tag. */
export const seal = (
  key: Uint8Array,
  nonce: Uint8Array,
  clear: Uint8Array,
  context: Uint8Array,
): Uint8Array => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength }).setAAD(context)
  return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()])
}

/** Undoes `seal`; null when anything of key, nonce, context or bytes is not what it was. */
export const unseal = (
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  context: Uint8Array,
): Uint8Array | null => {
  if (sealed.length < tagLength) return null
  const end = sealed.length - tagLength
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
    .setAAD(context)
    .setAuthTag(sealed.subarray(end))
  const clear = decipher.update(sealed.subarray(0, end))
  try {
    return Buffer.concat([clear, decipher.final()])
  } catch {
    // The only failure of final() is a wrong tag.
    clear.fill(0)
    return null
  }
}
