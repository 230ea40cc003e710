/**
 * One archive of each kind SousPli writes, as a draft would leave: every way in (text, picture, the user's PDF), every kind of
 * patient, author, recipient, visibility and code. Fictitious throughout. For rules that all of them keep, and for
 * `scripts/validate-written.ts`, which gives them to the published schemas and schematrons.
 */
import type { DocumentAuthor, DocumentDetails, DocumentPatient, TrustClass } from '../../contract/index.ts'
import { readZip } from '../zip.ts'
import type { CdaRequest } from './cda.ts'
import { facilities, settings, specialties } from './coded.ts'
import type { DocumentToSend } from './jobs.ts'
import { pngOf } from './pdf/png.fixture.ts'
import { documentRecipients } from './recipients.ts'
import { documentTypes } from './type-codes.ts'
import { at, author, details, patient, request, run, testMatricule } from './writing.fixture.ts'

interface Variant {
  name: string
  documents: Asked[]
}

/** What changes from the ordinary letter to a colleague. */
interface Asked {
  /** Not given: some bytes instead of pages, where the header alone matters. */
  from?: 'text' | 'picture' | 'pdf'
  patient?: Partial<DocumentPatient>
  details?: Partial<DocumentDetails>
  author?: Partial<DocumentAuthor>
  to?: { name: string; address: string }[]
  replaces?: 'known entry' | 'unknown entry'
}

export interface WrittenArchive {
  name: string
  /** By their path in the archive. */
  files: { path: string; bytes: Uint8Array }[]
}

/** The 13 characters of a matricule with their key. */
const matricule = (number: string): string =>
  `${number}${String(97n - (BigInt(number.replace('2A', '19').replace('2B', '18')) % 97n)).padStart(2, '0')}`

const elsewhere = { ...author.organisation, street: null, postalCode: null, city: null, phone: null }
const colleague = { name: 'Dr_Paul_BERNARD_CHU fictif', address: 'paul.bernard@chu.mssante.fr' }
const service = { name: 'CHU fictif – Cardiologie', address: 'secretariat@chu.mssante.fr' }
const patientsBox = { name: 'Léa ESSAI-FICTIF', address: `${testMatricule}@patient.mssante.fr` }
const classify = (address: string): TrustClass =>
  address.includes('@patient.')
    ? 'patient'
    : address.startsWith('secretariat')
      ? 'organisation'
      : 'professional'

const one = (name: string, asked: Asked): Variant => ({ name, documents: [asked] })
/** An archive for each kind of code, a document for each code. */
const codes = (): Variant[] => [
  {
    name: 'every type of document',
    documents: documentTypes.map(({ code }) => ({ details: { typeCode: code, title: `Type ${code}` } })),
  },
  {
    name: 'every profession and specialty',
    documents: specialties.map(({ code }) => ({ author: { specialty: code } })),
  },
  {
    name: 'every kind of structure',
    documents: facilities.map(({ code }) => ({ author: { facility: code } })),
  },
  {
    name: 'every setting, for a consultation, a stay and an emergency',
    documents: settings.flatMap(({ code }) =>
      ['11488-4', '34112-3', '15507-7'].map((typeCode) => ({
        author: { setting: code },
        details: { typeCode },
      })),
    ),
  },
]

const variants = (): Variant[] => [
  one('letter to a colleague', { from: 'text' }),
  one('picture to a colleague', { from: 'picture' }),
  one('PDF to a colleague', { from: 'pdf' }),
  one('letter to a service', { to: [service] }),
  one('letter to the patient', { from: 'text', to: [patientsBox] }),
  one('letter to many', {
    from: 'text',
    to: [
      colleague,
      service,
      patientsBox,
      { name: 'Mme Dr Anne MARTIN', address: 'anne.martin@cabinet.mssante.fr' },
      { name: 'Mlle Zoé DURAND', address: 'zoe.durand@idel.mssante.fr' },
      { name: 'Pr Jean-Paul DE LA TOUR', address: 'jp@chu.mssante.fr' },
      { name: 'sans capitales', address: 'sans.capitales@chu.mssante.fr' },
      { name: '', address: 'sans-nom@chu.mssante.fr' },
      { name: '', address: 'secretariat.sans-nom@chu.mssante.fr' },
      { name: `<O'Brien> & "fils" \u{1F600}`, address: 'o.brien@chu.mssante.fr' },
    ],
  }),
  one('letter to nobody yet', { to: [] }),
  {
    name: 'several documents of one patient',
    documents: [{ from: 'text' }, { from: 'picture', details: { typeCode: '18748-4' } }, { from: 'pdf' }],
  },
  one('annule et remplace', { replaces: 'known entry' }),
  one('annule et remplace, the former entry not known', { from: 'pdf', replaces: 'unknown entry' }),
  one('a child', {
    patient: {
      birthDate: '2019-11-30',
      birthPlace: '97411',
      sex: 'M',
      firstName: 'Noé',
      givenNames: 'Noé',
      usedName: null,
      ins: { matricule: matricule('1191197411042'), oid: '1.2.250.1.213.1.4.10' },
    },
  }),
  one('a child born today', {
    patient: { birthDate: '2026-11-22', qualified: false, ins: null, birthPlace: null },
  }),
  one('born in Corsica', {
    patient: {
      birthPlace: '2A004',
      ins: { matricule: matricule('279032A004151'), oid: '1.2.250.1.213.1.4.8' },
    },
  }),
  one('born abroad', {
    patient: {
      birthPlace: '99352',
      ins: { matricule: matricule('2790399352042'), oid: '1.2.250.1.213.1.4.8' },
    },
  }),
  one('temporary number (NIA)', {
    patient: { ins: { matricule: matricule('8790351215042'), oid: '1.2.250.1.213.1.4.9' } },
  }),
  one('test number (1.2.250.1.213.1.4.11)', {
    patient: { ins: { matricule: testMatricule, oid: '1.2.250.1.213.1.4.11' } },
  }),
  one('number of the file beside the INS', {
    patient: { ipp: { root: '1.2.250.1.999.7', extension: 'IPP/42 <&>' } },
  }),
  one('not qualified', { patient: { qualified: false } }),
  one('without INS', { patient: { ins: null, qualified: false } }),
  one('without INS, number of the file', {
    patient: { ins: null, qualified: false, ipp: { root: '1.2.250.1.999.7', extension: '42' } },
  }),
  one('birth name and first name alone', {
    patient: {
      ...{ ins: null, qualified: false, usedName: null, givenNames: null, birthPlace: null },
      sex: 'U',
    },
  }),
  one('without date of birth', {
    patient: { ins: null, qualified: false, birthDate: null },
  }),
  one('letters beyond French', {
    patient: {
      birthName: `ØSTERGÅRD-ŁÓDŹ “l'aîné” <x> & y`,
      firstName: 'Жанна',
      givenNames: 'Жанна Ζωή 安娜',
    },
    details: { title: `Suivi « diabète » <2> & HbA1c > 8 % \u{1F489}` },
  }),
  one('restricted', { details: { confidentiality: 'R' } }),
  one('very restricted', { details: { confidentiality: 'V' } }),
  one('masked from professionals', { details: { maskedFromProfessionals: true }, to: [patientsBox] }),
  one('hidden from the patient', { details: { hiddenFromPatient: true } }),
  one('hidden from the patient and from representatives', {
    details: { hiddenFromPatient: true, hiddenFromRepresentatives: true },
  }),
  one('author with the least that is asked', {
    author: { civility: null, title: null, phone: null, organisation: elsewhere },
  }),
  one('author of a hospital, by its number there', {
    author: {
      nationalId: '3800000000000/1234567',
      civility: 'M',
      title: 'PR',
      specialty: 'G15_10/SM04',
      facility: 'SA01',
      setting: 'ETABLISSEMENT',
      organisation: {
        ...author.organisation,
        id: '1750712184',
        name: 'Hôpital fictif',
        phone: '+33 1 44 00 00 00',
      },
    },
    details: { typeCode: '11490-0' },
  }),
  one('nurse at home', {
    author: { specialty: 'G15_60', title: null, facility: 'SA07', setting: 'SAD' },
    details: { typeCode: '11506-3' },
  }),
  one('laboratory', {
    author: { specialty: 'G15_21', facility: 'SA25', setting: 'AMBULATOIRE' },
    details: { typeCode: '11502-2' },
  }),
  one('act of another day than the writing', { details: { actDate: '2024-02-29' } }),
  ...codes(),
]

/** Writes one archive of each kind. */
export const writtenArchives = async (): Promise<WrittenArchive[]> => {
  const whole = (asked: Asked) => ({
    patient: { ...patient, ...asked.patient },
    details: { ...details, ...asked.details },
    author: { ...author, ...asked.author },
    version: asked.replaces === undefined ? 1 : 2,
    madeAt: at,
  })
  const text = 'Chère consœur, cher confrère,\n\nPatient fictif.'
  const pdfOf = async (asked: Asked): Promise<Uint8Array> => {
    if (asked.from === undefined) return Buffer.from('%PDF-1.4 fictif')
    if (asked.from === 'picture')
      return (await run<'picture'>({ kind: 'picture', head: whole(asked), bytes: pngOf(2, 8) })).bytes
    const letter = await run<'letter'>({ kind: 'letter', head: whole(asked), text })
    return asked.from === 'pdf'
      ? (await run<'pdf'>({ kind: 'pdf', bytes: letter.bytes })).bytes
      : letter.bytes
  }
  const toSend = async (asked: Asked): Promise<DocumentToSend> => {
    const { version, madeAt: createdAt, ...said } = whole(asked)
    const own: Partial<CdaRequest> = {
      ...said,
      version,
      createdAt,
      recipients: documentRecipients(asked.to ?? [colleague], said.patient, classify),
      replaces:
        asked.replaces === undefined
          ? null
          : {
              id: { root: '2.25.55', extension: null },
              set: { root: '2.25.77', extension: null },
              version: 1,
            },
      ...(asked.replaces === undefined ? {} : { set: { root: '2.25.77', extension: null } }),
    }
    return {
      content: { kind: 'own', request: request(own), pdf: await pdfOf(asked) },
      replacedEntryId:
        asked.replaces === 'known entry' ? 'urn:uuid:7f9a3a52-6c0c-4f0b-9d52-0a6f1d8f2f11' : null,
      maskedFromProfessionals: said.details.maskedFromProfessionals,
      hiddenFromPatient: said.details.hiddenFromPatient,
      hiddenFromRepresentatives: said.details.hiddenFromRepresentatives,
    }
  }
  const archives: WrittenArchive[] = []
  for (const { name, documents } of variants()) {
    const sent: DocumentToSend[] = []
    for (const asked of documents) sent.push(await toSend(asked))
    const { zip } = await run<'archive'>({
      kind: 'archive',
      documents: sent,
      ...{ source: '2.25.1234', title: name, at, classes: {} },
      product: { name: 'SousPli', version: '0.0.0' },
    })
    const files = await readZip(zip)
    if (!files.ok) throw new Error(files.error.code)
    archives.push({ name, files: files.value.map(({ path, bytes }) => ({ path, bytes })) })
  }
  return archives
}
