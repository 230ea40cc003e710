import type { Outcome } from '../../contract/errors.ts'
import { judgePath, type PathAnswer } from './judge-path.ts'
import { writtenName } from './names.ts'
import type { ListProblem } from './list-status.ts'
import type { PathProblem } from './problem.ts'
import type { Purpose, PurposeProblem } from './purpose.ts'
import type { PolicySet } from './policies.ts'
import { readCrl } from './revocation-list.ts'
import { DuplicateExtension, isSelfIssued, readX509, shownSerial, type X509 } from './x509.ts'

/** DER with a name to speak of it. */
export interface NamedDer {
  name: string
  der: Uint8Array
}

export interface PathInspectionRequest {
  leaf: Uint8Array
  intermediates: NamedDer[]
  anchors: NamedDer[]
  /** Null when revocation is not asked for. */
  lists: NamedDer[] | null
  at: Date
  policies: string[]
  explicitPolicy: boolean
  inhibitMapping: boolean
  inhibitAny: boolean
  anchorConstraints: boolean
  weak: 'refuse' | 'report'
  purpose: Purpose
}

/** CRLReason (RFC 5280 §5.3.1). */
const reasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const

export interface InspectedFailure {
  code: PathProblem
  /** Place in `path`, leaf 0. */
  certificate: number
  subject: string
}

/** The object of `inspect path`, but for sentences (docs/inspect.md). */
export interface PathInspection {
  valid: boolean
  at: string
  failure: InspectedFailure | null
  failures: InspectedFailure[]
  path: {
    role: 'leaf' | 'intermediate' | 'anchor'
    subject: string
    issuer: string
    serial: string
    fingerprint: string
    notBefore: string
    notAfter: string
    selfIssued: boolean
    /** Critical extensions that are not understood. */
    unknownCriticalExtensions: string[]
  }[]
  policies: { authority: PolicySet; user: PolicySet; explicitPolicyRequired: boolean }
  revocation: {
    checked: boolean
    certificates: {
      certificate: number
      subject: string
      status: 'good' | 'revoked' | 'unknown'
      problem: ListProblem | null
      revokedAt: string | null
      reason: string | null
      /** Date of the oldest list used. */
      asOf: string | null
    }[]
  }
  purpose: { asked: Purpose; fits: boolean; problem: PurposeProblem | null }
  weak: { certificate: number; subject: string; weakness: string }[]
  /** Inputs that could not be read and were left out. */
  ignored: { name: string; code: 'malformed' | 'duplicate-extension' }[]
}

const subjectOf = (certificate: X509): string => writtenName(certificate.subjectDn)
const codeOf = (read: Outcome<unknown>): 'malformed' | 'duplicate-extension' =>
  !read.ok && read.error.cause instanceof DuplicateExtension ? 'duplicate-extension' : 'malformed'

const describe = (path: readonly X509[], endsAtAnchor: boolean): PathInspection['path'] =>
  path.map((certificate, index) => ({
    role: index === 0 ? 'leaf' : endsAtAnchor && index === path.length - 1 ? 'anchor' : 'intermediate',
    subject: subjectOf(certificate),
    issuer: writtenName(certificate.issuerDn),
    serial: shownSerial(certificate),
    fingerprint: certificate.fingerprint,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    selfIssued: isSelfIssued(certificate),
    unknownCriticalExtensions: certificate.unknownCriticals,
  }))

const describeRevocation = ({ revocation, path }: PathAnswer): PathInspection['revocation'] => ({
  checked: revocation !== null,
  certificates: (revocation ?? []).map(({ status, entry, problem, asOf }, index) => ({
    certificate: index,
    subject: path[index] ? subjectOf(path[index]) : '',
    status,
    problem,
    revokedAt: entry?.revokedAt.toISOString() ?? null,
    reason: entry ? (reasons[entry.reason ?? 0] ?? null) : null,
    asOf: asOf?.toISOString() ?? null,
  })),
})

/** Judges a certificate as `inspect path` does. Never fails. */
export const inspectPath = (request: PathInspectionRequest): PathInspection => {
  const ignored: PathInspection['ignored'] = []
  const certificates = (given: readonly NamedDer[]): X509[] =>
    given.flatMap(({ name, der }) => {
      const read = readX509(der)
      if (!read.ok) ignored.push({ name, code: codeOf(read) })
      return read.ok ? [read.value] : []
    })
  const candidates = certificates(request.intermediates)
  const anchors = certificates(request.anchors)
  const lists =
    request.lists?.flatMap(({ name, der }) => {
      const read = readCrl(der)
      if (!read.ok) ignored.push({ name, code: 'malformed' })
      return read.ok ? [read.value] : []
    }) ?? null
  const { at, policies, explicitPolicy, inhibitMapping, inhibitAny, anchorConstraints, weak, purpose } =
    request
  const leaf = readX509(request.leaf)
  if (!leaf.ok) {
    const failure = { code: codeOf(leaf), certificate: 0, subject: '' }
    return {
      valid: false,
      at: at.toISOString(),
      failure,
      failures: [failure],
      path: [],
      policies: { authority: [], user: [], explicitPolicyRequired: explicitPolicy },
      revocation: { checked: false, certificates: [] },
      purpose: { asked: purpose, fits: false, problem: null },
      weak: [],
      ignored,
    }
  }
  const answer = judgePath({
    leaf: leaf.value,
    candidates,
    anchors,
    lists,
    purpose,
    settings: {
      at,
      policies,
      explicitPolicy,
      inhibitMapping,
      inhibitAny,
      anchorConstraints,
      weak,
    },
  })
  const top = answer.path.at(-1)
  const endsAtAnchor = anchors.some(({ fingerprint }) => fingerprint === top?.fingerprint)
  const failures = answer.failures.map(({ problem, certificate, index }) => ({
    code: problem,
    certificate: index,
    subject: subjectOf(certificate),
  }))
  return {
    valid: answer.valid,
    at: at.toISOString(),
    failure: failures[0] ?? null,
    failures,
    path: describe(answer.path, endsAtAnchor),
    policies: {
      authority: answer.policies.authority,
      user: answer.policies.user,
      explicitPolicyRequired: answer.policies.required,
    },
    revocation: describeRevocation(answer),
    purpose: { asked: purpose, fits: answer.purpose === null, problem: answer.purpose },
    weak: answer.weak.map(({ certificate, index, weakness }) => ({
      certificate: index,
      subject: subjectOf(certificate),
      weakness,
    })),
    ignored,
  }
}
