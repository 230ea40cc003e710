import { connect, type Socket } from 'node:net'
import { fail, ok, type AppError, type Outcome } from '../contract/index.ts'
import type { ProxyRoute } from './routes.ts'

const connectMilliseconds = 15_000
const longestAnswer = 16 * 1024

/** A proxy's name as errors show it, without who asks. */
export const proxyName = ({ host, port }: ProxyRoute): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`

/** What a proxy's status means. */
export const proxyRefusal = (proxy: ProxyRoute, host: string, status: number): AppError => {
  const details = { host, proxy: proxyName(proxy), status }
  // The proxy got no further than anybody else would.
  if (status === 502 || status === 503 || status === 504)
    return { code: 'net.unreachable', retry: 'later', details }
  return { code: status === 407 ? 'net.proxy-login' : 'net.proxy-refused', retry: 'after-change', details }
}

/**
 * A line to a host through a proxy (CONNECT, RFC 9110 §9.3.6): what comes and goes after it is between the two ends. Errors:
 * `net.proxy-unreachable`, `net.proxy-login`, `net.proxy-refused`, `net.unreachable` where the proxy says so, `net.timeout`.
 */
export const openTunnel = async (
  proxy: ProxyRoute,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Outcome<Socket>> => {
  if (signal.aborted) return fail('net.closed')
  return await new Promise((resolve) => {
    const socket = connect({ host: proxy.host, port: proxy.port })
    const away = (cause?: unknown): Outcome<never> =>
      fail('net.proxy-unreachable', {
        retry: 'later',
        details: { proxy: proxyName(proxy) },
        ...(cause === undefined ? {} : { cause }),
      })
    const settle = (outcome: Outcome<Socket>): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.removeAllListeners()
      if (!outcome.ok) {
        socket.on('error', () => undefined)
        socket.destroy()
      }
      resolve(outcome)
    }
    const timer = setTimeout(() => settle(away()), connectMilliseconds)
    const aborted = (): void => settle(fail('net.closed'))
    signal.addEventListener('abort', aborted)
    socket.on('error', (cause) => settle(away(cause)))
    socket.on('close', () => settle(away()))
    let head = Buffer.alloc(0)
    socket.on('data', (piece: Buffer) => {
      head = Buffer.concat([head, piece])
      const end = head.indexOf('\r\n\r\n')
      if (end === -1 && head.length <= longestAnswer) return
      const status = Number(
        /^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(head.subarray(0, 40).toString('latin1'))?.[1],
      )
      if (end === -1 || Number.isNaN(status)) settle(fail('net.proxy-invalid', { retry: 'after-change' }))
      else if (status < 200 || status > 299) settle({ ok: false, error: proxyRefusal(proxy, host, status) })
      // The other end speaks second in TLS: what came already is the proxy's own.
      else if (head.length > end + 4)
        settle(
          fail('net.proxy-refused', {
            retry: 'after-change',
            details: { host, proxy: proxyName(proxy), status },
          }),
        )
      else {
        socket.pause()
        settle(ok(socket))
      }
    })
    socket.on('connect', () => {
      const target = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`
      socket.write(
        `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n` +
          (proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`) +
          'User-Agent: SousPli\r\n\r\n',
      )
    })
  })
}
