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
import { indexInSlices, type DomainIndex } from './domain-index.ts'
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
  /** `evenIfShorter`: a list that lost more than half of its domains is taken all the same: somebody has said so. */
  refresh: (evenIfShorter?: boolean) => Promise<Outcome<TrustSpaceState>>
  importFile: (bytes: Uint8Array, evenIfShorter: boolean) => Promise<Outcome<TrustSpaceState>>
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
/** Domains written, and read, at a time: the store and others are served in between. */
const part = 1000
const loadedAtATime = 2000
/** A list of at least so many domains that comes back with less than this part of them is not believed. */
const fewest = 50
const smallestPart = 0.5
/** How far a workstation's clock may be behind the list's. */
const aheadAtMost = 48 * 60 * minute
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

  const take = (next: Held | null, domains: DomainIndex | null): void => {
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

  /** The date a list gives itself; one that is still to come is none: nothing would ever be newer. */
  const dateOf = ({ generatedAt }: { generatedAt: number | null }): number | null =>
    generatedAt !== null && generatedAt <= now() + aheadAtMost ? generatedAt : null

  /** Keeps a list in the place of the former. Errors: `trust-space.older`, `trust-space.shrunk`, those of the store. */
  const keep = async (
    list: DomainList,
    source: Held['source'],
    evenIfShorter: boolean,
  ): Promise<Outcome<null>> => {
    const [before, after] = [held && dateOf(held), dateOf(list)]
    if (before !== null && after !== null && after < before)
      return fail('trust-space.older', { retry: 'later' })
    const count = list.domains.length
    // Half of the correspondents would be outside: a list cut short at its source is likelier than that.
    if (!evenIfShorter && held && held.domains >= fewest && count < held.domains * smallestPart)
      return fail('trust-space.shrunk', {
        retry: 'after-change',
        details: { before: held.domains, after: count },
      })
    const { signal } = life
    const begun = await vault.run('trustSpace.begin', {})
    if (!begun.ok) return begun
    for (let at = 0; at < list.domains.length; at += part) {
      if (signal.aborted) return fail('vault.locked', { retry: 'after-login' })
      const added = await vault.run('trustSpace.add', { domains: list.domains.slice(at, at + part) })
      if (!added.ok) return added
    }
    const { operators, ignored } = list
    const generatedAt = dateOf(list)
    const next = { source, generatedAt, fetchedAt: now(), operators, ignored }
    const done = await vault.run('trustSpace.commit', next)
    if (!done.ok) return done
    if (signal.aborted) return fail('vault.locked', { retry: 'after-login' })
    const names = (function* () {
      for (const { domain } of list.domains) yield domain
    })()
    const index = await indexInSlices(names, deps.breathe, signal)
    if (!index) return fail('vault.locked', { retry: 'after-login' })
    take({ ...next, domains: count }, index)
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
    evenIfShorter: boolean,
  ): Promise<Outcome<null>> => {
    const list = await readDomainList(source, { now: deps.monotonic, breathe: deps.breathe })
    return list.ok ? await alone(() => keep(list.value, kind, evenIfShorter)) : list
  }

  const fetchOnce = async (from: string, evenIfShorter: boolean): Promise<Outcome<null>> => {
    const fetched = await deps.fetchList(from, life.signal)
    return fetched.ok ? await read(fetched.value, 'server', evenIfShorter) : fetched
  }

  /** The stored list, part after part; null when the store cannot tell, or closes. */
  const storedDomains = async (signal: AbortSignal): Promise<DomainIndex | null> => {
    const domains: string[] = []
    for (let after = ''; ; after = domains.at(-1) ?? '') {
      const some = await vault.run('trustSpace.domains', { after, limit: loadedAtATime })
      if (!some.ok || signal.aborted) return null
      for (const one of some.value) domains.push(one)
      if (some.value.length < loadedAtATime) break
    }
    return await indexInSlices(domains, deps.breathe, signal)
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

  const refresh = (evenIfShorter = false): Promise<Outcome<TrustSpaceState>> => {
    if (url === null) return Promise.resolve(fail('trust-space.no-server', { retry: 'after-change' }))
    if (refreshing) return refreshing
    const { signal } = life
    refreshing = fetchOnce(url, evenIfShorter).then((outcome) => {
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
      const index = stored.ok && stored.value ? await storedDomains(life.signal) : null
      take(index && stored.ok ? stored.value : null, index)
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
    importFile: async (bytes, evenIfShorter) => {
      const taken = await read(
        (async function* () {
          yield ok(bytes)
        })(),
        'file',
        evenIfShorter,
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
