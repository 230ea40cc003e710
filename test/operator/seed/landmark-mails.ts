import { potassiumChapter } from './biology-panels.ts'
import { biologyReport } from './biology-report.ts'
import { clinicalMail } from './clinical-mail.ts'
import type { DocumentContext } from './clinical-document.ts'
import { landmarks } from './landmarks.ts'
import { compose, correspondents, type SeededMessage, type Signer } from './mail.ts'
import { attachmentPart, multipart, textPart } from './mime.ts'
import { woundPhoto } from './images.ts'
import { atParis } from './paris-time.ts'
import { patientNamed } from './patients.ts'
import { professionals } from './professionals.ts'
import type { Random } from './random.ts'
import { consultation, emergencyReport, imagingReport } from './reports.ts'

interface LandmarkContext {
  random: Random
  /** The day of the newest messages. */
  today: Date
  signer: Signer | null
}

function contextFor(random: Random, birthName: string, created: Date): DocumentContext {
  return {
    random,
    patient: patientNamed(birthName),
    created,
    recipients: [professionals.anne],
    typeface: 'embedded',
  }
}

const to = [correspondents.anne]
const renewalAnswerId = '<demo-renouvellement-1@medecin.mssante.test>'
const minute = 60_000

async function potassiumPair({ random, today, signer }: LandmarkContext): Promise<SeededMessage[]> {
  const mark = landmarks.potassium
  const from = correspondents.laboratory
  const signAs = signer === null ? null : ({ signer, as: 'laboratory' } as const)
  const earlier = atParis(today, mark.previousDays, 9, 48)
  const earlierReport = await biologyReport(
    contextFor(random.fork('earlier'), 'DUPONT', new Date(earlier.getTime() - 9 * minute)),
    {
      chapters: [potassiumChapter(mark.previousValues, null)],
      pdfCopy: false,
      prescriber: professionals.anne,
    },
  )
  const first = await clinicalMail({
    from,
    to,
    documents: [earlierReport],
    text: 'Chère consœur,\n\nVeuillez trouver ci-joint le compte rendu de Mme Dupont.\n\nBien confraternellement,\nLaboratoire BioVal Démo\n',
    date: earlier,
    random: random.fork('earlier-mail'),
    signAs,
  })
  const date = atParis(today, 0, 9, 31)
  const report = await biologyReport(
    contextFor(random.fork('report'), 'DUPONT', new Date(date.getTime() - 6 * minute)),
    {
      chapters: [
        potassiumChapter(mark.values, {
          values: mark.previousValues,
          date: new Date(earlier.getTime() - 2 * 3_600_000 - 9 * minute),
        }),
      ],
      pdfCopy: true,
      prescriber: professionals.anne,
    },
  )
  const second = await clinicalMail({
    from,
    to,
    documents: [report],
    text: 'Chère consœur,\n\nVeuillez trouver ci-joint le compte rendu de Mme Dupont. Kaliémie contrôlée sur second prélèvement ; merci de nous rappeler.\n\nBien confraternellement,\nDr Hélène VASSEUR, biologiste médicale\nLaboratoire BioVal Démo\n',
    date,
    random: random.fork('mail'),
    readReceipt: true,
    signAs,
    messageId: mark.messageId,
  })
  return [
    { raw: second.raw, date, flags: [] },
    { raw: first.raw, date: earlier, flags: ['\\Seen'] },
  ]
}

async function consultationMail({ random, today, signer }: LandmarkContext): Promise<SeededMessage> {
  const date = atParis(today, 0, 9, 12)
  const document = await consultation(
    contextFor(random, 'LEROY', new Date(date.getTime() - 30 * minute)),
    professionals.paul,
    {
      reason: 'suivi d’insuffisance cardiaque à fraction d’éjection altérée.',
      findings:
        'Dyspnée stade II de la NYHA. TA 118/70 mmHg, FC 64/min, poids stable à 78 kg. Pas d’œdème des membres inférieurs. FEVG 42 % à l’échographie.',
      conclusion:
        'Patient stable. Majoration du ramipril à 7,5 mg, contrôle de la créatinine et de la kaliémie dans deux semaines. Je le reverrai dans trois mois.',
    },
  )
  const { raw } = await clinicalMail({
    from: correspondents.paul,
    to,
    documents: [document],
    text: 'Chère Anne,\n\nJe te remercie de m’avoir adressé M. Leroy dans le cadre du suivi d’insuffisance cardiaque. Le compte rendu est joint.\nPeux-tu contrôler son ionogramme dans deux semaines ?\n\nBien amicalement,\nPaul\n',
    date,
    random,
    readReceipt: true,
    signAs: signer === null ? null : { signer, as: 'paul' },
    messageId: landmarks.consultation.messageId,
  })
  return { raw, date, flags: [] }
}

async function patientMail({ today }: LandmarkContext): Promise<SeededMessage> {
  const date = atParis(today, 0, 8, 47)
  const earlier = renewalAnswerId
  const raw = await compose(
    {
      from: correspondents.patient,
      to,
      subject: landmarks.patientReply.subject,
      date,
      messageId: landmarks.patientReply.messageId,
      inReplyTo: earlier,
      references: [earlier],
    },
    textPart(
      'Bonjour Docteur,\n\nMerci pour votre réponse. Je passerai au cabinet jeudi pour le renouvellement de traitement.\nEst-ce que je dois être à jeun pour la prise de sang ?\n\nCordialement,\nLéo Durand\n\n> Bonjour Monsieur,\n> Votre ordonnance sera prête jeudi.\n',
    ),
  )
  return { raw, date, flags: [] }
}

async function imagingMail({ random, today }: LandmarkContext): Promise<SeededMessage> {
  const date = atParis(today, 0, 8, 5)
  const document = await imagingReport(contextFor(random, 'MOREAU', new Date(date.getTime() - 50 * minute)), {
    exam: 'IRM lombaire',
    modality: { code: '24968-0', display: 'IRM du rachis lombaire' },
    findings:
      'Discopathie L4-L5 avec protrusion postéro-médiane. Pas de conflit radiculaire. Cône terminal de signal normal.',
    conclusion: 'Discopathie dégénérative L4-L5 sans compression radiculaire.',
    picture: 'png',
  })
  const { raw } = await clinicalMail({
    from: correspondents.imaging,
    to,
    documents: [document],
    text: 'Bonjour,\n\nCi-joint le compte rendu de l’IRM lombaire de Mme Moreau.\n\nLe secrétariat d’Imagerie Rive Gauche\n',
    date,
    random,
    messageId: landmarks.imaging.messageId,
  })
  return { raw, date, flags: ['\\Seen'] }
}

async function yesterday({ random, today, signer }: LandmarkContext): Promise<SeededMessage[]> {
  const photo = woundPhoto(random.fork('photo'))
  const nurseDate = atParis(today, 1, 17, 52)
  const nurse = await compose(
    {
      from: correspondents.nurse,
      to,
      subject: 'Pansement M. Leroy : photo et question',
      date: nurseDate,
      messageId: '<demo-pansement@infirmier.mssante.test>',
    },
    multipart(
      'mixed',
      [
        textPart(
          'Bonjour Docteur,\n\nVoici la plaie de M. Leroy ce soir : berges un peu rouges, pas d’écoulement. Faut-il poursuivre l’hydrocellulaire ?\n\nNadia Ferrand\n',
        ),
        attachmentPart({ fileName: 'plaie_1.jpg', type: 'image/jpeg', bytes: photo }),
        attachmentPart({
          fileName: 'plaie été 2.jpg',
          type: 'image/jpeg',
          bytes: woundPhoto(random.fork('photo 2')),
          nameStyle: 'rfc2047',
        }),
      ],
      random.fork('nurse'),
    ),
  )
  const emergencyDate = atParis(today, 1, 14, 20)
  const report = await emergencyReport(
    contextFor(random.fork('emergency'), 'PETIT', new Date(emergencyDate.getTime() - 20 * minute)),
    'Chute de trottinette ce matin, traumatisme du poignet gauche. Radiographie : pas de fracture. Antalgiques de palier 1, attelle cinq jours.',
  )
  const emergency = await clinicalMail({
    from: correspondents.emergency,
    to,
    documents: [report],
    text: 'Bonjour,\n\nVotre jeune patient a été vu aux urgences pour une chute de trottinette. Identité non vérifiée à l’accueil.\n',
    date: emergencyDate,
    random: random.fork('emergency mail'),
    messageId: landmarks.emergency.messageId,
  })
  const adviceDate = atParis(today, 1, 11, 3)
  const advice = await compose(
    {
      from: correspondents.rheumatologist,
      to,
      subject: 'Avis : biothérapie, prochaine RCP',
      date: adviceDate,
      messageId: '<demo-biotherapie@medecin.mssante.test>',
    },
    textPart(
      'Chère consœur,\n\nLe dossier de Mme Lefèvre-Bénard sera présenté à la prochaine réunion. Avant la biothérapie, il manque un quantiféron et une radiographie de thorax.\n\nConfraternellement,\nDr Marc Tessier\n',
    ),
  )
  const meetingDate = atParis(today, 1, 9, 40)
  const meeting = await compose(
    {
      from: correspondents.cpts,
      to: [correspondents.anne, correspondents.paul],
      subject: 'Astreintes de décembre',
      date: meetingDate,
      messageId: '<demo-astreintes@cpts-lilas.mssante.test>',
    },
    textPart(
      'Bonjour à tous,\n\nLa réunion sur les astreintes de décembre aura lieu le samedi 12 à 20 h, salle des Essais.\nMerci d’apporter vos disponibilités.\n\nLa coordination\n',
    ),
  )
  const signedDate = atParis(today, 1, 8, 25)
  const signedLetter = await compose(
    {
      from: correspondents.paul,
      to,
      subject: 'Ton patient M. Santoni',
      date: signedDate,
      messageId: '<demo-santoni@medecin.mssante.test>',
    },
    textPart(
      'Chère Anne,\n\nL’holter de M. Santoni est rassurant : pas de trouble du rythme. Tu peux arrêter le flécaïnide.\n\nPaul\n',
    ),
    signer === null ? null : { signer, as: 'paul' },
  )
  return [
    { raw: nurse, date: nurseDate, flags: [] },
    { raw: emergency.raw, date: emergencyDate, flags: [] },
    { raw: advice, date: adviceDate, flags: ['\\Seen'] },
    { raw: meeting, date: meetingDate, flags: ['\\Seen', '\\Flagged'] },
    { raw: signedLetter, date: signedDate, flags: ['\\Seen'] },
  ]
}

/** The messages of `landmarks` and their neighbours of the two newest days. */
export async function landmarkMails(context: LandmarkContext): Promise<SeededMessage[]> {
  const { random } = context
  const forked = (label: string): LandmarkContext => ({ ...context, random: random.fork(label) })
  return [
    ...(await potassiumPair(forked('potassium'))),
    await consultationMail(forked('consultation')),
    await patientMail(forked('patient')),
    await imagingMail(forked('imaging')),
    ...(await yesterday(forked('yesterday'))),
  ]
}

/** Anne's answer that the patient's landmark replies to: it stands in her Sent folder and in his INBOX. */
export async function renewalAnswer(today: Date): Promise<SeededMessage> {
  const date = atParis(today, 1, 18, 32)
  const raw = await compose(
    {
      from: correspondents.anne,
      to: [correspondents.patient],
      subject: 'renouvellement de traitement',
      date,
      messageId: renewalAnswerId,
      extra: ['X-MSS-NIL: DEMO0000', `Disposition-Notification-To: ${correspondents.anne.address}`],
    },
    textPart('Bonjour Monsieur,\n\nVotre ordonnance sera prête jeudi.\n\nDr Anne Martin\n'),
  )
  return { raw, date, flags: ['\\Seen'] }
}
