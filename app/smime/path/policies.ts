import { anyPolicy } from './extensions.ts'
import type { PathProblem } from './problem.ts'
import type { X509 } from './x509.ts'

/**
 * Policies of a path (RFC 5280 §6.1), kept as the graph of RFC 9618 instead of a tree: one node per policy and
 * certificate, so that no set of mappings makes it grow beyond what the certificates themselves hold (CVE-2023-0464).
 */
interface PolicyNode {
  /** Its parents' policies at the level above; null when its parent is anyPolicy. */
  parents: Set<string> | null
}

interface Level {
  nodes: Map<string, PolicyNode>
  any: boolean
}

export interface PolicySettings {
  /** user-initial-policy-set; empty stands for anyPolicy. */
  policies: readonly string[]
  explicitPolicy: boolean
  inhibitMapping: boolean
  inhibitAny: boolean
}

/** A set of policies, or all of them. */
export type PolicySet = 'any' | string[]

export interface PolicyOutcome {
  authority: PolicySet
  user: PolicySet
  /** Whether a policy was required at the end. */
  required: boolean
}

/** More policies and mappings in one path are refused. */
const maxNodes = 10_000

/** A counter after a skip count that may be absent. */
const lower = (counter: number, limit: number | null): number =>
  limit !== null && limit < counter ? limit : counter

/**
 * Follows the policies along a path of `count` certificates. `basic` is §6.1.3 (d) to (f), `prepare` §6.1.4 (a), (b) and (h)
 * to (j), `wrapUp` §6.1.5 (a), (b) and (g); each gives the problem found or null.
 */
export const createPolicyGraph = (settings: PolicySettings, count: number) => {
  let explicitPolicy = settings.explicitPolicy ? 0 : count + 1
  let inhibitAny = settings.inhibitAny ? 0 : count + 1
  let policyMapping = settings.inhibitMapping ? 0 : count + 1
  /** What a certificate may assert, from the mappings of its issuer; its finished form joins `levels`. */
  let expected: Level = { nodes: new Map(), any: true }
  const levels: Level[] = []
  let total = 0

  const isNull = (level: Level): boolean => !level.any && level.nodes.size === 0

  /** §6.1.3 (d): keeps of what is expected what the certificate asserts, and adds below anyPolicy. */
  const basic = (certificate: X509, selfIssuedIntermediate: boolean): PathProblem | null => {
    const asserted = certificate.policies ?? []
    const anyAsserted =
      asserted.some(({ id }) => id === anyPolicy) && (inhibitAny > 0 || selfIssuedIntermediate)
    const named = new Set(asserted.map(({ id }) => id).filter((id) => id !== anyPolicy))
    const level: Level = { nodes: new Map(), any: expected.any && anyAsserted }
    for (const [policy, node] of expected.nodes)
      if (anyAsserted || named.has(policy)) level.nodes.set(policy, node)
    if (expected.any)
      for (const policy of named) if (!level.nodes.has(policy)) level.nodes.set(policy, { parents: null })
    total += level.nodes.size
    if (total > maxNodes) return 'limit'
    levels.push(level)
    // (f)
    return explicitPolicy === 0 && isNull(level) ? 'policy' : null
  }

  /** §6.1.4 (b): what the next certificate may assert. */
  const map = (certificate: X509, level: Level): void => {
    const mappings = certificate.policyMappings
    const next: Level = { nodes: new Map(), any: level.any }
    const mapped = new Set(mappings.map(({ issuer }) => issuer))
    if (policyMapping === 0) {
      for (const issuer of mapped) level.nodes.delete(issuer)
    } else {
      for (const issuer of mapped)
        if (!level.nodes.has(issuer) && level.any) level.nodes.set(issuer, { parents: null })
      for (const { issuer, subject } of mappings) {
        if (!level.nodes.has(issuer)) continue
        const node = next.nodes.get(subject) ?? { parents: new Set() }
        node.parents?.add(issuer)
        next.nodes.set(subject, node)
      }
    }
    for (const policy of level.nodes.keys()) {
      if (mapped.has(policy)) continue
      const node = next.nodes.get(policy) ?? { parents: new Set() }
      node.parents?.add(policy)
      next.nodes.set(policy, node)
    }
    expected = next
  }

  /** §6.1.4 (i) and (j); also what the certificate of an anchor says (RFC 5937). */
  const constrain = (certificate: X509): void => {
    explicitPolicy = lower(explicitPolicy, certificate.requireExplicitPolicy)
    policyMapping = lower(policyMapping, certificate.inhibitPolicyMapping)
    inhibitAny = lower(inhibitAny, certificate.inhibitAnyPolicy)
  }

  const prepare = (certificate: X509, selfIssued: boolean): PathProblem | null => {
    const mappings = certificate.policyMappings
    // (a)
    if (mappings.some(({ issuer, subject }) => issuer === anyPolicy || subject === anyPolicy))
      return 'policy-mapping'
    total += mappings.length
    if (total > maxNodes) return 'limit'
    const level = levels.at(-1)
    if (level) map(certificate, level)
    // (h)
    if (!selfIssued) {
      explicitPolicy = Math.max(0, explicitPolicy - 1)
      policyMapping = Math.max(0, policyMapping - 1)
      inhibitAny = Math.max(0, inhibitAny - 1)
    }
    constrain(certificate)
    return null
  }

  /** Policies of the anchor's domain that lead to the last certificate: nodes whose parent is anyPolicy. */
  const authorityPolicies = (): PolicySet => {
    const last = levels.at(-1)
    if (!last || last.any) return 'any'
    const found = new Set<string>()
    let reached = new Set(last.nodes.keys())
    for (const level of levels.toReversed()) {
      const above = new Set<string>()
      for (const policy of reached) {
        const node = level.nodes.get(policy)
        if (node?.parents === null) found.add(policy)
        for (const parent of node?.parents ?? []) above.add(parent)
      }
      reached = above
    }
    return [...found].toSorted()
  }

  const wrapUp = (certificate: X509): { problem: PathProblem | null; outcome: PolicyOutcome } => {
    explicitPolicy = Math.max(0, explicitPolicy - 1)
    if (certificate.requireExplicitPolicy === 0) explicitPolicy = 0
    const authority = authorityPolicies()
    const wanted = settings.policies.includes(anyPolicy) ? [] : settings.policies
    const user: PolicySet =
      wanted.length === 0
        ? authority
        : authority === 'any'
          ? [...wanted]
          : authority.filter((policy) => wanted.includes(policy))
    const required = explicitPolicy === 0
    return {
      problem: required && user !== 'any' && user.length === 0 ? 'policy' : null,
      outcome: { authority, user, required },
    }
  }

  return { basic, prepare, constrain, wrapUp }
}
