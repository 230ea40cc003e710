import type { Actor, ClinicalDocument, PatientSummary, Sex } from '../../contract/index.ts'
import { readIns } from '../ins.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { timeOf } from './values.ts'

/** Titles of JDV_J246 as written before a name; a title makes the civility (MME, M) superfluous. */
const titles: Record<string, string> = { DR: 'Dr', PR: 'Pr' }

const personName = (name: XmlElement | null): string => {
  if (!name) return ''
  const texts = (part: string): string[] => childrenOf(name, part).map(textOf).filter(Boolean)
  const affixes = [...texts('prefix'), ...texts('suffix')]
  const title = affixes.map((affix) => titles[affix.toUpperCase().replace('.', '')]).find(Boolean)
  const parts = [...(title ? [title] : texts('prefix')), ...texts('given'), ...texts('family')]
  return parts.join(' ') || textOf(name)
}

const telecoms = (element: XmlElement | null): string[] =>
  childrenOf(element, 'telecom').flatMap((telecom) => attribute(telecom, 'value') ?? [])

const organisationName = (organisation: XmlElement | null): string | null =>
  textOf(childOf(organisation, 'name')) || null

/** An author, authenticator or recipient: `assigned` is its assignedAuthor, assignedEntity or intendedRecipient. */
const actor = (holder: XmlElement, assigned: XmlElement | null): Actor | null => {
  const person =
    childOf(assigned, 'assignedPerson') ??
    childOf(assigned, 'informationRecipient') ??
    childOf(assigned, 'relatedPerson')
  const device = childOf(assigned, 'assignedAuthoringDevice')
  const organisation =
    childOf(assigned, 'representedOrganization') ??
    childOf(assigned, 'receivedOrganization') ??
    childOf(assigned, 'scopingOrganization')
  const id = childOf(assigned, 'id')
  const name =
    personName(childOf(person, 'name')) ||
    textOf(childOf(device, 'softwareName')) ||
    organisationName(organisation) ||
    ''
  if (!name) return null
  return {
    name,
    role: attribute(childOf(holder, 'functionCode'), 'displayName'),
    specialty: attribute(childOf(assigned, 'code'), 'displayName'),
    organisation: organisationName(organisation),
    id: attribute(id, 'extension') ?? attribute(id, 'root'),
    date: timeOf(childOf(holder, 'time')),
    telecoms: telecoms(assigned),
  }
}

const actors = (root: XmlElement, holder: string, assigned: string): Actor[] =>
  childrenOf(root, holder).flatMap((element) => actor(element, childOf(element, assigned)) ?? [])

const sexOf = (code: string | null): Sex => (code === 'M' || code === 'F' ? code : 'U')

/**
 * The patient of `recordTarget`. The birth name is `family[@qualifier=BR]`; old documents carry SP, and an unqualified
 * given is not always the full list (clinical-documents.md §4.1): the first birth given name is taken by qualifier.
 */
export const readPatient = (root: XmlElement): PatientSummary => {
  const role = at(root, 'recordTarget', 'patientRole')
  const patient = childOf(role, 'patient')
  const name = childOf(patient, 'name')
  const families = childrenOf(name, 'family')
  const givens = childrenOf(name, 'given')
  const qualified = (elements: XmlElement[], qualifier: string): string =>
    textOf(
      elements.find((element) =>
        (element.attributes.get('qualifier') ?? '').split(/\s+/).includes(qualifier),
      ),
    )
  const unqualified = (elements: XmlElement[]): string =>
    textOf(elements.find((element) => !element.attributes.has('qualifier')))
  const birthName = qualified(families, 'BR') || unqualified(families) || textOf(families[0])
  const usedName = qualified(families, 'CL') || qualified(families, 'SP')
  const firstName = qualified(givens, 'BR') || unqualified(givens).split(' ')[0] || textOf(givens[0])
  const birthDate = timeOf(childOf(patient, 'birthTime'))
  const ins =
    childrenOf(role, 'id')
      .map((id) => readIns(attribute(id, 'root') ?? '', attribute(id, 'extension') ?? ''))
      .find((found) => found !== null) ?? null
  const sex = sexOf(attribute(childOf(patient, 'administrativeGenderCode'), 'code'))
  return {
    birthName,
    usedName: usedName && usedName !== birthName ? usedName : null,
    firstName: firstName ?? '',
    sex,
    birthDate: birthDate?.slice(0, 10) ?? null,
    ins,
    // Matricule, OID and the four strict traits (ECO.2.4.2, clinical-documents.md §8.3).
    qualified: ins !== null && Boolean(birthName && firstName && birthDate && sex !== 'U'),
  }
}

const patientDetails = (root: XmlElement): ClinicalDocument['patientDetails'] => {
  const role = at(root, 'recordTarget', 'patientRole')
  const patient = childOf(role, 'patient')
  const details: ClinicalDocument['patientDetails'] = []
  const add = (kind: ClinicalDocument['patientDetails'][number]['kind'], value: string): void => {
    if (value) details.push({ kind, value })
  }
  for (const id of childrenOf(role, 'id')) {
    const root = attribute(id, 'root') ?? ''
    const extension = attribute(id, 'extension')
    if (extension && !readIns(root, extension)) add('ipp', extension)
  }
  const givens = childrenOf(childOf(patient, 'name'), 'given').filter(
    (given) => !given.attributes.has('qualifier'),
  )
  add('birth-given-names', givens.map(textOf).join(' '))
  add('birth-place', textOf(at(patient, 'birthplace', 'place', 'addr', 'county')))
  const address = childOf(role, 'addr')
  if (address)
    add(
      'address',
      address.children
        .flatMap((child) => (typeof child === 'string' ? child.trim() : textOf(child)))
        .filter(Boolean)
        .join(' '),
    )
  for (const telecom of telecoms(role)) add('telecom', telecom.replace(/^(tel|mailto|fax):/i, ''))
  return details
}

const interval = (element: XmlElement | null): { start: string | null; end: string | null } => ({
  start: timeOf(childOf(element, 'low')) ?? timeOf(element),
  end: timeOf(childOf(element, 'high')),
})

const identifier = (id: XmlElement | null): string | null => {
  const root = attribute(id, 'root')
  const extension = attribute(id, 'extension')
  return root ? (extension ? `${root}^${extension}` : root) : null
}

/** Everything a reader must see of the header (structuration minimale, clinical-documents.md §4). */
export const readHeader = (
  root: XmlElement,
): Omit<
  ClinicalDocument,
  'level' | 'typeLabel' | 'text' | 'pdfUrl' | 'sections' | 'media' | 'signedXades'
> & {
  displayName: string | null
} => {
  const code = childOf(root, 'code')
  const encounter = at(root, 'componentOf', 'encompassingEncounter')
  const place = at(encounter, 'location', 'healthCareFacility')
  const version = attribute(childOf(root, 'versionNumber'), 'value')
  const replaced = childrenOf(root, 'relatedDocument').find(
    (related) => attribute(related, 'typeCode') === 'RPLC',
  )
  const authenticator = childOf(root, 'legalAuthenticator')
  return {
    id: identifier(childOf(root, 'id')) ?? '',
    setId: identifier(childOf(root, 'setId')),
    version: version !== null && /^\d{1,6}$/.test(version) ? Number(version) : null,
    replaces: identifier(at(replaced, 'parentDocument', 'id')),
    typeCode: attribute(code, 'code'),
    displayName: attribute(code, 'displayName'),
    title: textOf(childOf(root, 'title')),
    date: timeOf(childOf(root, 'effectiveTime')),
    confidentiality: attribute(childOf(root, 'confidentialityCode'), 'code'),
    patient: readPatient(root),
    patientDetails: patientDetails(root),
    authors: actors(root, 'author', 'assignedAuthor'),
    legalAuthenticator: authenticator ? actor(authenticator, childOf(authenticator, 'assignedEntity')) : null,
    custodian: organisationName(
      at(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization'),
    ),
    recipients: actors(root, 'informationRecipient', 'intendedRecipient'),
    informants: [
      ...actors(root, 'informant', 'assignedEntity'),
      ...actors(root, 'informant', 'relatedEntity'),
    ],
    acts: childrenOf(root, 'documentationOf').flatMap((documentation) => {
      const event = childOf(documentation, 'serviceEvent')
      const label = attribute(childOf(event, 'code'), 'displayName')
      return event && label ? [{ label, ...interval(childOf(event, 'effectiveTime')) }] : []
    }),
    encounter: encounter
      ? {
          label: attribute(childOf(encounter, 'code'), 'displayName'),
          ...interval(childOf(encounter, 'effectiveTime')),
          place:
            textOf(at(place, 'location', 'name')) ||
            organisationName(childOf(place, 'serviceProviderOrganization')) ||
            attribute(childOf(place, 'code'), 'displayName'),
        }
      : null,
  }
}
