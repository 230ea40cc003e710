import type { CodedValue, Deviation, Hl7Content, LabResult, Visibility } from '../../contract/index.ts'
import { decodeBase64 } from '../base64.ts'
import { plainText, readTime } from '../cda/index.ts'
import { sniffMime } from '../magic.ts'
import { rangeOfText, resultOf } from '../text-results.ts'
import { authorityIsClean, readParticipation, readPid } from './people.ts'
import {
  componentOf,
  repetitionsOf,
  segmentsOf,
  unescapeHl7,
  valueAt,
  type ParsedHl7,
  type ParsedSegment,
} from './parse.ts'

/** A document carried by a message in an OBX of type ED. */
export interface Hl7Payload {
  /** `OBX-1`. */
  where: string
  bytes: Uint8Array
  type: CodedValue | null
  deviations: Deviation[]
}

export interface ReadHl7 {
  content: Hl7Content
  payloads: Hl7Payload[]
  deviations: Deviation[]
}

const largestPayload = 50 * 1024 * 1024
const flagSystems = new Set(['MetaDMPMSS', 'AckMetierZAM'])
const visibilities: Record<string, Visibility> = {
  MASQUE_PS: 'masked-from-professionals',
  INVISIBLE_PATIENT: 'hidden-from-patient',
  INVISIBLE_REP_LEGAUX: 'hidden-from-guardians',
  INVISIBLE_REPRESENTANTS_LEGAUX: 'hidden-from-guardians',
}
/** Names of earlier versions of the guides. */
const formerNames = new Set(['ACK_LECTURE', 'INVISIBLE_REPRESENTANTS_LEGAUX'])

const coded = (segment: ParsedSegment | undefined, field: number): CodedValue | null => {
  const code = valueAt(segment, field)
  return code
    ? { code, label: valueAt(segment, field, 2) || null, system: valueAt(segment, field, 3) || null }
    : null
}

const actions: Record<string, Hl7Content['action']> = {
  NW: 'new',
  RO: 'replace',
  CA: 'delete',
  T02: 'new',
  T10: 'replace',
  T04: 'delete',
}

/** `extension^^root^ISO`, or a bare root; written `root^extension` like the id of a CDA. */
const documentIdOf = (
  txa: ParsedSegment | undefined,
  field: number,
): { id: string | null; clean: boolean } => {
  const first = valueAt(txa, field, 1)
  const second = valueAt(txa, field, 2)
  const root = valueAt(txa, field, 3)
  if (!first) return { id: null, clean: true }
  if (root) return { id: `${root}^${first}`, clean: true }
  return { id: first, clean: second === '' }
}

/** The text of an ED value: encoding, then data in its last component. */
const payloadOf = (obx: ParsedSegment) => {
  const [value] = repetitionsOf(obx, 5)
  const encoding = componentOf(obx, value, 4).toLowerCase()
  const data = (obx.fields[5] ?? '').split(obx.delimiters.component).slice(4).join(obx.delimiters.component)
  if (encoding === 'base64') {
    const decoded = decodeBase64(data, largestPayload)
    return { bytes: decoded?.bytes ?? null, flawed: decoded?.flawed ?? data.trim() !== '' }
  }
  if (encoding === 'hex' && /^[0-9a-f\s]+$/i.test(data))
    return { bytes: Buffer.from(data.replace(/\s+/g, ''), 'hex'), flawed: false }
  return { bytes: Buffer.from(unescapeHl7(data, obx.delimiters), 'utf8'), flawed: false }
}

const isCda = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64 * 1024)).includes(
    'ClinicalDocument',
  )

const notesOf = (nte: ParsedSegment): string =>
  repetitionsOf(nte, 3)
    .map((text) => componentOf(nte, text, 1))
    .filter(Boolean)
    .join('\n')

/** Everything that the OBX segments of a message say, in order. */
const readObservations = (message: ParsedHl7) => {
  const payloads: Hl7Payload[] = []
  const results: LabResult[] = []
  const texts: string[] = []
  const flags: Hl7Content['flags'] = []
  const mails: Hl7Content['mails'] = []
  const deviations: Deviation[] = []
  let battery: string | null = null
  let order: string | null = null
  let specimen: string | null = null
  let last: LabResult | null = null
  const readPart = (obx: ParsedSegment, where: string): void => {
    const { bytes, flawed } = payloadOf(obx)
    const met: Deviation[] = flawed ? [{ code: 'hl7-base64', where }] : []
    const type = coded(obx, 3)
    const subject = valueAt(obx, 3, 2)
    const isMail =
      type?.system === 'MetaDMPMSS' || /XDM\/1\.0\/DDM/i.test(subject) || type?.code.startsWith('CORPSMAIL')
    if (!bytes || bytes.byteLength === 0) {
      deviations.push(...met)
      return
    }
    if (isMail && sniffMime(bytes) === null && !isCda(bytes)) {
      deviations.push(...met)
      const isBody = type?.code.startsWith('CORPSMAIL') ?? false
      mails.push({ kind: type?.code ?? '', subject: isBody ? null : subject || null, text: plainText(bytes) })
      return
    }
    const announced = componentOf(obx, repetitionsOf(obx, 5)[0], 3).toUpperCase()
    if (announced === 'XML' && !isCda(bytes)) met.push({ code: 'hl7-payload-not-cda', where })
    payloads.push({ where, bytes, type, deviations: met })
  }
  const readValue = (obx: ParsedSegment, type: string, where: string): void => {
    const code = coded(obx, 3)
    if (code?.system && flagSystems.has(code.system) && type !== 'ED') {
      if (formerNames.has(code.code)) deviations.push({ code: 'hl7-metadata-name', where: code.code })
      const value =
        type === 'XTN' ? [4, 3, 1].map((at) => valueAt(obx, 5, at)).find(Boolean) : valueAt(obx, 5)
      flags.push({ name: code.code, label: code.label, value: value ?? '' })
      return
    }
    if (type === 'ED') {
      readPart(obx, where)
      return
    }
    const shown = repetitionsOf(obx, 5).map((value) =>
      ['CE', 'CWE', 'CNE'].includes(type)
        ? componentOf(obx, value, 2) || componentOf(obx, value, 1)
        : type === 'SN'
          ? [1, 2, 3, 4].map((at) => componentOf(obx, value, at)).join('')
          : componentOf(obx, value, 1),
    )
    if (['TX', 'FT', 'RP'].includes(type)) {
      texts.push(shown.join('\n'))
      return
    }
    const unit = valueAt(obx, 6, 2) || valueAt(obx, 6)
    last = {
      ...resultOf({
        label: code?.label ?? code?.code ?? '',
        code,
        type,
        value: shown.join(', '),
        unit,
        range: rangeOfText(valueAt(obx, 7), unit || null),
        flag: valueAt(obx, 8),
        status: valueAt(obx, 11),
        date: readTime(valueAt(obx, 14)) ?? order,
      }),
      method: valueAt(obx, 17, 2) || null,
      batteries: battery ? [battery] : [],
      specimen,
      performer: valueAt(obx, 23) || null,
    }
    results.push(last)
  }
  for (const segment of message.segments) {
    if (segment.name === 'OBR') {
      battery = valueAt(segment, 4, 2) || valueAt(segment, 4) || null
      order = readTime(valueAt(segment, 7))
      specimen = null
      last = null
    } else if (segment.name === 'SPM') specimen = valueAt(segment, 4, 2) || valueAt(segment, 4) || null
    else if (segment.name === 'OBX') {
      last = null
      readValue(segment, valueAt(segment, 2).toUpperCase(), `OBX-${valueAt(segment, 1) || '?'}`)
    } else if (segment.name === 'NTE') {
      const note = notesOf(segment)
      // Assigned through a closure: the compiler cannot see it.
      const result = last as LabResult | null
      if (result && note) result.comment = result.comment ? `${result.comment}\n${note}` : note
      else if (note) texts.push(note)
    }
  }
  return { payloads, results, texts, flags, mails, deviations }
}

const acknowledgementOf = (message: ParsedHl7): Hl7Content['acknowledgement'] => {
  const [msa] = segmentsOf(message, 'MSA')
  const errors = segmentsOf(message, 'ERR').map((err) => ({
    code: valueAt(err, 3) || null,
    text: valueAt(err, 3, 2) || valueAt(err, 7) || valueAt(err, 8) || null,
    severity: valueAt(err, 4) || null,
    applicationCode: valueAt(err, 5) || null,
    applicationText: valueAt(err, 5, 2) || null,
  }))
  // A business acknowledgement (ZAM) names the message it is about in OBX-4, and says Y or N in OBX-5.
  const about = segmentsOf(message, 'OBX').find((obx) => valueAt(obx, 3, 3) === 'AckMetierZAM')
  if (!msa && !about && errors.length === 0) return null
  return {
    code: valueAt(msa, 1) || valueAt(about, 5),
    messageId: valueAt(msa, 2) || valueAt(about, 4) || null,
    text: valueAt(msa, 3) || null,
    errors,
  }
}

const required: Record<string, readonly string[]> = {
  MDM: ['EVN', 'PID', 'PV1', 'ORC', 'OBR', 'TXA', 'OBX'],
  ORU: ['PID', 'OBR', 'OBX'],
  ADT: ['EVN', 'PID'],
  ACK: ['MSA'],
  ZAM: ['EVN', 'OBX'],
}

const place = (msh: ParsedSegment | undefined, application: number): string =>
  [valueAt(msh, application), valueAt(msh, application + 1)].filter(Boolean).join(', ')

/** A message with its documents, its mail and what it does otherwise (clinical-documents.md §9). */
export const readHl7 = (message: ParsedHl7): ReadHl7 => {
  const [msh] = segmentsOf(message, 'MSH')
  const [pid] = segmentsOf(message, 'PID')
  const [txa] = segmentsOf(message, 'TXA')
  const [orc] = segmentsOf(message, 'ORC')
  const [obr] = segmentsOf(message, 'OBR')
  const deviations = [...message.deviations]
  const kind = valueAt(msh, 9)
  const event = valueAt(msh, 9, 2)
  for (const name of required[kind] ?? [])
    if (segmentsOf(message, name).length === 0) deviations.push({ code: 'hl7-segment-missing', where: name })
  const own = documentIdOf(txa, 12)
  const parent = documentIdOf(txa, 13)
  if (!own.clean || !parent.clean)
    deviations.push({ code: 'hl7-document-id', where: own.clean ? 'TXA-13' : 'TXA-12' })
  const participations = segmentsOf(message, 'PRT')
  const odd = participations.find((prt) => !authorityIsClean(prt))
  if (odd) deviations.push({ code: 'hl7-person-authority', where: 'PRT-5.9' })
  const people = (role: string) =>
    participations.filter((prt) => valueAt(prt, 4) === role).flatMap((prt) => readParticipation(prt) ?? [])
  const found = readObservations(message)
  deviations.push(...found.deviations)
  const patient = pid ? readPid(pid) : null
  for (const check of patient?.checks ?? []) deviations.push({ code: check, where: 'PID-3' })
  const type = coded(obr, 4)
  const txaType = valueAt(txa, 2)
  return {
    content: {
      format: 'hl7',
      type: [kind, event].filter(Boolean).join('^'),
      version: valueAt(msh, 12) || null,
      profile: repetitionsOf(msh, 21)[0] || null,
      controlId: valueAt(msh, 10) || null,
      processing: valueAt(msh, 11) || null,
      date: readTime(valueAt(msh, 7)),
      sender: place(msh, 3),
      receiver: place(msh, 5),
      patient,
      identityStatus: valueAt(pid, 32) || null,
      patientClass: valueAt(segmentsOf(message, 'PV1')[0], 2) || null,
      action: kind === 'MDM' || kind === 'ORU' ? (actions[valueAt(orc, 1)] ?? actions[event] ?? null) : null,
      documentType: type ?? (txaType ? { code: txaType, label: null, system: null } : null),
      documentId: own.id,
      parentId: parent.id,
      visibility: found.flags.flatMap(({ name, value }) => {
        const restriction = visibilities[name]
        return restriction && value.toUpperCase() === 'Y' ? [restriction] : []
      }),
      flags: found.flags,
      senders: people('SB'),
      recipients: people('RCT'),
      replyTo: people('REPLY'),
      mails: found.mails,
      acknowledgement: acknowledgementOf(message),
      results: found.results,
      texts: found.texts,
    },
    payloads: found.payloads,
    deviations,
  }
}
