import type { CertificateFacts } from './certificate.ts'
import { searchPaths } from './path/build.ts'
import type { PathProblem } from './path/problem.ts'
import { validatePath, type PathFailure } from './path/validate.ts'

export type FoundPath = { ok: true; path: CertificateFacts[] } | { ok: false; problem: PathProblem }

interface KnownPath {
  path: CertificateFacts[]
  /** Milliseconds since 1970 between which no certificate of it but the leaf begins or ends. */
  from: number
  until: number
}

const mostKnown = 500

/** Dates of the leaf are its user's to judge: what it signed may be older than today. */
const ofLeafDates = ({ problem, index }: PathFailure): boolean =>
  index === 0 && (problem === 'expired' || problem === 'not-yet-valid')

/**
 * Finds valid paths to anchors (RFC 5280 §6, weak algorithms refused, constraints of the anchors' certificates kept), revocation and
 * dates of the leaf excepted. A path found is remembered as long as it holds.
 */
export const createPathFinder = (anchors: readonly CertificateFacts[]) => {
  const known = new Map<string, KnownPath>()

  const remember = (path: CertificateFacts[]): void => {
    const [leaf, ...above] = path
    if (!leaf) return
    const from = Math.max(...above.map(({ notBefore }) => notBefore.getTime()))
    const until = Math.min(...above.map(({ notAfter }) => notAfter.getTime()))
    known.delete(leaf.fingerprint)
    known.set(leaf.fingerprint, { path, from, until })
    const [oldest] = known.keys()
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
  }

  return (leaf: CertificateFacts, candidates: readonly CertificateFacts[], at: Date): FoundPath => {
    const before = known.get(leaf.fingerprint)
    if (before && before.from <= at.getTime() && at.getTime() <= before.until)
      return { ok: true, path: before.path }
    const all = new Map([leaf, ...anchors, ...candidates].map((one) => [one.fingerprint, one]))
    const search = searchPaths(leaf, candidates, anchors, at)
    let problem: PathProblem | null = null
    for (const path of search.paths()) {
      // An anchor may not vouch for itself here: it is an authority, no signer and no server.
      if (path.length < 2) continue
      const { failures } = validatePath(path, {
        at,
        policies: [],
        explicitPolicy: false,
        inhibitMapping: false,
        inhibitAny: false,
        weak: 'refuse',
        anchorConstraints: true,
      })
      const failure = failures.find((one) => !ofLeafDates(one))
      if (!failure) {
        const facts = path.flatMap(({ fingerprint }) => all.get(fingerprint) ?? [])
        remember(facts)
        return { ok: true, path: facts }
      }
      problem ??= failure.problem
    }
    return { ok: false, problem: problem ?? search.deadEnd()?.problem ?? 'untrusted-authority' }
  }
}
