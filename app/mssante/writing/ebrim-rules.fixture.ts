/**
 * The rules of METADATA.XML one by one: those of the ebRIM 3.0 schema (attributes, order of children, identifiers) and those of
 * the French metadata (clinical-documents.md §3). Knows nothing of the writer; names what is broken.
 */
import {
  attribute,
  childOf,
  childrenOf,
  descendants,
  parseXml,
  textOf,
  type XmlElement,
} from '../xml/element.ts'

const urn = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const lcm = 'urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0'
const rim = 'urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0'
const childOrder = ['Slot', 'Name', 'Description', 'VersionInfo', 'Classification', 'ExternalIdentifier']
const cx = /^[^^]+\^\^\^&[\d.]+&ISO\^(NH|PI)$/

const entrySchemes: Record<string, [string, number, number]> = {
  author: ['93606bcf-9494-43ec-9b4e-a7748d1a838d', 1, 99],
  classCode: ['41a5887f-8865-4c09-adf7-e362475b143a', 1, 1],
  typeCode: ['f0306f51-975f-434e-a61c-c59651d33983', 1, 1],
  confidentialityCode: ['f4f85eac-e6cb-4883-b524-f2705394840f', 1, 4],
  formatCode: ['a09d5840-386c-46f2-b5ad-9c3699a4309d', 1, 1],
  healthcareFacilityTypeCode: ['f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1', 1, 1],
  practiceSettingCode: ['cccf5598-8b07-4b77-a05e-ae952c785ead', 1, 1],
  eventCodeList: ['2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4', 0, 99],
}
const entrySlots: Record<string, [RegExp, boolean]> = {
  creationTime: [/^\d{14}$/, true],
  languageCode: [/^[a-z]{2}-[A-Z]{2}$/, true],
  legalAuthenticator: [/^[^^]+\^[^^]+\^[^^]*\^{6}&1\.2\.250\.1\.71\.4\.2\.1&ISO\^D\^\^\^(IDNPS|EI)$/, true],
  serviceStartTime: [/^\d{8}(\d{6})?$/, true],
  serviceStopTime: [/^\d{8}(\d{6})?$/, false],
  sourcePatientId: [cx, true],
  hash: [/^[0-9a-f]{40}$/, true],
  size: [/^[1-9]\d*$/, true],
  URI: [/^DOC\d{5}\.XML$/, true],
}

const elements = (element: XmlElement): XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== 'string')
const slotsOf = (object: XmlElement, name: string): string[][] =>
  childrenOf(object, 'Slot')
    .filter((slot) => attribute(slot, 'name') === name)
    .map((slot) => childrenOf(childOf(slot, 'ValueList'), 'Value').map(textOf))
const named = (object: XmlElement): string | null =>
  attribute(childOf(childOf(object, 'Name'), 'LocalizedString'), 'value')

/** Names of the rules a METADATA.XML breaks; empty for a right one. */
export const brokenMetadataRules = (bytes: Uint8Array): string[] => {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return [`xml: ${parsed.error.code}`]
  const root = parsed.value
  const broken: string[] = []
  const rule = (name: string, holds: boolean): void => {
    if (!holds) broken.push(name)
  }
  rule(
    'UTF-8 without BOM',
    Buffer.from(bytes).toString('utf8').startsWith('<?xml version="1.0" encoding="UTF-8"?>'),
  )
  rule('SubmitObjectsRequest', root.name === 'SubmitObjectsRequest' && root.namespace === lcm)
  const list = childOf(root, 'RegistryObjectList')
  rule('RegistryObjectList', list?.namespace === rim)
  const objects = list ? elements(list) : []
  const ids = new Set<string>()
  for (const object of [
    ...objects,
    ...descendants(root, 'Classification'),
    ...descendants(root, 'ExternalIdentifier'),
  ]) {
    const id = attribute(object, 'id') ?? ''
    rule(`id of ${object.name}`, urn.test(id) && !ids.has(id))
    ids.add(id)
    const places = elements(object).map(({ name }) => childOrder.indexOf(name))
    rule(
      `order in ${object.name}`,
      places.every((place, index) => place >= 0 && (index === 0 || place >= (places[index - 1] ?? 0))),
    )
  }
  for (const slot of descendants(root, 'Slot'))
    rule(
      'Slot',
      Boolean(attribute(slot, 'name')) &&
        childrenOf(childOf(slot, 'ValueList'), 'Value').every((one) => textOf(one) !== ''),
    )
  for (const one of descendants(root, 'LocalizedString'))
    rule('LocalizedString', attribute(one, 'value') !== null && attribute(one, 'charset') === 'UTF8')

  const sets = childrenOf(list, 'RegistryPackage')
  const [set] = sets
  rule('one submission set', sets.length === 1)
  const setId = attribute(set ?? null, 'id') ?? ''
  const classified = (object: XmlElement, scheme: string): XmlElement[] =>
    childrenOf(object, 'Classification').filter(
      (one) => attribute(one, 'classificationScheme') === `urn:uuid:${scheme}`,
    )
  const external = (object: XmlElement, scheme: string, name: string): string | null => {
    const found = childrenOf(object, 'ExternalIdentifier').filter(
      (one) => attribute(one, 'identificationScheme') === `urn:uuid:${scheme}` && named(one) === name,
    )
    rule(`${name} once`, found.length === 1)
    rule(`${name}: registryObject`, attribute(found[0] ?? null, 'registryObject') === attribute(object, 'id'))
    return attribute(found[0] ?? null, 'value')
  }
  for (const one of descendants(root, 'Classification')) {
    rule('Classification: classifiedObject', ids.has(attribute(one, 'classifiedObject') ?? ''))
    const scheme = attribute(one, 'classificationScheme')
    const node = attribute(one, 'classificationNode')
    rule('Classification: scheme or node', (scheme === null) !== (node === null))
    if (scheme !== null) rule('Classification: nodeRepresentation', one.attributes.has('nodeRepresentation'))
    const isAuthor = /93606bcf|a7058bb9/.test(scheme ?? '')
    if (scheme !== null && !isAuthor) {
      rule('Classification: codingScheme', (slotsOf(one, 'codingScheme')[0]?.length ?? 0) === 1)
      rule('Classification: code and name', Boolean(attribute(one, 'nodeRepresentation') && named(one)))
    }
    if (isAuthor) rule('author: person', (slotsOf(one, 'authorPerson')[0]?.length ?? 0) === 1)
  }
  if (set) {
    rule(
      'set is marked',
      childrenOf(set, 'Classification').filter(
        (one) => attribute(one, 'classificationNode') === 'urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd',
      ).length === 1,
    )
    rule('set: author', classified(set, 'a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d').length >= 1)
    rule('set: contentTypeCode', classified(set, 'aa543740-bdda-424e-8c96-df4873be8500').length === 1)
    rule('set: submissionTime', /^\d{14}$/.test(slotsOf(set, 'submissionTime')[0]?.[0] ?? ''))
    rule(
      'set: patientId',
      cx.test(external(set, '6b5aea1a-874d-4603-a4bc-96a0a7b38446', 'XDSSubmissionSet.patientId') ?? ''),
    )
    rule(
      'set: sourceId',
      /^[\d.]+$/.test(
        external(set, '554ac39e-e3fe-47fe-b233-965d2a147832', 'XDSSubmissionSet.sourceId') ?? '',
      ),
    )
    rule(
      'set: uniqueId',
      /^[\d.]+$/.test(
        external(set, '96fdda7c-d067-4183-912e-bf5ee74998a8', 'XDSSubmissionSet.uniqueId') ?? '',
      ),
    )
  }
  const entries = childrenOf(list, 'ExtrinsicObject')
  rule('entries', entries.length >= 1)
  for (const entry of entries) {
    rule(
      'entry: objectType',
      attribute(entry, 'objectType') === 'urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1',
    )
    rule('entry: mimeType', attribute(entry, 'mimeType') === 'text/xml')
    rule(
      'entry: status',
      attribute(entry, 'status') === 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved',
    )
    rule('entry: title', Boolean(named(entry)))
    for (const [name, [scheme, least, most]] of Object.entries(entrySchemes)) {
      const count = classified(entry, scheme).length
      rule(`entry: ${name} ${least}..${most}`, count >= least && count <= most)
    }
    for (const [name, [form, mandatory]] of Object.entries(entrySlots)) {
      const values = slotsOf(entry, name)
      rule(
        `entry: ${name}`,
        values.length === 1 ? form.test(values[0]?.[0] ?? '') : !mandatory && values.length === 0,
      )
    }
    const info = slotsOf(entry, 'sourcePatientInfo')[0] ?? []
    rule(
      'entry: sourcePatientInfo',
      info.some((one) => /^PID-5\|[^^]+\^[^^]+\^\^\^\^\^L$/.test(one)) &&
        info.some((one) => /^PID-8\|[MFU]$/.test(one)),
    )
    rule(
      'entry: patientId',
      cx.test(external(entry, '58a6f841-87b3-4a3e-92fd-a8ffeff98427', 'XDSDocumentEntry.patientId') ?? ''),
    )
    rule(
      'entry: uniqueId',
      Boolean(external(entry, '2e82c1f6-a085-4c72-9da3-8640a32e42ab', 'XDSDocumentEntry.uniqueId')),
    )
  }
  const associations = childrenOf(list, 'Association')
  const members = associations.filter((one) => attribute(one, 'associationType')?.endsWith(':HasMember'))
  rule('one membership for each entry', members.length === entries.length)
  for (const one of members) {
    rule('membership: source', attribute(one, 'sourceObject') === setId)
    rule(
      'membership: target',
      entries.some((entry) => attribute(entry, 'id') === attribute(one, 'targetObject')),
    )
    rule('membership: status', slotsOf(one, 'SubmissionSetStatus')[0]?.[0] === 'Original')
  }
  for (const one of associations.filter((candidate) => !members.includes(candidate))) {
    rule('association: RPLC', attribute(one, 'associationType') === 'urn:ihe:iti:2007:AssociationType:RPLC')
    rule(
      'association: source',
      entries.some((entry) => attribute(entry, 'id') === attribute(one, 'sourceObject')),
    )
    rule('association: target', urn.test(attribute(one, 'targetObject') ?? ''))
  }
  return broken
}
