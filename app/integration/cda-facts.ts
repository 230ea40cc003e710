import { fail, ok, type Outcome } from '../contract/index.ts'
import {
  at,
  attribute,
  childOf,
  childrenOf,
  descendants,
  parseXml,
  readIns,
  textOf,
  type XmlElement,
} from '../mssante/index.ts'

/** An identifier of a CDA. */
export interface CdaId {
  root: string
  extension: string | null
  authority: string | null
}

export interface CdaPerson {
  id: CdaId | null
  family: string | null
  given: string | null
  /** Name of the software when a device wrote. */
  device: string | null
  organisation: { name: string | null; id: CdaId | null } | null
  /** Addresses of `mailto:` telecoms, lower case. */
  mail: string[]
}

/** What a patient record is told about a document: all of it from the document itself (SC.CDA/INT.17). */
export interface CdaFacts {
  id: CdaId
  replaces: CdaId | null
  code: { code: string; label: string; system: string | null } | null
  /** `AAAAMMJJHHMMSS±ZZZZ` as the document writes it; digits and offset only. */
  time: string | null
  patient: {
    ids: CdaId[]
    birthFamily: string
    usedFamily: string | null
    firstGiven: string
    allGivens: string | null
    usedGiven: string | null
    birthTime: string | null
    sex: 'M' | 'F' | 'U'
    birthPlace: string | null
    address: { lines: string; city: string; zip: string; country: string } | null
    qualified: boolean
  }
  author: CdaPerson | null
  recipients: CdaPerson[]
}

const idOf = (element: XmlElement | null): CdaId | null => {
  const root = attribute(element, 'root')
  return root === null || attribute(element, 'nullFlavor') !== null
    ? null
    : {
        root,
        extension: attribute(element, 'extension'),
        authority: attribute(element, 'assigningAuthorityName'),
      }
}

/** `extension^^root^ISO` or the bare root (TXA-12), as one key. */
export const keyOf = (id: CdaId): string => (id.extension === null ? id.root : `${id.root}^${id.extension}`)

const timestamp = (value: string | null): string | null =>
  /^(\d{4,14})(?:\.\d{1,4})?([+-]\d{4})?$/
    .exec(value ?? '')
    ?.slice(1, 3)
    .join('') ?? null

const texts = (name: XmlElement | null, part: string, qualifier: string | null): string[] =>
  childrenOf(name, part)
    .filter((one) =>
      qualifier === null
        ? !one.attributes.has('qualifier')
        : (one.attributes.get('qualifier') ?? '').split(/\s+/).includes(qualifier),
    )
    .map(textOf)
    .filter(Boolean)

const personOf = (assigned: XmlElement | null): CdaPerson | null => {
  if (!assigned) return null
  const person = childOf(assigned, 'assignedPerson') ?? childOf(assigned, 'informationRecipient')
  const name = childOf(person, 'name')
  const device = childOf(assigned, 'assignedAuthoringDevice')
  const organisation =
    childOf(assigned, 'representedOrganization') ?? childOf(assigned, 'receivedOrganization')
  return {
    id: idOf(childOf(assigned, 'id')),
    family: textOf(childOf(name, 'family')) || null,
    given: textOf(childOf(name, 'given')) || null,
    device: device ? textOf(childOf(device, 'softwareName')) || null : null,
    organisation: organisation
      ? { name: textOf(childOf(organisation, 'name')) || null, id: idOf(childOf(organisation, 'id')) }
      : null,
    mail: childrenOf(assigned, 'telecom').flatMap((telecom) => {
      const address = /^mailto:(.+)$/i.exec(attribute(telecom, 'value') ?? '')?.[1]
      return address === undefined ? [] : [address.trim().toLowerCase()]
    }),
  }
}

const patientOf = (root: XmlElement): CdaFacts['patient'] => {
  const role = at(root, 'recordTarget', 'patientRole')
  const patient = childOf(role, 'patient')
  const name = childOf(patient, 'name')
  const ids = childrenOf(role, 'id').flatMap((one) => idOf(one) ?? [])
  const plainFamily = texts(name, 'family', null)[0] ?? ''
  const used = texts(name, 'family', 'CL')[0] ?? texts(name, 'family', 'SP')[0] ?? null
  const birthFamily = texts(name, 'family', 'BR')[0] ?? (plainFamily || textOf(childOf(name, 'family')))
  const unqualified = texts(name, 'given', null).join(' ')
  const firstGiven =
    texts(name, 'given', 'BR')[0] ?? (unqualified.split(' ')[0] || textOf(childOf(name, 'given')))
  const birthTime = timestamp(attribute(childOf(patient, 'birthTime'), 'value'))
  const code = attribute(childOf(patient, 'administrativeGenderCode'), 'code')
  const sex = code === 'M' || code === 'F' ? code : 'U'
  const address = childOf(role, 'addr')
  const part = (tag: string): string => textOf(childOf(address, tag))
  const lines = childrenOf(address, 'streetAddressLine').map(textOf).filter(Boolean).join(' ')
  const place = at(patient, 'birthplace', 'place', 'addr')
  return {
    ids,
    birthFamily,
    usedFamily: used !== null && used !== birthFamily ? used : null,
    firstGiven: firstGiven ?? '',
    allGivens: unqualified || null,
    usedGiven: texts(name, 'given', 'CL')[0] ?? null,
    birthTime,
    sex,
    birthPlace: textOf(childOf(place, 'county')) || null,
    address:
      address && attribute(address, 'nullFlavor') === null
        ? {
            lines:
              lines ||
              [part('houseNumber'), part('streetNameType'), part('streetName'), part('additionalLocator')]
                .filter(Boolean)
                .join(' '),
            city: part('city'),
            zip: part('postalCode'),
            country: part('country'),
          }
        : null,
    qualified:
      ids.some((one) => one.extension !== null && readIns(one.root, one.extension) !== null) &&
      Boolean(birthFamily && firstGiven && birthTime && birthTime.length >= 8 && sex !== 'U'),
  }
}

/** Reads what a patient record is told of a CDA. Errors: `xml.*`, `cda.not-a-cda`. */
export const readCdaFacts = (bytes: Uint8Array): Outcome<CdaFacts> => {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return parsed
  const root = descendants(parsed.value, 'ClinicalDocument').find((one) => one.namespace === 'urn:hl7-org:v3')
  const id = root ? idOf(childOf(root, 'id')) : null
  if (!root || !id) return fail('cda.not-a-cda')
  const code = childOf(root, 'code')
  const replaced = childrenOf(root, 'relatedDocument').find((one) => attribute(one, 'typeCode') === 'RPLC')
  const value = attribute(code, 'code')
  const authors = childrenOf(root, 'author').flatMap((one) => personOf(childOf(one, 'assignedAuthor')) ?? [])
  return ok({
    id,
    replaces: idOf(at(replaced, 'parentDocument', 'id')),
    code:
      value === null
        ? null
        : {
            code: value,
            label: attribute(code, 'displayName') ?? textOf(childOf(root, 'title')),
            system: attribute(code, 'codeSystem'),
          },
    time: timestamp(attribute(childOf(root, 'effectiveTime'), 'value')),
    patient: patientOf(root),
    author: authors.find((one) => one.family !== null) ?? authors[0] ?? null,
    recipients: childrenOf(root, 'informationRecipient').flatMap(
      (one) => personOf(childOf(one, 'intendedRecipient')) ?? [],
    ),
  })
}
