import { setImmediate } from 'node:timers/promises'
import { ok, type Outcome } from '../contract/errors.ts'
import { checkRecipients, contentSecrets, encryptEntity } from './encrypt.ts'
import { judge, openMessage, type OpenContext, type OpenedMessage } from './open.ts'
import { signEntity } from './sign.ts'
import { createSmimeThread } from './thread.ts'

/** From here on, bytes: the event loop must not wait for the work (architecture §2). */
const big = 256 * 1024
/** Copied at once, bytes: fresh memory costs 1 ms per megabyte or so. */
const slice = 4 * 1024 * 1024
const defaultLimit = 60_000
/** A thread with nothing to do gives its memory back after that. */
const defaultIdle = 30_000

/** A copy to give away, made a slice at a time. */
const copyOf = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const copy = new Uint8Array(bytes.length)
  for (let offset = 0; offset < bytes.length; offset += slice) {
    copy.set(bytes.subarray(offset, offset + slice), offset)
    await setImmediate()
  }
  return copy
}

type SigningRequest = Omit<Parameters<typeof signEntity>[0], 'digest'>

export interface Smime {
  /**
   * Takes signatures and encryption off a message and judges them: trouble with these is in the two statuses. Fails with
   * `smime.limit`, `core.internal` and `core.unavailable` when a big message could not be looked at.
   */
  open(raw: Uint8Array, context: OpenContext): Promise<Outcome<OpenedMessage>>
  /** `encryptEntity`, and the codes of `open`. */
  encrypt(params: Parameters<typeof encryptEntity>[0]): Promise<Outcome<Uint8Array>>
  /** `signEntity`, and the codes of `open`. */
  sign(params: SigningRequest): Promise<Outcome<Uint8Array>>
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
  return {
    open: async (given, context) => {
      if (given.length < big) return ok(await openMessage(given, context))
      const apart = await thread.run('open', async () => {
        const raw = await copyOf(given)
        const keys = context.keys.map(({ certificate, pkcs8 }) => ({
          certificate: new Uint8Array(certificate),
          pkcs8: new Uint8Array(pkcs8),
        }))
        return { job: { raw, keys }, transfer: [raw, ...keys.map(({ pkcs8 }) => pkcs8)] }
      })
      if (!apart.ok) return apart
      return ok(await judge({ ...apart.value, content: apart.value.content ?? given }, context))
    },
    encrypt: async (request) => {
      if (request.entity.length < big) return encryptEntity(request)
      const accepted = checkRecipients(request.recipients)
      if (!accepted.ok) return accepted
      return thread.run('encrypt', async () => {
        const entity = await copyOf(request.entity)
        const recipients = request.recipients.map((der) => new Uint8Array(der))
        const secrets = contentSecrets((n) => request.random(n))
        return { job: { entity, recipients, secrets }, transfer: [entity, secrets.key] }
      })
    },
    sign: (request) => {
      if (request.entity.length < big) return signEntity(request)
      const digest = (given: Uint8Array): Promise<Outcome<Uint8Array>> =>
        thread.run('digest', async () => {
          const entity = await copyOf(given)
          return { job: { entity }, transfer: [entity] }
        })
      return signEntity({ ...request, digest })
    },
    stop: () => thread.stop(),
  }
}
