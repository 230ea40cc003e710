import { cdaDocument, loinc, type CdaHeader } from './cda-header.ts'
import { n1Template, pdfCopySection, structuredBody, unstructuredBody, type Section } from './cda-body.ts'
import { frenchBirthDate, spacedIns, type Patient } from './patients.ts'
import { professionalName, type Code, type Professional } from './professionals.ts'
import { pdf, type PdfBlock } from './pdf.ts'
import { oidOfUuid, type Random } from './random.ts'
import { xdmFileName } from './xdm.ts'
import type { XdmDocument } from './xdm-metadata.ts'

/** A clinical document in all the forms a mail carries: CDA, its description for METADATA.XML, and the PDF beside the archive. */
export interface ClinicalDocument {
  header: CdaHeader
  cda: Buffer
  pdf: Buffer
  formatCode: Code
  classCode: Code
  level: 'N1' | 'N3'
}

/** What every kind of document is made from. */
export interface DocumentContext {
  random: Random
  patient: Patient
  created: Date
  recipients: readonly Professional[]
  typeface: 'embedded' | 'standard'
}

const classSystem = '1.2.250.1.213.1.1.4.1'
export const classes = {
  report: { code: '10', display: 'Compte rendu', system: classSystem },
  synthesis: { code: '11', display: 'Synthèse', system: classSystem },
  imaging: { code: '31', display: 'Imagerie médicale', system: classSystem },
  prescription: { code: '42', display: 'Prescription', system: classSystem },
} as const

const iheFormats = '1.3.6.1.4.1.19376.1.2.3'
const ansFormats = '1.2.250.1.213.1.1.4.2.282'
export const formats = {
  pdf: {
    code: 'urn:ihe:iti:xds-sd:pdf:2008',
    display: 'Document à corps non structuré en Pdf/A-1',
    system: iheFormats,
  },
  text: {
    code: 'urn:ihe:iti:xds-sd:text:2008',
    display: 'Document à corps non structuré en texte brut',
    system: iheFormats,
  },
  biology: { code: 'urn:ihe:lab:xd-lab:2008', display: 'CR d’examens biologiques', system: iheFormats },
  imaging: {
    code: 'urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013',
    display: 'CR d’imagerie médicale',
    system: iheFormats,
  },
  prescription: {
    code: 'urn:ihe:pharm:pre:2010',
    display: 'Prescription de produits de santé',
    system: iheFormats,
  },
  synthesis: { code: 'urn:asip:ci-sis:vsm:2012', display: 'Volet de synthèse médicale', system: ansFormats },
  discharge: {
    code: 'urn:asip:ci-sis:ldl-ses:2017',
    display: 'Lettre de liaison à la sortie',
    system: ansFormats,
  },
  other: { code: 'urn:asipSante:modelesHorsProfils:2011', display: 'Hors profils', system: ansFormats },
} as const

/** Document types of JDV_J07 that the seed writes (clinical-documents.md §6). */
export const documentTypes = {
  biology: { code: '11502-2', display: "CR d'examens biologiques", system: loinc },
  imaging: { code: '18748-4', display: "CR d'imagerie médicale", system: loinc },
  consultation: { code: '11488-4', display: 'CR ou fiche de consultation ou de visite', system: loinc },
  discharge: {
    code: '11490-0',
    display: "Lettre de liaison à la sortie d'un établissement de soins",
    system: loinc,
  },
  emergency: { code: '15507-7', display: 'CR de passage aux urgences', system: loinc },
  operation: { code: '34874-8', display: 'CR opératoire', system: loinc },
  synthesis: { code: 'SYNTH', display: 'Synthèse', system: '1.2.250.1.213.1.1.4.12' },
  prescription: { code: '57833-6', display: 'Prescription de produits de santé', system: loinc },
} as const

/** The lines about the patient on top of every PDF. */
function patientLines(patient: Patient): [string, string][] {
  const lines: [string, string][] = [
    ['Patient', `${patient.usedName} ${patient.usedGivenName}`],
    ['Né(e) le', `${frenchBirthDate(patient)} — ${patient.sex === 'F' ? 'Féminin' : 'Masculin'}`],
    ['INS', patient.ins === null ? 'Identité non qualifiée' : `${spacedIns(patient.ins)} (NIR de test)`],
  ]
  if (patient.usedName !== patient.birthName) lines.splice(1, 0, ['Nom de naissance', patient.birthName])
  return lines
}

/** The PDF of a document: letterhead of its author, patient, blocks, signature. */
export function documentPdf(
  header: CdaHeader,
  blocks: readonly PdfBlock[],
  typeface: 'embedded' | 'standard',
): Promise<Buffer> {
  const who = header.author
  const place = who.organisation
  return pdf({
    letterhead: [
      place.name,
      `${place.address.number} ${place.address.street}, ${place.address.postalCode} ${place.address.city}`,
      `Tél. ${place.phone.replace(/(..)(?=.)/g, '$1 ')} — ${who.mail}`,
    ],
    title: header.title,
    date: header.created,
    patient: patientLines(header.patient),
    blocks,
    signature: [professionalName(header.validator), header.validator.specialty.display],
    typeface,
  })
}

/** Header of a first version by one author; kinds of documents overwrite what differs. */
export function baseHeader(
  context: DocumentContext,
  author: Professional,
  code: Code,
  title: string,
): CdaHeader {
  const set = oidOfUuid(context.random.uuid())
  return {
    templates: [],
    id: `${set}.1`,
    setId: set,
    version: 1,
    replaces: null,
    code,
    title,
    created: context.created,
    confidentiality: 'N',
    patient: context.patient,
    author,
    validator: author,
    recipients: context.recipients,
    prescription: null,
    acts: [{ code: null, start: context.created, end: context.created }],
    encounter: { kind: 'AMB', start: context.created, end: null },
  }
}

/** The next version of a document (`versionNumber` + 1, `relatedDocument` RPLC). */
export function nextVersion(header: CdaHeader, previous: CdaHeader): CdaHeader {
  const version = previous.version + 1
  return {
    ...header,
    setId: previous.setId,
    id: `${previous.setId}.${version}`,
    version,
    replaces: previous.id,
  }
}

/** N1 around a PDF: the embedded PDF and the one beside the archive are the same bytes (ECO.2.1.5). */
export async function n1Document(
  given: CdaHeader,
  blocks: readonly PdfBlock[],
  typeface: 'embedded' | 'standard',
  classCode: Code,
): Promise<ClinicalDocument> {
  const header = { ...given, templates: [n1Template] }
  const bytes = await documentPdf(header, blocks, typeface)
  return {
    header,
    cda: cdaDocument(header, unstructuredBody('application/pdf', bytes)),
    pdf: bytes,
    formatCode: formats.pdf,
    classCode,
    level: 'N1',
  }
}

/** N1 around plain text; the PDF beside it shows the same lines. */
export async function n1TextDocument(
  given: CdaHeader,
  text: string,
  typeface: 'embedded' | 'standard',
): Promise<ClinicalDocument> {
  const header = { ...given, templates: [n1Template] }
  const blocks: PdfBlock[] = text.split('\n\n').map((paragraph) => ({ kind: 'paragraph', text: paragraph }))
  return {
    header,
    cda: cdaDocument(header, unstructuredBody('text/plain', Buffer.from(text, 'utf8'))),
    pdf: await documentPdf(header, blocks, typeface),
    formatCode: formats.text,
    classCode: classes.report,
    level: 'N1',
  }
}

/** N3: sections, optionally with the PDF copy section. */
export async function n3Document(options: {
  header: CdaHeader
  sections: readonly Section[]
  blocks: readonly PdfBlock[]
  typeface: 'embedded' | 'standard'
  formatCode: Code
  classCode: Code
  /** Two UUIDs when the document embeds its PDF copy. */
  pdfCopy: readonly [string, string] | null
}): Promise<ClinicalDocument> {
  const bytes = await documentPdf(options.header, options.blocks, options.typeface)
  const sections =
    options.pdfCopy === null
      ? options.sections
      : [...options.sections, pdfCopySection(bytes, options.pdfCopy)]
  return {
    header: options.header,
    cda: cdaDocument(options.header, structuredBody(sections)),
    pdf: bytes,
    formatCode: options.formatCode,
    classCode: options.classCode,
    level: 'N3',
  }
}

/** The document as an entry of an archive. */
export function archived(document: ClinicalDocument, index: number): XdmDocument {
  return {
    header: document.header,
    bytes: document.cda,
    fileName: xdmFileName(index),
    formatCode: document.formatCode,
    classCode: document.classCode,
  }
}
