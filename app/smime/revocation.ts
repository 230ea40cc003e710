import { createHash } from 'node:crypto'
import type { Outcome } from '../contract/errors.ts'
import { parsed } from './asn1.ts'
import type { CertificateFacts } from './certificate.ts'
import { usableCrl, type RevocationList } from './crl.ts'
import { ocspRequest, ocspUrl, readOcspAnswer, type OcspAnswer } from './ocsp.ts'

export type RevocationStatus = 'good' | 'revoked' | 'unknown'

/** Where the last good revocation lists are kept (ECO.1.1.7). */
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
}

/** After a failed fetch the address is left alone for a while: reading mail offline must not wait for each message. */
const quiet = 60_000
/** Longest question asked by GET, in characters of its address (RFC 6960 appendix A.1). */
const longestGet = 255
/** A kept list is renewed once it is older than this, even when it has not expired. */
const renewAfter = 6 * 3_600_000

interface KeptList {
  list: RevocationList
  issuer: string
  readAt: number
}

/** Asks lists first, then OCSP; an answer is only ever one that the issuer signed and that has not expired. */
export const createRevocation = (deps: RevocationDeps) => {
  const lists = new Map<string, KeptList>()
  const answers = new Map<string, OcspAnswer>()
  const failedAt = new Map<string, number>()
  const underWay = new Map<string, Promise<Uint8Array | null>>()
  const nowDate = (): Date => new Date(deps.now())

  const fetchOnce = (url: string, body?: Uint8Array): Promise<Uint8Array | null> => {
    const question = body ? `${url} ${createHash('sha256').update(body).digest('hex')}` : url
    const running = underWay.get(question)
    if (running) return running
    if (deps.now() - (failedAt.get(question) ?? -Infinity) < quiet) return Promise.resolve(null)
    const started = deps.fetch(url, ...(body ? [body] : [])).then((fetched) => {
      underWay.delete(question)
      if (fetched.ok) return fetched.value
      failedAt.set(question, deps.now())
      return null
    })
    underWay.set(question, started)
    return started
  }

  const listFrom = async (url: string, issuer: CertificateFacts): Promise<RevocationList | null> => {
    const remember = (list: RevocationList, readAt: number): RevocationList => {
      lists.set(url, { list, issuer: issuer.fingerprint, readAt })
      return list
    }
    const inMemory = lists.get(url)
    const stillGood =
      inMemory?.issuer === issuer.fingerprint && (inMemory.list.nextUpdate ?? new Date(0)) > nowDate()
    if (stillGood && deps.now() - inMemory.readAt < renewAfter) return inMemory.list
    const fetched = await fetchOnce(url)
    if (fetched) {
      const fresh = usableCrl(fetched, issuer, nowDate())
      if (fresh.ok) {
        await deps.store.put(url, fetched, fresh.value.thisUpdate, fresh.value.nextUpdate)
        return remember(fresh.value, deps.now())
      }
      failedAt.set(url, deps.now())
    }
    if (stillGood) return inMemory.list
    const kept = await deps.store.get(url)
    const old = kept ? usableCrl(kept, issuer, nowDate()) : null
    // Asked again soon: it is only a stand-in for the list that could not be fetched.
    return old?.ok ? remember(old.value, deps.now() - renewAfter + quiet) : null
  }

  /** Lists and responders may forget a certificate once it has expired: « good » says nothing of it then. */
  const forgotten = (certificate: CertificateFacts, answeredAt: Date): boolean =>
    certificate.notAfter < answeredAt

  const byList = async (
    certificate: CertificateFacts,
    issuer: CertificateFacts,
    at: Date | null,
  ): Promise<RevocationStatus> => {
    for (const url of certificate.crlUrls.slice(0, 4)) {
      const list = await listFrom(url, issuer)
      const covers = list && (list.only === null || (list.only === 'authorities') === certificate.isAuthority)
      if (!covers) continue
      const revokedAt = parsed(() => list.revokedAt(certificate.serial))
      if (!revokedAt.ok) continue
      if (revokedAt.value) return at !== null && revokedAt.value > at ? 'good' : 'revoked'
      if (!forgotten(certificate, list.thisUpdate)) return 'good'
    }
    return 'unknown'
  }

  /** By GET, whose answers are cached on the way, then by POST for a long question or a responder that wants it. */
  const askResponder = async (
    responder: string,
    certificate: CertificateFacts,
    issuer: CertificateFacts,
  ): Promise<OcspAnswer | null> => {
    const url = ocspUrl(responder, certificate, issuer)
    const ways: [string, Uint8Array?][] = [[responder, ocspRequest(certificate, issuer)]]
    if (url.length - responder.length <= longestGet) ways.unshift([url])
    for (const way of ways) {
      const fetched = await fetchOnce(...way)
      const answer = fetched ? readOcspAnswer(fetched, certificate, issuer, nowDate()) : null
      if (answer?.ok) return answer.value
    }
    return null
  }

  const byOcsp = async (
    certificate: CertificateFacts,
    issuer: CertificateFacts,
    at: Date | null,
  ): Promise<RevocationStatus> => {
    const judged = ({ status, revokedAt }: OcspAnswer): RevocationStatus => {
      if (status === 'revoked')
        return at !== null && revokedAt !== null && revokedAt > at ? 'good' : 'revoked'
      return status === 'good' && !forgotten(certificate, nowDate()) ? 'good' : 'unknown'
    }
    const known = answers.get(certificate.fingerprint)
    if (known && known.until > deps.now()) return judged(known)
    for (const responder of certificate.ocspUrls.slice(0, 2)) {
      const answer = await askResponder(responder, certificate, issuer)
      if (answer && answer.status !== 'unknown') {
        answers.set(certificate.fingerprint, answer)
        return judged(answer)
      }
    }
    return 'unknown'
  }

  /**
   * The worst status along a path, leaf first, its self-signed root excepted. What was revoked after `at` was good then;
   * null asks for now.
   */
  return async (path: readonly CertificateFacts[], at: Date | null): Promise<RevocationStatus> => {
    let worst: RevocationStatus = 'good'
    for (const [index, certificate] of path.entries()) {
      const issuer = path[index + 1]
      if (!issuer) break
      let status = await byList(certificate, issuer, at)
      if (status === 'unknown') status = await byOcsp(certificate, issuer, at)
      if (status === 'revoked') return 'revoked'
      if (status === 'unknown') worst = 'unknown'
    }
    return worst
  }
}
