import { z } from 'zod'
import type { Coded, DirectoryStructure } from '../../contract/index.ts'
import type { ApiMailbox, PersonFacts } from '../base/apply.ts'

/**
 * FHIR R4 as the Annuaire Santé writes it (mssante-client.md §4.3), read tolerantly: what is not of the form expected is
 * left out, a whole resource only when nothing of it holds. Lists and texts are bounded.
 */

const most = <T extends z.ZodType>(item: T, limit = 200) =>
  z
    .array(z.unknown())
    .transform((items) =>
      items.slice(0, limit).flatMap((one): z.infer<T>[] => {
        const parsed = item.safeParse(one)
        return parsed.success ? [parsed.data] : []
      }),
    )
    .catch([])
const text = z
  .string()
  .transform((value) => value.trim().slice(0, 500))
  .optional()
  .catch(undefined)
const flag = z.boolean().optional().catch(undefined)

const Coding = z.object({ system: text, code: text, display: text })
const Concept = z.object({ coding: most(Coding), text })
const Identifier = z.object({ system: text, value: text, type: Concept.optional().catch(undefined) })
const Reference = z.object({
  reference: text,
  identifier: Identifier.optional().catch(undefined),
  display: text,
})
const Period = z.object({ start: text, end: text })

interface Extension {
  url?: string | undefined
  valueCode?: string | undefined
  valueString?: string | undefined
  valueBoolean?: boolean | undefined
  valueCoding?: z.infer<typeof Coding> | undefined
  valueCodeableConcept?: z.infer<typeof Concept> | undefined
  extension: Extension[]
}
const extensionAt = (depth: number): z.ZodType<Extension> =>
  z.object({
    url: text,
    valueCode: text,
    valueString: text,
    valueBoolean: flag,
    valueCoding: Coding.optional().catch(undefined),
    valueCodeableConcept: Concept.optional().catch(undefined),
    extension: depth === 0 ? z.unknown().transform(() => []) : most(extensionAt(depth - 1), 50),
  })
const Extension = extensionAt(3)

const Telecom = z.object({
  system: text,
  value: text,
  rank: z.number().int().min(1).max(9999).optional().catch(undefined),
  extension: most(Extension, 50),
})
const HumanName = z.object({
  family: text,
  given: most(z.string().max(200), 10),
  prefix: most(z.string().max(50), 5),
})
const Address = z.object({
  line: most(z.string().max(300), 10),
  city: text,
  postalCode: text,
  district: text,
  country: text,
})
const Meta = z.object({ lastUpdated: text })

export const Resource = z.object({
  resourceType: z.string(),
  id: text,
  active: flag,
  meta: Meta.optional().catch(undefined),
  identifier: most(Identifier),
  name: z.unknown().optional(),
  alias: most(z.string().max(500), 10),
  telecom: most(Telecom),
  address: z.unknown().optional(),
  qualification: most(z.object({ code: Concept.optional().catch(undefined) })),
  practitioner: Reference.optional().catch(undefined),
  organization: Reference.optional().catch(undefined),
  code: most(Concept),
  period: Period.optional().catch(undefined),
  extension: most(Extension),
  issue: most(z.object({ severity: text, code: text, diagnostics: text }), 20),
})
export type Resource = z.infer<typeof Resource>

/** A page of answers; entries that are no resources are left out. */
export const Bundle = z.object({
  resourceType: z.literal('Bundle'),
  // An address that cannot be followed is not the end of the pages.
  link: most(z.object({ relation: text, url: z.string().optional().catch(undefined) }), 20),
  // More than anybody asks for at once is refused: to read a part would be to miss the rest without a word.
  entry: z
    .array(z.unknown())
    .max(10_000)
    .optional()
    .transform((items) => most(z.object({ resource: Resource }), 10_000).parse(items ?? [])),
})

const idNps = 'urn:oid:1.2.250.1.71.4.2.1'
const idNst = 'urn:oid:1.2.250.1.71.4.2.2'
const rpps = 'https://rpps.esante.gouv.fr'
const finess = 'https://finess.esante.gouv.fr'

const identifierOf = (resource: Pick<Resource, 'identifier'>, ...systems: string[]): string | null => {
  for (const system of systems) {
    const found = resource.identifier.find((one) => one.system === system && one.value)
    if (found?.value !== undefined) return found.value
  }
  return null
}

/** IDNPS: `8` and the RPPS. */
export const nationalIdOf = (resource: Pick<Resource, 'identifier'>): string | null => {
  const whole = identifierOf(resource, idNps)
  if (whole !== null) return whole
  const number = identifierOf(resource, rpps)
  return number !== null && /^\d{11}$/.test(number) ? `8${number}` : null
}

const codingsOf = (extension: Extension | undefined): { system?: string | undefined; code: string }[] => {
  if (!extension) return []
  const codings = [...(extension.valueCodeableConcept?.coding ?? []), extension.valueCoding]
  return [
    ...codings.flatMap((one) => (one?.code === undefined ? [] : [{ system: one.system, code: one.code }])),
    ...(extension.valueCode === undefined ? [] : [{ code: extension.valueCode }]),
  ]
}

const endsWith = (extension: Extension, name: string): boolean =>
  extension.url === name || extension.url?.endsWith(`/${name}`) === true

const kindsOfMailbox = new Set(['PER', 'CAB', 'ORG', 'APP'])

/**
 * A contact point that is an MSSanté mailbox, else null: an Organization lists ordinary addresses too (DIR-EMAILTYPE). Both
 * shapes of the extensions: the kind in TRE_R256 or TRE_R257, as a code, a coding or a concept.
 */
const mailboxOf = (
  telecom: z.infer<typeof Telecom>,
): (Pick<ApiMailbox, 'address' | 'type' | 'service' | 'paperless' | 'rank'> & { red: boolean }) | null => {
  const { value } = telecom
  if (telecom.system !== 'email' || value === undefined) return null
  const address = value.replace(/^mailto:/i, '')
  if (!/^[^\s@<>"(),:;\\]{1,64}@[^\s@<>"(),:;\\]{1,255}$/.test(address)) return null
  const kinds = telecom.extension.filter((one) => endsWith(one, 'fr-core-contact-point-email-type'))
  const metadata = telecom.extension.find((one) => endsWith(one, 'as-ext-mailbox-mss-metadata'))
  const part = (name: string): Extension | undefined => metadata?.extension.find((one) => endsWith(one, name))
  const isMssante = kinds.flatMap(codingsOf).some(({ code }) => code.toUpperCase() === 'MSSANTE')
  const type = codingsOf(part('type'))
    .map(({ code }) => code.toUpperCase())
    .find((code) => kindsOfMailbox.has(code))
  if (!isMssante && !(kinds.length === 0 && type !== undefined)) return null
  return {
    address,
    type: type ?? null,
    service: part('service')?.valueString ?? part('description')?.valueString ?? null,
    paperless: part('digitization')?.valueBoolean ?? null,
    rank: telecom.rank ?? null,
    red: part('listeRouge')?.valueBoolean === true,
  }
}

export const structureOf = (resource: Resource): DirectoryStructure => {
  const [address] = most(Address, 1).parse(
    Array.isArray(resource.address)
      ? resource.address
      : resource.address === undefined
        ? []
        : [resource.address],
  )
  return {
    id: identifierOf(resource, finess, idNst) ?? resource.identifier[0]?.value ?? null,
    name: text.parse(resource.name) ?? null,
    tradeName: resource.alias[0] ?? null,
    lines: address?.line ?? [],
    postalCode: address?.postalCode ?? null,
    town: address?.city ?? null,
    department: address?.district ?? null,
    country: address?.country ?? null,
  }
}

const names = (resource: Resource): z.infer<typeof HumanName> | undefined =>
  most(HumanName, 5).parse(Array.isArray(resource.name) ? resource.name : [])[0]

/** What one says of a mailbox's holder: the reference's own identifier, else the resource it leads to. */
export interface Linked {
  practitioners: ReadonlyMap<string, Resource>
  organisations: ReadonlyMap<string, Resource>
}

const idIn = (reference: string | undefined): string => /([^/]+)$/.exec(reference ?? '')?.[1] ?? ''

export const linkedOf = (resources: readonly Resource[]): Linked => {
  const byId = (type: string): Map<string, Resource> =>
    new Map(
      resources.flatMap((one) =>
        one.resourceType === type && one.id !== undefined ? [[one.id, one] as const] : [],
      ),
    )
  return { practitioners: byId('Practitioner'), organisations: byId('Organization') }
}

const holderOf = (resource: Resource, linked: Linked): string | null => {
  if (resource.resourceType === 'Practitioner') return nationalIdOf(resource)
  const { practitioner } = resource
  const named = practitioner?.identifier ? nationalIdOf({ identifier: [practitioner.identifier] }) : null
  const found = linked.practitioners.get(idIn(practitioner?.reference))
  return named ?? (found ? nationalIdOf(found) : null)
}

const structureOfRole = (resource: Resource, linked: Linked): DirectoryStructure | null => {
  const found = linked.organisations.get(idIn(resource.organization?.reference))
  if (found) return structureOf(found)
  const name = resource.organization?.display
  if (name === undefined) return null
  return {
    id: resource.organization?.identifier?.value ?? null,
    name,
    ...{ tradeName: null, lines: [], postalCode: null, town: null, department: null, country: null },
  }
}

/** The mailboxes of a resource with whose they are; those on the liste rouge or of who is inactive are not to be proposed. */
export const mailboxesOf = (resource: Resource, linked: Linked): ApiMailbox[] => {
  const isPerson = resource.resourceType === 'Practitioner' || resource.resourceType === 'PractitionerRole'
  const nationalId = isPerson ? holderOf(resource, linked) : null
  // A situation whose holder is not said is nobody's.
  if (isPerson && nationalId === null) return []
  const structure =
    resource.resourceType === 'Organization'
      ? structureOf(resource)
      : resource.resourceType === 'PractitionerRole'
        ? structureOfRole(resource, linked)
        : null
  return resource.telecom.flatMap((telecom): ApiMailbox[] => {
    const mailbox = mailboxOf(telecom)
    if (!mailbox) return []
    const { red, ...rest } = mailbox
    return [{ ...rest, nationalId, structure, unlisted: red || resource.active === false }]
  })
}

const coded = (concepts: readonly z.infer<typeof Concept>[], system: RegExp): Coded[] => {
  const found = new Map<string, Coded>()
  for (const { coding } of concepts)
    for (const one of coding)
      if (one.code !== undefined && system.test(one.system ?? ''))
        found.set(one.code, { code: one.code, label: one.display ?? one.code })
  return [...found.values()]
}

/** A person as the API tells: identity, professions, specialties, places of practice. */
export const personOf = (practitioner: Resource, roles: readonly Resource[], linked: Linked): PersonFacts => {
  const name = names(practitioner)
  const concepts = practitioner.qualification.flatMap(({ code }) => (code ? [code] : []))
  return {
    active: practitioner.active ?? null,
    lastName: name?.family ?? null,
    firstName: name?.given[0] ?? null,
    civility: name?.prefix[0] ?? null,
    professions: coded(concepts, /TRE[_-]G15/),
    specialties: coded(concepts, /TRE[_-]R38/),
    situations: roles.slice(0, 50).map((role) => ({
      // A bare code says nothing to whoever reads it.
      role:
        role.code.flatMap(
          ({ coding, text: said }) => said ?? coding.flatMap(({ display }) => display ?? []),
        )[0] ?? null,
      active: role.active !== false,
      structure: structureOfRole(role, linked),
      start: role.period?.start ?? null,
      end: role.period?.end ?? null,
    })),
  }
}
