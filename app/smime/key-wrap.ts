import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'

/*
 * Wrapping of content keys under a key that two parties agreed on. Electron's BoringSSL has neither `id-aes*-wrap` nor
 * `id-smime-alg-CMS3DESwrap`, so both are made here of the block ciphers it has.
 */

const check = Buffer.alloc(8, 0xa6)

const ecb = (key: Uint8Array) => `aes-${String(key.length * 8)}-ecb`

/** AES key wrap (RFC 3394 §2.2.1) of a key of 16 bytes or more, a multiple of 8. */
export const wrapAes = (kek: Uint8Array, key: Uint8Array): Uint8Array => {
  if (key.length < 16 || key.length % 8 !== 0) throw new Error('a key that cannot be wrapped')
  const cipher = createCipheriv(ecb(kek), kek, null).setAutoPadding(false)
  const out = Buffer.concat([check, key])
  const block = Buffer.alloc(16)
  const blocks = key.length / 8
  for (let round = 0; round < 6; round += 1) {
    for (let index = 1; index <= blocks; index += 1) {
      out.copy(block, 0, 0, 8)
      out.copy(block, 8, index * 8, index * 8 + 8)
      const sealed = cipher.update(block)
      sealed.copy(out, index * 8, 8, 16)
      sealed.writeUInt32BE((sealed.readUInt32BE(4) ^ (round * blocks + index)) >>> 0, 4)
      sealed.copy(out, 0, 0, 8)
    }
  }
  return out
}

/** Undoes `wrapAes` (RFC 3394 §2.2.2); throws when the key or the bytes are not right. */
export const unwrapAes = (kek: Uint8Array, wrapped: Uint8Array): Uint8Array => {
  if (wrapped.length < 24 || wrapped.length > 72 || wrapped.length % 8 !== 0)
    throw new Error('not a wrapped key')
  const decipher = createDecipheriv(ecb(kek), kek, null).setAutoPadding(false)
  const out = Buffer.from(wrapped)
  const block = Buffer.alloc(16)
  const blocks = wrapped.length / 8 - 1
  for (let round = 5; round >= 0; round -= 1) {
    for (let index = blocks; index >= 1; index -= 1) {
      out.copy(block, 0, 0, 8)
      block.writeUInt32BE((block.readUInt32BE(4) ^ (round * blocks + index)) >>> 0, 4)
      out.copy(block, 8, index * 8, index * 8 + 8)
      const opened = decipher.update(block)
      opened.copy(out, 0, 0, 8)
      opened.copy(out, index * 8, 8, 16)
    }
  }
  if (!timingSafeEqual(out.subarray(0, 8), check)) throw new Error('not the wrapping key')
  return out.subarray(8)
}

/**
 * Undoes Triple-DES key wrap (RFC 3217 §3.2), which old senders use, OpenSSL also for keys of AES; throws when the key or the
 * bytes are not right.
 */
export const unwrapTripleDes = (kek: Uint8Array, wrapped: Uint8Array): Uint8Array => {
  if (wrapped.length < 32 || wrapped.length > 64 || wrapped.length % 8 !== 0)
    throw new Error('not a wrapped key')
  const undo = (iv: Uint8Array, bytes: Uint8Array): Buffer => {
    const decipher = createDecipheriv('des-ede3-cbc', kek, iv).setAutoPadding(false)
    return Buffer.concat([decipher.update(bytes), decipher.final()])
  }
  const inner = undo(Buffer.from('4adda22c79e82105', 'hex'), wrapped).reverse()
  const whole = undo(inner.subarray(0, 8), inner.subarray(8))
  const key = whole.subarray(0, -8)
  const sum = createHash('sha1').update(key).digest().subarray(0, 8)
  if (!timingSafeEqual(sum, whole.subarray(-8))) throw new Error('not the wrapping key')
  return key
}
