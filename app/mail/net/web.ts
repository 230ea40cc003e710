import { request as httpRequest, type IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { fail, ok, type AppError, type Outcome } from '../../contract/errors.ts'
import { networkError, openTcp, secureSocket, type PeerVerification } from './peer.ts'

export interface WebRequest {
  /** https alone; a name, never an address. */
  url: string
  /** Bytes of the answer that are read at most. */
  limit: number
  /** Milliseconds for all of it. */
  milliseconds: number
  /** Of the request, besides those every one has. */
  headers?: Readonly<Record<string, string>>
  /** A body makes it a POST. */
  body?: { type: string; bytes: Uint8Array }
  signal: AbortSignal
}

/** An answer as it comes; a failure on the way is its last piece. */
export interface WebAnswer {
  status: number
  /** Where a redirection leads, as told. */
  location: string | null
  /** A header field of the answer, by its name in lower case. */
  header: (name: string) => string | null
  pieces: AsyncIterable<Outcome<Uint8Array>>
  /** Nothing more is wanted. */
  close: () => void
}

const maxHeaderBytes = 32 * 1024

const unlistening = (): undefined => undefined

/**
 * Asks a web server as mail asks its servers: by the workstation's proxy or our resolver, our authorities, our profile of TLS, revocation looked at before a
 * byte is sent. Follows no redirection, sends no cookie, keeps nothing. Errors: net.*, tls.* (`tls.intercepted` through a proxy); `net.unreachable` for an address
 * that is not https or names no host.
 */
export const askWeb = async (
  verification: PeerVerification,
  wish: WebRequest,
): Promise<Outcome<WebAnswer>> => {
  let url: URL
  try {
    url = new URL(wish.url)
  } catch (cause) {
    return fail('net.unreachable', { cause })
  }
  const host = url.hostname
  if (url.protocol !== 'https:' || isIP(host) !== 0 || host.startsWith('[') || url.username !== '')
    return fail('net.unreachable', { details: { host } })
  const deadline = AbortSignal.timeout(wish.milliseconds)
  const signal = AbortSignal.any([wish.signal, deadline])
  let proxy: string | null = null
  const failed = (cause: unknown): AppError => {
    if (deadline.aborted) return { code: 'net.timeout', retry: 'later', details: { host } }
    if (wish.signal.aborted) return { code: 'net.closed', retry: 'later', details: { host } }
    const error = networkError(cause, host)
    // A proxy in the way that shows a certificate of its own is what nobody but an administrator can put right.
    return proxy !== null && error.code === 'tls.untrusted-authority'
      ? { ...error, code: 'tls.intercepted', details: { host, proxy } }
      : error
  }
  const port = url.port === '' ? 443 : Number(url.port)
  const tunnel = verification.web ? await verification.web.tunnel(host, port, signal) : ok(null)
  if (!tunnel.ok)
    return deadline.aborted ? fail('net.timeout', { retry: 'later', details: { host } }) : tunnel
  // Through a proxy it is the proxy that resolves names.
  const tcp = tunnel.value
    ? ok(tunnel.value.socket)
    : await openTcp(verification.resolver, host, port, signal)
  if (!tcp.ok) return deadline.aborted ? fail('net.timeout', { retry: 'later', details: { host } }) : tcp
  proxy = tunnel.value?.proxy ?? null
  const plain = tcp.value
  plain.on('error', unlistening)
  const stop = (): void => void plain.destroy()
  signal.addEventListener('abort', stop)
  try {
    const secured = await new Promise<ReturnType<typeof secureSocket>>((resolve, reject) => {
      const socket = secureSocket(plain, host, verification, () => resolve(socket))
      socket.once('error', reject)
      socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    })
    secured.on('error', unlistening)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = httpRequest(
        {
          createConnection: () => secured,
          host,
          port: url.port,
          path: `${url.pathname}${url.search}`,
          method: wish.body ? 'POST' : 'GET',
          maxHeaderSize: maxHeaderBytes,
          headers: {
            Host: url.host,
            Accept: 'application/xml, text/xml, */*;q=0.1',
            'Accept-Encoding': 'identity',
            'User-Agent': 'SousPli',
            Connection: 'close',
            ...wish.headers,
            ...(wish.body
              ? { 'Content-Type': wish.body.type, 'Content-Length': String(wish.body.bytes.byteLength) }
              : {}),
          },
        },
        resolve,
      )
      asked.on('error', reject)
      asked.end(wish.body?.bytes)
    })
    return ok({
      status: answer.statusCode ?? 0,
      location: answer.headers.location ?? null,
      header: (name) => {
        const value = answer.headers[name]
        return typeof value === 'string' ? value : null
      },
      pieces: piecesOf(answer, wish.limit, failed),
      close: () => {
        answer.destroy()
        stop()
      },
    })
  } catch (cause) {
    stop()
    return { ok: false, error: failed(cause) }
  }
}

async function* piecesOf(
  answer: IncomingMessage,
  limit: number,
  failed: (cause: unknown) => AppError,
): AsyncGenerator<Outcome<Uint8Array>> {
  let size = 0
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      size += piece.byteLength
      if (size > limit) {
        yield fail('xml.limit')
        return
      }
      yield ok(piece)
    }
    // A connection cut before the length told is an error of the stream; what is whole ends here.
    if (!answer.complete) yield fail('net.closed', { retry: 'later' })
  } catch (cause) {
    yield { ok: false, error: failed(cause) }
  } finally {
    answer.destroy()
  }
}

/** The whole of an answer. Errors: those of its pieces. */
export const wholeAnswer = async (answer: WebAnswer): Promise<Outcome<Uint8Array>> => {
  const pieces: Uint8Array[] = []
  for await (const piece of answer.pieces) {
    if (!piece.ok) return piece
    pieces.push(piece.value)
  }
  return ok(Buffer.concat(pieces))
}
