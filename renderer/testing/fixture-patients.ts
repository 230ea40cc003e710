import type {
  CareProfessional,
  IdentityRecord,
  IndexedDocument,
  MessageRow,
  Patient,
  PatientExchange,
  PatientSummary,
  PatientView,
} from '../../app/contract/index.ts'
import { correspondents, patients } from './fixture-people.ts'

const reading = (matricule: string) => ({
  sex: '1378'.includes(matricule.charAt(0)) ? ('M' as const) : ('F' as const),
  birthYear: Number(matricule.slice(1, 3)),
  birthMonth: Number(matricule.slice(3, 5)),
  department: matricule.slice(5, 7),
})

const patient = (id: number, traits: PatientSummary, more: Partial<Patient>): Patient => ({
  id,
  birthName: traits.birthName,
  usedName: traits.usedName,
  firstName: traits.firstName,
  birthGivenNames: traits.firstName,
  sex: traits.sex,
  birthDate: traits.birthDate,
  birthPlace: null,
  ins: traits.ins ? { ...traits.ins, oid: '1.2.250.1.213.1.4.8', kind: 'nir' } : null,
  insStatus: traits.ins ? 'qualified' : 'none',
  qualified: traits.ins !== null && traits.ins !== undefined,
  ipps: [],
  mail: traits.ins
    ? {
        address: `${traits.ins.matricule}@patient.mssante.test`,
        refusal: null,
        reading: reading(traits.ins.matricule),
        disagreements: [],
        minor: false,
      }
    : { address: null, refusal: 'no-ins', reading: null, disagreements: [], minor: false },
  oppositions: [],
  messageCount: 1,
  documentCount: 1,
  unread: 0,
  lastAt: null,
  alert: null,
  proposals: 0,
  ...more,
})

/** The fictitious patients of the canned core, as the index knows them. */
export const patientsOf = (now: Date): Patient[] => {
  const ago = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString()
  return [
    patient(1, patients.marie, {
      messageCount: 6,
      documentCount: 5,
      unread: 1,
      lastAt: ago(0),
      proposals: 1,
      birthGivenNames: 'Marie Cécile',
      birthPlace: '35121',
      ipps: ['004512^^^&1.2.3.4'],
      alert: { level: 'critical', code: 'HH', analyte: 'Potassium', value: '6,4 mmol/L', count: 1 },
    }),
    patient(2, patients.jean, { messageCount: 9, documentCount: 7, unread: 1, lastAt: ago(0) }),
    patient(3, patients.leo, { messageCount: 3, documentCount: 0, unread: 1, lastAt: ago(0) }),
    patient(4, patients.claire, {
      messageCount: 2,
      documentCount: 2,
      lastAt: ago(0),
      oppositions: [{ kind: 'patient-mail', since: ago(40), note: 'Préfère le courrier papier.' }],
      mail: {
        address: null,
        refusal: 'opposed',
        reading: reading('269093820101261'),
        disagreements: [],
        minor: false,
      },
    }),
    patient(5, patients.hugo, { messageCount: 1, documentCount: 1, lastAt: ago(1) }),
    patient(
      6,
      { ...patients.marie, birthName: 'DUPOND', ins: null, qualified: false },
      { documentCount: 1, lastAt: ago(75), proposals: 1 },
    ),
  ]
}

const recordOf = (one: Patient): IdentityRecord => ({
  id: one.id,
  birthName: one.birthName,
  usedName: one.usedName,
  firstName: one.firstName,
  birthGivenNames: one.birthGivenNames,
  sex: one.sex,
  birthDate: one.birthDate,
  birthPlace: one.birthPlace,
  ins: one.ins,
  insStatus: one.insStatus,
  ipps: one.ipps,
  messageCount: one.messageCount,
  lastAt: one.lastAt,
})

const alone = { duplicateOf: null, replacedBy: null, replaces: null, parentUnseen: false }

const documentOf = (
  row: MessageRow,
  of: { label: string; typeCode: string; author: string; organisation: string } & Partial<IndexedDocument>,
): IndexedDocument => ({
  ...alone,
  messageId: row.id,
  id: '2/1',
  kind: 'cda-n3',
  title: of.label,
  date: row.date,
  version: 1,
  alert: row.alert,
  warnings: [],
  ...of,
})

const professionals: CareProfessional[] = [
  {
    name: 'Dr Paul BERNARD',
    address: correspondents.paul.address,
    role: 'Cardiologie',
    organisation: 'Cabinet des Lilas',
    rpps: null,
    trust: 'professional',
    added: false,
    lastAt: null,
  },
  {
    name: 'Laboratoire BioVal — Lyon 3',
    address: correspondents.bioval.address,
    role: null,
    organisation: null,
    rpps: null,
    trust: 'organisation',
    added: false,
    lastAt: null,
  },
  {
    name: 'Sophie CARON',
    address: correspondents.nurse.address,
    role: 'Infirmière',
    organisation: null,
    rpps: null,
    trust: null,
    added: true,
    lastAt: null,
  },
]

/** A patient's page: what the list's messages say, and some older exchanges. */
export const patientViewOf = (
  all: Patient[],
  id: number,
  rows: readonly MessageRow[],
  now: Date,
): PatientView | null => {
  const found = all.find((one) => one.id === id)
  const [model] = rows
  if (!found || !model) return null
  const at = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString()
  const row = (offset: number, days: number, more: Partial<MessageRow>): MessageRow => ({
    ...model,
    id: model.id - offset,
    date: at(days),
    alert: null,
    seen: true,
    ...more,
  })
  const lab = row(1, 0, {
    seen: false,
    alert: found.alert,
    documentLabel: 'CR d’examens biologiques',
    documentCount: 1,
  })
  const written = row(2, 4, {
    from: { name: `${found.firstName} ${found.birthName}`, address: found.mail.address ?? '' },
    trust: 'patient',
    subject: 'Question sur le traitement',
    preview: 'Bonjour docteur, faut-il poursuivre le traitement ?',
    documentLabel: null,
    documentCount: 0,
    hasAttachments: false,
  })
  const letter = row(3, 39, {
    from: correspondents.paul,
    trust: 'professional',
    subject: 'CR de consultation',
    documentLabel: 'CR ou fiche de consultation',
    documentCount: 1,
  })
  const old = row(4, 41, {
    subject: 'CR d’examens biologiques',
    documentLabel: 'CR d’examens biologiques',
    documentCount: 1,
    documentMark: 'replaced',
  })
  const sent = row(5, 60, {
    from: { name: 'Dr Anne MARTIN', address: 'anne.martin@medecin.mssante.test' },
    to: [correspondents.paul],
    subject: 'Lettre d’adressage',
    documentLabel: 'Lettre d’adressage',
    documentCount: 1,
  })
  const bioval = { author: 'Dr Hélène FABRE', organisation: 'Laboratoire BioVal' }
  const link = (to: MessageRow) => ({
    messageId: to.id,
    date: to.date,
    from: to.from,
    direction: 'received' as const,
    version: 2,
    samePatient: true,
    sameAuthor: true,
  })
  const exchange = (
    of: MessageRow,
    documents: IndexedDocument[],
    more: Partial<PatientExchange> = {},
  ): PatientExchange => ({ row: of, direction: 'received', source: 'document', documents, ...more })
  const biology = { label: 'CR d’examens biologiques', typeCode: '11502-2', ...bioval }
  const exchanges =
    found.documentCount > 3
      ? [
          exchange(lab, [documentOf(lab, { ...biology, version: 2, replaces: link(old) })]),
          exchange(written, [], { source: 'address' }),
          exchange(letter, [
            documentOf(letter, {
              label: 'CR ou fiche de consultation',
              typeCode: '11488-4',
              author: 'Dr Paul BERNARD',
              organisation: 'Cabinet des Lilas',
              kind: 'cda-n1',
            }),
          ]),
          exchange(old, [documentOf(old, { ...biology, replacedBy: link(lab) })]),
          exchange(
            sent,
            [
              documentOf(sent, {
                label: 'Lettre d’adressage',
                typeCode: '57133-1',
                author: 'Dr Anne MARTIN',
                organisation: 'Cabinet du Dr MARTIN',
                kind: 'cda-n1',
              }),
            ],
            { direction: 'sent' },
          ),
        ]
      : [exchange(written, [], { source: 'address' })]
  const other = all.find((one) => one.id === 6)
  return {
    patient: found,
    identities: [recordOf(found)],
    proposals:
      found.proposals > 0 && other
        ? [{ id: 1, reason: 'same-traits-no-ins', one: recordOf(found), other: recordOf(other) }]
        : [],
    exchanges,
    more: false,
    professionals,
    decisions: [{ id: 1, at: at(3), action: 'attached', about: 'Compte rendu (PDF seul)', undoable: true }],
  }
}
