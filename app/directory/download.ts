import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { WebAnswer, WebRequest } from '../mail/index.ts'
import { dateInName } from './base/extraction-date.ts'

/** Asks a web server that was verified first (app/mail/net/web.ts). */
export type Ask = (wish: WebRequest) => Promise<Outcome<WebAnswer>>

/** What lies beside a download: what it is of, so that it goes on where it stopped. */
const Beside = z.object({
  url: z.string(),
  /** Of the file as the server had it; null when it named none: then it starts anew. */
  tag: z.string().nullable(),
  /** Milliseconds since 1970. */
  date: z.number(),
  whole: z.boolean(),
})
type Beside = z.infer<typeof Beside>

/** Ten times the real one's bytes. */
const largestDownload = 200 * 1024 * 1024
const longestDownload = 30 * 60_000
const mostRedirections = 3
const besidePath = (path: string): string => `${path}.json`

const readBeside = async (path: string): Promise<Beside | null> => {
  try {
    const parsed = Beside.safeParse(JSON.parse(await readFile(besidePath(path), 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    // Absent or half written: it starts anew.
    return null
  }
}
const writeBeside = async (path: string, beside: Beside): Promise<void> => {
  await writeFile(`${besidePath(path)}.fresh`, JSON.stringify(beside))
  await rename(`${besidePath(path)}.fresh`, besidePath(path))
}

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size
  } catch {
    // Not there.
    return 0
  }
}

const dateOf = (answer: WebAnswer, url: string, now: number): number => {
  const named = dateInName(answer.header('content-disposition') ?? '', now) ?? dateInName(url, now)
  if (named !== null) return named
  const modified = Date.parse(answer.header('last-modified') ?? '')
  return Number.isNaN(modified) ? now : modified
}

/** Forgets a download, whole or not. */
export const dropDownload = async (path: string): Promise<void> => {
  await Promise.all([rm(path, { force: true }), rm(besidePath(path), { force: true })])
}

/** Something is here to go on from. */
export const hasDownload = async (path: string): Promise<boolean> =>
  (await readBeside(path)) !== null && (await sizeOf(path)) > 0

/**
 * Downloads the extraction to a file, or what is missing of it (Range, when the server's file is still the same). Follows
 * redirections to https alone. Answers its date. Errors: net.*, tls.*, `directory.extraction-too-large`,
 * `vault.cancelled`.
 */
export const downloadExtraction = async (params: {
  ask: Ask
  url: string
  path: string
  now: () => number
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}): Promise<Outcome<{ date: number }>> => {
  const { path, signal } = params
  const before = await readBeside(path)
  const mine = before?.url === params.url ? before : null
  if (mine?.whole === true) return ok({ date: mine.date })
  const have = mine?.tag ? await sizeOf(path) : 0
  const range = have > 0 && mine?.tag ? { Range: `bytes=${String(have)}-`, 'If-Range': mine.tag } : {}
  let url = params.url
  for (let hop = 0; hop <= mostRedirections; hop += 1) {
    const asked = await params.ask({
      url,
      limit: largestDownload,
      milliseconds: longestDownload,
      headers: { Accept: 'application/zip, application/octet-stream, */*;q=0.1', ...range },
      signal,
    })
    if (!asked.ok) return signal.aborted ? fail('vault.cancelled') : asked
    const answer = asked.value
    if (answer.status >= 300 && answer.status < 400 && answer.location !== null) {
      answer.close()
      const next = URL.parse(answer.location, url)
      if (next?.protocol !== 'https:') return fail('net.unreachable', { retry: 'later' })
      url = next.href
      continue
    }
    return await store(params, answer, url, have)
  }
  return fail('net.unreachable', { retry: 'later', details: { redirections: mostRedirections } })
}

const store = async (
  params: Parameters<typeof downloadExtraction>[0],
  answer: WebAnswer,
  url: string,
  have: number,
): Promise<Outcome<{ date: number }>> => {
  const { path, signal } = params
  const goesOn = answer.status === 206 && answer.header('content-range')?.startsWith(`bytes ${String(have)}-`)
  if (answer.status !== 200 && !goesOn) {
    answer.close()
    // What is here is not of the file any more.
    if (answer.status === 416) await dropDownload(path)
    return fail('net.unreachable', { retry: 'later', details: { status: answer.status } })
  }
  const start = goesOn ? have : 0
  const length = Number(answer.header('content-length') ?? 0)
  const total = Number.isSafeInteger(length) && length > 0 ? start + length : 0
  if (total > largestDownload) {
    answer.close()
    return fail('directory.extraction-too-large')
  }
  const beside: Beside = {
    url: params.url,
    tag: answer.header('etag') ?? answer.header('last-modified'),
    date: dateOf(answer, url, params.now()),
    whole: false,
  }
  await writeBeside(path, beside)
  const file = await open(path, goesOn ? 'r+' : 'w', 0o600)
  let at = start
  try {
    for await (const piece of answer.pieces) {
      if (signal.aborted) return fail('vault.cancelled')
      if (!piece.ok) return piece.error.code === 'xml.limit' ? fail('directory.extraction-too-large') : piece
      await file.write(piece.value, 0, piece.value.byteLength, at)
      at += piece.value.byteLength
      params.onProgress(at, total)
    }
    if (signal.aborted) return fail('vault.cancelled')
    if (total > 0 && at !== total) return fail('directory.extraction-truncated', { retry: 'later' })
    await file.truncate(at)
  } catch (cause) {
    const full =
      cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    if (full) return fail('vault.disk-full', { retry: 'later', cause })
    throw cause
  } finally {
    answer.close()
    await file.close()
  }
  await writeBeside(path, { ...beside, whole: true })
  return ok({ date: beside.date })
}
