import { biologySection, comma, shownRange, shownValue } from './cda-biology.ts'
import type { Chapter } from './biology-panels.ts'
import { loinc, type CdaHeader } from './cda-header.ts'
import {
  baseHeader,
  classes,
  documentTypes,
  formats,
  n3Document,
  nextVersion,
  type ClinicalDocument,
  type DocumentContext,
} from './clinical-document.ts'
import { atParis, frenchDay, frenchMoment } from './paris-time.ts'
import type { PdfBlock } from './pdf.ts'
import { professionalName, professionals, type Professional } from './professionals.ts'

const hour = 3_600_000

function chapterBlocks(chapter: Chapter): PdfBlock[] {
  const earlier = chapter.results.flatMap((r) => (r.kind === 'quantity' ? r.previous.slice(0, 1) : []))[0]
  const previousTitle = earlier === undefined ? '' : `Le ${frenchDay(earlier.date)}`
  const blocks: PdfBlock[] = [
    { kind: 'heading', text: chapter.title },
    {
      kind: 'table',
      columns: [
        { title: 'Examen', width: 150 },
        { title: 'Résultat', width: 70, align: 'right' },
        { title: 'Unité', width: 95 },
        { title: 'Valeurs usuelles', width: 90 },
        { title: previousTitle, width: 78, align: 'right' },
      ],
      rows: chapter.results.map((result) => ({
        cells:
          result.kind === 'finding'
            ? [result.label, shownValue(result)]
            : [
                result.label,
                shownValue(result),
                result.shownUnit,
                shownRange(result),
                comma(result.previous[0]?.value ?? ''),
              ],
        alert: result.interpretation !== 'N',
      })),
    },
  ]
  for (const isolate of chapter.isolates) {
    blocks.push(
      { kind: 'heading', text: `Isolat : ${isolate.organism}` },
      {
        kind: 'table',
        columns: [
          { title: 'Antibiotique', width: 240 },
          { title: 'CMI (mg/L)', width: 120, align: 'right' },
          { title: 'Interprétation', width: 123 },
        ],
        rows: isolate.antibiogram.map((drug) => ({
          cells: [drug.label, `${drug.bound === 'low' ? '≥' : '<'} ${drug.mic}`, drug.result],
          alert: drug.result === 'R',
        })),
      },
    )
  }
  for (const result of chapter.results) {
    if (result.kind === 'quantity' && result.comment !== null) {
      blocks.push({ kind: 'paragraph', text: `${result.label} : ${result.comment}` })
    }
  }
  if (chapter.comment !== null) blocks.push({ kind: 'paragraph', text: chapter.comment, strong: true })
  return blocks
}

/** CR-BIO 2024.01, level N3 (clinical-documents.md §10). */
export function biologyReport(
  context: DocumentContext,
  options: { chapters: readonly Chapter[]; pdfCopy: boolean; prescriber: Professional; replaces?: CdaHeader },
): Promise<ClinicalDocument> {
  const { random, created } = context
  const twoHoursBefore = new Date(created.getTime() - 2 * hour)
  // Nobody is bled at night: an early report is about a sample of the day before.
  const sampled = twoHoursBefore < atParis(created, 0, 7, 0) ? atParis(created, 1, 8, 20) : twoHoursBefore
  const [first, ...others] = options.chapters
  const base = baseHeader(
    context,
    professionals.biologist,
    documentTypes.biology,
    "Compte rendu d'examens biologiques",
  )
  const drafted: CdaHeader = {
    ...base,
    templates: [
      { root: '1.3.6.1.4.1.19376.1.3.3' },
      { root: '1.2.250.1.213.1.1.1.55', extension: '2024.01' },
    ],
    prescription: {
      prescriber: options.prescriber,
      date: new Date(sampled.getTime() - 48 * hour),
      order: `DEMO${random.integer(100000, 999999)}`,
    },
    acts: [first, ...others].flatMap((chapter) =>
      chapter === undefined
        ? []
        : [
            {
              code: { code: chapter.code, display: chapter.display, system: loinc },
              start: sampled,
              end: created,
            },
          ],
    ),
    encounter: { kind: 'AMB', start: sampled, end: null },
  }
  const header = options.replaces === undefined ? drafted : nextVersion(drafted, options.replaces)
  return n3Document({
    header,
    sections: options.chapters.map((chapter, index) => biologySection(chapter, index, header, random.uuid())),
    blocks: [
      {
        kind: 'paragraph',
        text: `Prélèvement du ${frenchMoment(sampled)} — prescripteur : ${professionalName(options.prescriber)}`,
      },
      ...options.chapters.flatMap(chapterBlocks),
    ],
    typeface: context.typeface,
    formatCode: formats.biology,
    classCode: classes.report,
    pdfCopy: options.pdfCopy ? [random.uuid(), random.uuid()] : null,
  })
}
