import { setImmediate } from 'node:timers/promises'
import { ok, type Outcome } from '../contract/errors.ts'
import { encryptEntity, layOutSealing, type EncryptionRequest } from './encrypt.ts'
import { judge, openMessage, type OpenContext, type OpenedMessage } from './open.ts'
import type { ImportedFile } from './p12.ts'
import { signEntity, type SigningRequest } from './sign.ts'
import { createSmimeThread } from './thread.ts'

/** From here on, bytes: the event loop must not wait for the work (architecture §2). */
const bigSize = 256 * 1024
/** Copied at once, bytes: fresh memory costs 1 ms per megabyte or so. */
const slice = 4 * 1024 * 1024
const defaultLimit = 60_000
/** A thread with nothing to do gives its memory back after that. */
const defaultIdle = 30_000

/** Copies into bytes to give away, a slice at a time. */
const copyInto = async (from: Uint8Array, to: Uint8Array, offset: number): Promise<void> => {
  for (let at = 0; at < from.length; at += slice) {
    to.set(from.subarray(at, at + slice), offset + at)
    await setImmediate()
  }
}

export interface Smime {
  /**
   * Takes signatures and encryption off a message and judges them: trouble with these is in the two statuses. Fails with
   * `smime.limit`, `core.internal` and `core.unavailable` when a big message could not be looked at.
   */
  open(raw: Uint8Array, context: OpenContext): Promise<Outcome<OpenedMessage>>
  /** `encryptEntity`, and the codes of `open`. */
  encrypt(request: EncryptionRequest): Promise<Outcome<Uint8Array>>
  /** `importP12`, in the thread, and the codes of `open`. */
  importP12(bytes: Uint8Array, passphrase: string): Promise<Outcome<ImportedFile>>
  /** `signEntity`. */
  sign(request: SigningRequest): Promise<Outcome<Uint8Array>>
  /** Ends the worker thread, with the contents and keys it may hold. */
  stop(): Promise<void>
}

/**
 * S/MIME that keeps the event loop free: structures, digests and ciphers of big messages are worked on in a thread.
 * Whom to trust is asked here, where the network and the store are. Keys given to the thread are copies, zeroed there.
 */
export const createSmime = (params: {
  workerEntry: string
  limitMilliseconds?: number
  idleMilliseconds?: number
}): Smime => {
  const thread = createSmimeThread({
    entry: params.workerEntry,
    limitMilliseconds: params.limitMilliseconds ?? defaultLimit,
    idleMilliseconds: params.idleMilliseconds ?? defaultIdle,
  })
  const takeApart = (given: Uint8Array, { keys, known }: OpenContext, overwrite: boolean) =>
    thread.run('open', async () => {
      const raw = new Uint8Array(given.length)
      await copyInto(given, raw, 0)
      const copies = keys.map(({ certificate, pkcs8 }) => ({
        certificate: new Uint8Array(certificate),
        pkcs8: new Uint8Array(pkcs8),
      }))
      const job = { raw, keys: copies, known: [...(known ?? [])], overwrite }
      return { job, transfer: [raw, ...copies.map(({ pkcs8 }) => pkcs8)] }
    })
  return {
    open: async (given, context) => {
      if (given.length < bigSize) return ok(await openMessage(given, context))
      let apart = await takeApart(given, context, true)
      // A layer inside did not come off, and what it was is lost: once more, on a copy that nothing is written to.
      if (apart.ok && apart.value.spoiled) apart = await takeApart(given, context, false)
      if (!apart.ok) return apart
      return ok(await judge({ ...apart.value, content: apart.value.content ?? given }, context))
    },
    encrypt: async (request) => {
      const { entity } = request
      if (entity.length < bigSize) return encryptEntity(request)
      const sealing = layOutSealing(entity.length, request)
      if (!sealing.ok) return sealing
      return thread.run('seal', async () => {
        const { room, contentStart, key } = sealing.value
        await copyInto(entity, room, contentStart)
        return { job: sealing.value, transfer: [room, key] }
      })
    },
    importP12: async (bytes, passphrase) => {
      const done = await thread.run('importP12', () =>
        Promise.resolve({ job: { bytes: new Uint8Array(bytes), passphrase }, transfer: [] }),
      )
      return done.ok ? done.value : done
    },
    sign: (request) => signEntity(request),
    stop: () => thread.stop(),
  }
}
