import { createDecipheriv } from 'node:crypto'
import { Integer, Sequence } from 'asn1js'
import type { ContentCipher } from './algorithms.ts'
import { contentOf, octetsOf } from './asn1.ts'

/** Ciphers work through a message in pieces of this many bytes: nothing of its size is made beside it. */
const piece = 32 * 1024

/**
 * Output is taken as text of one byte each: a buffer for every piece would stay until the collector looks at what lies outside
 * its heap, which it does only after tens of megabytes.
 */
interface Stream {
  update(bytes: Uint8Array, input: undefined, output: 'latin1'): string
  final(output: 'latin1'): string
}

/**
 * Runs a cipher over bytes and writes what comes out from the beginning of `target`, which may be the very same bytes; a
 * null target drops it. Returns its length.
 */
export const runCipher = (cipher: Stream, bytes: Uint8Array, target: Uint8Array | null): number => {
  const place = target && Buffer.from(target.buffer, target.byteOffset, target.length)
  let written = 0
  const put = (out: string): void => {
    place?.write(out, written, 'latin1')
    written += out.length
  }
  for (let at = 0; at < bytes.length; at += piece)
    put(cipher.update(bytes.subarray(at, at + piece), undefined, 'latin1'))
  put(cipher.final('latin1'))
  return written
}

export interface SealedContent {
  cipher: ContentCipher
  /** Parameters of the content encryption algorithm. */
  parameters: unknown
  ciphertext: Uint8Array
  /** GCM only: additional data and tag. */
  additional: Uint8Array
  mac: Uint8Array | null
}

/** GCMParameters (RFC 5084 §3.2), which pkijs lacks: nonce, then the tag's length, 12 when absent; throws. */
const gcmParameters = (parameters: unknown): { nonce: Uint8Array; authTagLength: number } => {
  if (!(parameters instanceof Sequence)) throw new Error('no GCM parameters')
  const [nonce, icv] = parameters.valueBlock.value
  if (icv !== undefined && !(icv instanceof Integer)) throw new Error('no tag length')
  return { nonce: octetsOf(nonce), authTagLength: icv ? (contentOf(icv)[0] ?? 0) : 12 }
}

const decipherOf = (sealed: SealedContent, key: Uint8Array): Stream => {
  const { cipher, parameters, mac } = sealed
  const name = cipher.cipher
  if (key.length !== cipher.keyLength) throw new Error('a key of another length')
  if (name === 'aes-128-gcm' || name === 'aes-192-gcm' || name === 'aes-256-gcm') {
    const { nonce, authTagLength } = gcmParameters(parameters)
    if (!mac || mac.length !== authTagLength || authTagLength < 12) throw new Error('wrong tag length')
    const decipher = createDecipheriv(name, key, nonce, { authTagLength })
    return decipher.setAuthTag(mac).setAAD(sealed.additional)
  }
  const iv = octetsOf(parameters)
  if (iv.length !== cipher.ivLength) throw new Error('wrong iv')
  const whole = cipher.keyLength === 8 ? Buffer.concat([key, key, key]) : key
  return createDecipheriv(name, whole, iv)
}

/**
 * Undoes the content encryption, into the ciphertext's own place when `reuse` allows it; a view of what came out. Throws when
 * it does not come out right, and then nothing of it is left.
 */
export const openContent = (sealed: SealedContent, key: Uint8Array, reuse: boolean): Uint8Array => {
  const { ciphertext } = sealed
  const target = reuse ? ciphertext : new Uint8Array(ciphertext.length)
  try {
    return target.subarray(0, runCipher(decipherOf(sealed, key), ciphertext, target))
  } catch (error) {
    target.fill(0)
    throw error
  }
}

/** Whether a key opens the content, nothing kept of it. */
export const opensContent = (sealed: SealedContent, key: Uint8Array): boolean => {
  try {
    runCipher(decipherOf(sealed, key), sealed.ciphertext, null)
    return true
  } catch {
    return false // Another key, or none at all.
  }
}
