import PdfDocument from 'pdfkit'
import { blankActor, blankDocument, blankResult, blankSection } from '../blank-documents.ts'

const result = (
  label: string,
  value: string,
  unit: string,
  range: string,
  interpretation: string | null,
  previous: string | null,
) => ({
  ...blankResult,
  label,
  loinc: null,
  value,
  number: Number(value.replace(',', '.')) || null,
  unit,
  referenceRange: range,
  referenceLow: null,
  referenceHigh: null,
  interpretation,
  date: null,
  method: null,
  comment: label === 'Potassium' ? 'Contrôlé sur second prélèvement' : null,
  previous: previous === null ? [] : [{ value: previous, number: null, unit, date: '2026-10-12' }],
})

const actor = (name: string, specialty: string, organisation: string) => ({
  ...blankActor,
  name,
  role: null,
  specialty,
  organisation,
  id: '899700000303',
  date: '2026-11-22T08:10:00Z',
  telecoms: ['tél. 04 00 00 00 01'],
})

const text = (value: string) => ({ kind: 'text', text: value })
const paragraph = (...content: unknown[]) => ({ kind: 'paragraph', content })
const cell = (value: string, header = false, align: string | null = null) => ({
  header,
  colSpan: 1,
  rowSpan: 1,
  align,
  content: [paragraph(text(value))],
})
const section = (title: string, rest: object) => ({
  ...blankSection,
  title,
  code: null,
  blocks: [],
  results: [],
  sections: [],
  ...rest,
})

const clinical = (rest: object) => ({
  ...blankDocument,
  level: 'N3',
  id: '1.2.250.1.213.1.1.9.997.1',
  setId: '1.2.250.1.213.1.1.9.997',
  version: 1,
  replaces: null,
  typeCode: '11502-2',
  typeLabel: 'CR d’examens biologiques',
  title: 'CR d’examens biologiques',
  date: '2026-11-22T08:10:00Z',
  confidentiality: 'Normal',
  patient: {
    birthName: 'DUPONT',
    usedName: null,
    firstName: 'Marie',
    sex: 'F',
    birthDate: '1978-11-26',
    ins: null,
    qualified: false,
  },
  patientDetails: [],
  authors: [actor('Dr Hélène ROY', 'Biologie médicale', 'Laboratoire BioVal Démo')],
  legalAuthenticator: actor('Dr Hélène ROY', 'Biologie médicale', 'Laboratoire BioVal Démo'),
  custodian: 'Laboratoire BioVal Démo',
  recipients: [actor('Dr Anne MARTIN', 'Médecine générale', 'Cabinet des Lilas')],
  informants: [],
  acts: [
    {
      label: 'Prélèvement sanguin',
      code: null,
      start: '2026-11-22T06:40:00Z',
      end: null,
      performers: [],
      practiceSetting: null,
    },
  ],
  encounter: null,
  text: null,
  pdfUrl: null,
  sections: [],
  media: [],
  signedXades: false,
  ...rest,
})

const lab = clinical({
  sections: [
    section('Biochimie', {
      blocks: [paragraph(text('Kaliémie 6,4 mmol/L contrôlée.'))],
      results: [
        result('Potassium', '6,4', 'mmol/L', '3,5 – 5,1', 'HH', '4,6'),
        result('Sodium', '138', 'mmol/L', '136 – 145', 'N', '139'),
        result('Créatinine', '112', 'µmol/L', '50 – 98', 'H', '96'),
        result('DFG (CKD-EPI)', '51', 'mL/min/1,73m²', '> 60', 'L', '62'),
        result('CRP', '3,1', 'mg/L', '< 5', 'N', '2,4'),
      ],
    }),
    section('Bactériologie', {
      results: [
        result('Culture', 'positive', '', 'négative', 'A', null),
        result('Amoxicilline', '> 16', 'mg/L', '', 'R', null),
        result('Ceftriaxone', '< 0,5', 'mg/L', '', 'S', null),
      ],
    }),
  ],
})

const narrative = clinical({
  typeLabel: 'CR ou fiche de consultation',
  encounter: {
    ids: [],
    facility: null,
    discharge: null,
    participants: [],
    label: 'Consultation externe',
    start: '2026-11-20T09:00:00Z',
    end: null,
    place: 'Hôpital des Lilas',
  },
  sections: [
    section('Motif', {
      blocks: [
        paragraph(
          text('Dyspnée d’effort '),
          { kind: 'span', styles: ['bold'], children: [text('NYHA III')] },
          text(' depuis trois semaines'),
          { kind: 'footnote-ref', footnoteId: 'n1' },
          text('. DFG 51 mL/min/1,73 m'),
          { kind: 'sup', children: [text('2')] },
          text('.'),
        ),
        { kind: 'footnote', footnoteId: 'n1', content: [text('Selon la patiente.')] },
      ],
    }),
    section('Traitement', {
      blocks: [
        {
          kind: 'table',
          caption: [text('Traitement de sortie')],
          head: [[cell('Médicament', true), cell('Posologie', true), cell('Durée', true, 'right')]],
          body: [
            [cell('Bisoprolol 2,5 mg'), cell('1 le matin'), cell('3 mois', false, 'right')],
            [cell('Furosémide 40 mg'), cell('1 le matin'), cell('1 mois', false, 'right')],
          ],
          foot: [],
        },
      ],
    }),
    section('Conclusion', {
      blocks: [
        {
          kind: 'list',
          ordered: true,
          caption: [],
          items: [
            [paragraph(text('Échocardiographie de contrôle à 3 mois'))],
            [paragraph(text('Surveillance de la kaliémie'))],
          ],
        },
        paragraph({
          kind: 'link',
          href: 'https://www.has-sante.fr/',
          openable: true,
          children: [text('Recommandations')],
        }),
      ],
      sections: [section('Examens joints', { blocks: [paragraph({ kind: 'media', mediaId: 'absent' })] })],
    }),
  ],
})

const html = `<html><body><table width="100%"><tr><td><img src="cid:logo@x" alt="Hôpital des Lilas" width="160" height="40"></td></tr></table>
<p style="font-family:Georgia;color:#14202b">Chère consœur,</p>
<p style="font-family:Georgia">J’ai revu <b>M. Leroy</b> ce matin. L’échographie est <span style="color:#0b7285;font-weight:bold">rassurante</span>.</p>
<ul><li>FEVG 55 %</li><li>Pas d’épanchement</li></ul>
<p>Compte rendu complet : <a href="https://dossier.hopital-lilas.test/cr/42">ici</a>. Recommandations : <a href="https://pieges.test/x">www.has-sante.fr</a>.</p>
<img src="https://traceur.test/p.gif" width="1" height="1"><p style="position:fixed;top:0">Bien confraternellement,<br>Dr Paul Bernard</p></body></html>`

const pdf = (): Promise<Buffer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    const file = new PdfDocument({ size: 'A4', margin: 64 })
    file.on('data', (chunk: Buffer) => chunks.push(chunk))
    file.on('end', () => resolve(Buffer.concat(chunks)))
    for (let page = 1; page <= 5; page += 1) {
      if (page > 1) file.addPage()
      file.font('Helvetica-Bold').fontSize(18).text('Lettre de liaison à la sortie', { align: 'left' })
      file.moveDown().font('Helvetica').fontSize(11)
      file.text(`Patiente fictive — page ${page}. `.repeat(3))
      file.moveDown().text('Mme DUPONT Marie a été hospitalisée pour décompensation cardiaque. '.repeat(12))
    }
    file.end()
  })

/** A blue 160 × 40 picture. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkKFrwHwAEIgJzVkZ7vAAAAABJRU5ErkJggg==',
  'base64',
)

/** Bytes of the gallery's parts by file name; null for an unknown one. */
export const galleryPart = async (name: string): Promise<{ type: string; body: Buffer | string } | null> => {
  switch (name) {
    case 'lab.txt':
      return {
        type: 'text/plain',
        body: 'Chère consœur,\n\nVeuillez trouver ci-joint le compte rendu de Mme Dupont. Kaliémie contrôlée sur second prélèvement ; merci de nous rappeler.',
      }
    case 'letter.txt':
      return {
        type: 'text/plain',
        body: 'Chère consœur,\n\nMerci de m’avoir confié M. Leroy. L’échocardiographie est rassurante : FEVG 55 %, pas d’épanchement. Je propose de reprendre le bêtabloquant et de le revoir dans trois mois.\n\nRecommandations : https://www.has-sante.fr/insuffisance-cardiaque.\n\nBien confraternellement,\nDr Paul Bernard\n\nLe 19/11/2026 à 11:02, Dr Anne MARTIN a écrit :\n> Cher confrère,\n> Merci de recevoir M. Leroy pour avis.\n>\n> Dr Anne Martin',
      }
    case 'footer.txt':
      return {
        type: 'text/plain',
        body: '_______________\nListe « cardio » : pour vous désabonner, répondez STOP.',
      }
    case 'mail.html':
      return { type: 'text/html', body: html }
    case 'lab.json':
      return { type: 'application/json', body: JSON.stringify(lab) }
    case 'narrative.json':
      return { type: 'application/json', body: JSON.stringify(narrative) }
    case 'n1.json':
      return {
        type: 'application/json',
        body: JSON.stringify(
          clinical({
            level: 'N1',
            typeLabel: 'Lettre de liaison à la sortie',
            pdfUrl: 'souspli-part://demo/letter.pdf',
          }),
        ),
      }
    case 'letter.pdf':
      return { type: 'application/pdf', body: await pdf() }
    case 'broken.pdf':
      return { type: 'application/pdf', body: '%PDF-1.7 abîmé' }
    case 'logo.png':
      return { type: 'image/png', body: png }
    case 'hprim.txt':
      return {
        type: 'text/plain',
        body: '000001\nDUPONT\nMarie\n12 rue des Lilas\n\n69003   LYON\n26/11/1978\n\nPOTASSIUM .............  6,4 mmol/L   ( 3,5 - 5,1 )\nSODIUM ................  138 mmol/L   ( 136 - 145 )',
      }
    default:
      return null
  }
}
