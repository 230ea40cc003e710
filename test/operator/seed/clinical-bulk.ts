import { drawChapter, urineCulture, type Chapter } from './biology-panels.ts'
import { biologyReport } from './biology-report.ts'
import { clinicalMail } from './clinical-mail.ts'
import type { ClinicalDocument, DocumentContext } from './clinical-document.ts'
import { correspondents, type Correspondent, type SeededMessage, type Signer } from './mail.ts'
import { civilName, patients, type Patient } from './patients.ts'
import { professionals } from './professionals.ts'
import type { Random } from './random.ts'
import { consultation, emergencyReport, imagingReport, structuredConsultation } from './reports.ts'
import { dischargeLetter, prescription, synthesis } from './treatment-documents.ts'
import type { XdmVariant } from './xdm.ts'

const reasons = [
  {
    reason: 'bilan d’hypertension artérielle.',
    findings: 'TA 142/84 mmHg aux deux bras, auscultation sans souffle, ECG sinusal.',
    conclusion: 'Poursuite du traitement, automesure tensionnelle pendant trois jours.',
  },
  {
    reason: 'palpitations nocturnes.',
    findings: 'Examen normal. Holter : extrasystoles auriculaires isolées.',
    conclusion: 'Pas d’argument pour une cardiopathie. Réassurance et réduction du café.',
  },
  {
    reason: 'contrôle annuel après pose de stent.',
    findings: 'Pas de douleur. Épreuve d’effort maximale négative à 150 W.',
    conclusion: 'Arrêt du clopidogrel, aspirine seule au long cours.',
  },
  {
    reason: 'polyarthrite rhumatoïde.',
    findings: 'Deux articulations gonflées, raideur matinale de vingt minutes.',
    conclusion: 'Méthotrexate maintenu, bilan biologique mensuel.',
  },
] as const

const scans = [
  {
    exam: 'Échographie abdominale',
    modality: { code: '24558-9', display: 'Échographie abdominale' },
    findings: 'Foie homogène, vésicule alithiasique, voies biliaires fines.',
    conclusion: 'Examen sans anomalie.',
  },
  {
    exam: 'Scanner thoracique',
    modality: { code: '24627-2', display: 'Scanner thoracique' },
    findings: 'Nodule de 4 mm du lobe inférieur droit, stable depuis un an.',
    conclusion: 'Nodule stable, contrôle à douze mois.',
  },
  {
    exam: 'Radiographie du genou droit',
    modality: { code: '37637-6', display: 'Radiographie du genou' },
    findings: 'Pincement fémoro-tibial interne modéré.',
    conclusion: 'Gonarthrose débutante.',
  },
] as const

const emergencies = [
  'Douleur thoracique atypique. ECG et troponines normaux à deux reprises.',
  'Plaie de la main suturée par trois points, vaccination antitétanique à jour.',
  'Crise de colique néphrétique, calmée par kétoprofène. Scanner : calcul de 3 mm.',
] as const

type Maker = (context: DocumentContext) => Promise<{ documents: ClinicalDocument[]; from: Correspondent }>

async function biology(context: DocumentContext): Promise<ClinicalDocument> {
  const { random, created } = context
  const earlier = random.chance(0.5)
    ? [new Date(created.getTime() - random.integer(40, 200) * 86_400_000)]
    : []
  const chapters: Chapter[] = [drawChapter('biochemistry', random, earlier)]
  if (random.chance(0.6)) chapters.push(drawChapter('haematology', random, earlier))
  if (random.chance(0.3)) chapters.push(drawChapter('haemostasis', random, earlier))
  if (random.chance(0.2)) chapters.push(urineCulture())
  return biologyReport(context, { chapters, pdfCopy: random.chance(0.4), prescriber: professionals.anne })
}

interface Kind {
  weight: number
  /** Children are not sent home from cardiology. */
  adult: boolean
  make: Maker
}

const kinds: readonly Kind[] = [
  {
    weight: 10,
    adult: false,
    make: async (c) => ({ documents: [await biology(c)], from: correspondents.laboratory }),
  },
  {
    weight: 4,
    adult: true,
    make: async (c) => ({
      documents: [await consultation(c, professionals.paul, c.random.pick(reasons))],
      from: correspondents.paul,
    }),
  },
  {
    weight: 2,
    adult: true,
    make: async (c) => ({
      documents: [await structuredConsultation(c, professionals.rheumatologist, c.random.pick(reasons))],
      from: correspondents.rheumatologist,
    }),
  },
  {
    weight: 3,
    adult: true,
    make: async (c) => ({
      documents: [
        await imagingReport(c, { ...c.random.pick(scans), picture: c.random.chance(0.5) ? 'png' : 'jpeg' }),
      ],
      from: correspondents.imaging,
    }),
  },
  {
    weight: 3,
    adult: true,
    make: async (c) => ({ documents: [await dischargeLetter(c)], from: correspondents.hospital }),
  },
  {
    weight: 2,
    adult: false,
    make: async (c) => ({
      documents: [await emergencyReport(c, c.random.pick(emergencies))],
      from: correspondents.emergency,
    }),
  },
  {
    weight: 1,
    adult: true,
    make: async (c) => ({
      documents: [await prescription(c, professionals.paul)],
      from: correspondents.paul,
    }),
  },
  {
    weight: 1,
    adult: true,
    make: async (c) => ({
      documents: [await dischargeLetter(c), await prescription(c, professionals.hospitalist)],
      from: correspondents.hospital,
    }),
  },
]

const greetings = [
  'Cher confrère,\n\nVeuillez trouver ci-joint le document concernant',
  'Chère consœur,\n\nJe vous adresse le compte rendu de',
  'Bonjour,\n\nCi-joint les documents de',
] as const

function drawKind(random: Random, patient: Patient): Maker {
  const possible = kinds.filter((kind) => !kind.adult || patient.guardian === null)
  const total = possible.reduce((sum, kind) => sum + kind.weight, 0)
  let left = random.integer(1, total)
  for (const { weight, make } of possible) {
    left -= weight
    if (left <= 0) return make
  }
  throw new Error('weights are positive')
}

export interface ClinicalOptions {
  random: Random
  date: Date
  to: Correspondent
  signer: Signer | null
  /** One drawn by the seed unless given. */
  patient?: Patient
  variant?: XdmVariant
  nameStyle?: 'rfc2231' | 'rfc2047' | 'both'
  zipName?: string
}

/** A clinical mail about some patient, from the sender that such a document comes from. */
export async function anyClinicalMail(options: ClinicalOptions): Promise<SeededMessage> {
  const { random, date, variant } = options
  const patient = options.patient ?? random.pick(patients)
  const context: DocumentContext = {
    random: random.fork('document'),
    patient,
    created: new Date(date.getTime() - random.integer(10, 90) * 60_000),
    recipients: [professionals.anne],
    typeface: random.chance(0.04) ? 'embedded' : 'standard',
  }
  const { documents, from } = await drawKind(random, patient)(context)
  const signed = from === correspondents.laboratory && random.chance(0.3)
  const { raw } = await clinicalMail({
    from,
    to: [options.to],
    documents,
    text: `${random.pick(greetings)} ${civilName(patient)}.\n\nBien confraternellement,\n${from.name}\n`,
    date,
    random: random.fork('mail'),
    readReceipt: random.chance(0.25),
    signAs: signed && options.signer !== null ? { signer: options.signer, as: 'laboratory' } : null,
    nameStyle: options.nameStyle ?? (random.chance(0.2) ? 'rfc2047' : 'rfc2231'),
    zipName: options.zipName ?? (random.chance(0.15) ? 'IHE_XDM.ZIP' : 'IHE_XDM.zip'),
    ...(variant === undefined ? {} : { variant }),
    ...(variant === 'patient-mismatch'
      ? { otherPatient: random.pick(patients.filter((p) => p !== patient)) }
      : {}),
  })
  return { raw, date, flags: ['\\Seen'] }
}

/** A complete report that replaces a partial one: two mails, the second with `versionNumber` 2 and RPLC. */
export async function replacedReport(options: ClinicalOptions): Promise<SeededMessage[]> {
  const { random, date } = options
  const later = new Date(date.getTime() + 26 * 3_600_000)
  const context: DocumentContext = {
    random: random.fork('first'),
    patient: random.pick(patients),
    created: date,
    recipients: [professionals.anne],
    typeface: 'standard',
  }
  const partial = await biologyReport(context, {
    chapters: [drawChapter('haematology', random, [])],
    pdfCopy: false,
    prescriber: professionals.anne,
  })
  const complete = await biologyReport(
    { ...context, random: random.fork('second'), created: later },
    {
      chapters: [drawChapter('haematology', random, []), urineCulture()],
      pdfCopy: true,
      prescriber: professionals.anne,
      replaces: partial.header,
    },
  )
  const send = (
    document: ClinicalDocument,
    at: Date,
    text: string,
    prefix: string,
  ): ReturnType<typeof clinicalMail> =>
    clinicalMail({
      from: correspondents.laboratory,
      to: [options.to],
      documents: [document],
      text,
      date: at,
      random: random.fork(prefix),
      signAs: null,
    })
  const first = await send(partial, date, 'Compte rendu partiel, culture en cours.\n', 'partial')
  const second = await send(
    complete,
    later,
    'Compte rendu complet, annule et remplace le précédent.\n',
    'complete',
  )
  return [
    { raw: first.raw, date, flags: ['\\Seen'] },
    { raw: second.raw, date: later, flags: ['\\Seen'] },
  ]
}

/** Anne's own synthesis, as she sends it to colleagues. */
export async function synthesisMail(options: ClinicalOptions): Promise<SeededMessage> {
  const { random, date } = options
  const patient = random.pick(patients)
  const context: DocumentContext = {
    random: random.fork('document'),
    patient,
    created: date,
    recipients: [professionals.paul],
    typeface: 'standard',
  }
  const { raw } = await clinicalMail({
    from: correspondents.anne,
    to: [options.to],
    documents: [await synthesis(context)],
    text: `Cher confrère,\n\nVoici la synthèse de ${civilName(patient)} avant votre consultation.\n\nAnne Martin\n`,
    date,
    random: random.fork('mail'),
    readReceipt: true,
  })
  return { raw, date, flags: ['\\Seen'] }
}

/** One archive with two documents: the letter of a stay and its prescription. */
export async function twoDocumentsMail(options: ClinicalOptions): Promise<SeededMessage> {
  const { random, date } = options
  const context: DocumentContext = {
    random: random.fork('documents'),
    patient: options.patient ?? random.pick(patients.filter((p) => p.guardian === null && p.ins !== null)),
    created: date,
    recipients: [professionals.anne],
    typeface: 'standard',
  }
  const { raw } = await clinicalMail({
    from: correspondents.hospital,
    to: [options.to],
    documents: [await dischargeLetter(context), await prescription(context, professionals.hospitalist)],
    text: 'Chère consœur,\n\nVeuillez trouver la lettre de liaison et l’ordonnance de sortie.\n\nLe service de cardiologie\n',
    date,
    random: random.fork('mail'),
    readReceipt: true,
  })
  return { raw, date, flags: ['\\Seen'] }
}
