import { drawChapter, urineCulture } from '../operator/seed/biology-panels.ts'
import { biologyReport } from '../operator/seed/biology-report.ts'
import { fictitiousNotice, type Section } from '../operator/seed/cda-body.ts'
import {
  baseHeader,
  classes,
  documentTypes,
  formats,
  n3Document,
  type ClinicalDocument,
  type DocumentContext,
} from '../operator/seed/clinical-document.ts'
import { hprimText, toWindows1252 } from '../operator/seed/hprim.ts'
import { patientNamed } from '../operator/seed/patients.ts'
import { pdf } from '../operator/seed/pdf.ts'
import { professionals } from '../operator/seed/professionals.ts'
import { createRandom } from '../operator/seed/random.ts'
import {
  consultation,
  emergencyReport,
  imagingReport,
  structuredConsultation,
} from '../operator/seed/reports.ts'
import { dischargeLetter, prescription, synthesis } from '../operator/seed/treatment-documents.ts'
import { xml, type Xml } from '../operator/seed/xml.ts'
import type { SentFile } from './publish.ts'

/** Documents of our own about people who do not exist, one of each family and what narratives can hold. */
const created = new Date('2026-11-20T10:12:00Z')
const earlier = [new Date('2026-10-12T07:00:00Z'), new Date('2026-06-03T07:00:00Z')]

const context = (seed: string): DocumentContext => ({
  random: createRandom(seed),
  patient: patientNamed('DUPONT'),
  created,
  recipients: [professionals.anne, professionals.paul],
  typeface: 'standard',
})

const file = (name: string, document: ClinicalDocument): SentFile => ({
  name: `${name}.xml`,
  mimeType: 'text/xml',
  bytes: document.cda,
})

const section = (title: string, text: Xml, subsections: readonly Section[] = []): Section => ({
  templates: ['1.2.250.1.213.1.1.2.150'],
  code: '30954-2',
  display: 'Résultats',
  title,
  text,
  subsections,
})

/** Everything a narrative may hold (CDA R2 §4.3.5): spans, captions, lists in lists, notes, styles, corrections, links. */
const everyNarrative: readonly Section[] = [
  section(
    'Paragraphes et styles',
    xml`Texte nu avant tout bloc. <paragraph><caption>Légende du paragraphe</caption>Dyspnée <content styleCode="Bold">NYHA <content styleCode="Italics">III</content></content>, DFG 51 mL/min/1,73 m<sup>2</sup>, CO<sub>2</sub> normal<footnote ID="note-1">Selon la patiente.</footnote>.<br/>Ligne suivante.</paragraph><paragraph>Posologie <content revised="delete">10 mg</content> <content revised="insert">5 mg</content>.</paragraph> Texte nu après.`,
  ),
  section(
    'Listes',
    xml`<list listType="ordered"><caption>Conduite à tenir</caption><item>Premier point<list><item>détail a</item><item>détail b</item></list></item><item><caption>Deuxième</caption><paragraph>Suite du deuxième.</paragraph></item></list><list><item><table><tbody><tr><td>tableau dans une liste</td></tr></tbody></table></item></list>`,
  ),
  section(
    'Tableaux',
    xml`<table border="1" width="100%"><caption>Traitement de sortie</caption><colgroup><col width="40%"/><col/></colgroup><thead><tr><th rowspan="2">Médicament</th><th colspan="2" align="center">Posologie</th></tr><tr><th>Matin</th><th>Soir</th></tr></thead><tbody><tr><td rowspan="2">Bisoprolol</td><td align="right">2,5</td><td align="right">0</td></tr><tr><td>après repas</td><td>—</td></tr></tbody><tfoot><tr><td colspan="3">Pied du tableau</td></tr></tfoot></table><table><tbody><tr>${Array.from({ length: 14 }, (_, index) => xml`<td>colonne large ${index + 1}</td>`)}</tr></tbody></table>`,
    [
      section('Sous-partie', xml`<paragraph>Texte de la sous-partie.</paragraph>`, [
        section('Sous-sous-partie', xml`<paragraph>Texte le plus profond.</paragraph>`),
      ]),
    ],
  ),
  section(
    'Liens',
    xml`<paragraph>Voir <linkHtml href="https://www.has-sante.fr/">la recommandation</linkHtml>, <linkHtml href="Documents/TAP_E.pdf">le fichier</linkHtml> et <linkHtml href="javascript:alert(1)">ce piège</linkHtml>.</paragraph>`,
  ),
  section('Fin', xml`<paragraph styleCode="Italics">${fictitiousNotice}</paragraph>`),
]

/** A document whose narrative holds everything one may hold. */
export const narrativeDocument = (given: DocumentContext): Promise<ClinicalDocument> =>
  n3Document({
    header: {
      ...baseHeader(given, professionals.paul, documentTypes.consultation, 'Consultation de démonstration'),
      templates: [{ root: '1.2.250.1.213.1.1.1.2' }],
    },
    sections: everyNarrative,
    blocks: [{ kind: 'paragraph', text: fictitiousNotice }],
    typeface: 'standard',
    formatCode: formats.other,
    classCode: classes.report,
    pdfCopy: null,
  })

/** One file of each family. */
export const sampleFiles = async (): Promise<SentFile[]> => {
  const chapters = [
    drawChapter('biochemistry', createRandom(1), earlier),
    drawChapter('haematology', createRandom(2), earlier),
    urineCulture(),
  ]
  const reason = { reason: 'avis.', findings: 'Examen normal.', conclusion: 'Rien de plus.' }
  const scan = { exam: 'IRM', modality: { code: '24968-0', display: 'IRM' }, findings: 'a', conclusion: 'b' }
  const prescriber = professionals.anne
  return [
    file('biologie', await biologyReport(context('bio'), { chapters, pdfCopy: false, prescriber })),
    file('biologie-copie-pdf', await biologyReport(context('copy'), { chapters, pdfCopy: true, prescriber })),
    file('consultation-n1', await consultation(context('n1'), professionals.paul, reason)),
    file('urgences-n1-texte', await emergencyReport(context('text'), 'Chute.')),
    file('consultation-n2', await structuredConsultation(context('n2'), professionals.paul, reason)),
    file('imagerie-png', await imagingReport(context('png'), { ...scan, picture: 'png' })),
    file('imagerie-jpeg', await imagingReport(context('jpeg'), { ...scan, picture: 'jpeg' })),
    file('sortie', await dischargeLetter(context('out'))),
    file('synthese', await synthesis(context('vsm'))),
    file('ordonnance', await prescription(context('rx'), professionals.paul)),
    file('recit-complet', await narrativeDocument(context('all'))),
    {
      name: 'resultats.hpr',
      mimeType: 'text/plain',
      bytes: toWindows1252(hprimText(patientNamed('DUPONT'), created, chapters, 'H12345')),
    },
  ]
}

/** A laboratory report (N3) of at least `bytes`: months of panels in one document. */
export const largeReport = async (bytes: number): Promise<SentFile> => {
  const make = (count: number): Promise<ClinicalDocument> =>
    biologyReport(context(`large-${count}`), {
      chapters: Array.from({ length: count }, (_, index) =>
        drawChapter(
          (['biochemistry', 'haematology', 'haemostasis'] as const)[index % 3] ?? 'biochemistry',
          createRandom(index),
          earlier,
        ),
      ),
      pdfCopy: false,
      prescriber: professionals.anne,
    })
  let count = 4
  let document = await make(count)
  while (document.cda.byteLength < bytes) {
    count = Math.ceil((count * bytes * 1.02) / document.cda.byteLength)
    document = await make(count)
  }
  return file(`biologie-${bytes}`, document)
}

/** A PDF of so many pages of text. */
export const longPdf = async (pages: number): Promise<SentFile> => {
  const blocks = Array.from({ length: pages * 9 }, (_, index) => ({
    kind: 'paragraph' as const,
    text: `${index + 1}. Patiente fictive. ${'Évolution favorable sous traitement, surveillance de la kaliémie et de la fonction rénale. '.repeat(5)}`,
  }))
  const bytes = await pdf({
    letterhead: ['Hôpital de démonstration', '1 rue des Lilas, 69003 LYON'],
    title: 'Dossier de démonstration',
    date: created,
    patient: [['Patient', 'DUPONT Marie (fictive)']],
    blocks,
    signature: ['Dr Paul BERNARD'],
    typeface: 'embedded',
  })
  return { name: 'dossier.pdf', mimeType: 'application/pdf', bytes }
}
