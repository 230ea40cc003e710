import { drawChapter } from './biology-panels.ts'
import { hprimText, toWindows1252 } from './hprim.ts'
import { noisePng, woundPhoto } from './images.ts'
import {
  compose,
  correspondents,
  newMessageId,
  type Correspondent,
  type PersonKey,
  type SeededMessage,
  type Signer,
} from './mail.ts'
import { attachmentPart, multipart, textPart, type Entity, type TextEncoding } from './mime.ts'
import { civilName, patients } from './patients.ts'
import { pdf } from './pdf.ts'
import { professionalName, professionals } from './professionals.ts'
import type { Random } from './random.ts'

export interface MailContext {
  random: Random
  date: Date
  to: Correspondent
  signer: Signer | null
}

const letters = [
  [
    'Avis sur %',
    'Je te remercie de ton avis sur %. Le traitement est bien toléré, je la/le revois dans un mois.',
  ],
  [
    'Rendez-vous de %',
    'Pouvez-vous recevoir % avant la fin du mois ? Les douleurs augmentent malgré le palier 2.',
  ],
  [
    'Demande d’avis : %',
    'Je sollicite votre avis pour %, qui présente une anémie microcytaire sans saignement extériorisé.',
  ],
  [
    'Suites de l’hospitalisation de %',
    'Retour à domicile hier pour %. L’infirmière passe tous les jours, œdèmes en régression.',
  ],
  [
    'Renouvellement : %',
    'Pouvez-vous m’adresser une ordonnance de kinésithérapie pour % ? Vingt séances étaient prévues.',
  ],
  [
    'Directives anticipées de %',
    'J’ai reçu % avec sa fille. Les directives anticipées sont signées et déposées au dossier.',
  ],
  ['Vaccination de %', 'Rappel dTP fait ce jour pour %, lot factice DEMO-42. Aucun effet immédiat.'],
  [
    'Chute à domicile - %',
    'Visite ce matin chez % : chute mécanique, pas de traumatisme crânien, hématome de hanche.',
  ],
] as const

const notes = [
  [
    'Réunion du pôle',
    'La réunion du pôle est fixée à jeudi 19 h, salle des Essais. Ordre du jour : astreintes, locaux, budget.',
  ],
  [
    'Planning des gardes',
    'Le planning des gardes du trimestre est en ligne. Merci de signaler vos échanges avant vendredi.',
  ],
  [
    'Formation aux gestes d’urgence',
    'Il reste trois places pour la formation aux gestes d’urgence. Inscription par retour de courriel.',
  ],
  [
    'Réunion de concertation',
    'Prochaine réunion de concertation mardi à 12 h 30. Dossiers à transmettre la veille.',
  ],
] as const

const encodings: readonly TextEncoding[] = [
  'utf8-qp',
  'utf8-qp',
  'utf8-8bit',
  'utf8-base64',
  'latin1-qp',
  'latin1-8bit',
]

/** Text that ISO-8859-1 can write. */
function latin(text: string): string {
  return text.replaceAll('’', "'").replaceAll('œ', 'oe').replaceAll('–', '-')
}

function flags(random: Random): SeededMessage['flags'] {
  const out: SeededMessage['flags'] = ['\\Seen']
  if (random.chance(0.08)) out.push('\\Flagged')
  if (random.chance(0.2)) out.push('\\Answered')
  return out
}

const colleagues = [
  { who: correspondents.paul, name: professionalName(professionals.paul), person: 'paul' },
  { who: correspondents.rheumatologist, name: professionalName(professionals.rheumatologist), person: null },
  { who: correspondents.nurse, name: 'Nadia Ferrand', person: null },
  { who: correspondents.pharmacist, name: 'La pharmacie du Spécimen', person: null },
  { who: correspondents.secretary, name: 'Sophie Caron', person: null },
  { who: correspondents.hospital, name: 'Le secrétariat de cardiologie', person: null },
] as const

/** An ordinary letter between colleagues, in one of the encodings met in the field; some of paul's are signed. */
export async function letterMail(context: MailContext, from?: Correspondent): Promise<SeededMessage> {
  const { random, date, to, signer } = context
  const colleague = random.pick(colleagues.filter((c) => c.who.address !== to.address))
  const sender = from ?? colleague.who
  const patient = random.pick(patients)
  const [subject, sentence] = random.chance(0.8) ? random.pick(letters) : random.pick(notes)
  const encoding = random.pick(encodings)
  const fill = (text: string): string => text.replaceAll('%', civilName(patient))
  const text = `Bonjour,\n\n${fill(sentence)}\n\nBien cordialement,\n${from === undefined ? colleague.name : from.name}\n`
  const signing = from === undefined && colleague.person === 'paul' && signer !== null && random.chance(0.6)
  const entity = signing
    ? textPart(text)
    : textPart(encoding.startsWith('latin1') ? latin(text) : text, encoding)
  const raw = await compose(
    {
      from: sender,
      to: [to],
      subject: fill(subject),
      date,
      messageId: newMessageId(random, sender),
      extra: [
        ...(random.chance(0.6) ? ['X-MSS-NIL: DEMO0000'] : []),
        ...(random.chance(0.15) ? [`Disposition-Notification-To: ${sender.address}`] : []),
      ],
      ...(random.chance(0.1) ? { cc: [correspondents.secretary] } : {}),
    },
    entity,
    signing ? { signer, as: 'paul' } : null,
  )
  return { raw, date, flags: flags(random) }
}

/** A letter whose content is a PDF alone: no archive, no CDA. */
export async function pdfLetterMail(context: MailContext): Promise<SeededMessage> {
  const { random, date, to } = context
  const patient = random.pick(patients)
  const bytes = await pdf({
    letterhead: ['Pharmacie du Spécimen', '6 rue du Modèle, 69003 LYON'],
    title: 'Bilan de médication',
    date,
    patient: [['Patient', civilName(patient)]],
    blocks: [
      {
        kind: 'paragraph',
        text: 'Bonne observance. Interaction à surveiller entre le millepertuis et l’apixaban : arrêt conseillé.',
      },
    ],
    signature: ['Le pharmacien'],
    typeface: 'standard',
  })
  const raw = await compose(
    {
      from: correspondents.pharmacist,
      to: [to],
      subject: `Bilan de médication - ${civilName(patient)}`,
      date,
      messageId: newMessageId(random, correspondents.pharmacist),
    },
    multipart(
      'mixed',
      [
        textPart('Bonjour,\n\nVoici le bilan partagé de médication.\n'),
        attachmentPart({
          fileName: `Bilan médication ${patient.birthName}.pdf`,
          type: 'application/pdf',
          bytes,
          nameStyle: random.pick(['rfc2231', 'rfc2047', 'both']),
        }),
      ],
      random,
    ),
  )
  return { raw, date, flags: flags(random) }
}

/** HPRIM results: as a `.hpr` attachment in Windows-1252, or in the body itself. */
export async function hprimMail(context: MailContext, inBody: boolean): Promise<SeededMessage> {
  const { random, date, to } = context
  const patient = random.pick(patients)
  const file = `H${random.integer(10000, 99999)}`
  const text = hprimText(
    patient,
    date,
    [drawChapter('biochemistry', random, []), drawChapter('haematology', random, [])],
    file,
  )
  const entity: Entity = inBody
    ? {
        headers: ['Content-Type: text/plain; charset=windows-1252', 'Content-Transfer-Encoding: 8bit'],
        body: toWindows1252(text),
      }
    : multipart(
        'mixed',
        [
          textPart('Résultats au format HPRIM joints.\n', 'latin1-qp'),
          attachmentPart({
            fileName: `${file}.HPR`,
            type: 'application/octet-stream',
            bytes: toWindows1252(text),
          }),
        ],
        random,
      )
  const raw = await compose(
    {
      from: correspondents.laboratory,
      to: [to],
      subject: `Résultats de ${patient.birthName} ${patient.usedGivenName}`,
      date,
      messageId: newMessageId(random, correspondents.laboratory),
    },
    entity,
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** Patients who write from Mon espace santé: plain text, the name in the From label, the INS in the address. */
export async function patientMail(context: MailContext): Promise<SeededMessage> {
  const { random, date, to } = context
  const patient = random.pick(patients.filter((p) => p.ins !== null))
  const from = {
    name: `${patient.usedGivenName} ${patient.usedName}`,
    address: `${patient.ins}@patient.mssante.test`,
  }
  const [subject, text] = random.pick([
    [
      'Question sur mon traitement',
      'Bonjour Docteur, j’ai des vertiges depuis le changement de comprimé. Dois-je continuer ?',
    ],
    ['Résultats de prise de sang', 'Bonjour, avez-vous reçu mes résultats ? Je suis un peu inquiet(e).'],
    [
      'Certificat médical',
      'Bonjour Docteur, pourriez-vous me faire un certificat pour la reprise du sport ? Merci.',
    ],
  ] as const)
  const photo = random.chance(0.3)
  const raw = await compose(
    { from, to: [to], subject, date, messageId: newMessageId(random, from) },
    photo
      ? multipart(
          'mixed',
          [
            textPart(`${text}\n`),
            attachmentPart({ fileName: 'IMG_2041.jpg', type: 'image/jpeg', bytes: woundPhoto(random) }),
          ],
          random,
        )
      : textPart(`${text}\n`),
  )
  return { raw, date, flags: flags(random) }
}

/** The three heavy messages: attachments of about 8, 12 and 18 MB. */
export async function bigMail(context: MailContext, size: 0 | 1 | 2): Promise<SeededMessage> {
  const { random, date, to } = context
  const dicom = (megabytes: number): Buffer => {
    const bytes = Buffer.alloc(megabytes * 1_000_000)
    const block = random.bytes(49_999)
    for (let at = 132; at < bytes.length; at += block.length) block.copy(bytes, at)
    bytes.write('DICM', 128, 'latin1')
    return bytes
  }
  const [fileName, type, bytes, subject] = (
    [
      () => ['coupe-scanner.dcm', 'application/dicom', dicom(8), 'Coupes de scanner'] as const,
      () =>
        [
          'photo_plaie_HD.png',
          'image/png',
          noisePng(2240, 1800, random),
          'Photographies en haute définition',
        ] as const,
      () => ['irm_complete.dcm', 'application/dicom', dicom(18), 'IRM complète pour avis'] as const,
    ] as const
  )[size]()
  const raw = await compose(
    {
      from: correspondents.imaging,
      to: [to],
      subject,
      date,
      messageId: newMessageId(random, correspondents.imaging),
    },
    multipart(
      'mixed',
      [
        textPart('Bonjour,\n\nLe fichier demandé est joint (volumineux).\n'),
        attachmentPart({ fileName, type, bytes }),
      ],
      random,
    ),
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** A signed letter whose text was changed after signing: its verification must fail. */
export async function alteredMail(context: MailContext, signer: Signer): Promise<SeededMessage> {
  const { random, date, to } = context
  const as: PersonKey = 'paul'
  const raw = await compose(
    {
      from: correspondents.paul,
      to: [to],
      subject: 'Dose de bisoprolol (message altéré)',
      date,
      messageId: '<demo-altere@medecin.mssante.test>',
    },
    textPart('Anne,\n\nPour M. Barbier : bisoprolol 2,5 mg le matin.\n\nPaul\n'),
    { signer, as },
  )
  const altered = Buffer.from(
    raw.toString('latin1').replace('bisoprolol 2,5 mg', 'bisoprolol 7,5 mg'),
    'latin1',
  )
  if (altered.equals(raw)) throw new Error('the signer changed the text it was given')
  return { raw: altered, date, flags: flags(random) }
}
