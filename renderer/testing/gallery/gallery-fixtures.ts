import type {
  Account,
  Draft,
  DocumentSummary,
  MessageRow,
  MessageView,
  PatientSummary,
} from '../../../app/contract/index.ts'
import { blankSummary } from '../blank-documents.ts'
import { authority, certificate, judged, securityView } from './gallery-security.ts'

/** Everything here is invented; RPPS begin with 997, domains end in .test. */
export const account: Account = {
  id: 1,
  address: 'anne.martin@medecin.mssante.test',
  displayName: 'Dr Anne MARTIN',
  kind: 'personal',
  auth: 'psc',
  card: null,
  certificate: null,
  label: null,
  replyTo: null,
  askReceipts: false,
  imap: { host: 'imap.test', port: 143, security: 'starttls' },
  smtp: { host: 'smtp.test', port: 587, security: 'starttls' },
  connection: {
    state: 'online',
    since: '2026-11-22T08:00:00Z',
    syncedAt: '2026-11-22T08:00:00Z',
    trouble: null,
  },
  quota: null,
  maxMessageSize: 10_485_760,
}

const marie: PatientSummary = {
  birthName: 'DUPONT',
  usedName: 'LEROY',
  firstName: 'Marie',
  sex: 'F',
  birthDate: '1978-11-26',
  ins: { matricule: '278113512151889', oid: '1.2.250.1.213.1.4.8', kind: 'nir', keyValid: true },
  qualified: true,
}

const me = { name: 'Dr Anne MARTIN', address: account.address }
const laboratory = { name: 'Laboratoire BioVal Démo', address: 'resultats@bioval.mssante.test' }
const paul = { name: 'Dr Paul BERNARD', address: 'paul.bernard@medecin.mssante.test' }

const row: MessageRow = {
  id: 1,
  accountId: 1,
  folderId: 1,
  threadId: 1,
  threadCount: 1,
  date: '2026-11-22T08:31:00Z',
  from: laboratory,
  to: [me],
  subject: 'CR d’examens biologiques',
  preview: 'Veuillez trouver ci-joint le compte rendu de Mme Dupont.',
  seen: true,
  flagged: false,
  answered: false,
  forwarded: false,
  hasAttachments: true,
  size: 214_000,
  trust: 'organisation',
  signed: true,
  encrypted: false,
  patient: marie,
  documentLabel: 'CR d’examens biologiques',
  documentCount: 1,
  alert: { level: 'critical', code: 'HH', analyte: 'Potassium', value: '6,4', count: 1 },
  pending: false,
  quarantined: false,
  delivery: null,
  replacement: null,
  filing: null,
}

const part = (id: string, fileName: string, mimeType: string, size: number) => ({
  id,
  url: `souspli-part://demo/${fileName}`,
  fileName,
  mimeType,
  size,
  contentId: null,
  inline: false,
  outsideSignature: false,
  lock: null,
  dangerous: fileName.endsWith('.exe'),
})

const document = (rest: Partial<DocumentSummary>): DocumentSummary => ({
  ...blankSummary,
  id: 'd1',
  kind: 'cda-n3',
  label: 'CR d’examens biologiques',
  title: 'CR d’examens biologiques',
  typeCode: '11502-2',
  date: '2026-11-22',
  author: 'Dr Hélène ROY',
  organisation: 'Laboratoire BioVal Démo',
  patient: marie,
  alert: null,
  archive: { fileName: 'IHE_XDM.zip', size: 219_136, verified: true },
  warnings: [],
  version: 1,
  replaces: null,
  url: 'souspli-part://demo/lab.json',
  pdfUrl: null,
  ...rest,
})

const base: MessageView = {
  row,
  from: laboratory,
  sender: null,
  replyTo: [],
  to: [me],
  cc: [],
  messageIdHeader: 'demo@test',
  rawSubject: 'XDM/1.0/DDM+CR d’examens biologiques',
  readReceiptRequested: true,
  readReceipt: null,
  sent: { recipients: null, report: null, replaces: null, replacedBy: null },
  body: {
    available: true,
    textUrl: 'souspli-part://demo/lab.txt',
    htmlUrl: null,
    remoteContent: false,
    sections: [],
  },
  parts: [part('p1', 'IHE_XDM.zip', 'application/zip', 219_136)],
  documents: [document({ alert: row.alert })],
  signature: judged(),
  encryption: { status: 'none' },
  headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
  partVerdicts: [],
  raw: { url: 'souspli-part://demo/raw.eml', size: 214_000 },
  quarantine: null,
}

const letterRow: MessageRow = {
  ...row,
  from: paul,
  subject: 'Re : avis cardiologique M. Leroy',
  trust: 'professional',
  patient: null,
  documentLabel: null,
  documentCount: 0,
  alert: null,
}
const letter: MessageView = {
  ...base,
  row: letterRow,
  from: paul,
  cc: [{ name: 'Secrétariat des Lilas', address: 'secretariat@cabinet-lilas.mssante.test' }],
  rawSubject: letterRow.subject,
  readReceiptRequested: false,
  documents: [],
  parts: [
    part('p1', 'ECG du 20-11-2026.pdf', 'application/pdf', 186_000),
    part('p2', 'photo pansement.jpg', 'image/jpeg', 1_240_000),
    part('p3', 'visionneuse.exe', 'application/x-msdownload', 8_400_000),
  ],
  body: {
    available: true,
    textUrl: 'souspli-part://demo/letter.txt',
    htmlUrl: null,
    remoteContent: false,
    sections: [],
  },
  signature: judged({
    status: 'unbound',
    reasons: ['identity-not-linked'],
    signer: certificate,
    signerName: 'Paul BERNARD',
    binding: 'none',
    chain: [certificate, authority],
  }),
}

/** The message of each picture. */
export const views = (state: string): MessageView => {
  const patientOf = (patient: Partial<PatientSummary>): MessageRow => ({
    ...row,
    patient: { ...marie, ...patient },
  })
  switch (state) {
    case 'letter':
    case 'conversation':
    case 'details':
      return letter
    case 'html':
      return {
        ...letter,
        parts: [
          ...letter.parts.slice(0, 1),
          { ...part('c1', 'logo.png', 'image/png', 900), contentId: 'logo@x', inline: true },
        ],
        body: {
          available: true,
          textUrl: 'souspli-part://demo/letter.txt',
          htmlUrl: 'souspli-part://demo/mail.html',
          remoteContent: true,
          sections: [],
        },
      }
    case 'outside':
      return {
        ...letter,
        parts: [],
        from: { name: 'Assurance Maladie', address: 'contact@exemple.test' },
        replyTo: [{ name: '', address: 'autre@exemple.test' }],
        row: {
          ...letterRow,
          trust: 'outside',
          from: { name: 'Assurance Maladie', address: 'contact@exemple.test' },
        },
        signature: { status: 'none' },
      }
    case 'patient':
      return {
        ...letter,
        parts: [],
        from: { name: 'Léo DURAND', address: '190067511300117@patient.mssante.test' },
        row: {
          ...letterRow,
          trust: 'patient',
          subject: 'Re : renouvellement de traitement',
          patient: {
            ...marie,
            birthName: 'DURAND',
            usedName: null,
            firstName: 'Léo',
            sex: 'M',
            birthDate: '1990-06-14',
            ins: { matricule: '190067511300117', oid: '1.2.250.1.213.1.4.10', kind: 'test', keyValid: true },
          },
        },
        signature: { status: 'none' },
      }
    case 'offline':
      return {
        ...letter,
        parts: [],
        signature: { status: 'none' },
        body: { available: false, textUrl: null, htmlUrl: null, remoteContent: false, sections: [] },
      }
    case 'undecrypted':
      return {
        ...letter,
        parts: [],
        signature: { status: 'none' },
        body: { available: true, textUrl: null, htmlUrl: null, remoteContent: false, sections: [] },
        encryption: { status: 'failed', error: { code: 'smime.no-key', retry: 'after-change' } },
      }
    case 'pdf':
      return {
        ...base,
        row: { ...row, alert: null, subject: 'Lettre de liaison à la sortie' },
        documents: [
          document({
            kind: 'cda-n1',
            label: 'Lettre de liaison à la sortie',
            title: 'Sortie de cardiologie',
            url: 'souspli-part://demo/n1.json',
            pdfUrl: 'souspli-part://demo/letter.pdf',
          }),
        ],
      }
    case 'broken-pdf':
      return {
        ...base,
        row: { ...row, alert: null },
        documents: [
          document({ kind: 'pdf', label: 'Courrier', archive: null, url: 'souspli-part://demo/broken.pdf' }),
        ],
      }
    case 'signed-files':
      return {
        ...base,
        row: { ...row, alert: null, subject: 'Compte rendu signé' },
        parts: base.parts.slice(0, 1).map((part) => ({ ...part, fileName: 'scanner.zip', lock: 'password' })),
        documents: [
          document({
            ...{ kind: 'pdf', label: 'cr.pdf', title: 'cr.pdf', path: 'cr.pdf.p7m › cr.pdf', archive: null },
            url: 'souspli-part://demo/letter.pdf',
            pdfUrl: 'souspli-part://demo/letter.pdf',
            signatures: [
              {
                ...{ form: 'enveloping', fileName: 'cr.pdf.p7m' },
                signature: judged({ signerName: 'Paul BERNARD', scope: 'file', binding: 'none' }),
              },
              {
                ...{ form: 'detached', fileName: 'cr.pdf.p7m.p7s' },
                signature: judged({ status: 'invalid', reasons: ['content-altered'], scope: 'file' }),
              },
            ],
          }),
        ],
      }
    case 'narrative':
      return {
        ...base,
        row: { ...row, alert: null, subject: 'CR de consultation' },
        documents: [
          document({
            label: 'CR ou fiche de consultation',
            url: 'souspli-part://demo/narrative.json',
            version: 2,
          }),
        ],
      }
    case 'mismatch':
      return {
        ...base,
        row: patientOf({ qualified: false, ins: null }),
        documents: [document({ warnings: ['patient-mismatch', 'hash-mismatch', 'metadata-missing'] })],
      }
    case 'hprim':
      return {
        ...base,
        row: { ...row, alert: null },
        documents: [
          document({
            kind: 'hprim',
            label: 'Résultats HPRIM',
            archive: null,
            url: 'souspli-part://demo/hprim.txt',
          }),
        ],
      }
    default:
      return securityView(state, letter) ?? base
  }
}

export const rows: MessageRow[] = [
  {
    ...letterRow,
    id: 3,
    date: '2026-11-19T10:02:00Z',
    from: me,
    preview: 'Cher confrère, merci de recevoir M. Leroy…',
  },
  { ...letterRow, id: 2, date: '2026-11-20T16:40:00Z', preview: 'Bien reçu, je le vois vendredi.' },
  letterRow,
]

export const suggestions = [
  { name: 'Dr Marc TESSIER', address: 'marc.tessier@medecin.mssante.test', trust: 'professional' },
  {
    name: 'Secrétariat de rhumatologie',
    address: 'secretariat.rhumato@hopital-lilas.mssante.test',
    trust: 'organisation',
  },
  { name: 'Teresa OLIVEIRA', address: '279035121518989@patient.mssante.test', trust: 'patient' },
]

/** The draft of each picture of the composer. */
export const draft = (state: string): Draft => ({
  id: 1,
  kind: state === 'compose-reply' ? 'reply' : 'new',
  sourceId: state === 'compose-reply' ? 1 : null,
  savedAt: '2026-11-22T09:40:00Z',
  attachments:
    state === 'compose-new' || state === 'compose-reply'
      ? []
      : [
          {
            id: 'a1',
            fileName: 'Lettre d’adressage.pdf',
            mimeType: 'application/pdf',
            size: 190_464,
            url: 'souspli-part://demo/a1',
          },
          {
            id: 'a2',
            fileName: 'IHE_XDM.zip',
            mimeType: 'application/zip',
            size: 219_136,
            url: 'souspli-part://demo/a2',
          },
        ],
  content: {
    accountId: 1,
    to:
      state === 'compose-new'
        ? []
        : [paul, ...(state === 'compose-refused' ? [{ name: '', address: 'j.leroy@exemple.test' }] : [])],
    cc: [],
    bcc: [],
    subject:
      state === 'compose-new'
        ? ''
        : state === 'compose-reply'
          ? 'Re : avis cardiologique'
          : 'Lettre d’adressage',
    text:
      state === 'compose-new'
        ? ''
        : state === 'compose-reply'
          ? '\n\n> Cher confrère,\n> Je l’ai vu ce matin.\n>\n> Bien à vous'
          : 'Cher confrère,\n\nMerci de recevoir M. Leroy.',
    html:
      state === 'compose-new' || state === 'compose-reply'
        ? null
        : '<p>Cher confrère,</p><p>Merci de recevoir M. Leroy pour avis sur une <strong>dyspnée d’effort</strong> d’aggravation récente.</p><ul><li><p>bêtabloquant arrêté le 12</p></li><li><p>créatinine stable</p></li></ul><p>Bien confraternellement,<br>Dr Anne Martin</p>',
    sign: true,
    encrypt: false,
    readReceipt: state !== 'compose-new',
  },
})
