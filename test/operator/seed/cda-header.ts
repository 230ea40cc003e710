import type { Patient } from './patients.ts'
import { insTestOid } from './patients.ts'
import type { Code, Organisation, Professional } from './professionals.ts'
import { hl7Time } from './paris-time.ts'
import { xml, type Xml } from './xml.ts'

/** What a CDA R2 document of the CI-SIS needs besides its body (clinical-documents.md §4, structuration minimale). */
export interface CdaHeader {
  /** Models after the two common ones; N1 is the XDS-SD template. */
  templates: readonly { root: string; extension?: string }[]
  /** OID. */
  id: string
  /** OID, constant over the versions. */
  setId: string
  version: number
  /** Id of the version that this one replaces (`relatedDocument` RPLC). */
  replaces: string | null
  code: Code
  title: string
  created: Date
  confidentiality: 'N' | 'R' | 'V'
  patient: Patient
  author: Professional
  /** Who takes the legal responsibility. */
  validator: Professional
  recipients: readonly Professional[]
  /** `participant[@typeCode='REF']` and the number of the order, for documents that answer one. */
  prescription: { prescriber: Professional; date: Date; order: string } | null
  /** First is the main act. */
  acts: readonly { code: Code | null; start: Date; end: Date | null }[]
  encounter: { kind: 'AMB' | 'IMP' | 'EMER'; start: Date; end: Date | null }
}

export const loinc = '2.16.840.1.113883.6.1'
/** OID of the identifiers of the fictitious patients' files (IPP). */
export const ippOid = '1.2.250.1.999.1.1.4001'

const structures = '1.2.250.1.71.4.2.2'
const persons = '1.2.250.1.71.4.2.1'
const confidentialities = { N: 'Normal', R: 'Restreint', V: 'Très restreint' } as const
const encounters = { AMB: 'Ambulatoire', IMP: 'Hospitalisation', EMER: 'Urgences' } as const

/** A coded element: `<code code= displayName= codeSystem=/>`. */
export function coded(element: string, code: Code): Xml {
  const name = code.systemName ?? (code.system === loinc ? 'LOINC' : null)
  const systemName = name === null ? null : xml` codeSystemName="${name}"`
  return xml`<${{ xml: element }} code="${code.code}" displayName="${code.display}" codeSystem="${code.system}"${systemName}/>`
}

function address(of: { number: string; street: string; postalCode: string; city: string }, use = ''): Xml {
  const attribute = use === '' ? null : xml` use="${use}"`
  return xml`<addr${attribute}><houseNumber>${of.number}</houseNumber><streetName>${of.street}</streetName><postalCode>${of.postalCode}</postalCode><city>${of.city}</city></addr>`
}

function personName(who: Professional): Xml {
  const suffix = who.title === null ? null : xml`<suffix>${who.title}</suffix>`
  return xml`<name><prefix>${who.civility}</prefix><given>${who.givenName}</given><family>${who.familyName}</family>${suffix}</name>`
}

function organisation(of: Organisation, withSetting: boolean): Xml {
  return xml`<id root="${structures}" extension="${of.id}"/>
          <name>${of.name}</name>
          <telecom value="tel:${of.phone}" use="WP"/>
          ${address(of.address)}
          ${withSetting ? coded('standardIndustryClassCode', of.setting) : null}`
}

/** Identity, profession, contact, organisation: the body of every `assignedEntity` and `assignedAuthor`. */
function entity(who: Professional, withSetting: boolean): Xml {
  return xml`<id root="${persons}" extension="${who.id}"/>
        ${coded('code', who.specialty)}
        ${address(who.organisation.address)}
        <telecom value="tel:${who.organisation.phone}" use="WP"/>
        <telecom value="mailto:${who.mail}" use="WP"/>
        <assignedPerson>${personName(who)}</assignedPerson>
        <representedOrganization>
          ${organisation(who.organisation, withSetting)}
        </representedOrganization>`
}

function patientIdentity(patient: Patient): Xml {
  const ins = patient.ins
  const guardian = patient.guardian
  return xml`<recordTarget>
    <patientRole>
      ${ins === null ? null : xml`<id root="${insTestOid}" extension="${ins}"/>`}
      <id root="${ippOid}" extension="${patient.ipp}"/>
      ${address(patient.address, 'H')}
      <telecom value="tel:${patient.phone}" use="MC"/>
      <patient classCode="PSN">
        <name>
          <family qualifier="BR">${patient.birthName}</family>
          <given>${patient.givenNames}</given>
          <given qualifier="BR">${patient.givenName}</given>
          <family qualifier="CL">${patient.usedName}</family>
          <given qualifier="CL">${patient.usedGivenName}</given>
        </name>
        <administrativeGenderCode code="${patient.sex}" displayName="${patient.sex === 'F' ? 'Féminin' : 'Masculin'}" codeSystem="2.16.840.1.113883.5.1"/>
        <birthTime value="${patient.birthDate}"/>
        ${
          guardian === null
            ? null
            : xml`<guardian>
          ${address(patient.address, 'H')}
          <telecom value="tel:${patient.phone}" use="H"/>
          <guardianPerson><name><prefix>MME</prefix><family>${guardian.familyName}</family><given>${guardian.givenName}</given></name></guardianPerson>
        </guardian>`
        }
        <birthplace><place><addr><county>${patient.birthPlace.code}</county><city>${patient.birthPlace.name}</city></addr></place></birthplace>
      </patient>
    </patientRole>
  </recordTarget>`
}

function participants(header: CdaHeader): Xml {
  const order = header.prescription
  if (order === null) return xml``
  const who = order.prescriber
  return xml`<participant typeCode="REF">
    <time xsi:type="IVL_TS"><high value="${hl7Time(order.date)}"/></time>
    <associatedEntity classCode="PROV">
      <id root="${persons}" extension="${who.id}"/>
      ${coded('code', who.specialty)}
      ${address(who.organisation.address)}
      <telecom value="tel:${who.organisation.phone}" use="WP"/>
      <associatedPerson>${personName(who)}</associatedPerson>
    </associatedEntity>
  </participant>
  <inFulfillmentOf><order><id root="1.2.250.1.213.1.1.9" extension="${order.order}"/></order></inFulfillmentOf>`
}

function act(header: CdaHeader, index: number): Xml {
  const it = header.acts[index]
  if (it === undefined) return xml``
  const main = index === 0
  const performer = xml`<performer typeCode="PRF">
        <assignedEntity>
        ${entity(header.author, true)}
        </assignedEntity>
      </performer>`
  return xml`<documentationOf>
    <serviceEvent>
      ${it.code === null ? null : coded('code', it.code)}
      <effectiveTime><low value="${hl7Time(it.start)}"/>${it.end === null ? null : xml`<high value="${hl7Time(it.end)}"/>`}</effectiveTime>
      ${main ? performer : null}
    </serviceEvent>
  </documentationOf>`
}

/** The whole document: header in the order of the CDA schema, then the given `component` content. */
export function cdaDocument(header: CdaHeader, body: Xml): Buffer {
  const place = header.author.organisation
  const document = xml`<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="../FeuilleDeStyle/CDA-FO.xsl"?>
<!-- Document de démonstration : patient fictif, aucune donnée réelle. -->
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="FR"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.2.8.2.1"/>
  <templateId root="1.2.250.1.213.1.1.1.1"/>
  ${header.templates.map((t) => xml`<templateId root="${t.root}"${t.extension === undefined ? null : xml` extension="${t.extension}"`}/>`)}
  <id root="${header.id}"/>
  ${coded('code', header.code)}
  <title>${header.title}</title>
  <effectiveTime value="${hl7Time(header.created)}"/>
  <confidentialityCode code="${header.confidentiality}" displayName="${confidentialities[header.confidentiality]}" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="fr-FR"/>
  <setId root="${header.setId}"/>
  <versionNumber value="${header.version}"/>
  ${patientIdentity(header.patient)}
  <author>
    <time value="${hl7Time(header.created)}"/>
    <assignedAuthor>
        ${entity(header.author, false)}
    </assignedAuthor>
  </author>
  <custodian>
    <assignedCustodian>
      <representedCustodianOrganization>
          ${organisation(place, false)}
      </representedCustodianOrganization>
    </assignedCustodian>
  </custodian>
  ${header.recipients.map(
    (who) => xml`<informationRecipient>
    <intendedRecipient>
      <id root="${persons}" extension="${who.id}"/>
      <telecom value="mailto:${who.mail}" use="WP"/>
      <informationRecipient>${personName(who)}</informationRecipient>
    </intendedRecipient>
  </informationRecipient>`,
  )}
  <legalAuthenticator>
    <time value="${hl7Time(header.created)}"/>
    <signatureCode code="S"/>
    <assignedEntity>
        ${entity(header.validator, true)}
    </assignedEntity>
  </legalAuthenticator>
  ${participants(header)}
  ${header.acts.map((_, index) => act(header, index))}
  ${
    header.replaces === null
      ? null
      : xml`<relatedDocument typeCode="RPLC"><parentDocument><id root="${header.replaces}"/></parentDocument></relatedDocument>`
  }
  <componentOf>
    <encompassingEncounter>
      <code code="${header.encounter.kind}" displayName="${encounters[header.encounter.kind]}" codeSystem="2.16.840.1.113883.5.4"/>
      <effectiveTime><low value="${hl7Time(header.encounter.start)}"/>${header.encounter.end === null ? null : xml`<high value="${hl7Time(header.encounter.end)}"/>`}</effectiveTime>
      <location>
        <healthCareFacility>
          ${coded('code', place.facility)}
          <location><name>${place.name}</name>${address(place.address)}</location>
        </healthCareFacility>
      </location>
    </encompassingEncounter>
  </componentOf>
  <component>
    ${body}
  </component>
</ClinicalDocument>
`
  return Buffer.from(document.xml, 'utf8')
}
