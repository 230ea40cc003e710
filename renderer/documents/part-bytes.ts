import { useEffect, useState } from 'react'
import { z } from 'zod'
import { ErrorData, fail, ok } from '../../app/contract/index.ts'
import type { AppError, Outcome } from '../../app/contract/index.ts'
import { origins } from '../client/index.ts'

const PartFailure = z.object({ error: ErrorData })

/** A part's address as this window may use it: the core writes souspli-part://, the stand-in serves another origin. */
export const partAddress = (url: string): string =>
  url.replace(/^souspli-part:\/\//, () => origins()?.part ?? 'souspli-part://')

/** The reason main gives with a refused part. */
const failureOf = async (response: Response): Promise<Outcome<never>> => {
  const reason = PartFailure.safeParse(await response.json().catch(() => null))
  return reason.success
    ? { ok: false, error: reason.data.error }
    : fail('part.unavailable', { retry: 'later' })
}

/**
 * Bytes of a part by its souspli-part:// address, at most `limit` of them. Errors: those of the core (`part.expired`
 * when the address died with its session…), `part.unavailable` when nothing answers, `mime.limit` when it is larger.
 */
export const fetchPart = async (
  url: string,
  limit: number,
  signal: AbortSignal,
): Promise<Outcome<Uint8Array<ArrayBuffer>>> => {
  try {
    const response = await fetch(partAddress(url), { signal })
    if (!response.ok) return await failureOf(response)
    if (!response.body) return ok(new Uint8Array())
    const chunks: Uint8Array[] = []
    let size = 0
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > limit) {
        await reader.cancel()
        return fail('mime.limit', { details: { limit } })
      }
      chunks.push(value)
    }
    const bytes = new Uint8Array(size)
    let offset = 0
    for (const chunk of chunks) {
      bytes.set(chunk, offset)
      offset += chunk.byteLength
    }
    return ok(bytes)
  } catch (cause) {
    return fail('part.unavailable', { retry: 'later', cause })
  }
}

export type PartState<T> =
  { state: 'loading' } | { state: 'ready'; value: T } | { state: 'failed'; error: AppError }

/** Fetches and reads a part for a component; follows changes of `url`. `read` must be stable (declared outside). */
export const usePart = <T>(
  url: string | null,
  limit: number,
  read: (bytes: Uint8Array<ArrayBuffer>) => Outcome<T>,
): PartState<T> => {
  const [loaded, setLoaded] = useState<{ url: string; outcome: Outcome<T> } | null>(null)
  useEffect(() => {
    if (url === null) return
    const controller = new AbortController()
    void fetchPart(url, limit, controller.signal).then((bytes) => {
      if (!controller.signal.aborted) setLoaded({ url, outcome: bytes.ok ? read(bytes.value) : bytes })
    })
    return () => controller.abort()
  }, [url, limit, read])
  if (!loaded || loaded.url !== url) return { state: 'loading' }
  return loaded.outcome.ok
    ? { state: 'ready', value: loaded.outcome.value }
    : { state: 'failed', error: loaded.outcome.error }
}

/** Text of a part, UTF-8 (the core gives renderings in UTF-8). */
export const readText = (bytes: Uint8Array<ArrayBuffer>): Outcome<string> =>
  ok(new TextDecoder().decode(bytes))
