import { BlockList, isIP } from 'node:net'
import { fail, ok, type Outcome, type Policy } from '../contract/index.ts'

/** An HTTP proxy, and how it is told who asks. */
export interface ProxyRoute {
  host: string
  port: number
  /** `Proxy-Authorization`; null for a proxy that asks nobody who he is. */
  authorization: string | null
}

/** How a web address is reached: by a proxy, or straight (null). `net.proxy-invalid` when the one that is named is none. */
export type Routes = (url: URL) => Outcome<ProxyRoute | null>

type Variables = Readonly<Record<string, string | undefined>>

/** A proxy's address: http alone, `host:port` as some write it too. */
const proxyOf = (text: string): ProxyRoute | null => {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url?.protocol !== 'http:' || url.hostname === '') return null
  if ((url.pathname !== '/' && url.pathname !== '') || url.search !== '') return null
  let authorization: string | null = null
  if (url.username !== '') {
    try {
      const who = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
      authorization = `Basic ${Buffer.from(who).toString('base64')}`
    } catch {
      return null
    }
  }
  const host = bare(url.hostname)
  return { host, port: url.port === '' ? 80 : Number(url.port), authorization }
}

/** A host without the brackets of an IPv6 address. */
export const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase()

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** `10.0.0.0/8`: whether an address is of a network. */
const inNetwork = (entry: string, host: string): boolean => {
  const [network = '', length = ''] = entry.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(length)) return false
  if (Number(length) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(length), family === 4 ? 'ipv4' : 'ipv6')
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

/** Whether an entry of the list of exceptions (that of `NO_PROXY`) is of a host: `*`, a name and all below it, an address, a network. */
const isExcepted = (entry: string, host: string, port: string): boolean => {
  const [, name = '', wanted] = /^(.*?)(?::(\d{1,5}))?$/.exec(isIP(entry) === 6 ? `${entry}` : entry) ?? []
  const text = isIP(entry) === 6 ? entry : name
  if (isIP(entry) !== 6 && wanted !== undefined && wanted !== port) return false
  if (text === '*') return true
  if (text.includes('/')) return inNetwork(text, host)
  const base = bare(text.replace(/^\*?\./, ''))
  return base !== '' && (host === base || (isIP(host) === 0 && host.endsWith(`.${base}`)))
}

const routesBy = (proxyFor: (url: URL) => string | undefined, exceptions: readonly string[]): Routes => {
  return (url) => {
    const host = bare(url.hostname)
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
    if (isLoopback(host) || exceptions.some((entry) => isExcepted(entry, host, port))) return ok(null)
    const named = proxyFor(url)
    if (named === undefined || named === '') return ok(null)
    const proxy = proxyOf(named)
    // Going straight instead would be a way round that nobody asked for.
    return proxy ? ok(proxy) : fail('net.proxy-invalid', { retry: 'after-change' })
  }
}

const listed = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/[\s,]+/)
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')

/**
 * How the web is reached from this workstation (decisions/0033): by the proxy of the policy, by that of the environment
 * (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case), which counts where the policy says nothing, or straight.
 * This very machine is always reached straight.
 */
export const createRoutes = (policy: Policy['proxy'], environment: Variables): Routes => {
  if (policy === 'none') return () => ok(null)
  if (policy !== undefined && policy !== 'environment')
    return routesBy(() => policy.url, listed(policy.except?.join(',')))
  const variable = (name: string): string | undefined =>
    [environment[name.toLowerCase()], environment[name]].find((value) => value !== undefined && value !== '')
  return routesBy(
    (url) => variable(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? variable('ALL_PROXY'),
    listed(variable('NO_PROXY')),
  )
}
