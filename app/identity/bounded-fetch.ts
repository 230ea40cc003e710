/** Bytes of the longest answer read; metadata, keys and tokens are a few thousand. */
const mostBytes = 256 * 1024

/** `fetch` that follows nobody elsewhere and reads no more than an answer may hold. Throws as `fetch` does. */
export const boundedFetch = async (url: string, options: RequestInit): Promise<Response> => {
  const response = await fetch(url, { ...options, redirect: 'manual' })
  const { status, statusText, headers } = response
  if (response.body === null) return response
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > mostBytes) throw new Error(`answer over ${String(mostBytes)} bytes`)
    chunks.push(chunk)
  }
  return new Response(Buffer.concat(chunks), { status, statusText, headers })
}

/** Plain http is for this very machine alone. */
export const isSafeOrigin = (url: URL): boolean => url.protocol === 'https:' || isPlainLoopback(url)

export const isPlainLoopback = (url: URL): boolean =>
  url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
