import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { connect as tlsConnect, rootCertificates, type TLSSocket } from 'node:tls'
import { ok, type AppError, type Outcome } from '../contract/index.ts'
import { bare, type ProxyRoute, type Routes } from './routes.ts'
import { openTunnel, proxyName, proxyRefusal } from './tunnel.ts'

export interface OutgoingRequest {
  method?: string | undefined
  headers?: RequestInit['headers']
  body?: RequestInit['body']
  signal: AbortSignal
  /** Bytes of the answer that are read at most; 0 leaves its body alone. */
  limit: number
}

/**
 * The one way HTTP leaves the core: straight, or by the workstation's proxy. Follows nobody elsewhere, keeps no cookie, no line
 * and no answer.
 */
export interface Outgoing {
  /**
   * A line through the proxy to a web server, for who verifies that server himself (mail/net/web.ts); null where there is none in
   * the way. Errors: `net.proxy-*`, `net.unreachable`.
   */
  tunnel: (
    host: string,
    port: number,
    signal: AbortSignal,
  ) => Promise<Outcome<{ socket: Socket; proxy: string } | null>>
  /** Whether a web server's name is left to a proxy to resolve. */
  isProxied: (host: string) => boolean
  /**
   * Asks, with public authorities and those named besides, as `fetch` does, redirections being answers; throws as `fetch` does,
   * `refusalOf` says what of it was the proxy's, or `tls.*`.
   */
  fetch: (url: string, options: OutgoingRequest) => Promise<Response>
}

/** What a thrown error of `fetch` says of the proxy or of certificates; null for anything else. */
export const refusalOf = (cause: unknown): AppError | null => {
  for (let at = cause, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const known = refusals.get(at)
    if (known) return known
    at = Reflect.get(at, 'cause')
  }
  return null
}
/** Errors on their way through code that knows exceptions alone. */
const refusals = new WeakMap<object, AppError>()
const thrown = (error: AppError): Error => {
  const failure = new Error(error.code, { cause: error.cause })
  refusals.set(failure, error)
  return failure
}

/** An answer that went on after what it may hold. */
const tooLong = new WeakSet()
export const isTooLong = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && tooLong.has(cause)

const maxHeaderSize = 32 * 1024

const untrusted =
  /^(?:UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA|CERT_CHAIN_TOO_LONG)/

/** A certificate that does not hold, said of whom it can be said: a proxy in the way most likely put its own there. */
const certificateError = (cause: unknown, host: string, proxy: ProxyRoute | null): AppError | null => {
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  if (typeof code !== 'string') return null
  const told = (of: AppError['code'], more: Record<string, string> = {}): AppError => ({
    code: of,
    retry: 'after-change',
    details: { host, ...more },
    cause,
  })
  if (untrusted.test(code))
    return proxy ? told('tls.intercepted', { proxy: proxyName(proxy) }) : told('tls.untrusted-authority')
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return told('tls.expired')
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return told('tls.host-mismatch')
  return null
}

/** Starts TLS in a tunnel; throws what the handshake says. */
const secured = (socket: Socket, host: string, authorities: string[] | undefined): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const tls = tlsConnect({
      socket,
      servername: host,
      host,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      ...(authorities ? { ca: authorities } : {}),
    })
    tls.once('error', reject)
    tls.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    tls.once('secureConnect', () => {
      tls.removeAllListeners('close')
      resolve(tls)
    })
  })

/** `authorities`: PEM of those trusted for `fetch` beside the public ones (a server inside the establishment). */
export const createOutgoing = (deps: { routes: Routes; authorities?: readonly string[] }): Outgoing => {
  const authorities =
    deps.authorities && deps.authorities.length > 0 ? [...rootCertificates, ...deps.authorities] : undefined

  const send = async (
    url: URL,
    wish: { method: string; headers: Headers; body: Buffer | null; signal: AbortSignal },
  ): Promise<IncomingMessage> => {
    const host = bare(url.hostname)
    const routed = deps.routes(url)
    if (!routed.ok) throw thrown(routed.error)
    const proxy = routed.value
    const isSecure = url.protocol === 'https:'
    const headers: Record<string, string> = {
      ...Object.fromEntries(wish.headers),
      host: url.host,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(wish.body ? { 'content-length': String(wish.body.byteLength) } : {}),
    }
    const common: RequestOptions = {
      ...{ method: wish.method, headers, maxHeaderSize, signal: wish.signal },
      path: `${url.pathname}${url.search}`,
    }
    const sent = (options: RequestOptions, ask: typeof httpRequest): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const asked = ask(options, resolve)
        asked.on('error', reject)
        asked.end(wish.body ?? undefined)
      })
    if (proxy === null) {
      const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
      const straight = { ...common, host, port, agent: false as const }
      return isSecure
        ? await sent(
            {
              ...straight,
              minVersion: 'TLSv1.2',
              ...(authorities ? { ca: authorities } : {}),
            } as RequestOptions,
            httpsRequest,
          )
        : await sent(straight, httpRequest)
    }
    if (isSecure) {
      const opened = await openTunnel(proxy, host, url.port === '' ? 443 : Number(url.port), wish.signal)
      if (!opened.ok) throw thrown(opened.error)
      const stop = (): void => void opened.value.destroy()
      wish.signal.addEventListener('abort', stop)
      try {
        const tls = await secured(opened.value, host, authorities)
        return await sent({ ...common, createConnection: () => tls }, httpRequest)
      } catch (cause) {
        opened.value.destroy()
        throw cause
      }
    }
    headers['proxy-connection'] = 'close'
    if (proxy.authorization !== null) headers['proxy-authorization'] = proxy.authorization
    const answer = await sent(
      { ...common, agent: false, host: proxy.host, port: proxy.port, path: url.href },
      httpRequest,
    ).catch((cause: unknown) => {
      wish.signal.throwIfAborted()
      throw thrown({
        code: 'net.proxy-unreachable',
        retry: 'later',
        details: { proxy: proxyName(proxy) },
        cause,
      })
    })
    if (answer.statusCode !== 407) return answer
    answer.destroy()
    throw thrown(proxyRefusal(proxy, host, 407))
  }

  return {
    tunnel: async (host, port, signal) => {
      const routed = deps.routes(new URL(`https://${host}:${String(port)}/`))
      if (!routed.ok || routed.value === null) return routed.ok ? ok(null) : routed
      const opened = await openTunnel(routed.value, host, port, signal)
      return opened.ok ? ok({ socket: opened.value, proxy: proxyName(routed.value) }) : opened
    },
    isProxied: (host) => {
      const routed = deps.routes(new URL(`https://${host}/`))
      return routed.ok && routed.value !== null
    },
    fetch: async (address, options) => {
      const url = new URL(address)
      if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('neither http nor https')
      const { signal } = options
      signal.throwIfAborted()
      // The platform's own reading of what a body may be, and of its type.
      const asked = new Request(url, {
        method: options.method ?? 'GET',
        ...(options.headers ? { headers: options.headers } : {}),
        ...(options.body ? { body: options.body } : {}),
      })
      const body = options.body ? Buffer.from(await asked.arrayBuffer()) : null
      try {
        const answer = await send(url, { method: asked.method, headers: asked.headers, body, signal })
        const chunks: Buffer[] = []
        let size = 0
        if (options.limit === 0) answer.destroy()
        else
          for await (const chunk of answer as AsyncIterable<Buffer>) {
            size += chunk.byteLength
            if (size > options.limit) {
              answer.destroy()
              const failure = new Error(`answer over ${String(options.limit)} bytes`)
              tooLong.add(failure)
              throw failure
            }
            chunks.push(chunk)
          }
        const headers = new Headers()
        for (const [name, values] of Object.entries(answer.headersDistinct))
          for (const value of values ?? []) headers.append(name, value)
        const status = answer.statusCode ?? 0
        const bodiless = status === 204 || status === 205 || status === 304
        return new Response(bodiless ? null : Buffer.concat(chunks), { status, headers })
      } catch (cause) {
        signal.throwIfAborted()
        const routed = deps.routes(url)
        const refusal = certificateError(cause, bare(url.hostname), routed.ok ? routed.value : null)
        throw refusal ? thrown(refusal) : cause
      }
    },
  }
}
