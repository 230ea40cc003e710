import type {
  ClinicalDocument,
  DocumentSummary,
  LabResult,
  MessageRow,
  MessageView,
} from '../../app/contract/index.ts'
import { blankActor, blankDocument, blankResult, blankSection, blankSummary } from './blank-documents.ts'
import { patients } from './fixture-people.ts'

const dataUrl = (mimeType: string, text: string): string =>
  `data:${mimeType};charset=utf-8,${encodeURIComponent(text)}`

const lab = (
  label: string,
  value: string,
  unit: string,
  low: number | null,
  high: number | null,
  interpretation: string | null,
  previous: string,
): LabResult => ({
  ...blankResult,
  label,
  loinc: null,
  value,
  number: Number(value.replace(',', '.')),
  unit,
  referenceRange:
    low === null ? `< ${high}` : high === null ? `> ${low}` : `${low} – ${high}`.replaceAll('.', ','),
  referenceLow: low,
  referenceHigh: high,
  interpretation,
  date: null,
  method: null,
  comment: null,
  previous: [{ value: previous, number: Number(previous.replace(',', '.')), unit, date: '2026-10-12' }],
})

const labDocument = (date: string): ClinicalDocument => ({
  ...blankDocument,
  level: 'N3',
  id: '1.2.250.1.213.1.1.9.demo.1',
  setId: null,
  version: 1,
  replaces: null,
  typeCode: '11502-2',
  typeLabel: 'CR d’examens biologiques',
  title: 'CR d’examens biologiques',
  date,
  confidentiality: 'N',
  patient: patients.marie,
  patientDetails: [],
  authors: [
    {
      ...blankActor,
      name: 'Dr Hélène ROY',
      role: null,
      specialty: 'Biologie médicale',
      organisation: 'Laboratoire BioVal Démo',
      id: null,
      date,
      telecoms: [],
    },
  ],
  legalAuthenticator: null,
  custodian: 'Laboratoire BioVal Démo',
  recipients: [],
  informants: [],
  acts: [],
  encounter: null,
  text: null,
  pdfUrl: null,
  sections: [
    {
      ...blankSection,
      title: 'Biochimie',
      code: '18719-5',
      blocks: [],
      sections: [],
      results: [
        lab('Potassium', '6,4', 'mmol/L', 3.5, 5.1, 'HH', '4,6'),
        lab('Sodium', '138', 'mmol/L', 136, 145, 'N', '139'),
        lab('Créatinine', '112', 'µmol/L', 50, 98, 'H', '96'),
        lab('DFG (CKD-EPI)', '51', 'mL/min/1,73m²', 60, null, 'L', '62'),
        lab('CRP', '3,1', 'mg/L', null, 5, 'N', '2,4'),
      ],
    },
  ],
  media: [],
  signedXades: false,
})

const documentOf = (row: MessageRow): DocumentSummary[] =>
  row.documentLabel === null
    ? []
    : [
        {
          ...blankSummary,
          id: `${row.id}-1`,
          kind: 'cda-n3',
          label: row.documentLabel,
          title: row.documentLabel,
          typeCode: '11502-2',
          date: row.date,
          author: null,
          organisation: row.from.name,
          patient: row.patient,
          alert: row.alert,
          archive: { fileName: 'IHE_XDM.zip', size: 219_136, verified: true },
          warnings: [],
          version: 1,
          replaces: null,
          url: dataUrl('application/json', JSON.stringify(labDocument(row.date))),
          pdfUrl: null,
        },
      ]

const text = (row: MessageRow): string =>
  row.alert?.level === 'critical'
    ? 'Chère consœur,\n\nVeuillez trouver ci-joint le compte rendu de Mme Dupont. Kaliémie contrôlée sur second prélèvement\u202f; merci de nous rappeler.\n\nBien confraternellement,\nDr Hélène Roy, biologiste'
    : `Bonjour,\n\n${row.preview}\n\nBien confraternellement,\n${row.from.name}`

/** The opened message of a row of the fake core. */
export const viewOf = (row: MessageRow): MessageView => ({
  row,
  from: row.from,
  sender: null,
  replyTo: [],
  to: row.to,
  cc: [],
  messageIdHeader: `<${row.id}@demo.mssante.test>`,
  rawSubject: row.documentLabel ? `XDM/1.0/DDM+${row.subject}` : row.subject,
  readReceiptRequested: row.alert !== null,
  readReceipt: row.alert === null ? null : { to: row.from.address, differs: false, answer: null },
  sent: { recipients: null, report: null, replaces: null, replacedBy: null },
  body: {
    available: true,
    textUrl: dataUrl('text/plain', text(row)),
    htmlUrl: null,
    remoteContent: false,
    sections: [],
  },
  parts: [],
  documents: documentOf(row),
  signature: { status: 'none' },
  encryption: { status: 'none' },
  headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
  partVerdicts: [],
  raw: { url: dataUrl('text/plain', ''), size: row.size },
  quarantine: null,
})
