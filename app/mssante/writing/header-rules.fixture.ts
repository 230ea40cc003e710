/**
 * The rules of the French header one by one (CI-SIS, structuration minimale: clinical-documents.md §4 and the schematron of the
 * ANS), as a checker of its own: it reads the XML, knows nothing of the writer, and names what is broken.
 */
import {
  at,
  attribute,
  childOf,
  childrenOf,
  descendants,
  parseXml,
  textOf,
  type XmlElement,
} from '../xml/element.ts'
import { brokenAssertions } from './schematron-rules.fixture.ts'

const oid = /^[0-2](\.(0|[1-9]\d*))*$/
const insOids = ['8', '9', '10', '11'].map((last) => `1.2.250.1.213.1.4.${last}`)
/** Children of ClinicalDocument in the order of the CDA schema. */
const order = [
  'realmCode',
  'typeId',
  'templateId',
  'id',
  'code',
  'title',
  'effectiveTime',
  'confidentialityCode',
  'languageCode',
  'setId',
  'versionNumber',
  'recordTarget',
  'author',
  'dataEnterer',
  'informant',
  'custodian',
  'informationRecipient',
  'legalAuthenticator',
  'authenticator',
  'participant',
  'inFulfillmentOf',
  'documentationOf',
  'relatedDocument',
  'authorization',
  'componentOf',
  'component',
]
/** Order of children by element, of those a header of ours may hold. */
const orders: Record<string, string[]> = {
  patientRole: ['id', 'addr', 'telecom', 'patient', 'providerOrganization'],
  patient: ['name', 'administrativeGenderCode', 'birthTime', 'guardian', 'birthplace'],
  author: ['functionCode', 'time', 'assignedAuthor'],
  assignedAuthor: ['id', 'code', 'addr', 'telecom', 'assignedPerson', 'representedOrganization'],
  assignedEntity: ['id', 'code', 'addr', 'telecom', 'assignedPerson', 'representedOrganization'],
  representedOrganization: ['id', 'name', 'telecom', 'addr', 'standardIndustryClassCode'],
  representedCustodianOrganization: ['id', 'name', 'telecom', 'addr'],
  intendedRecipient: ['id', 'addr', 'telecom', 'informationRecipient', 'receivedOrganization'],
  legalAuthenticator: ['time', 'signatureCode', 'assignedEntity'],
  serviceEvent: ['id', 'code', 'effectiveTime', 'performer'],
  performer: ['functionCode', 'time', 'assignedEntity'],
  parentDocument: ['id', 'code', 'text', 'setId', 'versionNumber'],
  encompassingEncounter: [
    'id',
    'code',
    'effectiveTime',
    'dischargeDispositionCode',
    'responsibleParty',
    'location',
  ],
  healthCareFacility: ['id', 'code', 'location', 'serviceProviderOrganization'],
  ClinicalDocument: order,
}

const elements = (element: XmlElement): XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== 'string')

const inOrder = (element: XmlElement, wanted: string[]): boolean => {
  const places = elements(element).map(({ name }) => wanted.indexOf(name))
  return places.every((place, index) => place >= 0 && (index === 0 || place >= (places[index - 1] ?? 0)))
}

/** Names of the rules a document breaks; empty for a right one. */
export const brokenHeaderRules = (bytes: Uint8Array): string[] => {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return [`xml: ${parsed.error.code}`]
  const root = parsed.value
  const broken: string[] = []
  const rule = (name: string, holds: boolean): void => {
    if (!holds) broken.push(name)
  }
  const once = (name: string): XmlElement | null => {
    const found = childrenOf(root, name)
    rule(`${name} once`, found.length === 1)
    return found[0] ?? null
  }
  const text = Buffer.from(bytes).toString('utf8')
  rule('XML 1.0, UTF-8, no BOM', text.startsWith('<?xml version="1.0" encoding="UTF-8"?>'))
  rule('root', root.name === 'ClinicalDocument' && root.namespace === 'urn:hl7-org:v3')
  rule('no DOCTYPE', !text.includes('<!DOCTYPE'))
  rule('realmCode', attribute(once('realmCode'), 'code') === 'FR')
  const typeId = once('typeId')
  rule(
    'typeId',
    attribute(typeId, 'root') === '2.16.840.1.113883.1.3' &&
      attribute(typeId, 'extension') === 'POCD_HD000040',
  )
  const templates = childrenOf(root, 'templateId').map((one) => attribute(one, 'root'))
  const unstructured = at(root, 'component', 'nonXMLBody')
  rule('templateId HL7 France', templates.filter((one) => one === '2.16.840.1.113883.2.8.2.1').length === 1)
  rule('templateId CI-SIS', templates.filter((one) => one === '1.2.250.1.213.1.1.1.1').length === 1)
  rule('three templateIds', templates.length >= 3)
  if (unstructured)
    rule('N1 has these three alone', templates.length === 3 && templates.includes('1.3.6.1.4.1.19376.1.2.20'))
  const id = once('id')
  rule('id', oid.test(attribute(id, 'root') ?? '') && (attribute(id, 'root') ?? '').length <= 64)
  const code = once('code')
  rule('code', Boolean(attribute(code, 'code') && attribute(code, 'displayName')))
  rule('code system', oid.test(attribute(code, 'codeSystem') ?? ''))
  rule('title', textOf(once('title')) !== '')
  rule('effectiveTime', /^\d{14}[+-]\d{4}$/.test(attribute(once('effectiveTime'), 'value') ?? ''))
  const confidentiality = once('confidentialityCode')
  rule(
    'confidentialityCode',
    /^[NRV]$/.test(attribute(confidentiality, 'code') ?? '') &&
      attribute(confidentiality, 'codeSystem') === '2.16.840.1.113883.5.25',
  )
  rule('languageCode', /^[a-z]{2}-[A-Z]{2}$/.test(attribute(once('languageCode'), 'code') ?? ''))
  rule('setId', oid.test(attribute(once('setId'), 'root') ?? ''))
  rule('versionNumber', /^[1-9]\d*$/.test(attribute(once('versionNumber'), 'value') ?? ''))

  const role = childOf(once('recordTarget'), 'patientRole')
  const ids = childrenOf(role, 'id')
  rule(
    'patient id',
    ids.length >= 1 && ids.every((one) => attribute(one, 'root') && attribute(one, 'extension')),
  )
  const patient = childOf(role, 'patient')
  const name = childOf(patient, 'name')
  const has = (part: string, qualifier: string | null): boolean =>
    childrenOf(name, part).some((one) => attribute(one, 'qualifier') === qualifier && textOf(one) !== '')
  rule('birth name', has('family', 'BR'))
  rule('first birth given name', has('given', 'BR'))
  const sex = childOf(patient, 'administrativeGenderCode')
  rule('sex', ['M', 'F', 'UN'].includes(attribute(sex, 'code') ?? ''))
  const birth = childOf(patient, 'birthTime')
  rule(
    'birthTime',
    /^\d{8}$/.test(attribute(birth, 'value') ?? '') || attribute(birth, 'nullFlavor') !== null,
  )
  if (ids.some((one) => insOids.includes(attribute(one, 'root') ?? ''))) {
    rule('INS: list of given names', has('given', null))
    rule('INS: birth date', /^\d{8}$/.test(attribute(birth, 'value') ?? ''))
    rule(
      'INS: birth place',
      /^\d[\dAB]\d{3}$/.test(textOf(at(patient, 'birthplace', 'place', 'addr', 'county'))),
    )
    rule('INS: sex', ['M', 'F'].includes(attribute(sex, 'code') ?? ''))
  }

  const person = (assigned: XmlElement | null, where: string): void => {
    const own = childOf(assigned, 'id')
    rule(
      `${where}: id`,
      attribute(own, 'root') === '1.2.250.1.71.4.2.1' && Boolean(attribute(own, 'extension')),
    )
    const profession = childOf(assigned, 'code')
    rule(
      `${where}: profession`,
      Boolean(
        attribute(profession, 'code') &&
        attribute(profession, 'displayName') &&
        attribute(profession, 'codeSystem'),
      ),
    )
    const named = at(assigned, 'assignedPerson', 'name')
    rule(`${where}: name`, textOf(childOf(named, 'family')) !== '' && textOf(childOf(named, 'given')) !== '')
  }
  const structure = (organisation: XmlElement | null, where: string): void => {
    const own = childOf(organisation, 'id')
    rule(
      `${where}: structure`,
      attribute(own, 'root') === '1.2.250.1.71.4.2.2' &&
        Boolean(attribute(own, 'extension')) &&
        textOf(childOf(organisation, 'name')) !== '',
    )
  }
  const authors = childrenOf(root, 'author')
  rule('author', authors.length >= 1)
  for (const author of authors) {
    rule('author: time', Boolean(attribute(childOf(author, 'time'), 'value')))
    person(childOf(author, 'assignedAuthor'), 'author')
    structure(at(author, 'assignedAuthor', 'representedOrganization'), 'author')
  }
  structure(at(once('custodian'), 'assignedCustodian', 'representedCustodianOrganization'), 'custodian')
  const signer = once('legalAuthenticator')
  rule('legalAuthenticator: time', Boolean(attribute(childOf(signer, 'time'), 'value')))
  rule('legalAuthenticator: signatureCode', attribute(childOf(signer, 'signatureCode'), 'code') === 'S')
  person(childOf(signer, 'assignedEntity'), 'legalAuthenticator')

  const acts = childrenOf(root, 'documentationOf')
  rule('documentationOf', acts.length >= 1)
  const main = childOf(acts[0] ?? null, 'serviceEvent')
  rule('main act: one performer', childrenOf(main, 'performer').length === 1)
  rule('main act: start', /^\d{8}/.test(attribute(at(main, 'effectiveTime', 'low'), 'value') ?? ''))
  const performer = at(main, 'performer', 'assignedEntity')
  rule('main act: performer typeCode', attribute(childOf(main, 'performer'), 'typeCode') === 'PRF')
  person(performer, 'main act')
  const field = at(performer, 'representedOrganization', 'standardIndustryClassCode')
  rule('main act: practice setting', Boolean(attribute(field, 'code') && attribute(field, 'displayName')))

  const related = childrenOf(root, 'relatedDocument')
  rule('relatedDocument at most once', related.length <= 1)
  for (const one of related) {
    rule('relatedDocument: RPLC', attribute(one, 'typeCode') === 'RPLC')
    rule('relatedDocument: parent', Boolean(attribute(at(one, 'parentDocument', 'id'), 'root')))
  }
  const encounter = childOf(once('componentOf'), 'encompassingEncounter')
  rule('encounter: time', childOf(encounter, 'effectiveTime') !== null)
  const place = at(encounter, 'location', 'healthCareFacility', 'code')
  rule(
    'encounter: kind of structure',
    Boolean(attribute(place, 'code') && attribute(place, 'displayName') && attribute(place, 'codeSystem')),
  )
  once('component')
  if (unstructured) {
    const body = childOf(unstructured, 'text')
    rule('body: media', ['application/pdf', 'text/plain'].includes(attribute(body, 'mediaType') ?? ''))
    rule('body: Base64', attribute(body, 'representation') === 'B64' && textOf(body) !== '')
  }

  for (const [element, wanted] of Object.entries(orders))
    for (const one of element === 'ClinicalDocument' ? [root] : descendants(root, element))
      if (element !== 'performer' || attribute(one, 'typeCode') !== null)
        rule(
          `order in ${element}: ${elements(one)
            .map((child) => child.name)
            .join(' ')}`,
          inOrder(one, wanted),
        )
  return [...broken, ...brokenAssertions(root)]
}
