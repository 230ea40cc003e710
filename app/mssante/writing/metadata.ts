import { createHash } from 'node:crypto'
import { readIns } from '../ins.ts'
import { confidentialities, type Coded } from './coded.ts'
import type { CdaFacts, HeaderAuthor, Identifier } from './facts.ts'
import { contentTypeOf } from './encounters.ts'
import { formatOf } from './formats.ts'
import { xml, type Markup } from './markup.ts'
import { xdsFromHl7, xdsTime } from './times.ts'
import { classOf } from './type-codes.ts'

/** A document of an archive, with what only the sender knows of it. */
export interface ArchivedDocument {
  facts: CdaFacts
  bytes: Uint8Array
  /** `urn:uuid:` of its entry. */
  entryId: string
  /** Of the entry it replaces, when known. */
  replacedEntryId: string | null
  maskedFromProfessionals: boolean
  hiddenFromPatient: boolean
  hiddenFromRepresentatives: boolean
}

export interface Submission {
  documents: readonly ArchivedDocument[]
  /** Of the archive’s set. */
  setId: string
  uniqueId: string
  /** OID of what sends. */
  source: string
  title: string
  /** Milliseconds. */
  at: number
  /** Classes by type that the policy knows better. */
  classes: Readonly<Record<string, string>>
  newId: () => string
}

/** XDS constants (clinical-documents.md §3.2). */
const scheme = {
  submissionSet: 'urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd',
  setAuthor: 'urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d',
  contentType: 'urn:uuid:aa543740-bdda-424e-8c96-df4873be8500',
  setPatient: 'urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446',
  setSource: 'urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832',
  setUnique: 'urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8',
  stable: 'urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1',
  author: 'urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d',
  class: 'urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a',
  type: 'urn:uuid:f0306f51-975f-434e-a61c-c59651d33983',
  confidentiality: 'urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f',
  format: 'urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d',
  facility: 'urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1',
  setting: 'urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead',
  event: 'urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4',
  patient: 'urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427',
  unique: 'urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab',
} as const
const approved = 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'
const hasMember = 'urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember'
const replaces = 'urn:ihe:iti:2007:AssociationType:RPLC'
const persons = '1.2.250.1.71.4.2.1'
const structures = '1.2.250.1.71.4.2.2'

/** A component of an HL7 v2 value: its separators have no place in it. */
const component = (text: string): string =>
  text
    .replace(/[\^&|~\\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const slot = (name: string, ...values: string[]): Markup =>
  xml`<Slot name="${name}"><ValueList>${values.map((value) => xml`<Value>${value}</Value>`)}</ValueList></Slot>`

const named = (value: string): Markup =>
  xml`<Name><LocalizedString xml:lang="FR" charset="UTF8" value="${value}"/></Name>`

/** `8…^NOM^Prénom^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`: `EI` for an internal number (§3.3). */
const person = (author: HeaderAuthor): string => {
  const id = author.id?.extension ?? ''
  const kind = id.includes('/') ? 'EI' : 'IDNPS'
  const root = author.id?.root ?? persons
  return `${component(id)}^${component(author.familyName)}^${component(author.givenName)}^^^^^^&${root}&ISO^D^^^${kind}`
}

const institution = (of: NonNullable<HeaderAuthor['organisation']>): string =>
  of.id?.extension
    ? `${component(of.name)}^^^^^&${of.id.root || structures}&ISO^IDNST^^^${component(of.id.extension)}`
    : component(of.name)

const patientId = (id: Identifier): string =>
  `${component(id.extension ?? '')}^^^&${id.root}&ISO^${readIns(id.root, id.extension ?? '') ? 'NH' : 'PI'}`

const uniqueIdOf = ({ root, extension }: Identifier): string =>
  extension === null ? root : `${root}^${extension}`

/** An INS before any other number, which stands in for it where there is none. */
const patientIds = (facts: CdaFacts): { ins: Identifier | null; own: Identifier | null } => {
  const usable = facts.patientIds.filter((id) => id.extension !== null)
  const isIns = (id: Identifier): boolean => readIns(id.root, id.extension ?? '') !== null
  return { ins: usable.find(isIns) ?? null, own: usable.find((id) => !isIns(id)) ?? null }
}

/** METADATA.XML of one patient’s documents: ebRIM 3.0, UTF-8 without BOM (clinical-documents.md §3). */
export const writeMetadata = (submission: Submission): Uint8Array => {
  const { newId } = submission
  const classified = (of: string, classification: string, code: Coded): Markup =>
    xml`
      <Classification id="${newId()}" classificationScheme="${classification}" classifiedObject="${of}" nodeRepresentation="${code.code}">
        ${slot('codingScheme', code.system)}
        ${named(code.display)}
      </Classification>`
  const authored = (of: string, classification: string, author: HeaderAuthor): Markup =>
    xml`
      <Classification id="${newId()}" classificationScheme="${classification}" classifiedObject="${of}" nodeRepresentation="">
        ${slot('authorPerson', person(author))}
        ${author.organisation?.name ? slot('authorInstitution', institution(author.organisation)) : null}
        ${author.role === null ? null : slot('authorRole', author.role)}
        ${
          author.specialty === null
            ? null
            : slot(
                'authorSpecialty',
                `${component(author.specialty.code)}^${component(author.specialty.display)}^${author.specialty.system}`,
              )
        }
      </Classification>`
  const identified = (of: string, identification: string, name: string, value: string): Markup =>
    xml`
      <ExternalIdentifier id="${newId()}" registryObject="${of}" identificationScheme="${identification}" value="${value}">
        ${named(name)}
      </ExternalIdentifier>`

  const entry = (document: ArchivedDocument, index: number): Markup => {
    const { facts, entryId } = document
    const { ins, own } = patientIds(facts)
    const patient = ins ?? own
    const names = [
      `PID-5|${component(facts.patient.birthName)}^${component(facts.patient.firstName)}^^^^^L`,
      ...(facts.patient.usedName
        ? [`PID-5|${component(facts.patient.usedName)}^${component(facts.patient.firstName)}^^^^^S`]
        : []),
      ...(facts.patient.birthDate ? [`PID-7|${facts.patient.birthDate.replaceAll('-', '')}`] : []),
      `PID-8|${facts.patient.sex}`,
    ]
    const hidden = [
      ...(document.maskedFromProfessionals ? ['MASQUE_PS'] : []),
      ...(document.hiddenFromPatient ? ['INVISIBLE_PATIENT'] : []),
      ...(document.hiddenFromRepresentatives ? ['INVISIBLE_REPRESENTANTS_LEGAUX'] : []),
    ].flatMap((code) => confidentialities[code] ?? [])
    return xml`
    <ExtrinsicObject id="${entryId}" lid="${entryId}" mimeType="text/xml" objectType="${scheme.stable}" status="${approved}">
      ${slot('creationTime', xdsFromHl7(facts.createdAt))}
      ${slot('languageCode', facts.language)}
      ${facts.legalAuthenticator ? slot('legalAuthenticator', person(facts.legalAuthenticator)) : null}
      ${slot('serviceStartTime', xdsFromHl7(facts.serviceStart) || xdsFromHl7(facts.createdAt))}
      ${facts.serviceStop === null ? null : slot('serviceStopTime', xdsFromHl7(facts.serviceStop))}
      ${(own ?? ins) ? slot('sourcePatientId', patientId((own ?? ins) as Identifier)) : null}
      ${slot('sourcePatientInfo', ...names)}
      ${slot('hash', createHash('sha1').update(document.bytes).digest('hex'))}
      ${slot('size', String(document.bytes.byteLength))}
      ${slot('URI', fileNameOf(index))}
      ${named(facts.title)}${facts.authors.map((author) => authored(entryId, scheme.author, author))}${classified(
        entryId,
        scheme.class,
        classOf(facts.code.code, submission.classes),
      )}${classified(entryId, scheme.type, facts.code)}${[facts.confidentiality, ...hidden].map((code) =>
        classified(entryId, scheme.confidentiality, code),
      )}${classified(entryId, scheme.format, formatOf(facts))}${
        facts.facility ? classified(entryId, scheme.facility, facts.facility) : null
      }${facts.setting ? classified(entryId, scheme.setting, facts.setting) : null}${facts.events.map(
        (event) => classified(entryId, scheme.event, event),
      )}${patient ? identified(entryId, scheme.patient, 'XDSDocumentEntry.patientId', patientId(patient)) : null}${identified(
        entryId,
        scheme.unique,
        'XDSDocumentEntry.uniqueId',
        uniqueIdOf(facts.id),
      )}
    </ExtrinsicObject>`
  }

  const association = (kind: string, from: string, to: string, slots: Markup | null): Markup =>
    xml`
    <Association id="${newId()}" associationType="${kind}" sourceObject="${from}" targetObject="${to}">
      ${slots}
    </Association>`

  const { documents, setId } = submission
  const first = documents[0]?.facts
  const author = first?.authors[0]
  const ids = first ? patientIds(first) : { ins: null, own: null }
  const patient = ids.ins ?? ids.own
  const text = xml`<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
  <RegistryObjectList>
    <RegistryPackage id="${setId}" lid="${setId}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage" status="${approved}">
      ${slot('submissionTime', xdsTime(submission.at))}
      ${named(submission.title)}${author ? authored(setId, scheme.setAuthor, author) : null}${
        first ? classified(setId, scheme.contentType, contentTypeOf(first)) : null
      }
      <Classification id="${newId()}" classifiedObject="${setId}" classificationNode="${scheme.submissionSet}"/>${
        patient
          ? identified(setId, scheme.setPatient, 'XDSSubmissionSet.patientId', patientId(patient))
          : null
      }${identified(setId, scheme.setSource, 'XDSSubmissionSet.sourceId', submission.source)}${identified(
        setId,
        scheme.setUnique,
        'XDSSubmissionSet.uniqueId',
        submission.uniqueId,
      )}
    </RegistryPackage>${documents.map(entry)}${documents.map(({ entryId }) =>
      association(hasMember, setId, entryId, slot('SubmissionSetStatus', 'Original')),
    )}${documents.flatMap(({ entryId, replacedEntryId }) =>
      replacedEntryId === null ? [] : [association(replaces, entryId, replacedEntryId, null)],
    )}
  </RegistryObjectList>
</lcm:SubmitObjectsRequest>
`
  return Buffer.from(text.markup, 'utf8')
}

/** `DOC00001.XML`, from 0. */
export const fileNameOf = (index: number): string => `DOC${String(index + 1).padStart(5, '0')}.XML`
