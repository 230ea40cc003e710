import { Malformed } from '../asn1.ts'
import {
  bitsOf,
  booleanOf,
  contentOfDer,
  contextTag,
  contextTagged,
  derAt,
  derTags,
  fieldsOf,
  membersOf,
  oidOf,
  readDer,
  retagged,
  sequenceOf,
  smallInteger,
  type Der,
} from './der.ts'
import { nameKey, readGeneralName, readGeneralNames, type GeneralName } from './general-names.ts'
import { readRelativeName, type DistinguishedName } from './names.ts'

export const anyPolicy = '2.5.29.32.0'

export interface Extension {
  id: string
  critical: boolean
  value: Uint8Array
}

export interface CertificatePolicy {
  id: string
  /** Identifiers of its qualifiers. */
  qualifiers: string[]
}

/** One subtree of nameConstraints; `supported` is false with a minimum or maximum, which nobody may use. */
export interface Subtree {
  base: GeneralName
  supported: boolean
}

/** A distribution point: of certificates where to find the list, of lists what they cover. */
export interface DistributionPoint {
  /** Comparable forms of the names of the point, relative ones completed; null when the field is absent. */
  names: string[] | null
  urls: string[]
  /** Reason flags as a bit mask, bit 1 first (RFC 5280 §4.2.1.13); null stands for all of them. */
  reasons: number | null
  /** The list's issuer is not the certificate's: an indirect list. */
  indirect: boolean
}

/** Every reason a list can be limited to: bits 1 to 8. */
export const allReasons = 0b1_1111_1110

/** Reads Extensions; a double is the caller's to refuse. Throws (see `parsed`). */
export const readExtensions = (der: Der): Extension[] =>
  sequenceOf(der, true).map((member) => {
    const fields = fieldsOf(member)
    const id = oidOf(fields.required(derTags.oid))
    const critical = fields.optional(derTags.boolean)
    const value = contentOfDer(fields.required(derTags.octetString))
    fields.end()
    return { id, critical: critical !== null && booleanOf(critical), value }
  })

/** cA and pathLenConstraint. */
export const readBasicConstraints = (
  value: Uint8Array,
): { authority: boolean; pathLength: number | null } => {
  const fields = fieldsOf(readDer(value))
  const authority = fields.optional(derTags.boolean)
  const length = fields.optional(derTags.integer)
  fields.end()
  const isAuthority = authority !== null && booleanOf(authority)
  return { authority: isAuthority, pathLength: length && isAuthority ? smallInteger(length) : null }
}

/** First byte of the bits: all that are used but decipherOnly. */
export const readKeyUsage = (value: Uint8Array): number => {
  const der = readDer(value)
  if (der.tag !== derTags.bitString) throw new Malformed('key usage')
  return bitsOf(der).bytes[0] ?? 0
}

export const readOids = (value: Uint8Array): string[] =>
  sequenceOf(readDer(value), true).map((der) => {
    if (der.tag !== derTags.oid) throw new Malformed('an object identifier')
    return oidOf(der)
  })

export const readPolicies = (value: Uint8Array): CertificatePolicy[] => {
  const policies = sequenceOf(readDer(value), true).map((der) => {
    const fields = fieldsOf(der)
    const id = oidOf(fields.required(derTags.oid))
    const qualifiers = fields.optional(derTags.sequence)
    fields.end()
    return {
      id,
      qualifiers: (qualifiers ? sequenceOf(qualifiers, true) : []).map((one) =>
        oidOf(fieldsOf(one).required(derTags.oid)),
      ),
    }
  })
  if (new Set(policies.map(({ id }) => id)).size !== policies.length) throw new Malformed('a policy twice')
  return policies
}

export const readPolicyMappings = (value: Uint8Array): { issuer: string; subject: string }[] =>
  sequenceOf(readDer(value), true).map((der) => {
    const fields = fieldsOf(der)
    const issuer = oidOf(fields.required(derTags.oid))
    const subject = oidOf(fields.required(derTags.oid))
    fields.end()
    return { issuer, subject }
  })

/** Skip counts of policyConstraints; null where absent. */
export const readPolicyConstraints = (
  value: Uint8Array,
): { requireExplicit: number | null; inhibitMapping: number | null } => {
  const fields = fieldsOf(readDer(value))
  const explicit = fields.optional(contextTag(0))
  const mapping = fields.optional(contextTag(1))
  fields.end()
  if (!explicit && !mapping) throw new Malformed('empty policy constraints')
  return {
    requireExplicit: explicit ? smallInteger(explicit) : null,
    inhibitMapping: mapping ? smallInteger(mapping) : null,
  }
}

export const readSkipCount = (value: Uint8Array): number => {
  const der = readDer(value)
  if (der.tag !== derTags.integer) throw new Malformed('a count')
  return smallInteger(der)
}

const readSubtree = (der: Der): Subtree => {
  const [base, ...limits] = membersOf(der)
  if (der.tag !== derTags.sequence || !base) throw new Malformed('a subtree')
  const plain = limits.every((limit) => limit.tag === contextTag(0) && smallInteger(limit) === 0)
  return { base: readGeneralName(base), supported: plain && limits.length < 2 }
}

export interface NameConstraints {
  permitted: Subtree[]
  excluded: Subtree[]
}

export const readNameConstraints = (value: Uint8Array): NameConstraints => {
  const fields = fieldsOf(readDer(value))
  const permitted = fields.optional(contextTagged(0))
  const excluded = fields.optional(contextTagged(1))
  fields.end()
  if (!permitted && !excluded) throw new Malformed('empty name constraints')
  const trees = (der: Der | null) => (der ? sequenceOf(der, true, der.tag).map(readSubtree) : [])
  return { permitted: trees(permitted), excluded: trees(excluded) }
}

/** keyIdentifier in hex; null when there is none. */
export const readAuthorityKey = (value: Uint8Array): string | null => {
  const fields = fieldsOf(readDer(value))
  const keyId = fields.optional(contextTag(0))
  return keyId ? Buffer.from(contentOfDer(keyId)).toString('hex') : null
}

export const readSubjectKey = (value: Uint8Array): string => {
  const der = readDer(value)
  if (der.tag !== derTags.octetString) throw new Malformed('a key identifier')
  return Buffer.from(contentOfDer(der)).toString('hex')
}

/** Alternative names; an empty list, which some authorities write, holds none. */
export const readAltNames = (value: Uint8Array): GeneralName[] =>
  sequenceOf(readDer(value)).map(readGeneralName)

const httpUrls = (names: readonly GeneralName[]): string[] =>
  names.flatMap((name) =>
    name.form === 'uniformResourceIdentifier' && /^http:\/\//i.test(name.text) ? [name.text] : [],
  )

/** Addresses of an access method (RFC 5280 §4.2.2.1), http only. */
export const readAccessUrls = (value: Uint8Array, method: string): string[] =>
  sequenceOf(readDer(value), true).flatMap((der) => {
    const fields = fieldsOf(der)
    const found = oidOf(fields.required(derTags.oid))
    const location = readGeneralName(fields.any())
    fields.end()
    return found === method ? httpUrls([location]) : []
  })

/** DistributionPointName: its names in comparable form; a relative one is completed by the issuer's name. */
export const readPointName = (der: Der, issuer: DistinguishedName): { names: string[]; urls: string[] } => {
  const choice = derAt(der.bytes, der.contentStart, der.end)
  if (choice.end !== der.end) throw new Malformed('a distribution point')
  if (choice.tag === contextTagged(0)) {
    const names = readGeneralNames(choice)
    return { names: names.map(nameKey), urls: httpUrls(names) }
  }
  if (choice.tag !== contextTagged(1)) throw new Malformed('a distribution point')
  const { part } = readRelativeName(retagged(choice, derTags.set))
  const canonical = [...issuer.parts, part].join('\n')
  return { names: [`directoryName ${canonical}`], urls: [] }
}

/** Reason flags, bit 1 of the field as bit 1 of the number; bit 0 is unused. */
export const readReasons = (der: Der): number => {
  const { bytes } = bitsOf(der)
  let mask = 0
  for (let bit = 0; bit < 9; bit += 1)
    if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) mask |= 1 << bit
  return mask & allReasons
}

/** cRLDistributionPoints and freshestCRL; `issuer` is the certificate's issuer. */
export const readDistributionPoints = (value: Uint8Array, issuer: DistinguishedName): DistributionPoint[] =>
  sequenceOf(readDer(value), true).map((der) => {
    const fields = fieldsOf(der)
    const name = fields.optional(contextTagged(0))
    const reasons = fields.optional(contextTag(1))
    const lister = fields.optional(contextTagged(2))
    fields.end()
    // A relative name belongs to the list's issuer where one is named.
    const [listIssuer] = lister ? readGeneralNames(lister) : []
    const base = listIssuer?.form === 'directoryName' ? listIssuer.name : issuer
    const found = name ? readPointName(name, base) : null
    return {
      names: found?.names ?? null,
      urls: found?.urls ?? [],
      reasons: reasons ? readReasons(reasons) : null,
      indirect: lister !== null && base.canonical !== issuer.canonical,
    }
  })
