import { parsed } from '../asn1.ts'
import { searchPaths } from './build.ts'
import { allReasons, type DistributionPoint } from './extensions.ts'
import type { RevocationList, RevokedEntry } from './revocation-list.ts'
import type { PublicKeyInfo } from './signed.ts'
import { validatePath, workingKeys, type PathSettings } from './validate.ts'
import { keyUsageBits, type X509 } from './x509.ts'

/** Why lists say nothing of a certificate; what tells most is reported. */
export const listProblems = [
  'indirect-list',
  'list-critical-extension',
  'list-signature',
  'list-signer',
  'list-weak',
  'list-expired',
  'list-not-yet-valid',
  'list-without-next-update',
  'delta-without-base',
  'list-reasons',
  'list-scope',
  'list-malformed',
  'no-list',
] as const
export type ListProblem = (typeof listProblems)[number]

export interface ListStatus {
  status: 'good' | 'revoked' | 'unknown'
  /** With `revoked`. */
  entry: RevokedEntry | null
  /** With `unknown`. */
  problem: ListProblem | null
  /** Date of the oldest list used. */
  asOf: Date | null
}

export interface ListsContext {
  lists: readonly RevocationList[]
  /** Lists must be current at that date. */
  at: Date
  /** Certificates that may hold keys of list issuers. */
  candidates: readonly X509[]
  settings: PathSettings
}

const removeFromCrl = 8
const clockSkew = 5 * 60_000
/** A list's signer whose own status needs a list whose signer… */
const maxDepth = 3

const currency = (list: RevocationList, at: Date): ListProblem | null => {
  if (list.thisUpdate.getTime() > at.getTime() + clockSkew) return 'list-not-yet-valid'
  if (list.nextUpdate === null) return 'list-without-next-update'
  return list.nextUpdate.getTime() <= at.getTime() ? 'list-expired' : null
}

const common = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((name) => other.includes(name))

/** Whether a list covers a certificate by a distribution point of it (§6.3.3 (b)). */
const covers = (list: RevocationList, certificate: X509, point: DistributionPoint): boolean => {
  const { scope } = list
  if (scope.names !== null && !common(scope.names, point.names ?? [])) return false
  if (scope.onlyAttributes || (scope.onlyUsers && certificate.isAuthority)) return false
  return !scope.onlyAuthorities || certificate.isAuthority
}

const maySignLists = ({ keyUsage }: X509): boolean =>
  keyUsage === null || (keyUsage & keyUsageBits.crlSign) !== 0

const unknown = (problem: ListProblem): ListStatus => ({
  status: 'unknown',
  entry: null,
  problem,
  asOf: null,
})

/** Collects the most telling problem. */
const problemsSeen = () => {
  const seen = new Set<ListProblem>()
  return {
    add: (problem: ListProblem): void => void seen.add(problem),
    most: (): ListProblem => listProblems.find((problem) => seen.has(problem)) ?? 'no-list',
  }
}

/**
 * Revocation by lists (RFC 5280 §6.3), complete and delta, cut up by distribution point or by reason, signed by the
 * certificate's issuer under any key of its own. Indirect lists are refused. A path is leaf first, its anchor last.
 */
export const createListStatus = (context: ListsContext) => {
  /** Certificates whose status is being asked for: none of them may vouch for itself. */
  const asked = new Set<string>()
  const newestFirst = context.lists.toSorted((one, other) => +other.thisUpdate - +one.thisUpdate)

  /** A certificate outside the path that signs lists: it needs a path to the same anchor and a good status itself. */
  const vouchedFor = (signer: X509, anchor: X509, depth: number): boolean => {
    if (depth >= maxDepth || asked.has(signer.fingerprint)) return false
    const search = searchPaths(signer, context.candidates, [anchor], context.at)
    let found = false
    for (const path of search.paths()) {
      const settings = { ...context.settings, policies: [], explicitPolicy: false }
      if (validatePath(path, settings).failures.length > 0) continue
      found = path.slice(0, -1).every((_, index) => statusOf(path, index, depth + 1).status === 'good')
      if (found) break
    }
    return found
  }

  /** The key that signed a list, among the issuers of a certificate up to its anchor or outside; else why nobody did that may. */
  const signerOf = (
    list: RevocationList,
    issuers: readonly X509[],
    depth: number,
  ): { key: PublicKeyInfo } | ListProblem => {
    const anchor = issuers.at(-1)
    const keys = workingKeys(issuers)
    let problem: ListProblem = 'list-signature'
    for (const [index, certificate] of issuers.entries()) {
      const key = keys[index]
      if (!key || certificate.subjectDn.canonical !== list.issuer.canonical) continue
      if (list.signedBy(key) !== 'good') continue
      const asAnchor = certificate === anchor && !context.settings.anchorConstraints
      if (asAnchor || maySignLists(certificate)) return { key }
      problem = 'list-signer'
    }
    for (const candidate of context.candidates) {
      if (candidate.subjectDn.canonical !== list.issuer.canonical || issuers.includes(candidate)) continue
      if (list.signedBy(candidate.keyInfo) !== 'good') continue
      if (maySignLists(candidate) && anchor && vouchedFor(candidate, anchor, depth))
        return { key: candidate.keyInfo }
      problem = 'list-signer'
    }
    return problem
  }

  /** The delta that brings a complete list up to date (§5.2.4, §6.3.3 (c)); null when there is none. */
  const deltaOf = (base: RevocationList, key: PublicKeyInfo): RevocationList | null => {
    const fits = (delta: RevocationList): boolean =>
      delta.deltaBase !== null &&
      base.number !== null &&
      delta.number !== null &&
      delta.deltaBase <= base.number &&
      delta.number >= base.number &&
      delta.issuer.canonical === base.issuer.canonical &&
      delta.scopeBytes === base.scopeBytes &&
      delta.authorityKeyId === base.authorityKeyId &&
      !delta.unknownCritical &&
      currency(delta, context.at) === null &&
      delta.signedBy(key) === 'good'
    return newestFirst.find(fits) ?? null
  }

  /** What one complete list, with its delta, says of a certificate; a problem when it may not be used. */
  const lookUp = (
    list: RevocationList,
    issuers: readonly X509[],
    certificate: X509,
    depth: number,
  ): { entry: RevokedEntry | null; asOf: Date } | ListProblem => {
    if (list.unknownCritical) return 'list-critical-extension'
    if (list.weakness !== null && context.settings.weak === 'refuse') return 'list-weak'
    const stale = currency(list, context.at)
    // A delta may bring an expired list up to date, where certificate or list tell of deltas (§6.3.3 (a)).
    const renewable = list.freshest.named || certificate.freshestPoints.length > 0
    if (stale && !(stale === 'list-expired' && renewable)) return stale
    const signer = signerOf(list, issuers, depth)
    if (typeof signer === 'string') return signer
    const delta = deltaOf(list, signer.key)
    if (stale && !delta) return stale
    const found = parsed(
      () => delta?.entryOf(certificate.serialNumber) ?? list.entryOf(certificate.serialNumber),
    )
    if (!found.ok) return 'list-malformed'
    const entry = found.value?.reason === removeFromCrl ? null : found.value
    return { entry, asOf: delta?.thisUpdate ?? list.thisUpdate }
  }

  /** Status of one certificate of a path, its place given. */
  const statusOf = (path: readonly X509[], index: number, depth = 0): ListStatus => {
    const certificate = path[index]
    if (!certificate || asked.has(certificate.fingerprint)) return unknown('list-signer')
    asked.add(certificate.fingerprint)
    const status = look(certificate, path.slice(index + 1), depth)
    asked.delete(certificate.fingerprint)
    return status
  }

  const look = (certificate: X509, issuers: readonly X509[], depth: number): ListStatus => {
    const issuer = certificate.issuerDn.canonical
    const implied = { names: [`directoryName ${issuer}`], urls: [], reasons: null, indirect: false }
    const problems = problemsSeen()
    let covered = 0
    const used: Date[] = []
    const asOf = (): Date => new Date(Math.min(...used.map((date) => date.getTime())))
    for (const point of [...certificate.crlPoints, implied]) {
      if (point.indirect) problems.add('indirect-list')
      for (const list of point.indirect ? [] : newestFirst) {
        if (list.issuer.canonical !== issuer) continue
        const reasons = (list.scope.reasons ?? allReasons) & (point.reasons ?? allReasons)
        if (list.deltaBase !== null) problems.add('delta-without-base')
        else if (list.scope.indirect) problems.add('indirect-list')
        else if (!covers(list, certificate, point)) problems.add('list-scope')
        else if ((reasons & ~covered) !== 0) {
          const found = lookUp(list, issuers, certificate, depth)
          if (typeof found === 'string') {
            problems.add(found)
            continue
          }
          used.push(found.asOf)
          if (found.entry) return { status: 'revoked', entry: found.entry, problem: null, asOf: asOf() }
          covered |= reasons
        }
        if (covered === allReasons) return { status: 'good', entry: null, problem: null, asOf: asOf() }
      }
    }
    if (covered !== 0) problems.add('list-reasons')
    return unknown(problems.most())
  }

  /** Why a list could say nothing of what the first certificate of a path stands below; null when it could. */
  const refusal = (list: RevocationList, path: readonly X509[]): ListProblem | null => {
    const issuer = path[1]
    if (list.issuer.canonical !== issuer?.subjectDn.canonical) return 'list-scope'
    if (list.unknownCritical) return 'list-critical-extension'
    if (list.weakness !== null && context.settings.weak === 'refuse') return 'list-weak'
    const signer = currency(list, context.at) ?? signerOf(list, path.slice(1), 0)
    return typeof signer === 'string' ? signer : null
  }

  return { statusOf, refusal }
}
