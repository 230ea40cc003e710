import { fail, ok, type Outcome } from '../../contract/index.ts'
import type { ApiFindings } from '../base/apply.ts'
import type { Ask } from '../download.ts'
import type { Pace } from './pace.ts'
import { Bundle, linkedOf, mailboxesOf, nationalIdOf, personOf, Resource } from './resources.ts'

export interface FhirDependencies {
  ask: Ask
  /** Base of the API and its key, from the policy. */
  url: string
  apiKey: string
  pace: Pace
  now: () => number
  wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** The open API of the Annuaire Santé, version 2 (mssante-client.md §4.3). */
export interface FhirClient {
  /**
   * Everything about one person: identity, situations, mailboxes. Errors: `directory.not-found`, `.key-refused`, `.busy`,
   * `.api-failed`, net.*, tls.*.
   */
  person(nationalId: string, signal: AbortSignal): Promise<Outcome<ApiFindings>>
  /** What changed since a time, 30 days at most, a page at a time. The last one carries `deltaAt`. */
  changes(
    since: number,
    signal: AbortSignal,
    take: (findings: ApiFindings) => Promise<Outcome<unknown>>,
  ): Promise<Outcome<null>>
}

const callMilliseconds = 30_000
const largestPage = 16 * 1024 * 1024
const mostPages = 10_000
const longestUrl = 8_000
const attempts = 4
const longestWait = 60_000
const day = 86_400_000
/** The API answers for no more. */
const longestDelta = 30 * day
/** Clocks differ. */
const overlap = 10 * 60_000

export const createFhirClient = (deps: FhirDependencies): FhirClient => {
  const base = deps.url.replace(/\/+$/, '')
  const { origin } = new URL(base)
  const apiKey = deps.apiKey.trim()
  /** What the server last said of the time; null before. */
  let serverTime: number | null = null

  const once = async (
    url: string,
    signal: AbortSignal,
  ): Promise<Outcome<{ status: number; body: Buffer; retryAfter: string | null }>> => {
    // Pasted with something else than a key: it would not even be a header.
    if (!/^[\x21-\x7e]+$/.test(apiKey)) return fail('directory.key-refused', { retry: 'after-change' })
    const asked = await deps.ask({
      url,
      limit: largestPage,
      milliseconds: callMilliseconds,
      headers: { Accept: 'application/fhir+json', 'ESANTE-API-KEY': apiKey },
      signal,
    })
    if (!asked.ok) return asked
    const pieces: Uint8Array[] = []
    for await (const piece of asked.value.pieces) {
      if (!piece.ok) return piece.error.code === 'xml.limit' ? fail('directory.api-failed') : piece
      pieces.push(piece.value)
    }
    const told = Date.parse(asked.value.header('date') ?? '')
    if (!Number.isNaN(told)) serverTime = told
    return ok({
      status: asked.value.status,
      body: Buffer.concat(pieces),
      retryAfter: asked.value.header('retry-after'),
    })
  }

  /** One call with its turn, again after 429 and 5xx, each time later. */
  const call = async (url: string, signal: AbortSignal): Promise<Outcome<unknown>> => {
    for (let attempt = 1; ; attempt += 1) {
      if (!(await deps.pace.turn(signal))) return fail('vault.cancelled')
      const answer = await once(url, signal)
      if (signal.aborted) return fail('vault.cancelled')
      if (!answer.ok) return answer
      const { status, body, retryAfter } = answer.value
      if (status === 200) return parseJson(body)
      if (status === 401 || status === 403) return fail('directory.key-refused', { retry: 'after-change' })
      if (status === 404 || status === 410) return fail('directory.not-found')
      const busy = status === 429
      if (!(busy || status >= 500) || attempt === attempts)
        return fail(busy ? 'directory.busy' : 'directory.api-failed', {
          retry: 'later',
          details: { status, ...issueOf(body) },
        })
      const pause = pauseOf(retryAfter, attempt, deps.now())
      // Nobody waits for it that long, and to ask before is what it says not to do.
      if (pause > longestWait)
        return fail('directory.busy', {
          retry: 'later',
          details: { status, seconds: Math.ceil(pause / 1000) },
        })
      await deps.wait(pause, signal)
    }
  }

  /** Every page of a search, by `next` links of the same origin alone: another one would be given the key. */
  const pages = async (
    query: string,
    signal: AbortSignal,
    take: (resources: Resource[]) => Promise<Outcome<unknown>> | Outcome<unknown>,
  ): Promise<Outcome<null>> => {
    let url: string | null = `${base}/${query}`
    const seen = new Set<string>()
    const failed = (details: Record<string, string>): Outcome<never> =>
      fail('directory.api-failed', { retry: 'later', details })
    for (let page = 0; url !== null; page += 1) {
      // Never whole without saying so: what was missed would not be asked for again.
      if (page >= mostPages) return failed({ paging: 'endless' })
      if (seen.has(url)) return failed({ paging: 'loop' })
      seen.add(url)
      const answer = await call(url, signal)
      // A page that expired on the server is not somebody it does not know.
      if (!answer.ok)
        return page > 0 && answer.error.code === 'directory.not-found'
          ? failed({ paging: 'expired' })
          : answer
      const bundle = Bundle.safeParse(answer.value)
      if (!bundle.success) return failed({ shape: 'not-a-bundle' })
      const taken = await take(bundle.data.entry.map(({ resource }) => resource))
      if (!taken.ok) return taken
      const next = bundle.data.link.find(({ relation }) => relation === 'next')
      if (next && (next.url === undefined || next.url.length > longestUrl))
        return failed({ paging: 'no-address' })
      const target: URL | null = next?.url === undefined ? null : URL.parse(next.url, url)
      if (next && (target?.origin !== origin || target.username !== ''))
        return failed({ paging: 'other-origin' })
      url = target?.href ?? null
    }
    return ok(null)
  }

  const all = async (query: string, signal: AbortSignal): Promise<Outcome<Resource[]>> => {
    const found: Resource[] = []
    const done = await pages(query, signal, (resources) => {
      found.push(...resources)
      return found.length > 5_000 ? fail('directory.api-failed') : ok(null)
    })
    return done.ok ? ok(found) : done
  }

  return {
    person: async (nationalId, signal) => {
      // The bare RPPS is what the documentation searches by; other numbers go whole.
      const number = /^8\d{11}$/.test(nationalId) ? nationalId.slice(1) : nationalId
      const people = await all(`Practitioner?identifier=${encodeURIComponent(number)}`, signal)
      if (!people.ok) return people
      const practitioner = people.value.find(
        (one) => one.resourceType === 'Practitioner' && nationalIdOf(one) === nationalId,
      )
      if (!practitioner) return fail('directory.not-found')
      const roles =
        practitioner.id === undefined
          ? ok<Resource[]>([])
          : await all(
              `PractitionerRole?practitioner=${encodeURIComponent(practitioner.id)}&_include=PractitionerRole:organization`,
              signal,
            )
      if (!roles.ok) return roles
      const resources = [practitioner, ...roles.value]
      const linked = linkedOf(resources)
      const situations = roles.value.filter(({ resourceType }) => resourceType === 'PractitionerRole')
      const facts = personOf(practitioner, situations, linked)
      const mailboxes = [practitioner, ...situations].flatMap((one) =>
        mailboxesOf(one, linked).filter((mailbox) => mailbox.nationalId === nationalId),
      )
      return ok({
        at: deps.now(),
        persons: [{ nationalId, facts }],
        mailboxes: facts.active === false ? mailboxes.map((one) => ({ ...one, unlisted: true })) : mailboxes,
        unit: true,
        deltaAt: null,
      })
    },
    changes: async (since, signal, take) => {
      const began = deps.now()
      serverTime = null
      const from = new Date(Math.max(since - overlap, began - longestDelta)).toISOString()
      const queries = [
        `Practitioner?_lastUpdated=ge${from}&_count=200`,
        `PractitionerRole?_lastUpdated=ge${from}&_count=200&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization`,
        `Organization?_lastUpdated=ge${from}&_count=200`,
      ]
      let until: number | null = null
      for (const query of queries) {
        const done = await pages(query, signal, (resources) => {
          // What changes from now on is for the next time: by the server's clock, which stamps it.
          until ??= serverTime ?? began
          const linked = linkedOf(resources)
          const mailboxes = resources.flatMap((one) => mailboxesOf(one, linked))
          return mailboxes.length === 0
            ? ok(null)
            : take({ at: began, persons: peopleOf(resources, linked), mailboxes, unit: false, deltaAt: null })
        })
        if (!done.ok) return done
      }
      const ended = await take({
        at: began,
        persons: [],
        mailboxes: [],
        unit: false,
        deltaAt: until ?? began,
      })
      return ended.ok ? ok(null) : ended
    },
  }
}

/** Names for mailboxes that come without any other line: of people alone, situations stay those last asked for. */
const peopleOf = (
  resources: readonly Resource[],
  linked: ReturnType<typeof linkedOf>,
): ApiFindings['persons'] =>
  resources.flatMap((one) => {
    const nationalId = one.resourceType === 'Practitioner' ? nationalIdOf(one) : null
    return nationalId === null ? [] : [{ nationalId, facts: personOf(one, [], linked) }]
  })

const parseJson = (body: Buffer): Outcome<unknown> => {
  try {
    return ok(JSON.parse(body.toString('utf8')) as unknown)
  } catch (cause) {
    return fail('directory.api-failed', { retry: 'later', details: { shape: 'not-json' }, cause })
  }
}

/** What an OperationOutcome says, by its code alone: diagnostics may repeat what was asked. */
const issueOf = (body: Buffer): { issue?: string } => {
  const json = parseJson(body)
  const outcome = json.ok ? Resource.safeParse(json.value) : null
  const code = outcome?.success === true ? outcome.data.issue[0]?.code : undefined
  return code === undefined ? {} : { issue: code.slice(0, 40) }
}

const pauseOf = (retryAfter: string | null, attempt: number, now: number): number => {
  const seconds = Number(retryAfter)
  const until =
    retryAfter === null ? Number.NaN : Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1000
  return Number.isNaN(until) || until < 0 ? 1000 * 2 ** (attempt - 1) : until
}
