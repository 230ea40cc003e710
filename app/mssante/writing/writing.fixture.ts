/** What tests of writing documents share: a fictitious patient, author and letter, and the typefaces. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DocumentAuthor, DocumentDetails, DocumentPatient } from '../../contract/index.ts'
import type { CdaRequest } from './cda.ts'
import { newOid } from './identifiers.ts'
import { doJob, type WritingJob, type WritingResults } from './jobs.ts'
import type { Typefaces } from './pdf/archive-pdf.ts'
import { documentRecipients } from './recipients.ts'

const folder = join(import.meta.dirname, '../../../node_modules/pdfjs-dist/standard_fonts')

export const fonts: Typefaces = {
  regular: readFileSync(join(folder, 'LiberationSans-Regular.ttf')),
  bold: readFileSync(join(folder, 'LiberationSans-Bold.ttf')),
}

/** 13 fictitious digits with their right key. */
export const testMatricule = '279035121518989'
export const testOid = '1.2.250.1.213.1.4.10'

export const patient: DocumentPatient = {
  patientId: null,
  birthName: 'ESSAI-FICTIF',
  usedName: 'D’ŒUVRE',
  firstName: 'Léa',
  givenNames: 'Léa Anne Zoé',
  sex: 'F',
  birthDate: '1979-03-28',
  birthPlace: '51215',
  ins: { matricule: testMatricule, oid: testOid },
  qualified: true,
  ipp: null,
}

export const details: DocumentDetails = {
  typeCode: '11488-4',
  title: 'Consultation fictive',
  actDate: '2026-11-20',
  confidentiality: 'N',
  maskedFromProfessionals: false,
  hiddenFromPatient: false,
  hiddenFromRepresentatives: false,
  fileNumber: null,
}

export const author: DocumentAuthor = {
  nationalId: '899700433156',
  familyName: 'MARTIN-FICTIF',
  givenName: 'Anne',
  civility: 'MME',
  title: 'DR',
  specialty: 'G15_10/SM54',
  phone: '01 44 53 45 51',
  organisation: {
    id: '1750803447',
    name: 'Cabinet des Lilas (fictif)',
    street: '12 rue des Lilas',
    postalCode: '75020',
    city: 'Paris',
    phone: null,
  },
  facility: 'SA07',
  setting: 'AMBULATOIRE',
}

export const at = Date.parse('2026-11-22T13:04:05Z')

export const request = (change: Partial<CdaRequest> = {}): CdaRequest => ({
  id: newOid(randomBytes),
  set: { root: newOid(randomBytes), extension: null },
  version: 1,
  replaces: null,
  patient,
  details,
  author,
  mailbox: 'anne.martin@medecin.mssante.fr',
  recipients: documentRecipients(
    [{ name: 'Dr_Paul_BERNARD_CHU fictif', address: 'paul.bernard@chu.mssante.fr' }],
    patient,
    () => 'professional',
  ),
  source: '2.25.1234',
  createdAt: at,
  ...change,
})

/** A job done here and now, as the worker does it. */
export const run = async <K extends WritingJob['kind']>(
  job: Extract<WritingJob, { kind: K }>,
): Promise<WritingResults[K]> => {
  const made = await doJob(job, fonts, randomBytes)
  if (!made.ok) throw new Error(made.error.code)
  return made.value as WritingResults[K]
}
