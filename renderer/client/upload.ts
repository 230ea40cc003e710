import { z } from 'zod'
import { ErrorData, fail, ok } from '../../app/contract/index.ts'
import type { Outcome } from '../../app/contract/index.ts'
import { origins } from './origins.ts'

/** Bytes of one request; main refuses more than 1 MiB. */
export const chunkSize = 1_048_576

const Refusal = z.object({ error: ErrorData })

/** Where the pieces of a file begin and end; an empty file is one empty piece. */
export const piecesOf = (size: number): { start: number; end: number; last: boolean }[] => {
  const count = Math.max(1, Math.ceil(size / chunkSize))
  return Array.from({ length: count }, (_, index) => ({
    start: index * chunkSize,
    end: Math.min((index + 1) * chunkSize, size),
    last: index === count - 1,
  }))
}

const sendPiece = async (
  address: string,
  bytes: ArrayBuffer,
  signal: AbortSignal,
): Promise<Outcome<null>> => {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: bytes,
    signal,
  })
  if (response.ok) return ok(null)
  const refusal = Refusal.safeParse(await response.json().catch(() => null))
  return refusal.success
    ? { ok: false, error: refusal.data.error }
    : fail('core.unavailable', { retry: 'later' })
}

/**
 * Streams a file to the core piece by piece, under an id a later call names. `onProgress` gets the bytes sent. Errors:
 * those of the upload, `core.unavailable` when nothing answers or the user cancels.
 */
export const uploadFile = async (
  file: File,
  uploadId: string,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<Outcome<null>> => {
  const prefix = origins()?.part
  if (!prefix) return fail('core.unavailable', { retry: 'later' })
  try {
    for (const [index, piece] of piecesOf(file.size).entries()) {
      const bytes = await file.slice(piece.start, piece.end).arrayBuffer()
      const sent = await sendPiece(
        `${prefix}upload/${uploadId}?index=${index}&last=${piece.last}`,
        bytes,
        signal,
      )
      if (!sent.ok) return sent
      onProgress(piece.end)
    }
  } catch (cause) {
    return fail('core.unavailable', { retry: 'later', cause })
  }
  return ok(null)
}
