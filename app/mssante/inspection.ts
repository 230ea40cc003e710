import type {
  Actor,
  ClinicalDocument,
  DocumentInspection,
  FileSignature,
  Hl7Content,
  InspectedDocument,
  LabResult,
  PatientIdentity,
  Section,
} from '../contract/index.ts'
import { alertsIn, type FoundDocument, type MessageDocuments } from './found.ts'
import { lockOf } from './locked-file.ts'
import { shownTables, shownTexts } from './shown-texts.ts'
import { sha1 } from './xdm/index.ts'

type InspectedPatient = NonNullable<DocumentInspection['patient']>

/** Whole years between a birth date and a day; null where the birth date is not a full one. */
const ageOn = (birthDate: string | null, day: Date): number | null => {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(birthDate ?? '')
  if (!found) return null
  const [year, month, date] = found.slice(1).map(Number)
  if (year === undefined || month === undefined || date === undefined) return null
  const before = day.getUTCMonth() + 1 < month || (day.getUTCMonth() + 1 === month && day.getUTCDate() < date)
  const age = day.getUTCFullYear() - year - (before ? 1 : 0)
  return age >= 0 ? age : null
}

/** The identity of a document: its own, else what METADATA.XML says. */
const identityOfFound = ({ identity, announcement }: FoundDocument): PatientIdentity | null => {
  const announced = announcement?.entry.patient
  if (identity) return identity
  return announced
    ? {
        ...announced,
        usedFirstName: null,
        birthFirstNames: null,
        birthTime: announced.birthDate,
        birthPlaceCode: null,
        birthPlaceName: null,
        identifiers: [],
        addresses: [],
        telecoms: [],
        deceasedAt: null,
        matricule: null,
        checks: [],
      }
    : null
}

const patientKey = ({ ins, birthName, firstName, birthDate }: PatientIdentity): string =>
  ins ? `${ins.oid}^${ins.matricule}` : [birthName, firstName, birthDate ?? ''].join('^')

/** A laboratory, a hospital or an application that is only named. */
const organisationNamed = (name: string | null): Actor[] =>
  name
    ? [
        {
          name,
          kind: 'organisation',
          role: null,
          specialty: null,
          organisation: name,
          organisationId: null,
          id: null,
          date: null,
          telecoms: [],
          addresses: [],
          relation: null,
        },
      ]
    : []

/** Who answers for an HL7 message: people it names, else who sends the document, else where it comes from. */
const hl7Authors = ({ authors, senders, sender }: Hl7Content): Actor[] =>
  [authors, senders].find((actors) => actors.length > 0) ?? organisationNamed(sender)

const actorsOf = ({
  cda,
  data,
}: FoundDocument): Pick<InspectedDocument, 'authors' | 'legalAuthenticator' | 'custodian' | 'recipients'> => {
  const none = { legalAuthenticator: null, custodian: null, recipients: [] }
  if (cda) {
    const { authors, legalAuthenticator, custodian, recipients } = cda.document
    return { authors, legalAuthenticator, custodian, recipients }
  }
  switch (data?.kind) {
    case 'hl7':
      return { ...none, authors: hl7Authors(data.message), recipients: data.message.recipients }
    case 'hprim': {
      const { sender, recipient } = data.dossier
      return { ...none, authors: organisationNamed(sender), recipients: organisationNamed(recipient) }
    }
    case 'dicom':
      return { ...none, authors: organisationNamed(data.dicom.institution) }
    default:
      return { ...none, authors: [] }
  }
}

const headerOf = (document: ClinicalDocument | null): InspectedDocument['header'] => ({
  relations: document?.relations ?? [],
  authenticators: document?.authenticators ?? [],
  dataEnterer: document?.dataEnterer ?? null,
  custodian: document?.custodianActor ?? null,
  informants: document?.informants ?? [],
  participants: document?.participants ?? [],
  guardians: document?.guardians ?? [],
  orders: document?.orders ?? [],
  acts: document?.acts ?? [],
  encounter: document?.encounter ?? null,
  consents: document?.consents ?? [],
})

const outlineOf = (sections: readonly Section[], depth = 1): InspectedDocument['sections'] =>
  sections.flatMap(({ title, code, sections: below }) => [
    { title, code, depth },
    ...outlineOf(below, depth + 1),
  ])

interface Context {
  at: Date
  /** Numbers of documents by their ids. */
  numbers: ReadonlyMap<string, number>
  signatures: JudgedFiles
}

/** What is said of the signatures of files. */
export type JudgedFiles = ReadonlyMap<FoundDocument, FileSignature[]>

const inspectedPatient = (identity: PatientIdentity | null, at: Date): InspectedPatient | null =>
  identity ? { ...identity, age: ageOn(identity.birthDate, at) } : null

const inspected = (
  found: FoundDocument,
  number: number,
  { at, numbers, signatures }: Context,
): InspectedDocument => {
  const { summary, cda, announcement } = found
  const document = cda?.document ?? null
  const act = document?.acts.find(({ practiceSetting }) => practiceSetting !== null) ?? document?.acts[0]
  const entry = announcement?.entry ?? null
  const { bytes } = found
  const hl7 = found.data?.kind === 'hl7' ? found.data.message : null
  return {
    number,
    kind: summary.kind,
    path: summary.path,
    fileName: found.fileName,
    mimeType: found.mimeType,
    level: document?.level ?? null,
    type: document?.type ?? entry?.typeCode ?? hl7?.documentType ?? null,
    label: summary.label,
    title: summary.title,
    date: document?.date ?? summary.date,
    serviceStart: act?.start ?? entry?.serviceStart ?? null,
    serviceEnd: act?.end ?? entry?.serviceStop ?? null,
    language: document?.language ?? entry?.language ?? null,
    id: summary.uniqueId,
    setId: summary.setId,
    version: summary.version,
    replaces: summary.replaces,
    duplicateOf: summary.duplicateOf === null ? null : (numbers.get(summary.duplicateOf) ?? null),
    replacedBy: summary.replacedBy === null ? null : (numbers.get(summary.replacedBy) ?? null),
    templates: document?.templates ?? [],
    confidentiality: document?.confidentiality ?? entry?.confidentiality[0]?.code ?? null,
    visibility: summary.visibility,
    patient: inspectedPatient(identityOfFound(found), at),
    ...actorsOf(found),
    header: headerOf(document),
    sections: outlineOf(document?.sections ?? []),
    signed: document?.signedXades ?? summary.kind === 'signature',
    signatures: signatures.get(found) ?? [],
    passwordProtected: lockOf(bytes, found.fileName) === 'password',
    size: bytes.byteLength,
    sha1: sha1(bytes),
    announced: announcement
      ? {
          hash: announcement.entry.hash,
          hashMatches: announcement.hashMatches,
          size: announcement.entry.size,
          sizeMatches: announcement.sizeMatches,
          entry: announcement.entry,
        }
      : null,
    media: cda
      ? [...cda.media].map(([id, media]) => ({
          id,
          mimeType: media.mimeType,
          size: media.bytes.byteLength,
          sha1: sha1(media.bytes),
          description: document?.media.find((one) => one.id === id)?.description ?? null,
          first: id === cda.pdf,
        }))
      : [],
    pdfPart: found.pdfPartId,
    texts: shownTexts(found),
    results: sectionedResults(found).length,
    filingBlocked: summary.filingBlocked,
  }
}

interface SectionedResult {
  section: string
  result: LabResult
}

const sectionedResults = ({ cda, data }: FoundDocument): SectionedResult[] => {
  const visit = (sections: readonly Section[]): SectionedResult[] =>
    sections.flatMap((section) => [
      ...section.results.map((result) => ({ section: section.title, result })),
      ...visit(section.sections),
    ])
  if (cda) return visit(cda.document.sections)
  const results =
    data?.kind === 'hprim' ? data.dossier.results : data?.kind === 'hl7' ? data.message.results : []
  return results.map((result) => ({ section: '', result }))
}

/** Everything SousPli makes of a file or of the documents of a message, on a date (docs/inspect.md). */
export const inspectDocuments = (
  found: MessageDocuments,
  kind: DocumentInspection['kind'],
  at: Date,
  signatures: JudgedFiles = new Map(),
): DocumentInspection => {
  const numbers = new Map(found.documents.map(({ summary }, index) => [summary.id, index + 1]))
  const context: Context = { at, numbers, signatures }
  const documents = found.documents.map((document, index) => inspected(document, index + 1, context))
  const patients = new Map<string, InspectedPatient>()
  const others = found.documents.flatMap(({ cda }) => cda?.otherPatients ?? [])
  for (const patient of [
    ...documents.map((document) => document.patient),
    ...others.map((identity) => inspectedPatient(identity, at)),
  ])
    if (patient && !patients.has(patientKey(patient))) patients.set(patientKey(patient), patient)
  const each = <T>(make: (document: FoundDocument, number: number) => T[]): T[] =>
    found.documents.flatMap((document, index) => make(document, index + 1))
  const whole = new Set(found.deviations)
  return {
    kind,
    patient: [...patients.values()][0] ?? null,
    patients: [...patients.values()],
    documents,
    submissionSets: found.sets,
    hl7: each(({ data }) => (data?.kind === 'hl7' ? [data.message] : [])),
    hprim: each(({ data }) => (data?.kind === 'hprim' ? [data.dossier] : [])),
    dicom: each(({ data }) => (data?.kind === 'dicom' ? [data.dicom] : [])),
    texts: documents.flatMap(({ texts }) => texts),
    tables: each((document, number) =>
      shownTables(document).map((table) => ({ document: number, ...table })),
    ),
    results: each((document, number) =>
      sectionedResults(document).map(({ section, result }) => ({ ...result, document: number, section })),
    ),
    alerts: each((document, number) => alertsIn(document).map((alert) => ({ ...alert, document: number }))),
    filingBlocked: documents.some(({ filingBlocked }) => filingBlocked),
    deviations: [
      ...found.deviations.map((deviation) => ({ ...deviation, document: null })),
      ...each(({ summary }, number) =>
        summary.deviations
          .filter((deviation) => !whole.has(deviation))
          .map((deviation) => ({ ...deviation, document: number })),
      ),
    ],
    refusals: each(({ summary }, number) =>
      summary.refusals.map((refusal) => ({ ...refusal, document: number })),
    ),
  }
}
