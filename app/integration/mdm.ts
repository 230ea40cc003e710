import { ok, type FilingAction, type MllpPlace, type Outcome, type Visibility } from '../contract/index.ts'
import {
  encodeText,
  readIns,
  text,
  writeHl7,
  type Hl7Component,
  type Hl7Field,
  type Hl7Segment,
} from '../mssante/index.ts'
import type { CdaFacts, CdaId, CdaPerson } from './cda-facts.ts'

/** The mail a document came in. */
export interface CarryingMail {
  /** As the header has it, with its angle brackets; null when there is none. */
  messageId: string | null
  /** As sent, technical prefix included. */
  subject: string
  body: string
  sender: { name: string; address: string }
  /** The mailbox that received it. */
  recipient: { name: string; address: string; organisation: boolean }
  /** Reply-To where it is not the sender. */
  replyTo: string | null
}

export interface MdmOrder {
  action: FilingAction
  /** MSH-10, at most 20 characters. */
  controlId: string
  /** Of the message, in local time with its offset. */
  at: Date
  place: MllpPlace
  cda: CdaFacts
  /** What a replacement replaces there; what the document says itself goes first. */
  parent: CdaId | null
  bytes: Uint8Array
  mail: CarryingMail
  restrictions: readonly Visibility[]
  /** They are not those sent with the version before. */
  restrictionsChanged: boolean
}

const triggers = { new: 'T02', replace: 'T10', delete: 'T04' } as const
const orderControls = { new: 'NW', replace: 'RO', delete: 'CA' } as const
const resultStates = { new: 'F', replace: 'C', delete: 'D' } as const

const two = (value: number): string => String(value).padStart(2, '0')
const dateTime = (at: Date): string =>
  `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`
const offset = (at: Date): string => {
  const minutes = -at.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

/** TXA-12 and TXA-13: `extension^^root^ISO`, or the bare root. */
const documentId = (id: CdaId): Hl7Field =>
  id.extension === null ? text(id.root) : text(id.extension, null, id.root, 'ISO')

/** Professionals and structures by the roots of their identifiers (clinical-documents.md §4). */
const professionals = '1.2.250.1.71.4.2.1'
const structures = '1.2.250.1.71.4.2.2'

/** INS authorities of PID-3 by kind. */
const insNames = {
  nir: 'ASIP-SANTE-INS-NIR',
  nia: 'ASIP-SANTE-INS-NIA',
  test: 'ASIP-SANTE-INS-NIR',
  demonstration: 'ASIP-SANTE-INS-NIR',
}

/** PID-3 says the same as the document: every identifier of recordTarget, INS first as the document has it. */
const patientIds = (ids: readonly CdaId[]): Hl7Field => ({
  repetitions: ids.flatMap((id): Hl7Field[] => {
    if (id.extension === null) return []
    const ins = readIns(id.root, id.extension)
    const authority: Hl7Component = [ins ? insNames[ins.kind] : id.authority, id.root, 'ISO']
    return [text(id.extension, null, null, authority, ins ? 'INS' : 'PI')]
  }),
})

const pid = ({ patient }: CdaFacts): Hl7Segment => {
  const givens = patient.allGivens ?? patient.firstGiven
  const names: Hl7Field[] = [
    text(patient.birthFamily, patient.firstGiven, givens, null, null, null, 'L'),
    ...(patient.usedFamily === null && patient.usedGiven === null
      ? []
      : [
          text(
            patient.usedFamily ?? patient.birthFamily,
            patient.usedGiven ?? patient.firstGiven,
            null,
            null,
            null,
            null,
            'D',
          ),
        ]),
  ]
  const { address } = patient
  const home =
    address && (address.lines || address.city || address.zip)
      ? [text(address.lines, null, address.city, null, address.zip, address.country || null, 'H')]
      : []
  const birthPlace =
    patient.birthPlace === null
      ? []
      : [text(null, null, null, null, null, null, 'BDL', null, patient.birthPlace)]
  return {
    name: 'PID',
    fields: {
      3: patientIds(patient.ids),
      5: { repetitions: names },
      7: patient.birthTime === null ? null : text(patient.birthTime.slice(0, 8)),
      8: text(patient.sex),
      11: { repetitions: [...home, ...birthPlace] },
      // INS in the document: its sender says that the identity is qualified (clinical-documents.md §8.3).
      32: patient.qualified ? text('VALI') : null,
    },
  }
}

const personField = ({ id, family, given }: CdaPerson): Hl7Field => {
  if (family === null && id?.extension == null) return null
  const national = id?.root === professionals
  const kind = national ? (/^8\d{11}$/.test(id.extension ?? '') ? 'RPPS' : 'IDNPS') : 'EI'
  const authority: Hl7Component =
    id === null ? null : [national ? 'ASIP-SANTE-PS' : id.authority, id.root, 'ISO']
  return text(
    id?.extension ?? null,
    family,
    given,
    null,
    null,
    null,
    null,
    null,
    authority,
    'D',
    null,
    null,
    kind,
  )
}

const organisationField = (organisation: CdaPerson['organisation']): Hl7Field => {
  if (!organisation || (organisation.name === null && organisation.id?.extension == null)) return null
  const { id, name } = organisation
  if (id?.extension == null) return text(name)
  const national = id.root === structures
  // First digit: 1 FINESS, 3 SIRET (clinical-documents.md §4); a FINESS there is the geographic one.
  const kind = national ? (/^1\d{9}$/.test(id.extension) ? 'FINEG' : 'IDNST') : 'XX'
  const authority: Hl7Component = [national ? 'ASIP-SANTE-ST' : id.authority, id.root, 'ISO']
  return text(name, null, null, null, null, authority, kind, null, null, id.extension)
}

const participation = (
  code: readonly [string, string],
  address: string,
  person: CdaPerson | null,
): Hl7Segment => ({
  name: 'PRT',
  fields: {
    2: text('UC'),
    4: text(code[0], code[1], 'participation'),
    5: person ? personField(person) : null,
    8: person ? organisationField(person.organisation) : null,
    10: person?.device != null && person.family === null ? text(person.device) : null,
    15: text(null, null, 'X.400', address),
  },
})

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/**
 * The author stands for the sender where both are of one organisation, or the document does not say otherwise
 * (SC.CDA/INT.17); of a document that somebody sent on, only its organisation is known.
 */
const senderOf = ({ author }: CdaFacts, mail: CarryingMail): CdaPerson | null => {
  if (!author) return null
  const own = domainOf(mail.sender.address)
  const apart = author.mail.length > 0 && !author.mail.some((address) => domainOf(address) === own)
  return apart ? { ...author, id: null, family: null, given: null, device: null } : author
}

const recipientOf = ({ recipients }: CdaFacts, { recipient }: CarryingMail): CdaPerson | null => {
  const named = recipients.find((one) => one.mail.includes(recipient.address.toLowerCase()))
  if (named) return named
  const organisation =
    recipient.organisation && recipient.name !== '' ? { name: recipient.name, id: null } : null
  return organisation ? { id: null, family: null, given: null, device: null, mail: [], organisation } : null
}

const metadata: readonly (readonly [code: string, label: string, restriction: Visibility | null])[] = [
  ['MASQUE_PS', 'Masqué aux professionnels de Santé', 'masked-from-professionals'],
  ['INVISIBLE_PATIENT', 'Document Non Visible par le patient', 'hidden-from-patient'],
  ['INVISIBLE_REP_LEGAUX', 'Non visible par les représentants Légaux du patient', 'hidden-from-guardians'],
  ['MODIF_CONF_CODE', 'Modification Confidentiality Code', null],
]

/** Coding system of a document type as OBR-4 and OBX-3 name it. */
const systems: Record<string, string> = { '2.16.840.1.113883.6.1': 'LN', '1.2.250.1.213.1.1.4.12': 'TRE_A05' }

/**
 * The MDM of the ANS guide « Transmission au LPS d’un document provenant d’un courriel MSSanté » (HL7 v2.6, one document;
 * clinical-documents.md §9.1, mssante-client.md §6.2). Errors: `integration.character`, `cda.not-a-cda` without a type code.
 */
export const writeMdm = (order: MdmOrder): Outcome<Uint8Array> => {
  const { action, place, cda, mail } = order
  const body = encodeText(mail.body, place.encoding)
  if (!body.ok) return body
  const now = dateTime(order.at)
  const trigger = triggers[action]
  const state = text(resultStates[action])
  const type = cda.code
  const coded = type ? text(type.code, type.label, systems[type.system ?? ''] ?? 'LN') : null
  const parent = cda.replaces ?? order.parent
  const reply = mail.replyTo !== null && mail.replyTo.toLowerCase() !== mail.sender.address.toLowerCase()
  const segments: Hl7Segment[] = [
    {
      name: 'MSH',
      fields: {
        3: text(place.sendingApplication),
        4: text(place.sendingFacility),
        5: text(place.receivingApplication),
        6: text(place.receivingFacility),
        7: text(`${now}${offset(order.at)}`),
        9: text('MDM', trigger, 'MDM_T02'),
        10: text(order.controlId),
        11: text(place.processing),
        12: text('2.6'),
        17: text('FRA'),
        18: text(place.encoding),
        21: text('1.1', 'CISIS_CDA_HL7_LPS'),
      },
    },
    { name: 'EVN', fields: { 2: text(now) } },
    pid(cda),
    { name: 'PV1', fields: { 1: text('1'), 2: text('N') } },
    { name: 'ORC', fields: { 1: text(orderControls[action]) } },
    { name: 'OBR', fields: { 1: text('1'), 4: coded } },
    {
      name: 'TXA',
      fields: {
        1: text('1'),
        2: type ? text(type.code) : null,
        3: text('TEXT'),
        4: cda.time === null ? null : text(cda.time),
        12: documentId(cda.id),
        13: action === 'replace' && parent ? documentId(parent) : null,
        17: text('AU'),
      },
    },
    {
      name: 'OBX',
      fields: {
        1: text('1'),
        2: text('ED'),
        3: coded,
        5: text(null, 'text', 'XML', 'Base64', Buffer.from(order.bytes).toString('base64')),
        11: state,
      },
    },
    participation(['SB', 'Send by'], mail.sender.address, senderOf(cda, mail)),
    participation(['RCT', 'Result Copies To'], mail.recipient.address, recipientOf(cda, mail)),
    ...(reply ? [participation(['REPLY', 'Reply To'], mail.replyTo ?? '', null)] : []),
    {
      name: 'OBX',
      fields: {
        1: text('2'),
        2: text('ED'),
        3: text(mail.messageId, mail.subject),
        5: text(null, 'text', null, 'Base64', Buffer.from(body.value).toString('base64')),
        11: text('F'),
      },
    },
    ...metadata.map(([code, label, restriction], index) => {
      const on = restriction === null ? order.restrictionsChanged : order.restrictions.includes(restriction)
      return {
        name: 'OBX',
        fields: {
          1: text(String(index + 3)),
          2: text('CWE'),
          3: text(code, label, 'MetaDMPMSS'),
          5: text(on ? 'Y' : 'N', null, 'expandedYes-NoIndicator'),
          11: text('F'),
        },
      }
    }),
  ]
  const written = writeHl7(segments, place.encoding)
  return written.ok ? ok(written.value) : written
}
