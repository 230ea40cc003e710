import { attachedDocument, fictitiousNotice } from './cda-body.ts'
import { loinc, type CdaHeader } from './cda-header.ts'
import {
  baseHeader,
  classes,
  documentTypes,
  formats,
  n1Document,
  n1TextDocument,
  n3Document,
  type ClinicalDocument,
  type DocumentContext,
} from './clinical-document.ts'
import { scanJpeg, scanPicture } from './images.ts'
import { frenchDay } from './paris-time.ts'
import { civilName } from './patients.ts'
import { professionals, type Professional } from './professionals.ts'
import { notice, prose, proseBlocks } from './prose.ts'
import { xml } from './xml.ts'

export interface ConsultationText {
  reason: string
  findings: string
  conclusion: string
}

/** CR de consultation: N1 around a PDF, as cardiology software usually sends it. */
export function consultation(
  context: DocumentContext,
  author: Professional,
  text: ConsultationText,
): Promise<ClinicalDocument> {
  const header = baseHeader(context, author, documentTypes.consultation, 'Compte rendu de consultation')
  const name = civilName(context.patient)
  const blocks = proseBlocks([
    { title: 'Motif', lines: [`J’ai vu ce jour votre patient(e) ${name} : ${text.reason}`] },
    { title: 'Examen', lines: [text.findings] },
    { title: 'Conclusion', lines: [text.conclusion] },
  ])
  return n1Document(header, blocks, context.typeface, classes.report)
}

/** CR de consultation without machine-readable entries (level 2, shown as N3). */
export function structuredConsultation(
  context: DocumentContext,
  author: Professional,
  text: ConsultationText,
): Promise<ClinicalDocument> {
  const header: CdaHeader = {
    ...baseHeader(
      context,
      author,
      documentTypes.consultation,
      `Consultation du ${frenchDay(context.created)}`,
    ),
    templates: [{ root: '1.2.250.1.213.1.1.1.2' }],
  }
  const sections = [
    prose(['1.2.250.1.213.1.1.2.127'], '42349-1', 'Raison de la recommandation', 'Motif', [text.reason]),
    prose(['1.2.250.1.213.1.1.2.150'], '30954-2', 'Résultats d’examens', 'Examen clinique', [text.findings]),
    prose(['1.2.250.1.213.1.1.2.158'], '18776-5', 'Plan de soins', 'Conclusion et suites', [text.conclusion]),
  ]
  return n3Document({
    header,
    sections: sections.map((section, index) =>
      index === 0 ? { ...section, text: xml`${notice()}${section.text}` } : section,
    ),
    blocks: proseBlocks(sections),
    typeface: context.typeface,
    formatCode: formats.other,
    classCode: classes.report,
    pdfCopy: null,
  })
}

/** CR d'imagerie (CR-IMG 2024.01) with an embedded PNG or JPEG key picture. */
export function imagingReport(
  context: DocumentContext,
  text: {
    exam: string
    modality: { code: string; display: string }
    findings: string
    conclusion: string
    picture: 'png' | 'jpeg'
  },
): Promise<ClinicalDocument> {
  const { random } = context
  const base = baseHeader(
    context,
    professionals.radiologist,
    documentTypes.imaging,
    `Compte rendu d'imagerie - ${text.exam}`,
  )
  const header: CdaHeader = {
    ...base,
    templates: [
      { root: '1.2.840.10008.9.1' },
      { root: '1.2.840.10008.9.20' },
      { root: '1.2.250.1.213.1.1.1.45', extension: '2024.01' },
    ],
    acts: [{ code: { ...text.modality, system: loinc }, start: context.created, end: context.created }],
  }
  const jpeg = text.picture === 'jpeg'
  const picture = jpeg ? scanJpeg() : scanPicture()
  const technique = prose(
    ['1.2.840.10008.9.3', '1.2.250.1.213.1.1.2.206'],
    '55111-9',
    'Description de l’acte d’imagerie',
    'Technique',
    [text.exam],
  )
  const findings = prose(
    ['2.16.840.1.113883.10.20.6.1.2', '1.2.250.1.213.1.1.2.208'],
    '59776-5',
    "Résultats de l'acte",
    'Résultats',
    [text.findings],
  )
  const conclusion = prose(
    ['1.2.840.10008.9.5', '1.2.250.1.213.1.1.2.209'],
    '19005-8',
    'Conclusions',
    'Conclusion',
    [text.conclusion],
  )
  return n3Document({
    header,
    sections: [
      { ...technique, text: xml`${notice()}${technique.text}` },
      {
        ...findings,
        text: xml`${findings.text}<renderMultiMedia referencedObject="image-cle-1"><caption>Image clé</caption></renderMultiMedia>`,
        entries: [
          attachedDocument({
            id: 'image-cle-1',
            uuids: [random.uuid(), random.uuid()],
            mediaType: jpeg ? 'image/jpeg' : 'image/png',
            bytes: picture,
            kind: { code: '55113-5', display: 'Image clé' },
          }),
        ],
      },
      conclusion,
    ],
    blocks: [
      ...proseBlocks([technique, findings]),
      { kind: 'image', bytes: picture, width: 160, height: 120 },
      ...proseBlocks([conclusion]),
    ],
    typeface: context.typeface,
    formatCode: formats.imaging,
    classCode: classes.imaging,
    pdfCopy: null,
  })
}

/** CR de passage aux urgences: N1 around plain text. */
export function emergencyReport(context: DocumentContext, story: string): Promise<ClinicalDocument> {
  const base = baseHeader(
    context,
    professionals.emergency,
    documentTypes.emergency,
    'Compte rendu de passage aux urgences',
  )
  const start = new Date(context.created.getTime() - 3 * 3_600_000)
  const header: CdaHeader = {
    ...base,
    acts: [{ code: null, start, end: context.created }],
    encounter: { kind: 'EMER', start, end: context.created },
  }
  return n1TextDocument(
    header,
    `SERVICE D'ACCUEIL DES URGENCES — ${fictitiousNotice}\n\n${civilName(context.patient)} est passé(e) aux urgences.\n\n${story}\n\nRetour à domicile. Reconsulter en cas d'aggravation.`,
    context.typeface,
  )
}
