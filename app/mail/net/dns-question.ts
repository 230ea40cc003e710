import { promises as dns } from 'node:dns'

/** Milliseconds that a question of the DNS may take in all. */
export const dnsPatience = 4_500

/** Times a question is sent, and at most with several servers. */
const usually = 4
const mostSent = 8

/** The DNS has answered: there is no such record. */
export const isAbsent = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOTFOUND' || cause.code === 'ENODATA')

/**
 * Asks the DNS as resolvers do (RFC 1035 §7.2): again, and the next server, when nothing has come for a while, at once when a server
 * fails. What was sent stays open to the end, so that a slow answer to the first question still counts; the first that tells something,
 * be it that there is nothing, is the answer. Throws what node:dns throws, after `patience` milliseconds at the latest.
 *
 * `servers` are `address:port`; none: the system's, as they are now (a laptop changes networks).
 */
export const askDns = <T>(
  { servers, patience }: { servers: readonly string[]; patience: number },
  ask: (resolver: dns.Resolver) => Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const known = servers.length > 0 ? servers : new dns.Resolver().getServers()
    const wanted = Math.min(mostSent, Math.max(usually, 2 * known.length))
    const end = performance.now() + patience
    const asked: dns.Resolver[] = []
    let open = 0
    let over = false
    let timer: NodeJS.Timeout | undefined

    const settle = (tell: () => void): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      clearTimeout(limit)
      for (const resolver of asked) resolver.cancel()
      tell()
    }
    // c-ares looks at its own limits once a second only.
    const limit = setTimeout(
      () => settle(() => reject(Object.assign(new Error('The DNS did not answer.'), { code: dns.TIMEOUT }))),
      patience,
    )
    const failed = (cause: unknown): void => {
      open -= 1
      if (over) return
      const error = cause instanceof Error ? cause : new Error('The DNS did not answer.', { cause })
      if (isAbsent(error)) settle(() => reject(error))
      else if (asked.length < wanted && performance.now() < end) send()
      else if (open === 0) settle(() => reject(error))
    }
    const send = (): void => {
      clearTimeout(timer)
      const left = Math.ceil(end - performance.now())
      if (over || left <= 0) return
      const server = known[asked.length % known.length]
      // One resolver for each: given several servers, or tries, it takes no late answer of those it gave up.
      const resolver = new dns.Resolver({ timeout: left, tries: 1 })
      asked.push(resolver)
      open += 1
      try {
        if (server !== undefined) resolver.setServers([server])
        ask(resolver).then((answer) => settle(() => resolve(answer)), failed)
      } catch (cause) {
        failed(cause)
      }
      if (asked.length < wanted) timer = setTimeout(send, patience / (wanted + 1))
    }
    send()
  })
