import { keyUsageBits, type CertificateFacts } from './certificate.ts'

/** Longest chain, and most signatures checked while looking for it: hostile sets of certificates stay cheap. */
const maxLength = 6
const maxChecks = 48

export type PathProblem = 'untrusted-authority' | 'expired' | 'not-yet-valid'
export type PathResult = { ok: true; path: CertificateFacts[] } | { ok: false; problem: PathProblem }

/** Whether a date lies inside a certificate's validity. */
export const dateProblem = (facts: CertificateFacts, at: Date): 'expired' | 'not-yet-valid' | null => {
  if (at < facts.notBefore) return 'not-yet-valid'
  return at > facts.notAfter ? 'expired' : null
}

/**
 * The chain from a certificate to a trust anchor (RFC 5280 §6, without policies; name constraints and other unknown
 * critical extensions refuse a certificate). It goes on to the root where the anchors hold it. The dates of the leaf
 * itself are the caller's to judge.
 */
export const buildPath = (
  leaf: CertificateFacts,
  candidates: readonly CertificateFacts[],
  anchors: readonly CertificateFacts[],
  at: Date,
): PathResult => {
  const trusted = new Set(anchors.map((anchor) => anchor.fingerprint))
  let checks = 0
  let problem: PathProblem = 'untrusted-authority'

  const mayIssue = (issuer: CertificateFacts, path: readonly CertificateFacts[]): boolean => {
    const signsCertificates = issuer.keyUsage === null || (issuer.keyUsage & keyUsageBits.keyCertSign) !== 0
    if (!issuer.isAuthority || !signsCertificates || issuer.unknownCritical || issuer.weak) return false
    // The authorities between the leaf and this one.
    if (issuer.pathLength !== null && path.length - 1 > issuer.pathLength) return false
    const dates = dateProblem(issuer, at)
    if (dates) problem = dates
    return dates === null
  }

  const extend = (path: CertificateFacts[]): CertificateFacts[] | null => {
    const current = path.at(-1)
    if (!current || path.length > maxLength) return null
    const isAnchor = trusted.has(current.fingerprint)
    if (isAnchor && current.subjectName === current.issuerName) return path
    for (const issuer of [...anchors, ...candidates]) {
      if (
        issuer.subjectName !== current.issuerName ||
        path.some((one) => one.fingerprint === issuer.fingerprint)
      )
        continue
      if (!mayIssue(issuer, path)) continue
      checks += 1
      if (checks > maxChecks) break
      if (!current.x509.verify(issuer.x509.publicKey)) continue
      const whole = extend([...path, issuer])
      if (whole) return whole
    }
    return isAnchor && path.length > 1 ? path : null
  }

  if (leaf.unknownCritical) return { ok: false, problem }
  const path = extend([leaf])
  return path && path.length > 1 ? { ok: true, path } : { ok: false, problem }
}
