import type { Deviation, DocumentEntry, Hl7Content, PatientSummary } from '../contract/index.ts'
import type { Cda } from './cda/index.ts'
import { addDeviations, type FoundDocument } from './found.ts'
import { readPatientId } from './xdm/values.ts'

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim()

/** `urn:oid:`, `urn:uuid:` and case are ways of writing, not other identifiers. */
const normalisedId = (id: string): string =>
  id
    .trim()
    .toLowerCase()
    .replace(/^urn:(?:oid|uuid):/, '')

/** The same document id: `root^extension`, the root alone where METADATA leaves the extension out (§3.4), or joined by a point. */
const sameId = (announced: string, own: string): boolean => {
  const wanted = normalisedId(announced)
  const id = normalisedId(own)
  const [root = ''] = id.split('^')
  return wanted === id || wanted === root || wanted === id.replace('^', '.')
}

/** Traits that two sources both give and that differ; case, accents and punctuation aside. */
const differingTraits = (one: PatientSummary, other: PatientSummary): string[] => {
  const differs = (a: string | null, b: string | null): boolean => Boolean(a && b && folded(a) !== folded(b))
  const first = (name: string): string => folded(name).split(' ')[0] ?? ''
  const traits: string[] = []
  if (differs(one.birthName, other.birthName)) traits.push('birthName')
  if (one.firstName && other.firstName && first(one.firstName) !== first(other.firstName))
    traits.push('firstName')
  if (
    one.birthDate &&
    other.birthDate &&
    one.birthDate.slice(0, other.birthDate.length) !== other.birthDate.slice(0, one.birthDate.length)
  )
    traits.push('birthDate')
  if (one.sex !== 'U' && other.sex !== 'U' && one.sex !== other.sex) traits.push('sex')
  return traits
}

/** What METADATA.XML and the CDA disagree on: patient, type, id (clinical-documents.md §2.5.6). */
export const compareWithEntry = ({ document }: Cda, entry: DocumentEntry, where: string): Deviation[] => {
  const met: Deviation[] = []
  const note = (code: Deviation['code'], detail: string): void => {
    met.push({ code, where: `${where}: ${detail}` })
  }
  const announced = entry.patientIns
  const own = document.patient.ins
  if (announced) {
    // An INS that METADATA.XML alone announces is not the document's; the other way round says nothing.
    if (!own || announced.matricule !== own.matricule || announced.oid !== own.oid)
      note('patient-mismatch', 'INS')
  } else if (entry.patientId !== null) {
    // A local identifier: it must at least be one of the document's.
    const { id, root } = readPatientId(entry.patientId)
    const known = document.identity.identifiers
    if (
      id &&
      known.length > 0 &&
      root &&
      known.some((one) => one.root === root) &&
      !known.some((one) => one.value === id)
    )
      note('patient-mismatch', 'IPP')
  }
  const traits = entry.patient ? differingTraits(entry.patient, document.patient) : []
  if (traits.length > 0) note('traits-mismatch', traits.join(', '))
  if (entry.typeCode && document.typeCode && entry.typeCode.code !== document.typeCode)
    note('type-mismatch', `${entry.typeCode.code} / ${document.typeCode}`)
  if (entry.uniqueId && document.id && !sameId(entry.uniqueId, document.id))
    note('id-mismatch', entry.uniqueId)
  return met
}

/** The same, for a document in an HL7 message. */
export const compareWithMessage = (found: FoundDocument, message: Hl7Content): void => {
  if (!found.cda) return
  const { document } = found.cda
  const met: Deviation[] = []
  const { patient, documentType } = message
  if (patient) {
    if (patient.ins && document.patient.ins && patient.ins.matricule !== document.patient.ins.matricule)
      met.push({ code: 'patient-mismatch', where: 'PID-3' })
    const traits = differingTraits(patient, document.patient)
    if (traits.length > 0) met.push({ code: 'traits-mismatch', where: `PID: ${traits.join(', ')}` })
  }
  if (documentType && document.typeCode && documentType.code !== document.typeCode)
    met.push({ code: 'type-mismatch', where: `OBR-4: ${documentType.code} / ${document.typeCode}` })
  addDeviations(found.summary, met)
}
