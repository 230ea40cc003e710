import { searchPaths } from './build.ts'
import { createListStatus, type ListStatus } from './list-status.ts'
import type { PathProblem } from './problem.ts'
import { purposeProblem, type Purpose, type PurposeProblem } from './purpose.ts'
import type { RevocationList } from './revocation-list.ts'
import { validatePath, type PathFailure, type PathReport, type PathSettings } from './validate.ts'
import type { X509 } from './x509.ts'

export interface PathQuestion {
  leaf: X509
  /** Intermediates, and others that may sign lists. */
  candidates: readonly X509[]
  anchors: readonly X509[]
  /** Null asks nothing of revocation; else every certificate below the anchor must be good by these lists. */
  lists: readonly RevocationList[] | null
  purpose: Purpose
  settings: PathSettings
}

export interface PathAnswer extends PathReport {
  /** No failure. `failures` holds those of revocation and purpose too, last. */
  valid: boolean
  /** Of each certificate below the anchor, leaf first; null when not asked for. */
  revocation: ListStatus[] | null
  purpose: PurposeProblem | null
}

const nothing = { authority: [], user: [], required: false }

/**
 * Judges a certificate by all paths to anchors there are, likeliest first, until one is valid (RFC 5280 §6, with §6.3 where lists
 * are given). The answer is about that path, else about the one with the fewest failures.
 */
export const judgePath = (question: PathQuestion): PathAnswer => {
  const { leaf, candidates, anchors, lists, purpose, settings } = question
  const search = searchPaths(leaf, candidates, anchors, settings.at)
  const pool = [...candidates, ...anchors]
  const statuses = lists ? createListStatus({ lists, at: settings.at, candidates: pool, settings }) : null
  /** A path that merely stops below a certificate found revoked is no better. */
  const revoked = new Set<string>()
  let best: PathAnswer | null = null
  for (const path of search.paths()) {
    const report = validatePath(path, settings)
    const failures: PathFailure[] = [...report.failures]
    const failed = (problem: PathProblem, index: number): void => {
      const certificate = path[index]
      if (certificate) failures.push({ problem, certificate, index })
    }
    let revocation: ListStatus[] | null = null
    if (statuses && failures.length === 0) {
      revocation = path.slice(0, -1).map((_, index) => statuses.statusOf(path, index))
      // From the anchor down, as everything else.
      for (const [index, { status }] of [...revocation.entries()].toReversed()) {
        if (status === 'revoked') revoked.add(path[index]?.fingerprint ?? '')
        if (status !== 'good') failed(status === 'revoked' ? 'revoked' : 'revocation-unknown', index)
      }
      const known = path.findIndex(({ fingerprint }) => revoked.has(fingerprint))
      if (known >= 0 && failures.length === 0) failed('revoked', known)
    }
    const misused = purposeProblem(path, purpose)
    if (misused) failed('purpose', 0)
    const answer = { ...report, failures, valid: failures.length === 0, revocation, purpose: misused }
    if (answer.valid) return answer
    if (!best || failures.length < best.failures.length) best = answer
  }
  if (best) return best
  const { problem, path } = search.deadEnd() ?? { problem: 'issuer-not-found' as const, path: [leaf] }
  const certificate = path.at(-1) ?? leaf
  return {
    path,
    failures: [{ problem, certificate, index: path.length - 1 }],
    policies: nothing,
    weak: [],
    valid: false,
    revocation: null,
    purpose: purposeProblem([leaf], purpose),
  }
}
