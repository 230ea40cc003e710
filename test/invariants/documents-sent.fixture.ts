import { parseMessage, decodePart, type ParsedMessage } from '../../app/mail/index.ts'
import type { DocumentAuthor, DocumentDetails, DocumentPatient, Draft } from '../../app/contract/index.ts'
import { findDocuments } from '../../app/mssante/index.ts'
import { people, startOperator } from '../operator/index.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

const { anne, paul } = people
export const passphrase = 'la salle d’attente est pleine'

/** Fictitious. */
export const patient: DocumentPatient = {
  patientId: null,
  birthName: 'Épreuve-d’Essai',
  usedName: null,
  firstName: 'Léa',
  givenNames: 'Léa Anne',
  sex: 'F',
  birthDate: '1979-03-28',
  birthPlace: '51215',
  ins: { matricule: '279035121518989', oid: '1.2.250.1.213.1.4.10' },
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
  familyName: 'MARTIN',
  givenName: 'Anne',
  civility: null,
  title: 'DR',
  specialty: 'G15_10/SM54',
  phone: null,
  organisation: {
    id: '1750803447',
    name: 'Cabinet fictif des Lilas',
    street: null,
    postalCode: '69006',
    city: 'Lyon',
    phone: null,
  },
  facility: 'SA07',
  setting: 'AMBULATOIRE',
}

/** The subject of a letter with the patient and the details above, as it leaves. */
export const letterSubject =
  "XDM/1.0/DDM+CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979"

export const headerOf = ({ headers }: ParsedMessage, name: string): string[] =>
  headers
    .filter((field) => field.name.toLowerCase() === name.toLowerCase())
    .map((field) => field.value.trim())

export const documentsOf = async (raw: Buffer, parsed: ParsedMessage) =>
  (
    await findDocuments(
      parsed.attachments.map((part) => ({
        id: part.path,
        fileName: part.fileName,
        mimeType: part.mimeType,
        bytes: decodePart(raw, part),
        inline: false,
      })),
    )
  ).documents

interface Sending {
  practice: Practice
  accountId: number
  /** A draft to the colleague, saved. */
  draftTo: (change?: Partial<Draft['content']>) => Promise<Draft>
  upload: (bytes: Uint8Array) => Promise<string>
  /** A message as the colleague’s mailbox has it. */
  received: (subject: string) => Promise<{ raw: Buffer; parsed: ParsedMessage }>
  stop: () => Promise<void>
}

/** The real core with one mailbox, at the operator that receives what it sends. */
export const startSending = async (): Promise<Sending> => {
  const operator = await startOperator()
  const practice = await openPractice({ ...operator.policy, nil: 'ESSAI42' })
  await practice.call('session.createWithPassphrase', { passphrase })
  const accountId = await addMailbox(practice, anne)
  return {
    practice,
    accountId,
    draftTo: async (change = {}) => {
      const draft = await practice.call('drafts.create', { kind: 'new', accountId, sourceId: null })
      const content = {
        ...draft.content,
        to: [{ name: '', address: paul.address }],
        text: 'Bonjour, voici la lettre.',
        ...change,
      }
      await practice.call('drafts.save', { id: draft.id, content })
      return { ...draft, content }
    },
    upload: async (bytes) => {
      const uploadId = `essai-${Math.random()}`
      await practice.core.upload({ uploadId, index: 0, bytes, last: true })
      return uploadId
    },
    received: async (subject) => {
      const view = operator.mailbox(paul.key)
      const { uid } = await view.waitFor((message) => message.subject === subject)
      const raw = await view.source(uid)
      const parsed = parseMessage(raw)
      if (!parsed.ok) throw new Error(parsed.error.code)
      return { raw, parsed: parsed.value }
    },
    stop: async () => {
      await practice.stop()
      await operator.stop()
    },
  }
}
