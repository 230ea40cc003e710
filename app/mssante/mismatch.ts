import type {
  Deviation,
  DocumentEntry,
  Hl7Content,
  PatientSummary,
  SubmissionSet,
} from '../contract/index.ts'
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

/** The patient of METADATA.XML against the document's: the INS, else a local identifier. What is wrong; null when nothing is. */
const differingPatient = (
  announced: Pick<DocumentEntry, 'patientId' | 'patientIns'>,
  { patient, identity }: Cda['document'],
): string | null => {
  const { patientId, patientIns } = announced
  const own = patient.ins
  // An INS that METADATA.XML alone announces is not the document's; the other way round says nothing.
  if (patientIns)
    return !own || patientIns.matricule !== own.matricule || patientIns.oid !== own.oid ? 'INS' : null
  if (patientId === null) return null
  const { id, root } = readPatientId(patientId)
  const ofRoot = identity.identifiers.filter((one) => root !== '' && one.root === root)
  return id && ofRoot.length > 0 && !ofRoot.some((one) => one.value === id) ? 'IPP' : null
}

/** Both dates at the precision of the coarser one; without an offset, METADATA.XML is in UTC and a CDA in no known zone. */
const differentDates = (announced: string, own: string): boolean => {
  const isInstant = (date: string): boolean => /T.*(?:Z|[+-]\d\d:\d\d)$/.test(date)
  if (isInstant(announced) && isInstant(own)) {
    // Copied with its local time and no offset: seen in the field, and told by nothing else.
    const asWritten = announced.slice(0, 19) === own.slice(0, 19)
    return !asWritten && Math.abs(Date.parse(announced) - Date.parse(own)) >= 60_000
  }
  const length = Math.min(announced.length, own.length, 10)
  return announced.slice(0, length) !== own.slice(0, length)
}

const digits = (id: string | null | undefined): string => (id ?? '').replace(/\D/g, '')

/** None of the authors announced is one of the document's, by identifier or by name. */
const differentAuthors = (entry: DocumentEntry, authors: Cda['document']['authors']): boolean => {
  const announced = entry.authors.filter(({ person }) => person !== null)
  const words = (name: string | null): string =>
    folded(name ?? '')
      .split(' ')
      .sort()
      .join(' ')
  return (
    announced.length > 0 &&
    authors.length > 0 &&
    !announced.some(({ person, personId }) =>
      authors.some(
        ({ id, name }) =>
          (digits(personId).length >= 8 && digits(personId) === digits(id)) ||
          words(person)
            .split(' ')
            .every((word) => words(name).split(' ').includes(word)),
      ),
    )
  )
}

/** What METADATA.XML and the CDA disagree on: patient, type, id (clinical-documents.md §2.5.6); and, saying so only, title, date and author. */
export const compareWithEntry = (
  { document }: Cda,
  entry: DocumentEntry,
  set: SubmissionSet | null,
  where: string,
): Deviation[] => {
  const met: Deviation[] = []
  const note = (code: Deviation['code'], detail: string): void => {
    met.push({ code, where: `${where}: ${detail}` })
  }
  const patient = differingPatient(entry, document) ?? (set === null ? null : differingPatient(set, document))
  if (patient !== null) note('patient-mismatch', patient)
  const traits = entry.patient ? differingTraits(entry.patient, document.patient) : []
  if (traits.length > 0) note('traits-mismatch', traits.join(', '))
  if (entry.typeCode && document.typeCode && entry.typeCode.code !== document.typeCode)
    note('type-mismatch', `${entry.typeCode.code} / ${document.typeCode}`)
  if (entry.uniqueId && document.id && !sameId(entry.uniqueId, document.id))
    note('id-mismatch', `${entry.uniqueId} / ${document.id}`)
  if (entry.title && document.title && folded(entry.title) !== folded(document.title))
    note('title-mismatch', `${entry.title} / ${document.title}`)
  if (entry.creationTime && document.date && differentDates(entry.creationTime, document.date))
    note('date-mismatch', `${entry.creationTime} / ${document.date}`)
  if (differentAuthors(entry, document.authors))
    note('author-mismatch', entry.authors.flatMap(({ person }) => person ?? []).join(', '))
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
