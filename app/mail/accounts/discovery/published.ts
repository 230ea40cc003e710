import { fail, ok, type AppError, type Outcome } from '../../../contract/errors.ts'
import { askWeb, wholeAnswer, type WebRequest } from '../../net/web.ts'
import type { PeerVerification } from '../../net/peer.ts'
import { autoconfigUrls, readAutoconfig, type FoundServers } from './autoconfig.ts'
import { autodiscoverRequest, autodiscoverUrls, readAutodiscover } from './autodiscover.ts'
import { settingsBytes } from './settings-xml.ts'

const longestAnswer = 10_000
const mostRedirections = 2
const hour = 3_600_000
const keepFound = 24 * hour
const keepFailure = hour / 4
const mostKept = 200

/** What a way of publishing says: servers, nothing, or why it is not believed. */
type Published = Outcome<FoundServers | null>

/** Web servers that may publish something of a domain. */
export const webHosts = (domain: string): [string, ...string[]] => [
  `autoconfig.${domain}`,
  `autodiscover.${domain}`,
  domain,
]

/** What web servers publish about the mail servers of an address. Answers are kept a day, failures a quarter of an hour. */
export const createPublished = (deps: { now: () => number }) => {
  const kept = new Map<string, { until: number; answer: Published }>()

  const remembered = async (key: string, ask: () => Promise<Published>): Promise<Published> => {
    const known = kept.get(key)
    if (known && known.until > deps.now()) return known.answer
    const answer = await ask()
    // Being off the network says nothing of the server.
    const offline = !answer.ok && ['net.closed', 'net.timeout'].includes(answer.error.code)
    const found = answer.ok && answer.value !== null
    if (kept.size >= mostKept) kept.clear()
    if (!offline) kept.set(key, { until: deps.now() + (found ? keepFound : keepFailure), answer })
    return answer
  }

  /** Bytes of a document, redirections followed inside the domain alone; null when there is none. */
  const document = async (
    verification: PeerVerification,
    domain: string,
    wish: Pick<WebRequest, 'url' | 'body' | 'signal'>,
    left = mostRedirections,
  ): Promise<Outcome<Uint8Array | null>> => {
    const asked = await askWeb(verification, { ...wish, limit: settingsBytes, milliseconds: longestAnswer })
    if (!asked.ok) return nobodyThere(asked.error) ? ok(null) : asked
    const { status, location, close } = asked.value
    if (status === 200) return await wholeAnswer(asked.value)
    close()
    if (status < 300 || status > 399 || location === null || left === 0) return ok(null)
    const next = URL.canParse(location, wish.url) ? new URL(location, wish.url) : null
    if (next?.protocol !== 'https:' || !isInside(next.hostname, domain))
      return fail('account.host-outside', {
        retry: 'after-change',
        details: { host: (next?.hostname ?? location).slice(0, 253) },
      })
    return await document(verification, domain, { ...wish, url: next.href }, left - 1)
  }

  /** The first of several places that says something; an answer that is not believed is told when no other says anything. */
  const firstOf = async (
    address: string,
    urls: readonly string[],
    ask: (url: string) => Promise<Published>,
  ): Promise<Published> => {
    let refusal: Published = ok(null)
    for (const url of urls) {
      const answer = await remembered(`${address} ${url}`, () => ask(url))
      if (answer.ok && answer.value) return answer
      if (!answer.ok && refusal.ok) refusal = answer
    }
    return refusal
  }

  return {
    autoconfig: (verification: PeerVerification, address: string, domain: string, signal: AbortSignal) =>
      firstOf(address, autoconfigUrls(address, domain), async (url) => {
        const bytes = await document(verification, domain, { url, signal })
        if (!bytes.ok) return bytes
        return bytes.value === null ? ok(null) : readAutoconfig(bytes.value, address)
      }),
    autodiscover: (verification: PeerVerification, address: string, domain: string, signal: AbortSignal) =>
      firstOf(address, autodiscoverUrls(domain), async (url) => {
        const body = autodiscoverRequest(address)
        const bytes = await document(verification, domain, { url, body, signal })
        if (!bytes.ok) return bytes
        if (bytes.value === null) return ok(null)
        const read = readAutodiscover(bytes.value)
        if (!read.ok) return read
        const { servers, redirectUrl } = read.value
        if (servers || redirectUrl === null) return ok(servers)
        if (!URL.canParse(redirectUrl) || !isInside(new URL(redirectUrl).hostname, domain))
          return fail('account.host-outside', {
            retry: 'after-change',
            details: { host: redirectUrl.slice(0, 253) },
          })
        const again = await document(verification, domain, { url: redirectUrl, body, signal })
        if (!again.ok) return again
        if (again.value === null) return ok(null)
        const second = readAutodiscover(again.value)
        return second.ok ? ok(second.value.servers) : second
      }),
  }
}

const isInside = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

/** Most domains have no such web server. */
const nobodyThere = (error: AppError): boolean => error.code === 'net.dns' || error.code === 'net.unreachable'
