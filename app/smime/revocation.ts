import type { Outcome } from '../contract/errors.ts'
import type { CertificateFacts } from './certificate.ts'
import { usableCrl, type RevocationList } from './crl.ts'
import { ocspUrl, readOcspAnswer, type OcspAnswer } from './ocsp.ts'

export type RevocationStatus = 'good' | 'revoked' | 'unknown'

/** Where the last good revocation lists are kept (ECO.1.1.7). */
export interface RevocationStore {
  get(url: string): Promise<Uint8Array | null>
  put(url: string, der: Uint8Array, thisUpdate: Date, nextUpdate: Date | null): Promise<void>
}

export interface RevocationDeps {
  /** Milliseconds since 1970. */
  now(): number
  /** GET over http, with its own limits on size and time. */
  fetch(url: string): Promise<Outcome<Uint8Array>>
  store: RevocationStore
}

/** After a failed fetch the address is left alone for a while: reading mail offline must not wait for each message. */
const quiet = 60_000
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

  const fetchOnce = (url: string): Promise<Uint8Array | null> => {
    const running = underWay.get(url)
    if (running) return running
    if (deps.now() - (failedAt.get(url) ?? -Infinity) < quiet) return Promise.resolve(null)
    const started = deps.fetch(url).then((fetched) => {
      underWay.delete(url)
      if (fetched.ok) return fetched.value
      failedAt.set(url, deps.now())
      return null
    })
    underWay.set(url, started)
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

  const byList = async (
    certificate: CertificateFacts,
    issuer: CertificateFacts,
  ): Promise<RevocationStatus> => {
    for (const url of certificate.crlUrls.slice(0, 4)) {
      const list = await listFrom(url, issuer)
      const covers = list && (list.only === null || (list.only === 'authorities') === certificate.isAuthority)
      if (covers) return list.revokedAt(certificate.serial) ? 'revoked' : 'good'
    }
    return 'unknown'
  }

  const byOcsp = async (
    certificate: CertificateFacts,
    issuer: CertificateFacts,
  ): Promise<RevocationStatus> => {
    const known = answers.get(certificate.fingerprint)
    if (known && known.until > deps.now()) return known.status
    for (const responder of certificate.ocspUrls.slice(0, 2)) {
      const fetched = await fetchOnce(ocspUrl(responder, certificate, issuer))
      const answer = fetched ? readOcspAnswer(fetched, certificate, issuer, nowDate()) : null
      if (answer?.ok && answer.value.status !== 'unknown') {
        answers.set(certificate.fingerprint, answer.value)
        return answer.value.status
      }
    }
    return 'unknown'
  }

  /** The worst status along a path, leaf first, its self-signed root excepted. */
  return async (path: readonly CertificateFacts[]): Promise<RevocationStatus> => {
    let worst: RevocationStatus = 'good'
    for (const [index, certificate] of path.entries()) {
      const issuer = path[index + 1]
      if (!issuer) break
      let status = await byList(certificate, issuer)
      if (status === 'unknown') status = await byOcsp(certificate, issuer)
      if (status === 'revoked') return 'revoked'
      if (status === 'unknown') worst = 'unknown'
    }
    return worst
  }
}
