import { randomBytes } from 'node:crypto'
import { bundleHeaders, noncePlaceholder } from './app-protocol.ts'

/** The `ws://127.0.0.1:port` that the development server's page talks to; null without one. */
export const devSocket = (devServer: string | null): string | null =>
  devServer === null ? null : `ws://${new URL(devServer).host}`

/**
 * Serves `souspli://app/…` from the development server (127.0.0.1, token in its path) with the very headers of the
 * product; only the hot-reload socket is added to the policy.
 */
export const createDevHandler =
  (devServer: string, policy: (nonce: string, socket: string | null) => string) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    const path = pathname === '/index.html' ? '/' : pathname
    // Vite's `base` is the token: pages of the server ask for addresses that already begin with it.
    const token = new URL(devServer).pathname
    const address = path.startsWith(`${token}/`) ? path : token + path
    const answer = await fetch(new URL(address + search, devServer), {
      headers: { accept: request.headers.get('accept') ?? '*/*' },
      redirect: 'error',
    })
    const nonce = randomBytes(16).toString('base64')
    const mediaType = answer.headers.get('content-type') ?? 'application/octet-stream'
    const body = mediaType.startsWith('text/html')
      ? (await answer.text()).replaceAll(noncePlaceholder, nonce)
      : await answer.arrayBuffer()
    return new Response(body, {
      status: answer.status,
      headers: bundleHeaders(mediaType, policy(nonce, devSocket(devServer))),
    })
  }
