import {
  fail,
  ok,
  toErrorData,
  type AddressWarning,
  type Correspondent,
  type ErrorData,
  type Outcome,
  type Policy,
  type TrustClass,
  type TrustedDomain,
  type TrustSpaceState,
} from '../../contract/index.ts'
import type { Vault } from '../../vault/index.ts'
import { classifyAddress } from './classify.ts'
import { asciiDomain, trustedDomains, trustRule, type TrustedDomains } from './domains.ts'
import { readDomainList, type DomainList } from './list.ts'
import { createAddressExaminer, type AddressExaminer } from './warnings.ts'

interface TrustSpaceDependencies {
  vault: Vault
  policy: Pick<Policy, 'trustSpace' | 'trustSpaceList' | 'serverHosts'>
  /** The list as its server gives it, the server verified first. Errors: net.*, tls.*. */
  fetchList: (url: string, signal: AbortSignal) => Promise<Outcome<AsyncIterable<Outcome<Uint8Array>>>>
  now: () => number
  monotonic: () => number
  random: (length: number) => Uint8Array
  after: (milliseconds: number, run: () => void) => () => void
  /** Lets others run. */
  breathe: () => Promise<void>
  emit: (state: TrustSpaceState) => void
  onFault: (error: unknown) => void
}

export interface TrustSpace {
  /** Loads the last good copy, then sees to newer ones by itself. */
  start: () => Promise<void>
  stop: () => Promise<void>
  classify: (address: string) => TrustClass
  examine: (who: Correspondent, replyTo?: readonly Correspondent[]) => AddressWarning[]
  /** Whether a mail server's name is one of the trust space, or the policy takes any. */
  allowsHost: (host: string) => boolean
  state: () => TrustSpaceState
  refresh: () => Promise<Outcome<TrustSpaceState>>
  importFile: (bytes: Uint8Array) => Promise<Outcome<TrustSpaceState>>
  search: (text: string) => Promise<Outcome<TrustedDomain[]>>
  /** Correspondents have changed: their names are read again when next wanted. */
  correspondentsChanged: () => void
}

const productionUrl = 'https://espacedeconfiance.mssante.fr/listeblanchemssante.xml'
/** Servers of operators stand there, whatever domains the list names (SEC-HOST). */
const operatorHosts = '.mssante.fr'
const minute = 60_000
const firstDelay = 3_000
const retryDelay = 15 * minute
/** Domains written at a time: the store serves others in between. */
const part = 1000
const mostCorrespondents = 5000

/** Where the list comes from: the policy's word, else the national server's where no rule of the policy replaces it. */
const listUrl = (policy: TrustSpaceDependencies['policy']): string | null =>
  policy.trustSpaceList ? policy.trustSpaceList.url : policy.trustSpace ? null : productionUrl

/**
 * The trust space: which domains it has, from the last good list (docs/trust-space.md) or, before the first, from the rule;
 * what an address is by them, and what in it is made to deceive.
 */
export const createTrustSpace = (deps: TrustSpaceDependencies): TrustSpace => {
  const { vault, policy, now } = deps
  const rule = trustRule(policy.trustSpace)
  const url = listUrl(policy)
  const refreshMilliseconds = (policy.trustSpaceList?.refreshHours ?? 24) * 60 * minute

  type Held = Omit<DomainList, 'domains'> & { source: 'server' | 'file'; fetchedAt: number; domains: number }
  let held: Held | null = null
  let trusted: TrustedDomains = trustedDomains(policy.trustSpace, null)
  let lastAttempt: { at: number; error: ErrorData | null } | null = null
  let refreshing: Promise<Outcome<TrustSpaceState>> | null = null
  let callOff: (() => void) | null = null
  let life = new AbortController()
  let known: readonly Correspondent[] = []
  let knownIsStale = false
  let examiner: AddressExaminer = createAddressExaminer(trusted, known)
  let writing: Promise<unknown> = Promise.resolve()

  const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())
  const state = (): TrustSpaceState => ({
    source: held?.source ?? 'builtin',
    generatedAt: iso(held?.generatedAt ?? null),
    fetchedAt: iso(held?.fetchedAt ?? null),
    domains: held?.domains ?? 0,
    operators: held?.operators ?? 0,
    ignored: held?.ignored ?? 0,
    lastAttempt: lastAttempt && { at: new Date(lastAttempt.at).toISOString(), error: lastAttempt.error },
    rule: [...rule.domains],
    patientDomain: rule.patientDomain,
    url,
    refreshing: refreshing !== null,
  })
  const tell = (): void => deps.emit(state())

  const take = (next: Held | null, domains: ReadonlySet<string> | null): void => {
    held = next
    trusted = trustedDomains(policy.trustSpace, domains)
    examiner = createAddressExaminer(trusted, known)
  }

  const readCorrespondents = async (): Promise<void> => {
    knownIsStale = false
    const found = await vault.run('trustSpace.correspondents', { limit: mostCorrespondents })
    if (!found.ok) return
    known = found.value
    examiner = createAddressExaminer(trusted, known)
  }

  /** Keeps a list in the place of the former. Errors: `trust-space.older`, those of the store. */
  const keep = async (list: DomainList, source: Held['source']): Promise<Outcome<null>> => {
    if (held && held.generatedAt !== null && list.generatedAt !== null && list.generatedAt < held.generatedAt)
      return fail('trust-space.older', { retry: 'later' })
    const { signal } = life
    const begun = await vault.run('trustSpace.begin', {})
    if (!begun.ok) return begun
    for (let at = 0; at < list.domains.length; at += part) {
      if (signal.aborted) return fail('vault.locked', { retry: 'after-login' })
      const added = await vault.run('trustSpace.add', { domains: list.domains.slice(at, at + part) })
      if (!added.ok) return added
    }
    const { generatedAt, operators, ignored } = list
    const next = { source, generatedAt, fetchedAt: now(), operators, ignored }
    const done = await vault.run('trustSpace.commit', next)
    if (!done.ok) return done
    if (signal.aborted) return fail('vault.locked', { retry: 'after-login' })
    take({ ...next, domains: list.domains.length }, new Set(list.domains.map(({ domain }) => domain)))
    return ok(null)
  }

  /** One list at a time is written; the one asked for last has the last word. */
  const alone = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = writing.then(run)
    writing = mine.catch(() => undefined)
    return mine
  }

  const read = async (
    source: AsyncIterable<Outcome<Uint8Array>>,
    kind: Held['source'],
  ): Promise<Outcome<null>> => {
    const list = await readDomainList(source, { now: deps.monotonic, breathe: deps.breathe })
    return list.ok ? await alone(() => keep(list.value, kind)) : list
  }

  const fetchOnce = async (from: string): Promise<Outcome<null>> => {
    const fetched = await deps.fetchList(from, life.signal)
    return fetched.ok ? await read(fetched.value, 'server') : fetched
  }

  const jitter = (milliseconds: number): number => {
    const [byte = 0] = deps.random(1)
    return Math.round((milliseconds * byte) / 256)
  }

  const plan = (milliseconds: number): void => {
    callOff?.()
    callOff = deps.after(milliseconds, () => {
      callOff = null
      void refresh().catch(deps.onFault)
    })
  }

  const refresh = (): Promise<Outcome<TrustSpaceState>> => {
    if (url === null) return Promise.resolve(fail('trust-space.no-server', { retry: 'after-change' }))
    if (refreshing) return refreshing
    const { signal } = life
    refreshing = fetchOnce(url).then((outcome) => {
      refreshing = null
      if (signal.aborted) return outcome.ok ? ok(state()) : outcome
      lastAttempt = { at: now(), error: outcome.ok ? null : toErrorData(outcome.error) }
      plan(
        outcome.ok
          ? refreshMilliseconds + jitter(refreshMilliseconds / 10)
          : retryDelay + jitter(retryDelay / 3),
      )
      tell()
      return outcome.ok ? ok(state()) : outcome
    })
    tell()
    return refreshing
  }

  return {
    start: async () => {
      life = new AbortController()
      const stored = await vault.run('trustSpace.load', {})
      if (stored.ok && stored.value) {
        const { domains, ...rest } = stored.value
        take({ ...rest, domains: domains.length }, new Set(domains))
      } else take(null, null)
      await readCorrespondents()
      if (url !== null) {
        const age = held ? now() - held.fetchedAt : Infinity
        // Not every workstation of a hospital at once: mornings begin together.
        plan(Math.max(firstDelay, refreshMilliseconds - age) + jitter(minute))
      }
      tell()
    },
    stop: async () => {
      callOff?.()
      callOff = null
      life.abort()
      await Promise.all([refreshing?.catch(() => undefined), writing])
      known = []
      lastAttempt = null
      take(null, null)
    },
    classify: (address) => classifyAddress(trusted, address),
    examine: (who, replyTo) => {
      if (knownIsStale) void readCorrespondents().catch(deps.onFault)
      return examiner.examine(who, replyTo)
    },
    allowsHost: (host) => {
      if (policy.serverHosts === 'any') return true
      const name = asciiDomain(host)
      if (name === null) return false
      const above = name.split('.').map((_, index, labels) => labels.slice(index).join('.'))
      const suffixes = [...trusted.suffixes, ...(policy.trustSpace ? [] : [operatorHosts])]
      return (
        above.slice(0, -1).some((one) => trusted.has(one)) ||
        suffixes.some((suffix) => name === suffix.slice(1) || name.endsWith(suffix))
      )
    },
    state,
    refresh,
    importFile: async (bytes) => {
      const taken = await read(
        (async function* () {
          yield ok(bytes)
        })(),
        'file',
      )
      if (!taken.ok) return taken
      tell()
      return ok(state())
    },
    search: (text) => vault.run('trustSpace.search', { text }),
    correspondentsChanged: () => {
      knownIsStale = true
    },
  }
}
