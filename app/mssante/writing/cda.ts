import type { DocumentAuthor, DocumentDetails, DocumentPatient } from '../../contract/index.ts'
import { confidentialities, facility, setting, specialty, type Coded } from './coded.ts'
import { encounterOf } from './encounters.ts'
import { insState, localIdentifier } from './identifiers.ts'
import { asMarkup, xml, type Markup } from './markup.ts'
import type { DocumentRecipient } from './recipients.ts'
import { hl7Day, hl7Time } from './times.ts'
import { documentType } from './type-codes.ts'

/** What the header of a document needs (CI-SIS, structuration minimale: clinical-documents.md §4). */
export interface CdaRequest {
  /** OID without extension: the DMP takes no other. */
  id: string
  /** Constant over the versions. */
  set: { root: string; extension: string | null }
  version: number
  replaces: {
    id: { root: string; extension: string | null }
    set: { root: string; extension: string | null }
    version: number
  } | null
  patient: DocumentPatient
  details: DocumentDetails
  author: DocumentAuthor
  /** Address of the sender’s mailbox. */
  mailbox: string
  recipients: readonly DocumentRecipient[]
  /** OID of what sends: root of the patient’s number when there is neither INS nor IPP. */
  source: string
  /** Milliseconds. */
  createdAt: number
}

const persons = '1.2.250.1.71.4.2.1'
const structures = '1.2.250.1.71.4.2.2'
const sexes = {
  M: { code: 'M', display: 'Masculin' },
  F: { code: 'F', display: 'Féminin' },
  U: { code: 'UN', display: 'Indifférencié' },
} as const

const coded = (element: string, code: Coded): Markup =>
  xml`<${asMarkup(element)} code="${code.code}" displayName="${code.display}" codeSystem="${code.system}"${
    code.system === '2.16.840.1.113883.6.1' ? asMarkup(' codeSystemName="LOINC"') : null
  }/>`

const identified = (
  element: string,
  { root, extension }: { root: string; extension: string | null },
): Markup =>
  xml`<${asMarkup(element)} root="${root}"${extension === null ? null : xml` extension="${extension}"`}/>`

/** The parts of an address that say something; without any, that it is not available. */
const address = (of: Pick<DocumentAuthor['organisation'], 'street' | 'postalCode' | 'city'>): Markup => {
  const part = (element: string, value: string | null): Markup | null =>
    value === null || value.trim() === '' ? null : xml`<${asMarkup(element)}>${value}</${asMarkup(element)}>`
  const parts = [
    part('streetName', of.street),
    part('postalCode', of.postalCode),
    part('city', of.city),
  ].filter((one) => one !== null)
  return parts.length === 0 ? xml`<addr nullFlavor="NAV"/>` : xml`<addr>${parts}</addr>`
}

/** What is left of a telephone number without blanks and points; nothing of what has no digit. */
const phone = (number: string | null): Markup => {
  const digits = (number ?? '').replace(/[^\d+]/g, '')
  return /\d/.test(digits) ? xml`<telecom value="tel:${digits}" use="WP"/>` : xml`<telecom nullFlavor="NAV"/>`
}

const unknown = (code: string): Coded => ({ code, display: code, system: '1.2.250.1.213.1.1.4.6' })

const organisation = (author: DocumentAuthor, withSetting: boolean): Markup => {
  const of = author.organisation
  return xml`<id root="${structures}" extension="${of.id}"/>
        <name>${of.name}</name>
        ${phone(of.phone)}
        ${address(of)}${
          withSetting
            ? xml`
        ${coded('standardIndustryClassCode', setting(author.setting) ?? unknown(author.setting))}`
            : null
        }`
}

/** Body of `assignedAuthor` and `assignedEntity`: identity, profession, contact, organisation. */
const professional = (request: CdaRequest, withSetting: boolean): Markup => {
  const { author } = request
  return xml`<id root="${persons}" extension="${author.nationalId}"/>
      ${coded('code', specialty(author.specialty) ?? unknown(author.specialty))}
      ${address(author.organisation)}
      ${/\d/.test(author.phone ?? '') ? phone(author.phone) : null}
      <telecom value="mailto:${request.mailbox}" use="WP"/>
      <assignedPerson>
        <name>${author.civility === null ? null : xml`<prefix>${author.civility}</prefix>`}<given>${author.givenName}</given><family>${author.familyName}</family>${
          author.title === null ? null : xml`<suffix>${author.title}</suffix>`
        }</name>
      </assignedPerson>
      <representedOrganization>
        ${organisation(author, withSetting)}
      </representedOrganization>`
}

const recordTarget = (request: CdaRequest): Markup => {
  const { patient } = request
  const withIns = insState(patient) === 'sent'
  const own = withIns ? patient.ipp : localIdentifier(patient, request.source)
  const sex = sexes[patient.sex]
  return xml`<recordTarget>
    <patientRole>
      ${withIns && patient.ins ? identified('id', { root: patient.ins.oid, extension: patient.ins.matricule }) : null}
      ${own ? identified('id', own) : null}
      <addr nullFlavor="NAV"/>
      <telecom nullFlavor="NAV"/>
      <patient classCode="PSN">
        <name>
          <family qualifier="BR">${patient.birthName}</family>
          ${patient.givenNames ? xml`<given>${patient.givenNames}</given>` : null}
          <given qualifier="BR">${patient.firstName}</given>
          ${patient.usedName ? xml`<family qualifier="CL">${patient.usedName}</family>` : null}
        </name>
        <administrativeGenderCode code="${sex.code}" displayName="${sex.display}" codeSystem="2.16.840.1.113883.5.1"/>
        ${patient.birthDate === null ? xml`<birthTime nullFlavor="UNK"/>` : xml`<birthTime value="${hl7Day(patient.birthDate)}"/>`}
        ${
          patient.birthPlace === null
            ? null
            : xml`<birthplace><place><addr><county>${patient.birthPlace}</county></addr></place></birthplace>`
        }
      </patient>
    </patientRole>
  </recordTarget>`
}

const recipient = ({ person, organisation: place, address: mail }: DocumentRecipient): Markup =>
  xml`<informationRecipient>
    <intendedRecipient>
      ${mail === null ? null : xml`<telecom value="mailto:${mail}"/>`}
      ${
        person === null
          ? null
          : xml`<informationRecipient><name>${person.prefix === null ? null : xml`<prefix>${person.prefix}</prefix>`}${
              person.givenName === null ? null : xml`<given>${person.givenName}</given>`
            }<family>${person.familyName}</family>${
              person.suffix === null ? null : xml`<suffix>${person.suffix}</suffix>`
            }</name></informationRecipient>`
      }
      ${place === null ? null : xml`<receivedOrganization><name>${place}</name></receivedOrganization>`}
    </intendedRecipient>
  </informationRecipient>`

const related = (replaced: NonNullable<CdaRequest['replaces']>): Markup =>
  xml`<relatedDocument typeCode="RPLC">
    <parentDocument>
      ${identified('id', replaced.id)}
      ${identified('setId', replaced.set)}
      <versionNumber value="${replaced.version}"/>
    </parentDocument>
  </relatedDocument>`

/** The Base64 of a body in lines, as XML readers like it. */
const base64 = (bytes: Uint8Array): Markup =>
  asMarkup(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\n'),
  )

/**
 * A CDA R2 of level N1 around a PDF (clinical-documents.md §4, §5): UTF-8 without BOM, the header in the order of the CDA
 * schema, the INS of a qualified identity alone. The code of the type must be one of `documentTypes`.
 */
export const writeCda = (request: CdaRequest, pdf: Uint8Array): Uint8Array => {
  const { details, author, createdAt, replaces } = request
  const type = documentType(details.typeCode)
  if (!type) throw new Error('a type of document that is not in the list')
  const level = confidentialities[details.confidentiality]
  const time = hl7Time(createdAt)
  const day = hl7Day(details.actDate)
  const place = author.organisation
  const encounter = encounterOf(author.setting, type.code)
  const document = xml`<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="FR"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.2.8.2.1"/>
  <templateId root="1.2.250.1.213.1.1.1.1"/>
  <templateId root="1.3.6.1.4.1.19376.1.2.20"/>
  <id root="${request.id}"/>
  ${coded('code', type)}
  <title>${details.title}</title>
  <effectiveTime value="${time}"/>
  ${level ? coded('confidentialityCode', level) : null}
  <languageCode code="fr-FR"/>
  ${identified('setId', request.set)}
  <versionNumber value="${request.version}"/>
  ${recordTarget(request)}
  <author>
    <time value="${time}"/>
    <assignedAuthor>
      ${professional(request, false)}
    </assignedAuthor>
  </author>
  <custodian>
    <assignedCustodian>
      <representedCustodianOrganization>
        ${organisation(author, false)}
      </representedCustodianOrganization>
    </assignedCustodian>
  </custodian>
  ${request.recipients.map(recipient)}
  <legalAuthenticator>
    <time value="${time}"/>
    <signatureCode code="S"/>
    <assignedEntity>
      ${professional(request, true)}
    </assignedEntity>
  </legalAuthenticator>
  <documentationOf>
    <serviceEvent>
      <effectiveTime><low value="${day}"/></effectiveTime>
      <performer typeCode="PRF">
        <assignedEntity>
      ${professional(request, true)}
        </assignedEntity>
      </performer>
    </serviceEvent>
  </documentationOf>
  ${replaces === null ? null : related(replaces)}
  <componentOf>
    <encompassingEncounter>
      ${encounter === null ? null : coded('code', encounter)}
      <effectiveTime><low value="${day}"/></effectiveTime>
      <location>
        <healthCareFacility>
          ${coded('code', facility(author.facility) ?? unknown(author.facility))}
          <location><name>${place.name}</name>${address(place)}</location>
        </healthCareFacility>
      </location>
    </encompassingEncounter>
  </componentOf>
  <component>
    <nonXMLBody>
      <text mediaType="application/pdf" representation="B64">${base64(pdf)}</text>
    </nonXMLBody>
  </component>
</ClinicalDocument>
`
  return Buffer.from(document.markup, 'utf8')
}
