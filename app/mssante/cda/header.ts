import type { Actor, ClinicalDocument, Deviation } from '../../contract/index.ts'
import { missingTraits, summaryOf } from '../identity.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import {
  actorOf,
  actorsOf,
  addressesOf,
  codedOf,
  identifierOf,
  labelOf,
  organisationName,
  telecomsOf,
} from './actors.ts'
import { readPatient } from './patient.ts'
import { timeOf } from './values.ts'

const interval = (element: XmlElement | null): { start: string | null; end: string | null } => ({
  start: timeOf(childOf(element, 'low')) ?? timeOf(element),
  end: timeOf(childOf(element, 'high')),
})

const integer = (element: XmlElement | null): number | null => {
  const value = attribute(element, 'value')
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : null
}

const relationsOf = (root: XmlElement): ClinicalDocument['relations'] =>
  childrenOf(root, 'relatedDocument').map((related) => {
    const parent = childOf(related, 'parentDocument')
    return {
      type: attribute(related, 'typeCode') ?? '',
      id: identifierOf(childOf(parent, 'id')),
      setId: identifierOf(childOf(parent, 'setId')),
      version: integer(childOf(parent, 'versionNumber')),
    }
  })

const actsOf = (root: XmlElement): ClinicalDocument['acts'] =>
  childrenOf(root, 'documentationOf').flatMap((documentation) => {
    const event = childOf(documentation, 'serviceEvent')
    const times = interval(childOf(event, 'effectiveTime'))
    const label = labelOf(childOf(event, 'code')) ?? ''
    const performers = childrenOf(event, 'performer').flatMap(
      (performer) =>
        actorOf(performer, childOf(performer, 'assignedEntity'), attribute(performer, 'typeCode')) ?? [],
    )
    const setting = childrenOf(event, 'performer')
      .map((performer) =>
        codedOf(at(performer, 'assignedEntity', 'representedOrganization', 'standardIndustryClassCode')),
      )
      .find((coded) => coded !== null)
    if (!label && !times.start && !times.end && performers.length === 0) return []
    const code = codedOf(childOf(event, 'code'))
    return [{ label, code, ...times, performers, practiceSetting: setting ?? null }]
  })

const encounterOf = (root: XmlElement): ClinicalDocument['encounter'] => {
  const encounter = at(root, 'componentOf', 'encompassingEncounter')
  if (!encounter) return null
  const place = at(encounter, 'location', 'healthCareFacility')
  const facility = childOf(place, 'code')
  return {
    label: labelOf(childOf(encounter, 'code')),
    ids: childrenOf(encounter, 'id').flatMap((id) => identifierOf(id) ?? []),
    ...interval(childOf(encounter, 'effectiveTime')),
    place:
      textOf(at(place, 'location', 'name')) ||
      organisationName(childOf(place, 'serviceProviderOrganization')) ||
      attribute(facility, 'displayName'),
    facility: codedOf(facility),
    discharge: labelOf(childOf(encounter, 'dischargeDispositionCode')),
    participants: [
      ...actorsOf(encounter, 'responsibleParty', 'assignedEntity'),
      ...childrenOf(encounter, 'encounterParticipant').flatMap(
        (holder) => actorOf(holder, childOf(holder, 'assignedEntity'), attribute(holder, 'typeCode')) ?? [],
      ),
    ],
  }
}

const custodianOf = (root: XmlElement): Actor | null => {
  const organisation = at(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization')
  const name = organisationName(organisation)
  if (!name) return null
  const id = attribute(childOf(organisation, 'id'), 'extension')
  return {
    name,
    kind: 'organisation',
    role: null,
    specialty: null,
    organisation: name,
    organisationId: id,
    id,
    date: null,
    telecoms: telecomsOf(organisation),
    addresses: addressesOf(organisation),
    relation: null,
  }
}

const guardiansOf = (root: XmlElement): Actor[] =>
  childrenOf(at(root, 'recordTarget', 'patientRole', 'patient'), 'guardian').flatMap(
    (guardian) => actorOf(null, guardian) ?? [],
  )

const ordersOf = (root: XmlElement): ClinicalDocument['orders'] =>
  childrenOf(root, 'inFulfillmentOf').flatMap((fulfilment) => {
    const order = childOf(fulfilment, 'order')
    const accession = childOf(order, 'accessionNumber')
    const number = attribute(accession, 'extension') ?? attribute(accession, 'root')
    const ids = childrenOf(order, 'id').flatMap((id) => identifierOf(id) ?? [])
    return ids.length > 0
      ? ids.map((id) => ({ id, accession: number }))
      : number
        ? [{ id: number, accession: number }]
        : []
  })

const consentsOf = (root: XmlElement): string[] =>
  childrenOf(root, 'authorization').flatMap((authorization) => {
    const consent = childOf(authorization, 'consent')
    const label = labelOf(childOf(consent, 'code'))
    const status = attribute(childOf(consent, 'statusCode'), 'code')
    return label ? [status && status !== 'completed' ? `${label} (${status})` : label] : []
  })

/** What the type is called, its code aside. */
const textLabelOf = (code: XmlElement | null): string | null =>
  attribute(code, 'displayName') ??
  (textOf(childOf(code, 'originalText')) || null) ??
  childrenOf(code, 'translation')
    .map((one) => attribute(one, 'displayName'))
    .find((label) => label !== null) ??
  null

type Header = Omit<
  ClinicalDocument,
  'level' | 'typeLabel' | 'text' | 'pdfUrl' | 'sections' | 'media' | 'signedXades'
>

const frenchTemplates = ['2.16.840.1.113883.2.8.2.1', '1.2.250.1.213.1.1.1.1']

const timeNames = new Set(['effectiveTime', 'time', 'birthTime', 'deceasedTime', 'low', 'high'])
const mostTimes = 5

/** Times of the header that say something nobody can read, and a creation that is not there. */
const unreadableTimes = (root: XmlElement, header: Header): string[] => {
  const found: string[] = header.date === null ? ['effectiveTime'] : []
  const visit = (node: XmlElement, path: string): void => {
    for (const child of node.children) {
      if (typeof child === 'string' || found.length >= mostTimes || child.name === 'component') continue
      const where = path === '' ? child.name : `${path}/${child.name}`
      const value = timeNames.has(child.name) ? attribute(child, 'value') : null
      if (value !== null && timeOf(child) === null && !found.includes(where)) found.push(where)
      visit(child, where)
    }
  }
  visit(root, '')
  return found
}

const deviationsOf = (root: XmlElement, header: Header, oldQualifier: boolean): Deviation[] => {
  const deviations: Deviation[] = []
  const met = (code: Deviation['code'], where: string | null = null): void => {
    deviations.push({ code, where })
  }
  if (!frenchTemplates.every((template) => header.templates.includes(template))) met('cda-not-french')
  if (header.type === null) met('cda-type-missing', 'code')
  if (header.setId === null) met('cda-set-missing', 'setId')
  if (header.version === null) met('cda-version-missing', 'versionNumber')
  else if (header.version > 1 && header.replaces === null) met('cda-replaced-missing', 'relatedDocument')
  if (header.date?.includes('T') && !/(?:Z|[+-]\d\d:\d\d)$/.test(header.date))
    met('cda-time-without-offset', 'effectiveTime')
  if (childrenOf(root, 'recordTarget').length > 1) met('cda-several-patients', 'recordTarget')
  if (header.id === '') met('cda-id-missing', 'id')
  for (const where of unreadableTimes(root, header)) met('cda-time-unreadable', where)
  if (header.authors.length === 0) met('cda-no-author', 'author')
  if (oldQualifier) met('cda-old-name-qualifier', 'patient/name/family')
  for (const check of header.identity.checks)
    met(check, check === 'ins-traits-missing' ? missingTraits(header.identity).join(', ') : null)
  return deviations
}

/** Everything of the header (structuration minimale, clinical-documents.md §4), and what it does otherwise. */
export const readHeader = (root: XmlElement): Header & { displayName: string | null } => {
  const code = childOf(root, 'code')
  const { identity, details, oldQualifier } = readPatient(childOf(root, 'recordTarget'))
  const relations = relationsOf(root)
  const custodian = custodianOf(root)
  const authenticator = childOf(root, 'legalAuthenticator')
  const enterer = childOf(root, 'dataEnterer')
  const header: Header = {
    id: identifierOf(childOf(root, 'id')) ?? '',
    setId: identifierOf(childOf(root, 'setId')),
    version: integer(childOf(root, 'versionNumber')),
    replaces: relations.find(({ type }) => type === 'RPLC')?.id ?? null,
    relations,
    templates: childrenOf(root, 'templateId').flatMap((template) => attribute(template, 'root') ?? []),
    typeCode: attribute(code, 'code'),
    type: codedOf(code),
    title: textOf(childOf(root, 'title')),
    date: timeOf(childOf(root, 'effectiveTime')),
    language: attribute(childOf(root, 'languageCode'), 'code'),
    confidentiality: attribute(childOf(root, 'confidentialityCode'), 'code'),
    patient: summaryOf(identity),
    identity,
    patientDetails: details,
    guardians: guardiansOf(root),
    authors: actorsOf(root, 'author', 'assignedAuthor'),
    dataEnterer: enterer ? actorOf(enterer, childOf(enterer, 'assignedEntity')) : null,
    legalAuthenticator: authenticator
      ? actorOf(authenticator, childOf(authenticator, 'assignedEntity'))
      : null,
    authenticators: actorsOf(root, 'authenticator', 'assignedEntity'),
    custodian: custodian?.name ?? null,
    custodianActor: custodian,
    recipients: actorsOf(root, 'informationRecipient', 'intendedRecipient'),
    informants: actorsOf(root, 'informant', 'assignedEntity', 'relatedEntity'),
    participants: childrenOf(root, 'participant').flatMap(
      (holder) => actorOf(holder, childOf(holder, 'associatedEntity'), attribute(holder, 'typeCode')) ?? [],
    ),
    orders: ordersOf(root),
    acts: actsOf(root),
    encounter: encounterOf(root),
    consents: consentsOf(root),
    deviations: [],
  }
  header.deviations = deviationsOf(root, header, oldQualifier)
  return { ...header, displayName: textLabelOf(code) }
}
