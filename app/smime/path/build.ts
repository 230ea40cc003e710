import type { PathProblem } from './problem.ts'
import { publicKeyOf } from './signed.ts'
import { signedBy } from './validate.ts'
import { dateProblem, isSelfIssued, keyUsageBits, type X509 } from './x509.ts'

/** Bounds of the search for paths: hostile sets of certificates stay cheap. */
export interface SearchLimits {
  /** Certificates in a path. */
  length: number
  /** Issuers tried, over all paths. */
  steps: number
  /** Signatures checked. */
  signatures: number
  /** Whole paths looked at. */
  paths: number
}

export const defaultLimits: SearchLimits = { length: 24, steps: 4000, signatures: 400, paths: 40 }

/** Why no path came together: what stopped the most promising one. */
export interface DeadEnd {
  problem: PathProblem
  /** From the leaf to the certificate that has no issuer. */
  path: X509[]
}

/** Most telling first. */
const telling: readonly PathProblem[] = [
  'limit',
  'signature',
  'unsupported-algorithm',
  'name-chaining',
  'untrusted-authority',
  'issuer-not-found',
]

const sameKey = (one: X509, other: X509): boolean =>
  Buffer.compare(one.keyInfo.der, other.keyInfo.der) === 0 &&
  one.subjectDn.canonical === other.subjectDn.canonical

/** Likelier issuers first: the key identifier fits, it may sign, it is current, it was issued last. */
const score = (issuer: X509, current: X509, at: Date): number => {
  const known = current.authorityKeyId !== null && issuer.subjectKeyId !== null
  const mayCertify = issuer.keyUsage === null || (issuer.keyUsage & keyUsageBits.keyCertSign) !== 0
  return (
    (known ? (current.authorityKeyId === issuer.subjectKeyId ? 8 : -8) : 0) +
    (mayCertify && issuer.isAuthority ? 4 : 0) +
    (dateProblem(issuer, at) === null ? 2 : 0) +
    (isSelfIssued(issuer) ? 0 : 1)
  )
}

/**
 * Finds paths from a certificate to anchors by name and signature (RFC 4158), likeliest first; nothing else is judged here.
 * An anchor that another anchor issued is first followed to that one. Iterate `paths` as far as needed; `deadEnd` then says
 * what stopped the search when there was none.
 */
export const searchPaths = (
  leaf: X509,
  candidates: readonly X509[],
  anchors: readonly X509[],
  at: Date,
  limits: SearchLimits = defaultLimits,
) => {
  const trusted = new Set(anchors.map(({ fingerprint }) => fingerprint))
  const known = new Set<string>()
  const byName = new Map<string, X509[]>()
  const all: X509[] = []
  for (const one of [...anchors, ...candidates]) {
    if (known.has(one.fingerprint)) continue
    known.add(one.fingerprint)
    all.push(one)
    const name = one.subjectDn.canonical
    const same = byName.get(name)
    if (same) same.push(one)
    else byName.set(name, [one])
  }
  const spent = { steps: 0, paths: 0 }
  const asked = new Set<string>()
  let deadEnd: DeadEnd | null = null
  const stopped = (problem: PathProblem, path: X509[]): void => {
    const before = deadEnd ? telling.indexOf(deadEnd.problem) : telling.length
    const now = telling.indexOf(problem)
    const longer = now === before && path.length > (deadEnd?.path.length ?? 0)
    if (now < before || longer) deadEnd = { problem, path: [...path] }
  }

  /** A DSA key without parameters is only known once the path is whole: `validatePath` checks it. */
  const mayHaveSigned = (issuer: X509, current: X509): boolean | null => {
    if (issuer.keyInfo.inherits) return true
    const pair = `${issuer.fingerprint} ${current.fingerprint}`
    if (!asked.has(pair) && asked.size >= limits.signatures) return null
    asked.add(pair)
    return signedBy(current, issuer.keyInfo) === 'good'
  }

  /** The names are right for nobody: is there one whose key is? */
  const signerOfOtherName = (current: X509): boolean =>
    all.some(
      (one) =>
        one.isAuthority &&
        one.subjectDn.canonical !== current.issuerDn.canonical &&
        mayHaveSigned(one, current) === true,
    )

  const deadEndAt = (path: X509[], current: X509, tried: number, unsupported: boolean): void => {
    const selfSigned = isSelfIssued(current) && signedBy(current, current.keyInfo) === 'good'
    // Its issuers are there, below it: a loop.
    const looped = tried === 0 && byName.has(current.issuerDn.canonical)
    if (selfSigned || looped) stopped('untrusted-authority', path)
    else if (unsupported) stopped('unsupported-algorithm', path)
    else if (tried > 0) stopped('signature', path)
    else stopped(signerOfOtherName(current) ? 'name-chaining' : 'issuer-not-found', path)
  }

  const extend = function* (path: X509[]): Generator<X509[]> {
    const current = path.at(-1)
    if (!current || spent.paths >= limits.paths) return
    const isAnchor = trusted.has(current.fingerprint)
    const ends = isAnchor && path.length > 1
    if (ends && isSelfIssued(current)) {
      spent.paths += 1
      yield path
      return
    }
    let tried = 0
    let followed = false
    let unsupported = false
    const issuers = (byName.get(current.issuerDn.canonical) ?? [])
      .filter((issuer) => !path.some((one) => one.fingerprint === issuer.fingerprint || sameKey(one, issuer)))
      .toSorted((one, other) => score(other, current, at) - score(one, current, at))
    for (const issuer of path.length < limits.length ? issuers : []) {
      spent.steps += 1
      const signed = spent.steps > limits.steps ? null : mayHaveSigned(issuer, current)
      if (signed === null) {
        stopped('limit', path)
        break
      }
      tried += 1
      if (!signed) {
        unsupported ||=
          publicKeyOf(issuer.keyInfo) === null || signedBy(current, issuer.keyInfo) === 'unsupported'
        continue
      }
      followed = true
      yield* extend([...path, issuer])
    }
    if (path.length >= limits.length && issuers.length > 0) stopped('limit', path)
    else if (!followed && !isAnchor) deadEndAt(path, current, tried, unsupported)
    // An anchor is one even when nobody vouches for it, or nobody that may.
    if (ends) {
      spent.paths += 1
      yield path
    }
  }

  const paths = function* (): Generator<X509[]> {
    if (trusted.has(leaf.fingerprint)) yield [leaf]
    yield* extend([leaf])
  }
  return { paths, deadEnd: (): DeadEnd | null => deadEnd }
}
