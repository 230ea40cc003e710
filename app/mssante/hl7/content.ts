import type { Actor, Deviation, Hl7Content, Visibility } from '../../contract/index.ts'
import { readTime } from '../cda/index.ts'
import { codedAt, observersOf, readObservations, type Hl7Payload } from './observations.ts'
import { repetitionsOf, segmentsOf, valueAt, type ParsedHl7, type ParsedSegment } from './parse.ts'
import { authorityIsClean, personAt, readParticipation, readPid } from './people.ts'

export interface ReadHl7 {
  content: Hl7Content
  payloads: Hl7Payload[]
  deviations: Deviation[]
}

const visibilities: Record<string, Visibility> = {
  MASQUE_PS: 'masked-from-professionals',
  INVISIBLE_PATIENT: 'hidden-from-patient',
  INVISIBLE_REP_LEGAUX: 'hidden-from-guardians',
  INVISIBLE_REPRESENTANTS_LEGAUX: 'hidden-from-guardians',
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

/** The same person once, by id, else by name. */
const once = (actors: readonly Actor[]): Actor[] =>
  actors.filter(
    (actor, index) =>
      actors.findIndex((other) => (other.id ?? other.name) === (actor.id ?? actor.name)) === index,
  )

/** A message with its documents, its mail and what it does otherwise (clinical-documents.md §9). */
export const readHl7 = (message: ParsedHl7): ReadHl7 => {
  const [msh] = segmentsOf(message, 'MSH')
  const [pid] = segmentsOf(message, 'PID')
  const [txa] = segmentsOf(message, 'TXA')
  const orders = segmentsOf(message, 'ORC')
  const [orc] = orders
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
  const type = codedAt(obr, 4)
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
      authors: once([
        ...(txa ? personAt(txa, 9) : []),
        ...(txa ? personAt(txa, 5) : []),
        ...observersOf(message),
      ]),
      prescribers: once(
        [
          ...segmentsOf(message, 'OBR').map((one) => personAt(one, 16)),
          ...orders.map((one) => personAt(one, 12)),
        ].flat(),
      ),
      senders: people('SB'),
      recipients: once([...people('RCT'), ...segmentsOf(message, 'OBR').flatMap((one) => personAt(one, 28))]),
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
