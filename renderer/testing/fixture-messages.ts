import type { Correspondent, MessageRow, TrustClass } from '../../app/contract/index.ts'
import { anne, correspondents, patients } from './fixture-people.ts'

type Written = Partial<MessageRow> & { from: Correspondent; subject: string; trust: TrustClass }

/** The landmark messages, newest first; minutes before « now » follow the pictures of the design. */
const landmarks: { daysAgo: number; at: [hours: number, minutes: number]; row: Written }[] = [
  {
    daysAgo: 0,
    at: [9, 31],
    row: {
      from: correspondents.bioval,
      trust: 'organisation',
      subject: 'CR d’examens biologiques',
      preview: 'Chère consœur, veuillez trouver ci-joint le compte rendu de Mme Dupont. Kaliémie contrôlée…',
      seen: false,
      signed: true,
      patient: patients.marie,
      documentLabel: 'CR d’examens biologiques',
      documentCount: 2,
      document: {
        title: 'Ionogramme sanguin et fonction rénale',
        date: '2026-11-22',
        author: 'Dr Hélène ROY',
        organisation: 'Laboratoire BioVal — Lyon 3',
      },
      alert: { level: 'critical', code: 'HH', analyte: 'Potassium', value: '6,4 mmol/L', count: 1 },
      hasAttachments: true,
      size: 219_136,
    },
  },
  {
    daysAgo: 0,
    at: [9, 12],
    row: {
      from: { ...correspondents.paul, name: 'Dr Paul BERNARD — Cardiologie des Lilas' },
      trust: 'professional',
      subject: 'CR de consultation · suivi insuffisance cardiaque',
      preview: 'Cher confrère, j’ai revu M. Leroy ce jour. FEVG stable à 45 %, majoration du furosémide…',
      seen: false,
      signed: true,
      patient: patients.jean,
      documentLabel: 'CR ou fiche de consultation',
      documentCount: 1,
      document: {
        title: 'Compte rendu de consultation de suivi de l’insuffisance cardiaque chronique',
        date: '2026-11-20',
        author: 'Dr Paul BERNARD',
        organisation: 'Cabinet médical des Lilas',
      },
      hasAttachments: true,
    },
  },
  {
    daysAgo: 0,
    at: [8, 47],
    row: {
      from: correspondents.leo,
      trust: 'patient',
      subject: 'Re : renouvellement de traitement',
      preview: 'Bonjour docteur, il me reste trois jours de traitement. Faut-il que je passe au cabinet ?',
      seen: false,
      patient: patients.leo,
    },
  },
  {
    daysAgo: 0,
    at: [8, 5],
    row: {
      from: correspondents.imaging,
      trust: 'organisation',
      subject: 'CR d’imagerie médicale · IRM lombaire',
      preview: 'IRM du rachis lombaire : discopathie L4-L5 sans conflit radiculaire.',
      patient: patients.claire,
      documentLabel: 'CR d’imagerie médicale',
      documentCount: 1,
      document: {
        title: 'IRM du rachis lombaire sans injection',
        date: '2026-11-21',
        author: 'Dr Yves NOËL',
        organisation: 'Imagerie Rive Gauche',
      },
      hasAttachments: true,
      answered: true,
    },
  },
  {
    daysAgo: 1,
    at: [17, 52],
    row: {
      from: { ...correspondents.nurse, name: 'Sophie CARON — Infirmière libérale' },
      trust: 'professional',
      subject: 'Pansement M. Leroy : photo et question',
      preview: 'Bonjour, la plaie du talon est propre mais le pourtour est un peu macéré. Photo jointe.',
      patient: patients.jean,
      hasAttachments: true,
      flagged: true,
    },
  },
  {
    daysAgo: 1,
    at: [14, 20],
    row: {
      from: correspondents.emergency,
      trust: 'organisation',
      subject: 'CR de passage aux urgences',
      preview: 'Hugo a été vu ce jour pour traumatisme du poignet. Radiographie sans fracture.',
      patient: patients.hugo,
      documentLabel: 'CR de passage aux urgences',
      documentCount: 1,
      hasAttachments: true,
    },
  },
  {
    daysAgo: 1,
    at: [11, 3],
    row: {
      from: { ...correspondents.marc, name: 'Dr Marc TESSIER — Rhumatologue' },
      trust: 'professional',
      subject: 'Avis : biothérapie, prochaine RCP',
      preview: 'Merci pour ton courrier. Je présente le dossier à la RCP de jeudi.',
      signed: true,
      encrypted: true,
      pending: true,
    },
  },
  {
    daysAgo: 1,
    at: [9, 40],
    row: {
      from: correspondents.cpts,
      trust: 'organisation',
      subject: 'Astreintes de décembre',
      preview: 'Le planning des astreintes est joint. Merci de signaler vos indisponibilités.',
      hasAttachments: true,
      forwarded: true,
    },
  },
  {
    daysAgo: 2,
    at: [16, 2],
    row: {
      from: correspondents.outsider,
      trust: 'outside',
      subject: 'Demande de rendez-vous',
      preview: 'Bonjour, je souhaiterais un rendez-vous la semaine prochaine.',
    },
  },
]

const ordinary: Written[] = [
  {
    from: correspondents.bioval,
    trust: 'organisation',
    subject: 'CR d’examens biologiques',
    preview: 'Résultats complets, aucune valeur critique.',
    patient: patients.jean,
    documentLabel: 'CR d’examens biologiques',
    documentCount: 1,
    alert: { level: 'abnormal', code: 'H', analyte: 'Créatinine', value: '112 µmol/L', count: 2 },
    hasAttachments: true,
  },
  {
    from: correspondents.cardiology,
    trust: 'organisation',
    subject: 'Lettre de liaison à la sortie',
    preview: 'Sortie ce jour à domicile, traitement de sortie joint.',
    patient: patients.jean,
    documentLabel: 'Lettre de liaison à la sortie',
    documentCount: 1,
    hasAttachments: true,
  },
  {
    from: correspondents.paul,
    trust: 'professional',
    subject: 'Re : avis cardiologique',
    preview: 'Merci de ta confiance, je le revois dans trois mois.',
    signed: true,
  },
]

const idOf = (date: Date, counter: number): number => Math.floor(date.getTime() / 1000) * 2 ** 20 + counter

const row = (date: Date, counter: number, folderId: number, written: Written): MessageRow => ({
  // Folders share instants: the counter keeps their ids apart.
  id: idOf(date, folderId * 1000 + counter),
  accountId: folderId > 50 ? 4 : folderId > 40 ? 3 : folderId > 20 && folderId < 30 ? 2 : 1,
  folderId,
  threadId: counter + 1,
  threadCount: counter % 5 === 1 ? 3 : 1,
  date: date.toISOString(),
  to: [anne],
  preview: '',
  seen: true,
  flagged: false,
  answered: false,
  forwarded: false,
  hasAttachments: false,
  size: 18_000,
  signed: false,
  encrypted: false,
  patient: null,
  documentLabel: null,
  documentCount: 0,
  alert: null,
  pending: false,
  quarantined: false,
  delivery: null,
  replacement: null,
  filing: null,
  ...written,
})

/** Messages of a folder, newest first: the landmarks and then enough ordinary ones for the list to virtualise. */
export const messagesOf = (folderId: number, now: Date, count: number): MessageRow[] => {
  const day = (daysAgo: number, hours: number, minutes: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo, hours, minutes)
  const first =
    folderId === 1
      ? landmarks.map(({ daysAgo, at, row: written }, index) =>
          row(day(daysAgo, at[0], at[1]), index, folderId, written),
        )
      : []
  const rest = Array.from({ length: Math.max(0, count - first.length) }, (_, index) => {
    const written = ordinary[index % ordinary.length]
    if (!written) throw new Error('no ordinary message')
    return row(
      day(3 + Math.floor(index / 4), 17 - (index % 4) * 2, (index * 7) % 60),
      100 + index,
      folderId,
      written,
    )
  })
  return [...first, ...rest].slice(0, count)
}
