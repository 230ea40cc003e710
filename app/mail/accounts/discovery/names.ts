import { fail, type Outcome } from '../../../contract/errors.ts'
import type { Resolver } from '../../net/resolver.ts'

/** Milliseconds that a name may take in a search; the system's own resolution asks a second time after five seconds. */
export const namePatience = 5_600

/**
 * A resolver for one search: each name is asked once and its answer shared, and one that has not come within `patience` milliseconds is
 * unknown (`net.dns`), whatever the system's resolution still waits for.
 */
export const searchNames = (resolver: Resolver, patience: number): Resolver => {
  const asked = new Map<string, Promise<Outcome<string>>>()
  const ask = async (host: string): Promise<Outcome<string>> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Outcome<string>>((resolve) => {
      timer = setTimeout(() => resolve(fail('net.dns', { retry: 'later', details: { host } })), patience)
    })
    const answer = await Promise.race([resolver.lookup(host), late])
    clearTimeout(timer)
    return answer
  }
  return {
    srv: resolver.srv,
    lookup: (host) => {
      const known = asked.get(host) ?? ask(host)
      asked.set(host, known)
      return known
    },
  }
}
