import { randomBytes } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { schemes } from './origins.ts'

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.bcmap': 'application/octet-stream',
  '.pfb': 'application/octet-stream',
  '.ttf': 'font/ttf',
}

/** Written by the build where a nonce belongs; replaced by a fresh one in each page served. */
export const noncePlaceholder = '__CSP_NONCE__'

export interface AppHandlerOptions {
  /** Folder of the built window. */
  root: string
  /** The `Content-Security-Policy` header for a nonce. */
  policy: (nonce: string) => string
}

const refused = (status: number): Response =>
  new Response(null, { status, headers: { 'content-security-policy': `default-src 'none'` } })

/** Path inside the bundle that an address names, or null when it names anything else. */
const bundlePath = (url: URL): string | null => {
  if (url.protocol !== `${schemes.app}:` || url.host !== 'app') return null
  let path: string
  try {
    path = decodeURIComponent(url.pathname)
  } catch {
    return null
  }
  if (path.includes('\0') || path.includes('\\')) return null
  return path
}

/** Headers of everything served to a window. */
export const bundleHeaders = (mediaType: string, policy: string): Record<string, string> => ({
  'content-type': mediaType,
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
})

/**
 * Serves `souspli://app/…` from the bundle's folder: GET only, real path inside the real root, known media types only.
 * Anything else is 404 without a body.
 */
export const createAppHandler =
  ({ root, policy }: AppHandlerOptions) =>
  async (request: Request): Promise<Response> => {
    if (request.method !== 'GET') return refused(405)
    const path = bundlePath(new URL(request.url))
    const mediaType = path === null ? undefined : mediaTypes[extname(path)]
    if (path === null || mediaType === undefined) return refused(404)
    let bytes: Buffer
    try {
      const realRoot = await realpath(root)
      const file = await realpath(join(realRoot, path))
      if (!file.startsWith(realRoot + sep)) return refused(404)
      bytes = await readFile(file)
    } catch {
      return refused(404)
    }
    const nonce = randomBytes(16).toString('base64')
    const body = mediaType.startsWith('text/html')
      ? bytes.toString('utf8').replaceAll(noncePlaceholder, nonce)
      : new Uint8Array(bytes)
    return new Response(body, { headers: bundleHeaders(mediaType, policy(nonce)) })
  }
