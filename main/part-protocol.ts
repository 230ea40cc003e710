import type { ErrorData, PartHead } from '../app/contract/index.ts'
import { partPolicy } from './content-security-policy.ts'
import type { CoreProcess } from './core-process.ts'
import { mayBeWindow, schemes } from './origins.ts'

/** Bytes of one upload request at most; a window cuts files into such pieces. */
export const uploadChunkLimit = 1_048_576

const mediaType = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}$/i

const partHeaders = (appOrigin: string): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': partPolicy,
  'access-control-allow-origin': appOrigin,
})

const failure = (status: number, error: ErrorData, appOrigin: string): Response =>
  new Response(JSON.stringify({ error }), {
    status,
    headers: { ...partHeaders(appOrigin), 'content-type': 'application/json' },
  })

const invalid: ErrorData = { code: 'contract.invalid-request', retry: 'no' }

const streamHeaders = (head: Extract<PartHead, { ok: true }>, appOrigin: string): Record<string, string> => ({
  ...partHeaders(appOrigin),
  'content-type': mediaType.test(head.mimeType) ? head.mimeType : 'application/octet-stream',
  ...(head.size === null ? {} : { 'content-length': String(head.size) }),
})

/** The whole body, or null as soon as it passes `limit` bytes. */
export const readLimited = async (request: Request, limit: number): Promise<Uint8Array | null> => {
  if (!request.body) return new Uint8Array()
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += piece.byteLength
    if (size > limit) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces, size)
}

const uploadAddress = (url: URL): { uploadId: string; index: number; last: boolean } | null => {
  const uploadId = /^\/([A-Za-z0-9_-]{1,100})$/.exec(url.pathname)?.[1]
  const index = /^\d{1,6}$/.exec(url.searchParams.get('index') ?? '')?.[0]
  const last = url.searchParams.get('last')
  if (uploadId === undefined || index === undefined || (last !== 'true' && last !== 'false')) return null
  return { uploadId, index: Number(index), last: last === 'true' }
}

/**
 * `souspli-part://…`: GET streams a part from the core, one chunk per pull so that a slow reader slows the core;
 * POST `souspli-part://upload/<uploadId>?index=<n>&last=<true|false>` hands ≤ 1 MiB to the core. Errors are
 * `{ error: ErrorData }` as JSON, with 404 for a part, 400 for an upload.
 */
export const createPartHandler =
  (core: Pick<CoreProcess, 'openPart' | 'upload'>, appOrigin: string) =>
  async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    if (url.protocol !== `${schemes.part}:`) return failure(404, invalid, appOrigin)
    if (request.method === 'POST') {
      const address = url.host === 'upload' ? uploadAddress(url) : null
      if (address === null || !mayBeWindow(request.headers.get('origin'), { appOrigin })) {
        return failure(400, invalid, appOrigin)
      }
      const bytes = await readLimited(request, uploadChunkLimit)
      if (bytes === null) return failure(413, invalid, appOrigin)
      const outcome = await core.upload({ ...address, bytes })
      if (!outcome.ok) return failure(400, outcome.error, appOrigin)
      return new Response(null, { status: 204, headers: partHeaders(appOrigin) })
    }
    if (request.method !== 'GET' || url.host === 'upload') return failure(405, invalid, appOrigin)
    const part = await core.openPart(request.url)
    if (!part.head.ok) return failure(404, part.head.error, appOrigin)
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const chunk = await part.pull()
          if (!chunk.ok) controller.error(new Error(chunk.error.code))
          else if (chunk.value === null) controller.close()
          else controller.enqueue(chunk.value)
        },
        cancel: () => part.cancel(),
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: streamHeaders(part.head, appOrigin) })
  }
