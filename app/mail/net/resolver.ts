import { promises as dns } from 'node:dns'
import { isIP } from 'node:net'
import { fail, ok, type Outcome } from '../../contract/errors.ts'

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

/** A resolver on node:dns: the given servers (`address:port`) only, or the system's own resolution. */
export const createResolver = (options: { servers?: string[] } = {}): Resolver => {
  const resolver = new dns.Resolver({ timeout: 3000, tries: 2 })
  const own = options.servers !== undefined && options.servers.length > 0
  if (options.servers && own) resolver.setServers(options.servers)

  const lookup = async (host: string): Promise<Outcome<string>> => {
    if (isIP(host)) return ok(host)
    try {
      if (!own) return ok((await dns.lookup(host)).address)
      const four = await resolver.resolve4(host).catch(() => [])
      const address = four[0] ?? (await resolver.resolve6(host))[0]
      return address === undefined ? unknownName(host) : ok(address)
    } catch (cause) {
      return unknownName(host, cause)
    }
  }

  const srv = async (name: string): Promise<Outcome<ServiceRecord[]>> => {
    try {
      const records = await resolver.resolveSrv(name)
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

/** The DNS has answered: there is no such record. */
const isAbsent = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOTFOUND' || cause.code === 'ENODATA')

const unknownName = (host: string, cause?: unknown): Outcome<never> =>
  fail('net.dns', { retry: 'later', details: { host }, ...(cause === undefined ? {} : { cause }) })
