import { promises as dns } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { askDns, dnsPatience, isAbsent } from './dns-question.ts'

export interface ServiceRecord {
  host: string
  port: number
  priority: number
  weight: number
}

/** The only way host names become addresses in app/mail, so that tests bring their own DNS. */
export interface Resolver {
  /** SRV records, best first, none when the name has none; `net.dns` when nobody answers. */
  srv: (name: string) => Promise<Outcome<ServiceRecord[]>>
  /** One address of a host; `net.dns`. */
  lookup: (host: string) => Promise<Outcome<string>>
}

/** Loopback, private, link-local, shared and multicast addresses (RFC 6890): nobody's public server has one. */
const privateRanges = ((): BlockList => {
  const list = new BlockList()
  for (const range of [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '224.0.0.0/3',
  ])
    list.addSubnet(range.replace(/\/.*/, ''), Number(range.replace(/.*\//, '')), 'ipv4')
  for (const range of ['::/127', '64:ff9b::/96', '100::/64', 'fc00::/7', 'fe80::/10', 'ff00::/8'])
    list.addSubnet(range.replace(/\/.*/, ''), Number(range.replace(/.*\//, '')), 'ipv6')
  return list
})()

/** Whether an address is of nobody's public server; one written as IPv6 that holds an IPv4 is looked at as that. */
export const isPrivateAddress = (address: string): boolean => {
  const family = isIP(address)
  if (family === 4) return privateRanges.check(address, 'ipv4')
  return family !== 6 || privateRanges.check(address, 'ipv6')
}

/**
 * A resolver on node:dns: the given servers (`address:port`) only, or the system's own resolution. `publicOnly`: names of private
 * addresses, and addresses for names, are `net.private-host` (SEC-HOST). `patience`: milliseconds a question may take.
 */
export const createResolver = (
  options: { servers?: string[]; publicOnly?: boolean; patience?: number } = {},
): Resolver => {
  const { servers = [], patience = dnsPatience } = options
  const own = servers.length > 0
  const ask = <T>(question: (resolver: dns.Resolver) => Promise<T>): Promise<T> =>
    askDns({ servers, patience }, question)

  const lookup = async (host: string): Promise<Outcome<string>> => {
    const found = await addressOf(host)
    const refused =
      found.ok && options.publicOnly === true && (isIP(host) !== 0 || isPrivateAddress(found.value))
    return refused ? fail('net.private-host', { retry: 'after-change', details: { host } }) : found
  }

  const addressOf = async (host: string): Promise<Outcome<string>> => {
    if (isIP(host)) return ok(host)
    try {
      if (!own) return ok((await dns.lookup(host)).address)
      // Asked together: a DNS that is silent takes its time once.
      const later = ask((resolver) => resolver.resolve6(host)).catch((cause: unknown) => ({ cause }))
      const four = await ask((resolver) => resolver.resolve4(host)).catch(() => [])
      const six = four.length > 0 ? [] : await later
      if ('cause' in six) return unknownName(host, six.cause)
      const address = four[0] ?? six[0]
      return address === undefined ? unknownName(host) : ok(address)
    } catch (cause) {
      return unknownName(host, cause)
    }
  }

  const srv = async (name: string): Promise<Outcome<ServiceRecord[]>> => {
    try {
      const records = await ask((resolver) => resolver.resolveSrv(name))
      return ok(
        records
          .map((record) => ({
            host: record.name.replace(/\.$/, ''),
            port: record.port,
            priority: record.priority,
            weight: record.weight,
          }))
          .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight),
      )
    } catch (cause) {
      return isAbsent(cause) ? ok([]) : unknownName(name, cause)
    }
  }
  return { srv, lookup }
}

const unknownName = (host: string, cause?: unknown): Outcome<never> =>
  fail('net.dns', { retry: 'later', details: { host }, ...(cause === undefined ? {} : { cause }) })
