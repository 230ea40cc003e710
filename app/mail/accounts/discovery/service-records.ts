import type { Server } from '../../../contract/index.ts'
import { fail, ok, type Outcome } from '../../../contract/errors.ts'
import type { Resolver, ServiceRecord } from '../../net/resolver.ts'
import { hostOf } from './autoconfig.ts'

/** Servers of both kinds, best first; `refused` when the domain says itself that it has none (RFC 2782, target « . »). */
type RecordedServers = { imap: Server[]; smtp: Server[] } | 'refused'

/**
 * The order in which records are tried (RFC 2782): priorities from the lowest, within one by lot in proportion to the weights,
 * those of weight 0 rarely first. `random` gives numbers from 0 to 1.
 */
export const inOrder = (records: readonly ServiceRecord[], random: () => number): ServiceRecord[] => {
  const byPriority = Map.groupBy(records, (record) => record.priority)
  return [...byPriority.keys()]
    .toSorted((a, b) => a - b)
    .flatMap((priority) => {
      const left = (byPriority.get(priority) ?? []).toSorted((a, b) => a.weight - b.weight)
      const order: ServiceRecord[] = []
      while (left.length > 0) {
        const total = left.reduce((sum, { weight }) => sum + weight, 0)
        let drawn = random() * total
        const index = left.findIndex(({ weight }) => (drawn -= weight) <= 0)
        order.push(...left.splice(Math.max(0, index), 1))
      }
      return order
    })
}

const mostServers = 8

/**
 * The servers that DNS names for a domain (RFC 6186, RFC 8314): STARTTLS first, as MSSanté wants it (ECO.1.0.1, ECO.1.0.2),
 * TLS from the start where that alone is offered. Null when a kind is not named. `net.dns` when nobody answers.
 */
export const recordedServers = async (
  resolver: Resolver,
  domain: string,
  random: () => number,
): Promise<Outcome<RecordedServers | null>> => {
  const services = [
    ['imap', 'starttls'],
    ['imaps', 'tls'],
    ['submission', 'starttls'],
    ['submissions', 'tls'],
  ] as const
  const answers = await Promise.all(services.map(([name]) => resolver.srv(`_${name}._tcp.${domain}`)))
  const offers = services.map(([name, security], index) => {
    const answer = answers[index]
    const records = answer?.ok ? answer.value : []
    return {
      name,
      answered: answer?.ok === true,
      // A target of "." says that the service is not offered.
      refused: records.some(({ host }) => host === ''),
      servers: inOrder(records, random)
        .flatMap(({ host, port }): Server[] => {
          const name = hostOf(host)
          return name && port > 0 ? [{ host: name, port, security }] : []
        })
        .slice(0, mostServers),
    }
  })
  const of = (...names: string[]) => offers.filter(({ name }) => names.includes(name))
  const imap = of('imap', 'imaps').flatMap(({ servers }) => servers)
  const smtp = of('submission', 'submissions').flatMap(({ servers }) => servers)
  if (imap.length > 0 && smtp.length > 0) return ok({ imap, smtp })
  if (offers.some(({ answered }) => !answered))
    return fail('net.dns', { retry: 'later', details: { host: domain } })
  const says = (kind: ReturnType<typeof of>): boolean => kind.some(({ refused }) => refused)
  if (
    (imap.length === 0 && says(of('imap', 'imaps'))) ||
    (smtp.length === 0 && says(of('submission', 'submissions')))
  )
    return ok('refused')
  return ok(null)
}
