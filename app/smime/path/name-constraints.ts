import { isIP } from 'node:net'
import type { NameConstraints, Subtree } from './extensions.ts'
import type { GeneralName, NameForm } from './general-names.ts'
import { emailAttribute, nameWithin } from './names.ts'
import type { PathProblem } from './problem.ts'
import type { X509 } from './x509.ts'

/** Names compared with constraints in one path; more is refused. */
const maxComparisons = 250_000

const lowered = (text: string): string => text.toLowerCase()
/** Visible ASCII only: anything else compares with nothing and is refused where names are constrained. */
const plain = /^[\x21-\x7e]+$/
const hostName = /^[a-z0-9_*-]+(?:\.[a-z0-9_-]+)*$/

/** Whether a host lies in the tree of another: itself (unless `below`), or any number of labels to its left. */
const hostWithin = (host: string, base: string, below: boolean): boolean =>
  (!below && host === base) || host.endsWith(`.${base}`)

/** What a comparison tells; `unusable` refuses the certificate: neither inside nor outside can be said. */
type Match = 'inside' | 'outside' | 'unusable'
const answer = (inside: boolean): Match => (inside ? 'inside' : 'outside')

/** rfc822Name (RFC 5280 §4.2.1.10): a mailbox, all of a host, or all below a domain (leading dot). */
const matchMail = (address: string, base: string): Match => {
  const at = address.lastIndexOf('@')
  if (!plain.test(address) || at <= 0 || at === address.length - 1) return 'unusable'
  const host = lowered(address.slice(at + 1))
  const baseAt = base.lastIndexOf('@')
  if (baseAt >= 0) {
    const sameHost = host === lowered(base.slice(baseAt + 1))
    return answer(sameHost && address.slice(0, at) === base.slice(0, baseAt))
  }
  const domain = lowered(base)
  if (!plain.test(domain.replace(/^\./, ''))) return 'unusable'
  return answer(domain.startsWith('.') ? hostWithin(host, domain.slice(1), true) : host === domain)
}

/**
 * dNSName: the host and all below it; a leading dot is only below it, the empty name everything. A name with a wildcard is
 * excluded as soon as one of the names it stands for is.
 */
const matchDns = (written: string, base: string, excluding: boolean): Match => {
  const name = lowered(written).replace(/\.$/, '')
  if (!hostName.test(name)) return 'unusable'
  if (base === '') return 'inside'
  const below = base.startsWith('.')
  const tree = lowered(below ? base.slice(1) : base)
  if (!hostName.test(tree) || tree.includes('*')) return 'unusable'
  if (hostWithin(name, tree, below)) return 'inside'
  if (!excluding || !name.startsWith('*.')) return 'outside'
  const rest = name.slice(2)
  // One label to its left, which the wildcard may stand for.
  return answer(tree.endsWith(`.${rest}`) && !tree.slice(0, -rest.length - 1).includes('.'))
}

/** uniformResourceIdentifier: its host, which must be a name; the base is a host, or a domain with a leading dot. */
const matchUri = (uri: string, base: string): Match => {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1]
  const host = lowered((authority ?? '').replace(/^.*@/, '').replace(/:\d*$/, '').replace(/\.$/, ''))
  if (!hostName.test(host) || isIP(host) !== 0) return 'unusable'
  const domain = lowered(base)
  const tree = domain.replace(/^\./, '')
  if (!hostName.test(tree) && domain !== '') return 'unusable'
  return answer(domain.startsWith('.') ? hostWithin(host, tree, true) : host === tree)
}

/** Whether a mask is ones, then zeros. */
const isMask = (mask: Uint8Array): boolean =>
  /^1*0*$/.test([...mask].map((byte) => byte.toString(2).padStart(8, '0')).join(''))

/** iPAddress: an address and a mask of four or sixteen bytes each. */
const matchIp = (address: Uint8Array, base: Uint8Array): Match => {
  const half = base.length / 2
  const mask = base.subarray(half)
  if ((half !== 4 && half !== 16) || !isMask(mask)) return 'unusable'
  if (address.length !== 4 && address.length !== 16) return 'unusable'
  if (address.length !== half) return 'outside'
  return answer(address.every((byte, index) => ((byte ^ (base[index] ?? 0)) & (mask[index] ?? 0)) === 0))
}

const match = (name: GeneralName, { base, supported }: Subtree, excluding: boolean): Match => {
  if (!supported) return 'unusable'
  if (name.form === 'directoryName' && base.form === 'directoryName')
    return answer(nameWithin(name.name, base.name))
  if (name.form === 'iPAddress' && base.form === 'iPAddress') return matchIp(name.bytes, base.bytes)
  if (!('text' in name) || !('text' in base)) return 'unusable'
  if (name.form === 'rfc822Name') return matchMail(name.text, base.text)
  return name.form === 'dNSName' ? matchDns(name.text, base.text, excluding) : matchUri(name.text, base.text)
}

/**
 * Every name of a certificate that constraints apply to: its subject, its alternative names, and the e-mail addresses of its
 * subject. RFC 5280 asks for the last only without alternative names; like other verifiers we look at them always.
 */
const namesOf = ({ subjectDn, altNames }: X509): GeneralName[] => [
  ...(subjectDn.parts.length > 0 ? [{ form: 'directoryName', name: subjectDn } as const] : []),
  ...altNames,
  ...subjectDn.attributes
    .filter(({ type }) => type === emailAttribute)
    .map(({ text }) => ({ form: 'rfc822Name', text: text ?? '' }) as const),
]

/** Collects the constraints of the authorities of a path, anchor first, and checks names against all of them. */
export const createNameConstraints = () => {
  /** One list per authority and form: a name must lie in one subtree of each. */
  const permitted: { form: NameForm; subtrees: Subtree[] }[] = []
  const excluded: Subtree[] = []
  let comparisons = 0

  const check = (certificate: X509): PathProblem | null => {
    if (permitted.length === 0 && excluded.length === 0) return null
    for (const name of namesOf(certificate)) {
      for (const tree of excluded) {
        if (tree.base.form !== name.form) continue
        comparisons += 1
        if (match(name, tree, true) !== 'outside') return 'name-constraints'
      }
      for (const { form, subtrees } of permitted) {
        if (form !== name.form) continue
        comparisons += subtrees.length
        if (comparisons > maxComparisons) return 'limit'
        const found = subtrees.map((tree) => match(name, tree, false))
        if (found.includes('unusable') || !found.includes('inside')) return 'name-constraints'
      }
      if (comparisons > maxComparisons) return 'limit'
    }
    return null
  }

  const add = (constraints: NameConstraints | null): void => {
    for (const form of new Set(constraints?.permitted.map(({ base }) => base.form)))
      permitted.push({
        form,
        subtrees: constraints?.permitted.filter(({ base }) => base.form === form) ?? [],
      })
    excluded.push(...(constraints?.excluded ?? []))
  }

  return { check, add }
}
