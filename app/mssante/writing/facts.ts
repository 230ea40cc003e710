import type { DocumentPatient, Outcome } from '../../contract/index.ts'
import { fail, ok } from '../../contract/index.ts'
import { readIns } from '../ins.ts'
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
import type { Coded } from './coded.ts'

export interface Identifier {
  root: string
  extension: string | null
}

/** A person or device, and its organisation, as the header names them. */
export interface HeaderAuthor {
  id: Identifier | null
  familyName: string
  givenName: string
  specialty: Coded | null
  role: string | null
  organisation: { id: Identifier | null; name: string } | null
}

/** What METADATA.XML and the mail say of a CDA, read in its header (clinical-documents.md §3.4). */
export interface CdaFacts {
  level: 'N1' | 'N3'
  id: Identifier
  set: Identifier | null
  version: number
  templates: string[]
  code: Coded
  title: string
  /** HL7 times, as they are. */
  createdAt: string
  language: string
  confidentiality: Coded
  patient: DocumentPatient
  /** Every `patientRole/id`. */
  patientIds: Identifier[]
  authors: HeaderAuthor[]
  legalAuthenticator: HeaderAuthor | null
  serviceStart: string | null
  serviceStop: string | null
  events: Coded[]
  /** JDV_J142. */
  encounter: Coded | null
  facility: Coded | null
  setting: Coded | null
  replaces: Identifier | null
  /** Of a body that is not structured. */
  mediaType: string | null
}

const identifierOf = (element: XmlElement | null): Identifier | null => {
  const root = attribute(element, 'root')
  return root ? { root, extension: attribute(element, 'extension') || null } : null
}

const codedOf = (element: XmlElement | null): Coded | null => {
  const code = attribute(element, 'code')
  return code
    ? {
        code,
        display: attribute(element, 'displayName') ?? code,
        system: attribute(element, 'codeSystem') ?? '',
      }
    : null
}

const authorOf = (holder: XmlElement | null, assigned: XmlElement | null): HeaderAuthor => {
  const name = at(assigned, 'assignedPerson', 'name')
  const device = childOf(assigned, 'assignedAuthoringDevice')
  const organisation = childOf(assigned, 'representedOrganization')
  return {
    id: identifierOf(childOf(assigned, 'id')),
    familyName: textOf(childOf(name, 'family')) || textOf(childOf(device, 'softwareName')) || textOf(name),
    givenName: textOf(childOf(name, 'given')),
    specialty: codedOf(childOf(assigned, 'code')),
    role: attribute(childOf(holder, 'functionCode'), 'displayName'),
    organisation: organisation
      ? { id: identifierOf(childOf(organisation, 'id')), name: textOf(childOf(organisation, 'name')) }
      : null,
  }
}

const dayOfTime = (value: string | null): string | null => {
  const match = /^(\d{4})(\d\d)(\d\d)/.exec(value ?? '')
  return match ? `${match[1]}-${match[2]}-${match[3]}` : null
}

const patientOf = (root: XmlElement): { patient: DocumentPatient; ids: Identifier[] } => {
  const role = at(root, 'recordTarget', 'patientRole')
  const patient = childOf(role, 'patient')
  const name = childOf(patient, 'name')
  const families = childrenOf(name, 'family')
  const givens = childrenOf(name, 'given')
  const by = (elements: XmlElement[], qualifier: string): string =>
    textOf(elements.find((one) => (attribute(one, 'qualifier') ?? '').split(/\s+/).includes(qualifier)))
  const plain = (elements: XmlElement[]): string =>
    textOf(elements.find((one) => attribute(one, 'qualifier') === null))
  const ids = childrenOf(role, 'id').flatMap((id) => identifierOf(id) ?? [])
  const ins = ids.map((id) => readIns(id.root, id.extension ?? '')).find((one) => one !== null) ?? null
  const local = ids.find((id) => id.extension !== null && readIns(id.root, id.extension) === null)
  const birthName = by(families, 'BR') || plain(families) || textOf(families[0])
  const usedName = by(families, 'CL') || by(families, 'SP')
  const firstName = by(givens, 'BR') || (plain(givens).split(' ')[0] ?? '')
  const sex = attribute(childOf(patient, 'administrativeGenderCode'), 'code')
  const birthDate = dayOfTime(attribute(childOf(patient, 'birthTime'), 'value'))
  const birthPlace = textOf(at(patient, 'birthplace', 'place', 'addr', 'county'))
  return {
    ids,
    patient: {
      patientId: null,
      birthName: birthName.slice(0, 100),
      usedName: usedName === '' || usedName === birthName ? null : usedName.slice(0, 100),
      firstName: firstName.slice(0, 100),
      // Beside a first name that says so, the given name without qualifier is the whole list (§4.1).
      givenNames: by(givens, 'BR') === '' ? null : plain(givens).slice(0, 200) || null,
      sex: sex === 'M' || sex === 'F' ? sex : 'U',
      birthDate,
      birthPlace: /^\d[\dAB]\d{3}$/.test(birthPlace) ? birthPlace : null,
      ins: ins ? { matricule: ins.matricule, oid: ins.oid } : null,
      // Who wrote the INS into a document says that the identity is qualified (§8.3).
      qualified:
        ins !== null &&
        birthName !== '' &&
        firstName !== '' &&
        birthDate !== null &&
        (sex === 'M' || sex === 'F'),
      ipp: local?.extension ? { root: local.root, extension: local.extension } : null,
    },
  }
}

/** What the schema and the French header make mandatory, by the name of its element. */
const missingOf = (root: XmlElement): string[] => {
  const has = (...path: string[]): boolean => at(root, ...path) !== null
  const main = childOf(childrenOf(root, 'documentationOf')[0] ?? null, 'serviceEvent')
  const rules: [string, boolean][] = [
    ['id', Boolean(attribute(childOf(root, 'id'), 'root'))],
    [
      'code',
      Boolean(attribute(childOf(root, 'code'), 'code') && attribute(childOf(root, 'code'), 'displayName')),
    ],
    ['title', textOf(childOf(root, 'title')) !== ''],
    ['effectiveTime', Boolean(attribute(childOf(root, 'effectiveTime'), 'value'))],
    ['confidentialityCode', Boolean(attribute(childOf(root, 'confidentialityCode'), 'code'))],
    ['languageCode', Boolean(attribute(childOf(root, 'languageCode'), 'code'))],
    ['setId', Boolean(attribute(childOf(root, 'setId'), 'root'))],
    ['versionNumber', /^\d{1,9}$/.test(attribute(childOf(root, 'versionNumber'), 'value') ?? '')],
    ['recordTarget', has('recordTarget', 'patientRole', 'patient', 'name')],
    ['author', has('author', 'assignedAuthor')],
    ['custodian', has('custodian', 'assignedCustodian', 'representedCustodianOrganization')],
    ['legalAuthenticator', has('legalAuthenticator', 'assignedEntity')],
    ['documentationOf', at(main, 'effectiveTime') !== null],
    ['componentOf', has('componentOf', 'encompassingEncounter')],
    ['component', has('component')],
  ]
  return rules.flatMap(([name, there]) => (there ? [] : [name]))
}

/**
 * Reads what is said outside of a CDA in its header. Errors: xml.*, `cda.not-a-cda`, `document.incomplete` (`missing`: the
 * mandatory elements it lacks), so that nothing leaves that a receiver could not file.
 */
export const readFacts = (bytes: Uint8Array): Outcome<CdaFacts> => {
  const parsed = parseXml(bytes)
  if (!parsed.ok) return parsed
  const root =
    parsed.value.name === 'ClinicalDocument' && parsed.value.namespace === 'urn:hl7-org:v3'
      ? parsed.value
      : null
  // A signed or auto-presentable one is shown; what is sent is the bare document.
  if (!root)
    return fail(
      descendants(parsed.value, 'ClinicalDocument').length > 0 ? 'document.unsupported' : 'cda.not-a-cda',
    )
  const missing = missingOf(root)
  const id = identifierOf(childOf(root, 'id'))
  const code = codedOf(childOf(root, 'code'))
  const confidentiality = codedOf(childOf(root, 'confidentialityCode'))
  if (missing.length > 0 || !id || !code || !confidentiality)
    return fail('document.incomplete', { details: { missing: missing.join(', ') } })
  const acts = childrenOf(root, 'documentationOf').flatMap((one) => childOf(one, 'serviceEvent') ?? [])
  const [main] = acts
  const time = childOf(main ?? null, 'effectiveTime')
  const { patient, ids } = patientOf(root)
  const body = at(root, 'component', 'nonXMLBody', 'text')
  return ok({
    level: body ? 'N1' : 'N3',
    id,
    set: identifierOf(childOf(root, 'setId')),
    version: Number(attribute(childOf(root, 'versionNumber'), 'value')),
    templates: childrenOf(root, 'templateId').flatMap((one) => attribute(one, 'root') ?? []),
    code,
    title: textOf(childOf(root, 'title')),
    createdAt: attribute(childOf(root, 'effectiveTime'), 'value') ?? '',
    language: attribute(childOf(root, 'languageCode'), 'code') ?? 'fr-FR',
    confidentiality,
    patient,
    patientIds: ids,
    authors: childrenOf(root, 'author').map((author) => authorOf(author, childOf(author, 'assignedAuthor'))),
    legalAuthenticator: authorOf(null, at(root, 'legalAuthenticator', 'assignedEntity')),
    serviceStart: attribute(childOf(time, 'low'), 'value') ?? attribute(time, 'value'),
    serviceStop: attribute(childOf(time, 'high'), 'value'),
    events: acts.flatMap((act) => codedOf(childOf(act, 'code')) ?? []),
    encounter: codedOf(at(root, 'componentOf', 'encompassingEncounter', 'code')),
    facility: codedOf(
      at(root, 'componentOf', 'encompassingEncounter', 'location', 'healthCareFacility', 'code'),
    ),
    setting:
      acts
        .flatMap((act) =>
          childrenOf(act, 'performer').flatMap(
            (performer) =>
              codedOf(
                at(performer, 'assignedEntity', 'representedOrganization', 'standardIndustryClassCode'),
              ) ?? [],
          ),
        )
        .at(0) ?? null,
    replaces: identifierOf(
      at(
        childrenOf(root, 'relatedDocument').find((one) => attribute(one, 'typeCode') === 'RPLC') ?? null,
        'parentDocument',
        'id',
      ),
    ),
    mediaType: attribute(body, 'mediaType'),
  })
}
