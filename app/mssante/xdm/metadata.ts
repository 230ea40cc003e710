import type { CodedValue, Deviation, DocumentEntry, SubmissionSet } from '../../contract/index.ts'
import { attribute, childOf, childrenOf, descendants, textOf, type XmlElement } from '../xml/element.ts'
import {
  authorOf,
  metadataTime,
  personOf,
  readPatientId,
  referenceOf,
  sourcePatientOf,
  unquoted,
} from './values.ts'

/** What METADATA.XML says (clinical-documents.md §3), and what it does otherwise. */
export interface Metadata {
  entries: DocumentEntry[]
  sets: SubmissionSet[]
  deviations: Deviation[]
}

const urn = (uuid: string): string => `urn:uuid:${uuid}`
const schemes = {
  setAuthor: urn('a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d'),
  contentTypeCode: urn('aa543740-bdda-424e-8c96-df4873be8500'),
  author: urn('93606bcf-9494-43ec-9b4e-a7748d1a838d'),
  classCode: urn('41a5887f-8865-4c09-adf7-e362475b143a'),
  typeCode: urn('f0306f51-975f-434e-a61c-c59651d33983'),
  confidentialityCode: urn('f4f85eac-e6cb-4883-b524-f2705394840f'),
  formatCode: urn('a09d5840-386c-46f2-b5ad-9c3699a4309d'),
  facility: urn('f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1'),
  setting: urn('cccf5598-8b07-4b77-a05e-ae952c785ead'),
  event: urn('2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4'),
} as const
const identifierSchemes: Record<string, string> = {
  'XDSDocumentEntry.patientId': urn('58a6f841-87b3-4a3e-92fd-a8ffeff98427'),
  'XDSDocumentEntry.uniqueId': urn('2e82c1f6-a085-4c72-9da3-8640a32e42ab'),
  'XDSSubmissionSet.patientId': urn('6b5aea1a-874d-4603-a4bc-96a0a7b38446'),
  'XDSSubmissionSet.sourceId': urn('554ac39e-e3fe-47fe-b233-965d2a147832'),
  'XDSSubmissionSet.uniqueId': urn('96fdda7c-d067-4183-912e-bf5ee74998a8'),
}
const knownNames = new Set(Object.keys(identifierSchemes).map((name) => name.toLowerCase()))
const setNode = urn('a54d6aa5-d40d-43f9-88c5-b4633d873bdd')

const valuesOf = (object: XmlElement, name: string): string[] =>
  childrenOf(object, 'Slot')
    .filter((element) => attribute(element, 'name')?.toLowerCase() === name.toLowerCase())
    .flatMap((element) => childrenOf(childOf(element, 'ValueList'), 'Value'))
    .map(textOf)
    .filter(Boolean)

const slotOf = (object: XmlElement, name: string): string | null => {
  const [value] = valuesOf(object, name)
  return value === undefined ? null : unquoted(value) || null
}

const localised = (element: XmlElement | null, name: string): string | null =>
  attribute(childOf(childOf(element, name), 'LocalizedString'), 'value')

/** Reads one object with what it does otherwise, each kind of deviation once per object. */
const reader = (object: XmlElement, path: string, met: (deviation: Deviation) => void) => {
  const id = attribute(object, 'id')
  const where = id ? `${path} ${id}` : path
  const note = (code: Deviation['code'], detail = ''): void =>
    met({ code, where: detail ? `${where} ${detail}` : where })
  const lower = childrenOf(object, 'classification')
  if (lower.length > 0) note('metadata-classification-case')
  const all = [...childrenOf(object, 'Classification'), ...lower]
  const scheme = (element: XmlElement): string =>
    (attribute(element, 'classificationScheme') ?? '').toLowerCase()
  const of = (wanted: string): XmlElement[] => all.filter((element) => scheme(element) === wanted)
  const coded = (wanted: string): CodedValue[] =>
    of(wanted).flatMap((element) => {
      const code = attribute(element, 'nodeRepresentation')
      return code
        ? [{ code, system: slotOf(element, 'codingScheme'), label: localised(element, 'Name') }]
        : []
    })
  const identifiers = childrenOf(object, 'ExternalIdentifier')
  /** By name first: templates in the field swap or empty the schemes (§2.7). */
  const identifier = (name: string): string | null => {
    const wanted = identifierSchemes[name]
    const schemeOf = (element: XmlElement): string | undefined =>
      attribute(element, 'identificationScheme')?.toLowerCase()
    const byName = identifiers.find(
      (element) => localised(element, 'Name')?.toLowerCase() === name.toLowerCase(),
    )
    // By its scheme where its name is missing or free text, but never one that another name claims.
    const others = identifiers.filter(
      (element) => !knownNames.has(localised(element, 'Name')?.toLowerCase() ?? ''),
    )
    const found = byName ?? others.find((element) => schemeOf(element) === wanted)
    if (!found) return null
    if (schemeOf(found) !== wanted) note('metadata-identifier-scheme', name)
    const raw = found.attributes.get('value') ?? ''
    const value = unquoted(raw)
    if (value !== raw.trim() || raw !== raw.trim()) note('metadata-value-quoted', name)
    return value || null
  }
  return { of, coded, identifier, note, all }
}

const actionOf = (object: XmlElement): DocumentEntry['action'] => {
  // The name of the slot is unknown (clinical-documents.md §2.6): any that ends like « action » and says C or D.
  const slot = childrenOf(object, 'Slot').find((element) => /action$/i.test(attribute(element, 'name') ?? ''))
  const value = textOf(childOf(childOf(slot, 'ValueList'), 'Value')).toUpperCase()
  return /^(?:C|RPLC|REPLACE)$/.test(value) ? 'replace' : /^(?:D|DELETE)$/.test(value) ? 'delete' : null
}

const readEntry = (object: XmlElement, path: string, met: (deviation: Deviation) => void): DocumentEntry => {
  const { of, coded, identifier, note } = reader(object, path, met)
  const size = slotOf(object, 'size')
  const patientId = identifier('XDSDocumentEntry.patientId')
  const patient = patientId === null ? null : readPatientId(patientId)
  if (patient === null) note('metadata-patient-missing')
  if (patient?.type && /INS-C/i.test(patient.type)) note('metadata-ins-type')
  const authenticator = personOf(slotOf(object, 'legalAuthenticator'))
  return {
    entryId: attribute(object, 'id'),
    entryUuid: identifierNamed(object, 'XDSDocumentEntry.entryUUID') ?? attribute(object, 'id'),
    uniqueId: identifier('XDSDocumentEntry.uniqueId'),
    logicalId: attribute(object, 'lid'),
    uri: slotOf(object, 'URI'),
    mimeType: attribute(object, 'mimeType'),
    hash: slotOf(object, 'hash')?.toLowerCase() ?? null,
    size: size !== null && /^\d{1,12}$/.test(size) ? Number(size) : null,
    title: localised(object, 'Name'),
    comments: localised(object, 'Description'),
    typeCode: coded(schemes.typeCode)[0] ?? null,
    classCode: coded(schemes.classCode)[0] ?? null,
    formatCode: coded(schemes.formatCode)[0] ?? null,
    confidentiality: coded(schemes.confidentialityCode),
    healthcareFacility: coded(schemes.facility)[0] ?? null,
    practiceSetting: coded(schemes.setting)[0] ?? null,
    eventCodes: coded(schemes.event),
    language: slotOf(object, 'languageCode'),
    creationTime: metadataTime(slotOf(object, 'creationTime')),
    serviceStart: metadataTime(slotOf(object, 'serviceStartTime')),
    serviceStop: metadataTime(slotOf(object, 'serviceStopTime')),
    authors: of(schemes.author).map((element) => authorOf((name) => slotOf(element, name))),
    legalAuthenticator: authenticator.name,
    legalAuthenticatorId: authenticator.id,
    patientId,
    patientIns: patient?.ins ?? null,
    sourcePatientId: slotOf(object, 'sourcePatientId'),
    patient: sourcePatientOf(valuesOf(object, 'sourcePatientInfo'), patientId),
    references: valuesOf(object, 'urn:ihe:iti:xds:2013:referenceIdList').map(referenceOf),
    availability: attribute(object, 'status')?.split(':').at(-1) ?? null,
    version: attribute(childOf(object, 'VersionInfo'), 'versionName'),
    action: actionOf(object),
  }
}

const identifierNamed = (object: XmlElement, name: string): string | null =>
  attribute(
    childrenOf(object, 'ExternalIdentifier').find(
      (element) => localised(element, 'Name')?.toLowerCase() === name.toLowerCase(),
    ),
    'value',
  )

const readSet = (
  object: XmlElement,
  path: string,
  associations: SubmissionSet['associations'],
  met: (deviation: Deviation) => void,
): SubmissionSet => {
  const { of, coded, identifier, note } = reader(object, path, met)
  const authors = of(schemes.setAuthor)
  const misplaced = authors.length === 0 ? of(schemes.author) : []
  if (misplaced.length > 0) note('metadata-author-scheme')
  const patientId = identifier('XDSSubmissionSet.patientId')
  return {
    path,
    uniqueId: identifier('XDSSubmissionSet.uniqueId'),
    sourceId: identifier('XDSSubmissionSet.sourceId'),
    title: localised(object, 'Name'),
    comments: localised(object, 'Description'),
    submissionTime: metadataTime(slotOf(object, 'submissionTime')),
    contentType: coded(schemes.contentTypeCode)[0] ?? null,
    patientId,
    patientIns: patientId === null ? null : readPatientId(patientId).ins,
    authors: [...authors, ...misplaced].map((element) => authorOf((name) => slotOf(element, name))),
    intendedRecipients: valuesOf(object, 'intendedRecipient'),
    associations,
  }
}

/** A RegistryPackage that is a submission set: marked so, or not marked as a folder. */
const isSet = (object: XmlElement): boolean => {
  const nodes = [...childrenOf(object, 'Classification'), ...childrenOf(object, 'classification')].flatMap(
    (element) => attribute(element, 'classificationNode')?.toLowerCase() ?? [],
  )
  return nodes.length === 0 || nodes.includes(setNode)
}

/** Classifications and identifiers beside the objects they name, as ebRIM allows, put where the others are. */
const adoptLoose = (root: XmlElement): void => {
  const objects = new Map(
    [...descendants(root, 'ExtrinsicObject'), ...descendants(root, 'RegistryPackage')].map((object) => [
      attribute(object, 'id') ?? '',
      object,
    ]),
  )
  for (const list of descendants(root, 'RegistryObjectList'))
    for (const child of list.children)
      if (typeof child !== 'string' && /^(?:classification|ExternalIdentifier)$/i.test(child.name)) {
        const owner = attribute(child, 'classifiedObject') ?? attribute(child, 'registryObject')
        objects.get(owner ?? '')?.children.push(child)
      }
}

type Association = SubmissionSet['associations'][number]

const associationOf = (element: XmlElement): Association => ({
  type: (attribute(element, 'associationType') ?? '').split(':').at(-1) ?? '',
  source: attribute(element, 'sourceObject') ?? '',
  target: attribute(element, 'targetObject') ?? '',
})

/** Each association with the set it starts from, or whose member it is about; the first set has those of nobody. */
const associationsBySet = (
  associations: readonly Association[],
  packages: readonly XmlElement[],
): Map<XmlElement, Association[]> => {
  const byId = new Map(packages.map((object) => [attribute(object, 'id') ?? '', object]))
  const byMember = new Map(
    associations.flatMap(({ type, source, target }) => {
      const object = type === 'HasMember' ? byId.get(source) : undefined
      return object ? [[target, object] as const] : []
    }),
  )
  const owned = new Map(packages.map((object): [XmlElement, Association[]] => [object, []]))
  for (const association of associations) {
    const { source, target } = association
    const owner = byId.get(source) ?? byMember.get(source) ?? byMember.get(target) ?? packages[0]
    if (owner) owned.get(owner)?.push(association)
  }
  return owned
}

/**
 * Everything of a METADATA.XML, whatever wraps it (a SOAP envelope is seen) and whatever its prefixes (clinical-documents.md §2.7, §3).
 * `path` is the folder it was found in.
 */
export const readMetadata = (root: XmlElement, path: string): Metadata => {
  const deviations: Deviation[] = []
  const met = (deviation: Deviation): void => {
    if (deviations.length < 200) deviations.push(deviation)
  }
  if (root.name === 'Envelope') met({ code: 'metadata-soap', where: path })
  adoptLoose(root)
  const packages = descendants(root, 'RegistryPackage').filter(isSet)
  const owned = associationsBySet(descendants(root, 'Association').map(associationOf), packages)
  const sets = packages.map((object) => readSet(object, path, owned.get(object) ?? [], met))
  const entries = descendants(root, 'ExtrinsicObject').map((object) => readEntry(object, path, met))
  if (sets.length === 0) met({ code: 'metadata-no-submission-set', where: path })
  if (entries.length === 0) met({ code: 'metadata-no-entry', where: path })
  return { entries, sets, deviations }
}
