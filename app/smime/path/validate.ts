import { parsed } from '../asn1.ts'
import { createNameConstraints } from './name-constraints.ts'
import { createPolicyGraph, type PolicyOutcome, type PolicySettings } from './policies.ts'
import type { PathProblem } from './problem.ts'
import {
  checkSigned,
  publicKeyOf,
  withParameters,
  type PublicKeyInfo,
  type SignatureCheck,
} from './signed.ts'
import { dateProblem, isSelfIssued, keyUsageBits, weaknessesOf, type X509 } from './x509.ts'

export interface PathSettings extends PolicySettings {
  at: Date
  /** Whether a weak key or digest refuses the path; it is reported in any case. */
  weak: 'refuse' | 'report'
  /**
   * Whether dates and constraints in the certificate of an anchor hold (RFC 5937); else an anchor is a name and a key, and
   * nothing more (RFC 5280 §6.1.1 (d)).
   */
  anchorConstraints: boolean
}

export interface PathFailure {
  problem: PathProblem
  certificate: X509
  /** Place in the path, leaf 0. */
  index: number
}

/** The path of a certificate, leaf first, its anchor last, and what was found wrong in it, in the order of the checks. */
export interface PathReport {
  path: X509[]
  failures: PathFailure[]
  policies: PolicyOutcome
  weak: { index: number; certificate: X509; weakness: string }[]
}

/** Signatures already checked, by certificate and key: paths share most of theirs. */
const checked = new WeakMap<X509, Map<string, SignatureCheck>>()

/** Whether a key made a certificate's signature; remembered. */
export const signedBy = (certificate: X509, key: PublicKeyInfo): SignatureCheck => {
  const known = checked.get(certificate) ?? new Map<string, SignatureCheck>()
  checked.set(certificate, known)
  const id = Buffer.from(key.der).toString('base64')
  const before = known.get(id)
  if (before) return before
  const object = publicKeyOf(key)
  const result = object
    ? checkSigned(certificate.algorithm, object, certificate.tbs, certificate.signature)
    : 'unsupported'
  known.set(id, result)
  return result
}

/** The key of a certificate whose issuer's working key is given (§6.1.4 (d) to (f)); null when it cannot be completed. */
const workingKey = (certificate: X509, issuer: PublicKeyInfo): PublicKeyInfo | null => {
  if (!certificate.keyInfo.inherits) return certificate.keyInfo
  const completed = parsed(() => withParameters(certificate.keyInfo, issuer))
  return completed.ok ? completed.value : null
}

/** The key of each certificate of a path, those of DSA completed by their issuers'. */
export const workingKeys = (path: readonly X509[]): (PublicKeyInfo | null)[] => {
  const keys: (PublicKeyInfo | null)[] = []
  let above: PublicKeyInfo | null = null
  for (const certificate of path.toReversed()) {
    above = above ? workingKey(certificate, above) : certificate.keyInfo
    keys.unshift(above)
  }
  return keys
}

const signatureProblems: Readonly<Record<SignatureCheck, PathProblem | null>> = {
  good: null,
  wrong: 'signature',
  unsupported: 'unsupported-algorithm',
}

/** Path validation of RFC 5280 §6.1 but for revocation. `path` is leaf first, the anchor's certificate last. */
export const validatePath = (path: readonly X509[], settings: PathSettings): PathReport => {
  const anchor = path.at(-1)
  const count = path.length - 1
  const failures: PathFailure[] = []
  const policies = createPolicyGraph(settings, count)
  const names = createNameConstraints()
  const weak = path.flatMap((certificate, index) =>
    weaknessesOf(certificate, index === count).map((weakness) => ({ index, certificate, weakness })),
  )
  let outcome: PolicyOutcome = { authority: 'any', user: 'any', required: false }
  let key: PublicKeyInfo | null = anchor?.keyInfo ?? null
  let issuer = anchor
  let maxPathLength = count
  const failed = (problem: PathProblem | null, index: number): void => {
    const certificate = path[index]
    const known = failures.some((one) => one.index === index && one.problem === problem)
    if (problem && certificate && !known) failures.push({ problem, certificate, index })
  }

  if (anchor && settings.anchorConstraints) {
    failed(dateProblem(anchor, settings.at), count)
    if (anchor.unknownCriticals.length > 0) failed('critical-extension', count)
    if (anchor.version === 3 && !anchor.isAuthority && count > 0) failed('not-an-authority', count)
    const mayCertify = anchor.keyUsage === null || (anchor.keyUsage & keyUsageBits.keyCertSign) !== 0
    if (!mayCertify && count > 0) failed('key-usage', count)
    names.add(anchor.nameConstraints)
    policies.constrain(anchor)
    if (anchor.pathLength !== null) maxPathLength = Math.min(maxPathLength, anchor.pathLength)
  }

  for (let index = count - 1; index >= 0; index -= 1) {
    const certificate = path[index]
    if (!certificate || !issuer) break
    const last = index === 0
    const selfIssued = isSelfIssued(certificate)
    // §6.1.3
    failed(key ? signatureProblems[signedBy(certificate, key)] : 'unsupported-algorithm', index)
    if (settings.weak === 'refuse' && weak.some((one) => one.index === index)) failed('weak-algorithm', index)
    failed(dateProblem(certificate, settings.at), index)
    if (certificate.issuerDn.canonical !== issuer.subjectDn.canonical) failed('name-chaining', index)
    if (last || !selfIssued) failed(names.check(certificate), index)
    failed(policies.basic(certificate, selfIssued && !last), index)
    if (certificate.unknownCriticals.length > 0) failed('critical-extension', index)
    if (last) {
      // §6.1.5
      const wrapped = policies.wrapUp(certificate)
      failed(wrapped.problem, index)
      outcome = wrapped.outcome
      break
    }
    // §6.1.4
    failed(policies.prepare(certificate, selfIssued), index)
    names.add(certificate.nameConstraints)
    if (!certificate.isAuthority || certificate.version !== 3) failed('not-an-authority', index)
    if (!selfIssued) {
      if (maxPathLength <= 0) failed('path-length', index)
      maxPathLength -= 1
    }
    if (certificate.pathLength !== null) maxPathLength = Math.min(maxPathLength, certificate.pathLength)
    if (certificate.keyUsage !== null && (certificate.keyUsage & keyUsageBits.keyCertSign) === 0)
      failed('key-usage', index)
    if (key) key = workingKey(certificate, key)
    issuer = certificate
  }
  const anchorWeak = weak.some((one) => one.index === count)
  if (settings.weak === 'refuse' && anchorWeak) failed('weak-algorithm', count)
  return { path: [...path], failures, policies: outcome, weak }
}
