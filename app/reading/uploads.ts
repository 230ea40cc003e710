import { fail, ok, type Outcome } from '../contract/index.ts'
import type { Vault } from '../vault/index.ts'

export interface Uploads {
  /** One chunk, in order; `last` closes the file. `contract.invalid-request` when out of order or too big. */
  add: (chunk: {
    uploadId: string
    index: number
    bytes: Uint8Array
    last: boolean
  }) => Promise<Outcome<null>>
  /** The finished file, once: whoever takes it owns the part file. */
  take: (uploadId: string) => Promise<Outcome<{ partFile: string; size: number }>>
  clear: () => void
}

const maximumBytes = 60 * 1024 * 1024
const maximumOpen = 16

interface Upload {
  next: number
  size: number
  /** Resolves when the writer has taken the chunk. */
  push: (bytes: Uint8Array | null) => Promise<void>
  abort: () => void
  written: Promise<Outcome<{ id: string; size: number }>>
  closed: boolean
}

/** One chunk at a time from the window to the vault's writer, so that a file never sits whole in memory. */
const chunkPipe = (): { source: AsyncIterable<Uint8Array>; push: Upload['push']; abort: () => void } => {
  let waiting: ((chunk: Uint8Array | null | Error) => void) | null = null
  let offered: { chunk: Uint8Array | null | Error; taken: () => void } | null = null
  const next = (): Promise<Uint8Array | null | Error> => {
    if (offered) {
      const { chunk, taken } = offered
      offered = null
      taken()
      return Promise.resolve(chunk)
    }
    return new Promise((resolve) => (waiting = resolve))
  }
  const offer = (chunk: Uint8Array | null | Error): Promise<void> => {
    if (waiting) {
      const resolve = waiting
      waiting = null
      resolve(chunk)
      return Promise.resolve()
    }
    return new Promise((taken) => (offered = { chunk, taken }))
  }
  return {
    source: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          const chunk = await next()
          if (chunk instanceof Error) throw chunk
          if (chunk === null) return
          yield chunk
        }
      },
    },
    push: offer,
    abort: () => void offer(new Error('upload abandoned')),
  }
}

/** Files a window streams before a call names them (`drafts.attach`, `keys.importP12`): straight into encrypted part files. */
export const createUploads = (vault: Pick<Vault, 'parts'>): Uploads => {
  const uploads = new Map<string, Upload>()
  const start = (): Upload => {
    const pipe = chunkPipe()
    return {
      next: 0,
      size: 0,
      push: pipe.push,
      abort: pipe.abort,
      written: vault.parts.write(pipe.source),
      closed: false,
    }
  }
  const forget = (uploadId: string, upload: Upload): void => {
    uploads.delete(uploadId)
    if (!upload.closed) upload.abort()
  }
  return {
    add: async ({ uploadId, index, bytes, last }) => {
      const known = uploads.get(uploadId)
      if (!known && (index !== 0 || uploads.size >= maximumOpen)) return fail('contract.invalid-request')
      const upload = known ?? start()
      uploads.set(uploadId, upload)
      if (upload.closed || index !== upload.next) {
        forget(uploadId, upload)
        return fail('contract.invalid-request')
      }
      upload.next += 1
      upload.size += bytes.byteLength
      if (upload.size > maximumBytes) {
        forget(uploadId, upload)
        return fail('compose.too-large', { details: { limit: maximumBytes } })
      }
      if (bytes.byteLength > 0) await Promise.race([upload.push(bytes), upload.written])
      if (!last) return ok(null)
      upload.closed = true
      await Promise.race([upload.push(null), upload.written])
      const written = await upload.written
      if (written.ok) return ok(null)
      uploads.delete(uploadId)
      return written
    },
    take: async (uploadId) => {
      const upload = uploads.get(uploadId)
      if (!upload?.closed) return fail('part.unavailable')
      uploads.delete(uploadId)
      const written = await upload.written
      return written.ok ? ok({ partFile: written.value.id, size: written.value.size }) : written
    },
    clear: () => {
      for (const [uploadId, upload] of uploads) forget(uploadId, upload)
    },
  }
}
