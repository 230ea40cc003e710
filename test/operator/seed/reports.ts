import { fictitiousNotice, attachedDocument, type Section } from './cda-body.ts'
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
import { scanPicture, woundPhoto } from './images.ts'
import { frenchDay } from './paris-time.ts'
import { civilName } from './patients.ts'
import { professionals, type Professional } from './professionals.ts'
import type { PdfBlock } from './pdf.ts'
import { xml, type Xml } from './xml.ts'

const day = 86_400_000

function notice(): Xml {
  return xml`<paragraph styleCode="Italics">${fictitiousNotice}</paragraph>`
}

function paragraphs(lines: readonly string[]): Xml {
  return xml`${lines.map((line) => xml`<paragraph>${line}</paragraph>`)}`
}

/** A section whose narrative is prose, and the same words as blocks of the PDF. */
function prose(
  templates: readonly string[],
  code: string,
  display: string,
  title: string,
  lines: readonly string[],
): Section & { lines: readonly string[] } {
  return { templates, code, display, title, text: paragraphs(lines), lines }
}

function proseBlocks(sections: readonly { title: string; lines: readonly string[] }[]): PdfBlock[] {
  return sections.flatMap((section): PdfBlock[] => [
    { kind: 'heading', text: section.title },
    ...section.lines.map((text): PdfBlock => ({ kind: 'paragraph', text })),
  ])
}

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

const drugs = [
  ['Bisoprolol 2,5 mg, comprimé', '1 le matin', '3 mois'],
  ['Ramipril 5 mg, comprimé', '1 le soir', '3 mois'],
  ['Furosémide 40 mg, comprimé', '1 le matin', '1 mois'],
  ['Atorvastatine 20 mg, comprimé', '1 le soir', '3 mois'],
  ['Apixaban 5 mg, comprimé', '1 matin et soir', '3 mois'],
  ['Metformine 850 mg, comprimé', '1 à chaque repas', '3 mois'],
  ['Paracétamol 1 g, comprimé', '1 si douleur, 3 par jour au plus', '15 jours'],
] as const

function drugTable(rows: readonly (readonly [string, string, string])[]): Xml {
  return xml`<table border="1"><thead><tr><th>Médicament</th><th>Posologie</th><th>Durée</th></tr></thead><tbody>${rows.map(
    ([name, dose, time]) => xml`<tr><td styleCode="Bold">${name}</td><td>${dose}</td><td>${time}</td></tr>`,
  )}</tbody></table>`
}

function drugBlock(rows: readonly (readonly [string, string, string])[]): PdfBlock {
  return {
    kind: 'table',
    columns: [
      { title: 'Médicament', width: 210 },
      { title: 'Posologie', width: 180 },
      { title: 'Durée', width: 93 },
    ],
    rows: rows.map((cells) => ({ cells })),
  }
}

/** Lettre de liaison à la sortie (LDL-SES 2022.01), with lists, footnotes, a link and spanning cells in its narrative. */
export function dischargeLetter(context: DocumentContext, replaces?: CdaHeader): Promise<ClinicalDocument> {
  const { random, created } = context
  const start = new Date(created.getTime() - random.integer(3, 9) * day)
  const base = baseHeader(
    context,
    professionals.hospitalist,
    documentTypes.discharge,
    "Lettre de liaison à la sortie d'hospitalisation",
  )
  const header: CdaHeader = {
    ...base,
    templates: [{ root: '1.2.250.1.213.1.1.1.29', extension: '2022.01' }],
    acts: [{ code: null, start, end: created }],
    encounter: { kind: 'IMP', start, end: created },
    ...(replaces === undefined
      ? {}
      : {
          setId: replaces.setId,
          id: `${replaces.setId}.${replaces.version + 1}`,
          version: replaces.version + 1,
          replaces: replaces.id,
        }),
  }
  const treatment = drugs.slice(random.integer(0, 2), random.integer(4, 6))
  const reason = prose(
    ['1.3.6.1.4.1.19376.1.5.3.1.3.1', '1.2.250.1.213.1.1.2.127'],
    '42349-1',
    'Raison de la recommandation',
    "Motif de l'hospitalisation",
    ['Décompensation cardiaque globale sur passage en fibrillation auriculaire.'],
  )
  const stay = prose(
    ['1.2.250.1.213.1.1.2.163'],
    '42545-4',
    'Evènements observés',
    'Synthèse médicale du séjour',
    [
      'Évolution favorable sous diurétiques intraveineux puis relais oral.',
      'Échographie : FEVG 45 %, pas de valvulopathie significative. Poids de sortie : 71,4 kg.',
    ],
  )
  const follow = prose(
    ['1.3.6.1.4.1.19376.1.5.3.1.3.36', '1.2.250.1.213.1.1.2.158'],
    '18776-5',
    'Plan de soins',
    'Suites à donner',
    [
      'Ionogramme et créatinine à une semaine. Consultation de cardiologie à un mois.',
      'Consignes au patient : pesée quotidienne, appeler si prise de plus de 2 kg en trois jours.',
    ],
  )
  const treatmentSection: Section = {
    templates: ['1.3.6.1.4.1.19376.1.5.3.1.3.22', '1.2.250.1.213.1.1.2.146'],
    code: '10183-2',
    display: 'Traitements à la sortie',
    title: 'Traitements à la sortie',
    text: xml`${drugTable(treatment)}<paragraph>Surveillance de la kaliémie<footnoteRef IDREF="note-1"/></paragraph><footnote ID="note-1">Association IEC et diurétique.</footnote>`,
  }
  const results: Section = {
    templates: ['1.3.6.1.4.1.19376.1.5.3.1.3.27', '1.2.250.1.213.1.1.2.150'],
    code: '30954-2',
    display: "Résultats d'examens",
    title: "Résultats d'examens",
    text: xml`<table border="1"><thead><tr><th rowspan="2">Examen</th><th colspan="2">Évolution</th></tr><tr><th>Entrée</th><th>Sortie</th></tr></thead><tbody><tr><td>NT-proBNP (ng/L)</td><td>4 120</td><td>1 260</td></tr><tr><td>Clairance (mL/min/1,73 m<sup>2</sup>)</td><td>48</td><td>52</td></tr><tr><td>CO<sub>2</sub> total (mmol/L)</td><td>29</td><td>26</td></tr></tbody></table><paragraph>Recommandations : <linkHtml href="https://insuffisance-cardiaque.exemple.test/sortie">fiche de sortie</linkHtml></paragraph>`,
  }
  const lists: Section = {
    templates: ['1.3.6.1.4.1.19376.1.5.3.1.3.13', '1.2.250.1.213.1.1.2.137'],
    code: '48765-2',
    display: 'Allergies et hypersensibilités',
    title: 'Allergies et vigilance',
    text: xml`<list listType="unordered"><caption>Points de vigilance</caption><item><content styleCode="Bold">Pénicilline</content> : éruption en 2009</item><item>Chute à domicile en début d’année</item></list>`,
  }
  return n3Document({
    header,
    sections: [
      { ...reason, text: xml`${notice()}${reason.text}` },
      stay,
      treatmentSection,
      results,
      follow,
      lists,
    ],
    blocks: [
      ...proseBlocks([reason, stay]),
      { kind: 'heading', text: 'Traitements à la sortie' },
      drugBlock(treatment),
      ...proseBlocks([follow]),
    ],
    typeface: context.typeface,
    formatCode: formats.discharge,
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
  const picture = jpeg ? woundPhoto(random) : scanPicture()
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
      { kind: 'image', bytes: picture, width: 160 },
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

/** Volet de synthèse médicale: nested sections and lists. */
export function synthesis(context: DocumentContext): Promise<ClinicalDocument> {
  const header: CdaHeader = {
    ...baseHeader(context, professionals.anne, documentTypes.synthesis, 'Volet de synthèse médicale'),
    templates: [{ root: '1.2.250.1.213.1.1.1.13', extension: '201310' }],
  }
  const list = (items: readonly string[]): Xml =>
    xml`<list>${items.map((item) => xml`<item>${item}</item>`)}</list>`
  const problems = ['Hypertension artérielle depuis 2012', 'Diabète de type 2 (HbA1c 7,1 %)', 'Dyslipidémie']
  const history = ['Appendicectomie (1987)', 'Prothèse totale de hanche droite (2019)']
  const treatment = drugs.slice(1, 5)
  return n3Document({
    header,
    sections: [
      {
        templates: ['1.2.250.1.213.1.1.2.29'],
        code: '46612-8',
        display: 'Conclusions de synthèse',
        title: 'Pathologies, antécédents, allergies et facteurs de risque',
        text: notice(),
        subsections: [
          {
            templates: ['1.2.250.1.213.1.1.2.132'],
            code: '11450-4',
            display: 'Liste des problèmes actifs',
            title: 'Pathologies en cours',
            text: list(problems),
          },
          {
            templates: ['1.2.250.1.213.1.1.2.136'],
            code: '47519-4',
            display: 'Historique des actes',
            title: 'Antécédents chirurgicaux',
            text: list(history),
          },
          {
            templates: ['1.2.250.1.213.1.1.2.137'],
            code: '48765-2',
            display: 'Allergies et hypersensibilités',
            title: 'Allergies',
            text: xml`<paragraph styleCode="BoldItalic">Aucune allergie connue</paragraph>`,
          },
        ],
      },
      {
        templates: ['1.2.250.1.213.1.1.2.143'],
        code: '10160-0',
        display: 'Traitements',
        title: 'Traitement au long cours',
        text: drugTable(treatment),
      },
    ],
    blocks: [
      ...proseBlocks([
        { title: 'Pathologies en cours', lines: problems },
        { title: 'Antécédents', lines: history },
      ]),
      drugBlock(treatment),
    ],
    typeface: context.typeface,
    formatCode: formats.synthesis,
    classCode: classes.synthesis,
    pdfCopy: null,
  })
}

/** Prescription de produits de santé, with its PDF copy inside. */
export function prescription(context: DocumentContext, author: Professional): Promise<ClinicalDocument> {
  const { random } = context
  const header: CdaHeader = {
    ...baseHeader(context, author, documentTypes.prescription, 'Ordonnance de médicaments'),
    templates: [
      { root: '1.3.6.1.4.1.19376.1.9.1.1.1' },
      { root: '1.2.250.1.213.1.1.1.39', extension: '2024.01' },
    ],
  }
  const rows = drugs.slice(0, random.integer(2, 5))
  return n3Document({
    header,
    sections: [
      {
        templates: ['1.3.6.1.4.1.19376.1.9.1.2.1', '1.2.250.1.213.1.1.2.171'],
        code: '57828-6',
        display: 'Prescriptions',
        title: 'Prescription de médicaments',
        text: xml`${notice()}${drugTable(rows)}`,
      },
    ],
    blocks: [drugBlock(rows)],
    typeface: context.typeface,
    formatCode: formats.prescription,
    classCode: classes.prescription,
    pdfCopy: [random.uuid(), random.uuid()],
  })
}
