import type { Outcome } from '../contract/errors.ts'
import { ocspRequest, ocspUrl, readOcspAnswer, type OcspAnswer } from './ocsp.ts'
import { createListStatus, type ListProblem } from './path/list-status.ts'
import { readCrl, type RevocationList } from './path/revocation-list.ts'
import type { PathSettings } from './path/validate.ts'
import type { X509 } from './path/x509.ts'

export type RevocationStatus = 'good' | 'revoked' | 'unknown'

/** What is known of a path: the worst of its certificates. */
export interface RevocationVerdict {
  status: RevocationStatus
  /** Date of the oldest list or answer it rests on; of a list gone stale with `unknown`; null when there is none. */
  asOf: Date | null
  /** With `unknown`, why the lists say nothing. */
  problem: ListProblem | null
}

/** Where the last good revocation lists and answers are kept (ECO.1.1.7). */
export interface RevocationStore {
  get(url: string): Promise<Uint8Array | null>
  put(url: string, der: Uint8Array, thisUpdate: Date, nextUpdate: Date | null): Promise<void>
}

export interface RevocationDeps {
  /** Milliseconds since 1970. */
  now(): number
  /** Over http with its own limits on size and time: GET, or POST of an OCSP request when there is a body. */
  fetch(url: string, body?: Uint8Array): Promise<Outcome<Uint8Array>>
  store: RevocationStore
  /** Lists at hand, DER, whatever address they came from (`inspect message --crl`). */
  lists?: readonly Uint8Array[]
  /** For the nonces of questions by POST, which have none without it. */
  random?(n: number): Uint8Array
}

/** After a failed fetch the address is left alone for a while: reading mail offline must not wait for each message. */
const quiet = 60_000
/** Longest question asked by GET, in characters of its address (RFC 6960 appendix A.1). */
const longestGet = 255
const nonceLength = 32
/** A kept list is renewed once it is older than this, even when it has not expired. */
const renewAfter = 6 * 3_600_000
/** What was found of a certificate is not looked up again for a while, unless a new list came. */
const knownFor = 10 * 60_000
const mostLists = 32
const mostKnown = 2_000
const mostUrls = 4
const mostFreshest = 2
const mostResponders = 2

interface KeptList {
  list: RevocationList
  readAt: number
}

/** What lists or a responder say of one certificate; `asOf` as in the verdict. */
interface Finding {
  status: RevocationStatus
  /** With `revoked`: since when, or since when its key may have been stolen. */
  since: Date | null
  asOf: Date | null
  problem: ListProblem | null
}

const nothingFound: Finding = { status: 'unknown', since: null, asOf: null, problem: 'no-list' }

const putLast = <V>(map: Map<string, V>, key: string, value: V, most: number): void => {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
}

/**
 * Asks lists first, complete and delta, then OCSP; an answer is only ever one that the issuer vouches for and that has not
 * expired. Expired, a list still says who was revoked.
 */
export const createRevocation = (deps: RevocationDeps) => {
  const atHand = (deps.lists ?? []).flatMap((der) => {
    const read = readCrl(der)
    return read.ok ? [read.value] : []
  })
  const lists = new Map<string, KeptList>()
  const findings = new Map<string, { finding: Finding; until: number }>()
  const failedAt = new Map<string, number>()
  const underWay = new Map<string, Promise<Uint8Array | null>>()
  const nowDate = (): Date => new Date(deps.now())

  const settingsAt = (at: Date): PathSettings => ({
    at,
    policies: [],
    explicitPolicy: false,
    inhibitMapping: false,
    inhibitAny: false,
    weak: 'refuse',
    anchorConstraints: true,
  })
  const statuses = (among: readonly RevocationList[], at: Date, candidates: readonly X509[]) =>
    createListStatus({ lists: among, at, candidates, settings: settingsAt(at) })

  const fetchOnce = (url: string, body?: Uint8Array, name = url): Promise<Uint8Array | null> => {
    const running = underWay.get(name)
    if (running) return running
    if (deps.now() - (failedAt.get(name) ?? -Infinity) < quiet) return Promise.resolve(null)
    const started = deps.fetch(url, ...(body ? [body] : [])).then((fetched) => {
      underWay.delete(name)
      if (fetched.ok) return fetched.value
      putLast(failedAt, name, deps.now(), mostKnown)
      return null
    })
    underWay.set(name, started)
    return started
  }

  const remember = (url: string, kept: KeptList): RevocationList => {
    putLast(lists, url, kept, mostLists)
    findings.clear()
    return kept.list
  }

  /** The list kept of an address, perhaps expired; it only stands in until another one is fetched. */
  const fromStore = async (
    url: string,
    usable: (list: RevocationList, at: Date) => boolean,
  ): Promise<KeptList | null> => {
    const der = await deps.store.get(url)
    const read = der ? readCrl(der) : null
    if (!read?.ok || !usable(read.value, read.value.thisUpdate)) return null
    const kept = { list: read.value, readAt: -Infinity }
    remember(url, kept)
    return kept
  }

  /**
   * The list of an address for the first certificate of a path: the newest that its issuer vouches for, as fetched or as kept.
   * One from the store may have expired.
   */
  const listFrom = async (
    url: string,
    path: readonly X509[],
    candidates: readonly X509[],
  ): Promise<RevocationList | null> => {
    const current = (list: RevocationList): boolean => (list.nextUpdate ?? new Date(0)) > nowDate()
    const usable = (list: RevocationList, at: Date): boolean =>
      statuses([], at, candidates).refusal(list, path) === null
    const before = lists.get(url) ?? (await fromStore(url, usable))
    const stillGood = before !== null && current(before.list)
    if (stillGood && deps.now() - before.readAt < renewAfter) return before.list
    const fetched = await fetchOnce(url)
    if (fetched) {
      const fresh = readCrl(fetched)
      // Nobody on the way may put back an older list.
      const older = before !== null && fresh.ok && fresh.value.thisUpdate < before.list.thisUpdate
      if (fresh.ok && !older && usable(fresh.value, nowDate())) {
        await deps.store.put(url, fetched, fresh.value.thisUpdate, fresh.value.nextUpdate)
        return remember(url, { list: fresh.value, readAt: deps.now() })
      }
      putLast(failedAt, url, deps.now(), mostKnown)
    }
    return before?.list ?? null
  }

  /** Lists and responders may forget a certificate once it has expired: « good » says nothing of it then. */
  const forgotten = (certificate: X509, answeredAt: Date): boolean => certificate.notAfter < answeredAt

  const byLists = async (path: readonly X509[], candidates: readonly X509[]): Promise<Finding> => {
    const [certificate] = path
    if (!certificate) return nothingFound
    const direct = certificate.crlPoints.filter(({ indirect }) => !indirect).flatMap(({ urls }) => urls)
    const among: RevocationList[] = [...atHand]
    for (const url of direct.slice(0, mostUrls)) {
      const list = await listFrom(url, path, candidates)
      if (list && !among.includes(list)) among.push(list)
      if (list && statuses(among, nowDate(), candidates).statusOf(path, 0).status !== 'unknown') break
    }
    const named = [
      ...certificate.freshestPoints.flatMap(({ urls }) => urls),
      ...among.flatMap(({ freshest }) => freshest.urls),
    ]
    for (const url of [...new Set(named)].slice(0, among.length > 0 ? mostFreshest : 0)) {
      const delta = await listFrom(url, path, candidates)
      if (delta && !among.includes(delta)) among.push(delta)
    }
    const { status, entry, asOf, problem } = statuses(among, nowDate(), candidates).statusOf(path, 0)
    const since = entry
      ? new Date(Math.min(entry.revokedAt.getTime(), entry.invalidFrom?.getTime() ?? Infinity))
      : null
    if (status === 'revoked') return { status, since, asOf, problem: null }
    if (status === 'good' && asOf)
      return forgotten(certificate, asOf)
        ? { ...nothingFound, asOf }
        : { status, since: null, asOf, problem: null }
    return byStaleLists(path, among, candidates, problem)
  }

  /** A list that has expired vouches for nobody any more, but whom it revoked stays so. */
  const byStaleLists = (
    path: readonly X509[],
    among: readonly RevocationList[],
    candidates: readonly X509[],
    problem: ListProblem | null,
  ): Finding => {
    let newest: Date | null = null
    for (const list of among) {
      if (list.deltaBase !== null) continue
      const then = statuses([list], list.thisUpdate, candidates).statusOf(path, 0)
      if (then.status === 'revoked')
        return {
          status: 'revoked',
          since: then.entry?.revokedAt ?? null,
          asOf: list.thisUpdate,
          problem: null,
        }
      if (then.status === 'good' && (newest === null || list.thisUpdate > newest)) newest = list.thisUpdate
    }
    return { status: 'unknown', since: null, asOf: newest, problem }
  }

  /** By GET, whose answers are cached on the way, then by POST for a long question or a responder that wants it. */
  const askResponder = async (
    responder: string,
    certificate: X509,
    issuer: X509,
  ): Promise<OcspAnswer | null> => {
    const url = ocspUrl(responder, certificate, issuer)
    const nonce = deps.random?.(nonceLength)
    const ways: { url: string; body?: Uint8Array; nonce?: Uint8Array; name: string }[] = [
      {
        url: responder,
        body: ocspRequest(certificate, issuer, nonce),
        ...(nonce ? { nonce } : {}),
        name: `${url} POST`,
      },
    ]
    if (url.length - responder.length <= longestGet) ways.unshift({ url, name: url })
    for (const way of ways) {
      const fetched = await fetchOnce(way.url, way.body, way.name)
      const answer = fetched ? readOcspAnswer(fetched, certificate, issuer, nowDate(), way.nonce) : null
      if (!fetched || !answer?.ok) continue
      await deps.store.put(url, fetched, answer.value.thisUpdate, new Date(answer.value.until))
      return answer.value
    }
    const kept = await deps.store.get(url)
    const old = kept ? readOcspAnswer(kept, certificate, issuer, nowDate()) : null
    return old?.ok ? old.value : null
  }

  const byOcsp = async (path: readonly X509[], candidates: readonly X509[]): Promise<Finding> => {
    const [certificate, issuer] = path
    if (!certificate || !issuer) return nothingFound
    for (const responder of certificate.ocspUrls.slice(0, mostResponders)) {
      const answer = await askResponder(responder, certificate, issuer)
      if (!answer || answer.status === 'unknown') continue
      const { toCheck, status, revokedAt, thisUpdate } = answer
      // A responder that may be revoked is looked up in lists; without any, the issuer's word for it counts.
      const responderStatus = toCheck ? await byLists([toCheck, ...path.slice(1)], candidates) : null
      if (responderStatus?.status === 'revoked') continue
      if (status === 'revoked') return { status, since: revokedAt, asOf: thisUpdate, problem: null }
      if (!forgotten(certificate, nowDate())) return { status, since: null, asOf: thisUpdate, problem: null }
    }
    return nothingFound
  }

  /** What is known of the first certificate of a path; remembered for a while. */
  const findingOf = async (path: readonly X509[], candidates: readonly X509[]): Promise<Finding> => {
    const key = `${path[0]?.fingerprint ?? ''} ${path[1]?.fingerprint ?? ''}`
    const known = findings.get(key)
    if (known && known.until > deps.now()) return known.finding
    const lists = await byLists(path, candidates)
    const asked = lists.status === 'unknown' ? await byOcsp(path, candidates) : lists
    const finding = asked.status === 'unknown' ? lists : asked
    const until = deps.now() + (finding.status === 'unknown' ? quiet : knownFor)
    putLast(findings, key, { finding, until }, mostKnown)
    return finding
  }

  /**
   * The worst status along a path, leaf first, its anchor excepted. What was revoked after `at` was good then; null asks for
   * now. `candidates` may hold certificates of list signers.
   */
  return async (
    path: readonly X509[],
    at: Date | null,
    candidates: readonly X509[],
  ): Promise<RevocationVerdict> => {
    const verdict: RevocationVerdict = { status: 'good', asOf: null, problem: null }
    for (let index = 0; index + 1 < path.length; index += 1) {
      const { status, since, asOf, problem } = await findingOf(path.slice(index), candidates)
      if (status === 'revoked' && !(at !== null && since !== null && since > at))
        return { status, asOf, problem: null }
      if (asOf && (verdict.asOf === null || asOf < verdict.asOf)) verdict.asOf = asOf
      if (status === 'unknown' && verdict.status === 'good') {
        verdict.status = 'unknown'
        verdict.problem = problem
      }
    }
    return verdict
  }
}
