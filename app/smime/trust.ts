import { isIP } from 'node:net'
import { fail, ok, type ErrorCode, type Outcome } from '../contract/errors.ts'
import {
  keyUsageBits,
  maxCandidates,
  readCandidates,
  readCertificate,
  type CertificateFacts,
} from './certificate.ts'
import { isPinned } from './igc-sante.ts'
import { createPathFinder } from './path-finder.ts'
import type { PathProblem } from './path/problem.ts'
import { purposeProblem } from './path/purpose.ts'
import { dateProblem } from './path/x509.ts'
import { createRevocation, type RevocationDeps, type RevocationVerdict } from './revocation.ts'
import type { InvalidReason } from './signed-data.ts'

const unasked: RevocationVerdict = { status: 'unknown', asOf: null, problem: null }
/** How far in the future a signature may say it was made. */
const clockSkew = 24 * 3_600_000

/** What the authorities say of a signer; no reason means the certificate may sign. */
export interface SignerVerdict {
  reasons: InvalidReason[]
  revocation: 'good' | 'revoked' | 'unknown'
  /** Date of the oldest list or answer it rests on; of a list gone stale with `unknown`; null when there is none. */
  revocationAsOf: Date | null
  /** Which check of the path failed, more precise than `reasons`; null when none did. */
  problem: PathProblem | null
  /** From the signer to its anchor; empty when no path leads to one. */
  chain: CertificateFacts[]
}

export interface Trust {
  /** How many of the anchors given were accepted: production takes only the pinned authorities of IGC-Santé. */
  anchors: { accepted: number; refused: number }
  /**
   * Checks a TLS server: chain to the anchors, dates, name (RFC 6125, SAN only), usage, revocation. Fails with
   * `tls.untrusted-authority`, `tls.expired`, `tls.host-mismatch`, `tls.wrong-usage`, `tls.revoked`,
   * `tls.revocation-unknown` (only under `require`). `chain` is as the server sent it, its own certificate first.
   */
  verifyServer(params: {
    chain: Uint8Array[]
    host: string
    issuerCommonName?: string
  }): Promise<Outcome<{ revocation: 'good' | 'unknown' }>>
  /**
   * Checks a message's signer at a date (arrival) and, when the signature tells it, at the time of signing. Revocation is
   * asked for today: a certificate revoked after `at` could still sign then.
   */
  verifySigner(params: {
    certificate: CertificateFacts
    candidates: CertificateFacts[]
    at: Date
    signedAt: Date | null
    /** What was signed: a message, or a file. */
    purpose?: 'email' | 'document'
  }): Promise<SignerVerdict>
  /** Whether a certificate comes from our authorities; dates of its own, usage and revocation are not looked at. */
  knows(certificate: CertificateFacts, candidates: CertificateFacts[], at: Date): boolean
}

/** Problems of a path that windows speak of by themselves; any other makes the authority one that is not to be trusted. */
const tlsCodes: Readonly<Partial<Record<PathProblem, ErrorCode>>> = {
  expired: 'tls.expired',
  'not-yet-valid': 'tls.expired',
}
const signerReasons: Readonly<Partial<Record<PathProblem, InvalidReason>>> = {
  expired: 'expired',
  'not-yet-valid': 'not-yet-valid',
  'weak-algorithm': 'weak-algorithm',
  'name-constraints': 'constraint-violated',
  policy: 'constraint-violated',
  'policy-mapping': 'constraint-violated',
  'not-an-authority': 'constraint-violated',
  'path-length': 'constraint-violated',
  'key-usage': 'constraint-violated',
  'critical-extension': 'constraint-violated',
}

/**
 * Trust in servers and signers, from authorities of ours alone (never the system's). `environment` production refuses
 * test authorities and test certificates; `revocation` says what to do when neither a list nor OCSP answers.
 */
export const createTrust = (
  deps: RevocationDeps & {
    anchors: Uint8Array[]
    environment: 'production' | 'test'
    /** `any`: authorities that somebody named for this use, not those of IGC-Santé alone. */
    authorities?: 'igc-sante' | 'any'
    revocation: 'require' | 'prefer'
  },
): Trust => {
  const production = deps.environment === 'production'
  const pinned = production && deps.authorities !== 'any'
  const anchors = deps.anchors.flatMap((der) => {
    const facts = readCertificate(der)
    const accepted = facts.ok && facts.value.isAuthority && (!pinned || isPinned(der))
    return accepted ? [facts.value] : []
  })
  const revocationOf = createRevocation(deps)
  const findPath = createPathFinder(anchors)

  const verifyServer: Trust['verifyServer'] = async ({ chain, host, issuerCommonName }) => {
    const [leaf, ...candidates] = readCandidates(chain)
    if (!leaf) return fail('tls.handshake', { details: { host } })
    const refuse = (code: ErrorCode, problem?: PathProblem): Outcome<never> =>
      fail(code, { details: { host, ...(problem ? { problem } : {}) } })
    const now = new Date(deps.now())
    const built = findPath(leaf, candidates, now)
    if (!built.ok) return refuse(tlsCodes[built.problem] ?? 'tls.untrusted-authority', built.problem)
    if (production && leaf.isTest) return refuse('tls.untrusted-authority')
    const issuer = leaf.issuer.find((attribute) => attribute.name === 'CN')?.value
    if (issuerCommonName !== undefined && issuer !== issuerCommonName)
      return refuse('tls.untrusted-authority')
    if (dateProblem(leaf, now)) return refuse('tls.expired')
    if (purposeProblem(built.path, 'server') !== null) return refuse('tls.wrong-usage')
    const named = isIP(host)
      ? leaf.x509.checkIP(host)
      : leaf.x509.checkHost(host, { subject: 'never', partialWildcards: false })
    if (named === undefined) return refuse('tls.host-mismatch')
    const { status: revocation } = await revocationOf(built.path, null, [...candidates, ...anchors])
    if (revocation === 'revoked') return refuse('tls.revoked')
    if (revocation === 'unknown' && deps.revocation === 'require') {
      return fail('tls.revocation-unknown', { retry: 'later', details: { host } })
    }
    return ok({ revocation })
  }

  const verifySigner: Trust['verifySigner'] = async ({
    certificate,
    candidates,
    at,
    signedAt,
    purpose = 'email',
  }) => {
    const reasons = new Set<InvalidReason>()
    const given = candidates.slice(0, maxCandidates)
    const built = findPath(certificate, given, at)
    if (!built.ok) reasons.add(signerReasons[built.problem] ?? 'untrusted-authority')
    if (production && certificate.isTest) reasons.add('untrusted-authority')
    if (certificate.weak) reasons.add('weak-algorithm')
    const signing = keyUsageBits.digitalSignature | keyUsageBits.nonRepudiation
    const maySign = certificate.keyUsage === null || (certificate.keyUsage & signing) !== 0
    if (!maySign || purposeProblem(built.ok ? built.path : [certificate], purpose) !== null)
      reasons.add('wrong-usage')
    for (const date of signedAt ? [at, signedAt] : [at]) {
      const problem = dateProblem(certificate, date)
      if (problem) reasons.add(problem)
    }
    if (signedAt && signedAt.getTime() > at.getTime() + clockSkew) reasons.add('not-yet-valid')
    const revocation = built.ok ? await revocationOf(built.path, at, [...given, ...anchors]) : unasked
    if (revocation.status === 'revoked') reasons.add('revoked')
    if (built.ok && revocation.status === 'unknown' && deps.revocation === 'require')
      reasons.add('revocation-unknown')
    return {
      reasons: [...reasons],
      revocation: revocation.status,
      revocationAsOf: revocation.asOf,
      problem: built.ok ? null : built.problem,
      chain: built.ok ? built.path : [],
    }
  }

  return {
    anchors: { accepted: anchors.length, refused: deps.anchors.length - anchors.length },
    verifyServer,
    verifySigner,
    knows: (certificate, candidates, at) => findPath(certificate, candidates.slice(0, maxCandidates), at).ok,
  }
}
