import { createHash } from 'node:crypto'
import { ippOid, type CdaHeader } from './cda-header.ts'
import { frenchDay, xdsTime } from './paris-time.ts'
import { insTestOid, type Patient } from './patients.ts'
import type { Code, Professional } from './professionals.ts'
import { xml, type Xml } from './xml.ts'

/** One document of an archive, with what METADATA.XML says about it. */
export interface XdmDocument {
  header: CdaHeader
  bytes: Buffer
  /** Base name inside the subset. */
  fileName: string
  formatCode: Code
  classCode: Code
}

/** What METADATA.XML gets wrong on purpose (clinical-documents.md §2.7). */
export interface MetadataFaults {
  uri: 'correct' | 'relative-to-ihe-xdm' | 'missing'
  size: 'correct' | 'missing'
  hash: 'correct' | 'wrong'
  soap: boolean
  /** Names another patient than the CDA does. */
  patient: Patient | null
  /** An order about the document, under a slot name of our own: the real one is not known. */
  action: 'D' | null
}

export const noFaults: MetadataFaults = {
  uri: 'correct',
  size: 'correct',
  hash: 'correct',
  soap: false,
  patient: null,
  action: null,
}

const schemes = {
  setAuthor: 'a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d',
  contentType: 'aa543740-bdda-424e-8c96-df4873be8500',
  setNode: 'a54d6aa5-d40d-43f9-88c5-b4633d873bdd',
  setPatient: '6b5aea1a-874d-4603-a4bc-96a0a7b38446',
  setSource: '554ac39e-e3fe-47fe-b233-965d2a147832',
  setUnique: '96fdda7c-d067-4183-912e-bf5ee74998a8',
  stableDocument: '7edca82f-054d-47f2-a032-9b2a5b5186c1',
  author: '93606bcf-9494-43ec-9b4e-a7748d1a838d',
  class: '41a5887f-8865-4c09-adf7-e362475b143a',
  type: 'f0306f51-975f-434e-a61c-c59651d33983',
  confidentiality: 'f4f85eac-e6cb-4883-b524-f2705394840f',
  format: 'a09d5840-386c-46f2-b5ad-9c3699a4309d',
  facility: 'f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1',
  setting: 'cccf5598-8b07-4b77-a05e-ae952c785ead',
  event: '2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4',
  patient: '58a6f841-87b3-4a3e-92fd-a8ffeff98427',
  unique: '2e82c1f6-a085-4c72-9da3-8640a32e42ab',
} as const

function slot(name: string, ...values: string[]): Xml {
  return xml`<Slot name="${name}"><ValueList>${values.map((value) => xml`<Value>${value}</Value>`)}</ValueList></Slot>`
}

function label(value: string): Xml {
  return xml`<Name><LocalizedString xml:lang="FR" charset="UTF8" value="${value}"/></Name>`
}

/** Gives each classification and identifier its own id within one METADATA.XML. */
function objectIds(): (prefix: string) => string {
  let count = 0
  return (prefix) => `${prefix}${++count}`
}

type NextId = (prefix: string) => string

function classified(next: NextId, of: string, scheme: string, code: Code): Xml {
  return xml`<Classification id="${next('cla')}" classificationScheme="urn:uuid:${scheme}" classifiedObject="${of}" nodeRepresentation="${code.code}">${slot('codingScheme', code.system)}${label(code.display)}</Classification>`
}

function authored(next: NextId, of: string, scheme: string, who: Professional): Xml {
  return xml`<Classification id="${next('cla')}" classificationScheme="urn:uuid:${scheme}" classifiedObject="${of}" nodeRepresentation="">${slot('authorPerson', person(who))}${slot('authorInstitution', `${who.organisation.name}^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^${who.organisation.id}`)}${slot('authorSpecialty', `${who.specialty.code}^${who.specialty.display}^${who.specialty.system}`)}</Classification>`
}

function identified(next: NextId, of: string, scheme: string, name: string, value: string): Xml {
  return xml`<ExternalIdentifier id="${next('ei')}" registryObject="${of}" identificationScheme="urn:uuid:${scheme}" value="${value}">${label(name)}</ExternalIdentifier>`
}

function person(who: Professional): string {
  return `${who.id}^${who.familyName}^${who.givenName}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`
}

function localId(patient: Patient): string {
  return `${patient.ipp}^^^&${ippOid}&ISO^PI`
}

function patientId(patient: Patient): string {
  return patient.ins === null ? localId(patient) : `${patient.ins}^^^&${insTestOid}&ISO^NH`
}

function documentEntry(
  next: NextId,
  id: string,
  document: XdmDocument,
  subset: string,
  faults: MetadataFaults,
): Xml {
  const { header, bytes } = document
  const patient = faults.patient ?? header.patient
  const main = header.acts[0]
  const hash = createHash('sha1').update(bytes).digest('hex')
  const uri = faults.uri === 'correct' ? document.fileName : `${subset}/${document.fileName}`
  const place = header.author.organisation
  const confidentiality: Code = {
    code: header.confidentiality,
    display: { N: 'Normal', R: 'Restreint', V: 'Très restreint' }[header.confidentiality],
    system: '2.16.840.1.113883.5.25',
  }
  return xml`<ExtrinsicObject id="${id}" mimeType="text/xml" objectType="urn:uuid:${schemes.stableDocument}" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">
${slot('creationTime', xdsTime(header.created))}
${slot('languageCode', 'fr-FR')}
${slot('legalAuthenticator', person(header.validator))}
${slot('serviceStartTime', xdsTime(main?.start ?? header.created))}
${main?.end == null ? null : slot('serviceStopTime', xdsTime(main.end))}
${slot('sourcePatientId', localId(patient))}
${slot('sourcePatientInfo', `PID-5|${patient.birthName}^${patient.givenName}^^^^^L`, `PID-7|${patient.birthDate}`, `PID-8|${patient.sex}`)}
${slot('hash', faults.hash === 'wrong' ? [...hash].reverse().join('') : hash)}
${faults.size === 'missing' ? null : slot('size', String(bytes.length))}
${faults.uri === 'missing' ? null : slot('URI', uri)}
${faults.action === null ? null : slot('urn:demo:action', faults.action)}
${label(header.title)}
${authored(next, id, schemes.author, header.author)}
${classified(next, id, schemes.class, document.classCode)}
${classified(next, id, schemes.type, header.code)}
${classified(next, id, schemes.confidentiality, confidentiality)}
${classified(next, id, schemes.format, document.formatCode)}
${classified(next, id, schemes.facility, place.facility)}
${classified(next, id, schemes.setting, place.setting)}
${header.acts.flatMap((it) => (it.code === null ? [] : [classified(next, id, schemes.event, it.code)]))}
${identified(next, id, schemes.patient, 'XDSDocumentEntry.patientId', patientId(patient))}
${identified(next, id, schemes.unique, 'XDSDocumentEntry.uniqueId', header.id)}
</ExtrinsicObject>`
}

/** METADATA.XML: ebRIM SubmitObjectsRequest with one submission set (clinical-documents.md §3). */
export function metadata(documents: readonly XdmDocument[], subset: string, faults: MetadataFaults): Buffer {
  const first = documents[0]
  if (first === undefined) throw new Error('an archive holds at least one document')
  const next = objectIds()
  const { header } = first
  const set = 'SubmissionSet01'
  const patient = faults.patient ?? header.patient
  const inpatient = header.encounter.kind === 'IMP'
  const contentType: Code = inpatient
    ? { code: '03', display: 'Hospitalisation', system: '1.2.250.1.213.2.2' }
    : { code: '07', display: 'Consultation', system: '1.2.250.1.213.2.2' }
  const ids = documents.map((_, index) => `Document${String(index + 1).padStart(2, '0')}`)
  const request = xml`<SubmitObjectsRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0">
<RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
<RegistryPackage id="${set}">
${slot('submissionTime', xdsTime(header.created))}
${label(`${header.title} (${frenchDay(header.created)})`)}
${authored(next, set, schemes.setAuthor, header.author)}
${classified(next, set, schemes.contentType, contentType)}
<Classification id="${next('cla')}" classifiedObject="${set}" classificationNode="urn:uuid:${schemes.setNode}"/>
${identified(next, set, schemes.setPatient, 'XDSSubmissionSet.patientId', patientId(patient))}
${identified(next, set, schemes.setSource, 'XDSSubmissionSet.sourceId', '1.2.250.1.999.1.1.9001')}
${identified(next, set, schemes.setUnique, 'XDSSubmissionSet.uniqueId', `${header.id}.1`)}
</RegistryPackage>
${documents.map((document, index) => documentEntry(next, ids[index] ?? '', document, subset, faults))}
${ids.map(
  (id) =>
    xml`<Association id="${next('as')}" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" sourceObject="${set}" targetObject="${id}">${slot('SubmissionSetStatus', 'Original')}</Association>
`,
)}${documents.flatMap((document, index) =>
    document.header.replaces === null
      ? []
      : [
          xml`<Association id="${next('as')}" associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="${ids[index] ?? ''}" targetObject="${document.header.replaces}"/>
`,
        ],
  )}</RegistryObjectList>
</SubmitObjectsRequest>`
  const whole = faults.soap
    ? xml`<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header/><soap:Body><ProvideAndRegisterDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007">${request}</ProvideAndRegisterDocumentSetRequest></soap:Body></soap:Envelope>`
    : request
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${whole.xml}\n`, 'utf8')
}
