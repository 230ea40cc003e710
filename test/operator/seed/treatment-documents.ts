import type { Section } from './cda-body.ts'
import type { CdaHeader } from './cda-header.ts'
import {
  baseHeader,
  classes,
  documentTypes,
  formats,
  n3Document,
  type ClinicalDocument,
  type DocumentContext,
} from './clinical-document.ts'
import type { PdfBlock } from './pdf.ts'
import { professionals, type Professional } from './professionals.ts'
import { notice, prose, proseBlocks } from './prose.ts'
import { xml, type Xml } from './xml.ts'

const day = 86_400_000

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
export function dischargeLetter(context: DocumentContext): Promise<ClinicalDocument> {
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
