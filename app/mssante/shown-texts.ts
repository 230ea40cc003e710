import type {
  Actor,
  Block,
  ClinicalDocument,
  DicomContent,
  Hl7Content,
  HprimDossier,
  Inline,
  LabResult,
  PatientIdentity,
  Section,
  TableCell,
} from '../contract/index.ts'
import { birthPlaceOf } from './cda/index.ts'
import { decodeText } from './text-encoding.ts'
import { resultsIn, type FoundDocument } from './found.ts'
import { hprimEncoding } from './hprim/text.ts'

/** A table of the narrative as rows of the texts of its cells. */
export interface ShownTable {
  section: string
  caption: string
  rows: string[][]
  /** Every slot of every column, a spanned cell in each of its own; null where no cell spans, or beyond the limit. */
  grid: string[][] | null
}

const mostSlots = 200_000

/** The cells where they stand: `colspan` and `rowspan` filled in (HTML’s way of forming a table). */
const gridOf = (rows: readonly { text: string; colSpan: number; rowSpan: number }[][]): string[][] | null => {
  if (rows.every((row) => row.every(({ colSpan, rowSpan }) => colSpan === 1 && rowSpan === 1))) return null
  const grid: string[][] = rows.map(() => [])
  let slots = 0
  for (const [y, row] of rows.entries()) {
    let x = 0
    for (const { text, colSpan, rowSpan } of row) {
      while (grid[y]?.[x] !== undefined) x += 1
      const height = Math.min(rowSpan, rows.length - y)
      slots += colSpan * height
      if (slots > mostSlots) return null
      for (const line of grid.slice(y, y + height))
        for (let column = x; column < x + colSpan; column += 1) line[column] ??= text
      x += colSpan
    }
  }
  return grid.map((line) => Array.from(line, (text) => text ?? ''))
}

const squeezed = (text: string): string =>
  text
    .replace(/ ?[^\S\n ][^\S\n]*| {2}[^\S\n]*/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()

/** Text of inline content: breaks are line ends, an address that its words do not say is given in full. */
const rawInline = (content: readonly Inline[]): string =>
  content
    .map((inline) => {
      switch (inline.kind) {
        case 'text':
          return inline.text
        case 'break':
          return '\n'
        case 'link': {
          const words = rawInline(inline.children)
          return inline.href === '' || words.includes(inline.href) ? words : `${words} (${inline.href})`
        }
        case 'media':
        case 'footnote-ref':
          return ''
        case 'footnote':
          return ` (${rawInline(inline.children)})`
        default:
          return rawInline(inline.children)
      }
    })
    .join('')

const inlineText = (content: readonly Inline[]): string => squeezed(rawInline(content))

const rowsOf = (block: Extract<Block, { kind: 'table' }>): TableCell[][] => [
  ...block.head,
  ...block.body,
  ...block.foot,
]

/** Texts of blocks in reading order: a paragraph, a list item's paragraph, a caption or a paragraph of a cell each. */
const blockTexts = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => {
    switch (block.kind) {
      case 'paragraph':
      case 'footnote':
        return [inlineText(block.content)]
      case 'list':
        return [inlineText(block.caption), ...block.items.flatMap(blockTexts)]
      case 'table':
        return [
          inlineText(block.caption),
          ...rowsOf(block).flatMap((row) => row.flatMap((cell) => blockTexts(cell.content))),
        ]
    }
  })

/** Longer texts are saved, not read in the pane. */
const longestText = 2 * 1024 * 1024

const textOfFile = (bytes: Uint8Array): string =>
  decodeText(bytes.subarray(0, longestText), hprimEncoding(bytes.subarray(0, longestText)))
    .replace(/\r\n?/g, '\n')
    .trim()

const filled = (texts: readonly (string | null | undefined)[]): string[] =>
  texts.flatMap((text) => (text ? [text] : []))

const actorTexts = (actors: readonly (Actor | null)[]): string[] =>
  actors.flatMap((actor) =>
    actor === null
      ? []
      : filled([
          actor.name,
          actor.role,
          actor.specialty,
          actor.organisation === actor.name ? null : actor.organisation,
          actor.date,
          ...actor.telecoms,
          ...actor.addresses,
        ]),
  )

const patientTexts = (patient: PatientIdentity): string[] =>
  filled([
    patient.birthName,
    patient.usedName,
    patient.firstName,
    patient.usedFirstName,
    patient.birthFirstNames === patient.firstName ? null : patient.birthFirstNames,
    patient.birthTime,
    patient.sex === 'U' ? null : patient.sex,
    patient.birthPlaceName,
    patient.birthPlaceCode,
    ...patient.identifiers.map(({ value }) => value),
    ...patient.addresses,
    ...patient.telecoms,
    patient.deceasedAt,
  ])

const sectionTexts = (sections: readonly Section[]): string[] =>
  sections.flatMap((section) =>
    filled([
      section.title,
      ...blockTexts(section.blocks),
      ...actorTexts(section.authors),
      ...sectionTexts(section.sections),
    ]),
  )

const period = (start: string | null, end: string | null): (string | null)[] =>
  end === start ? [start] : [start, end]

const cdaTexts = (document: ClinicalDocument): string[] => [
  ...filled([
    document.typeLabel,
    document.title === document.typeLabel ? null : document.title,
    document.date,
  ]),
  ...patientTexts(document.identity),
  ...document.patientDetails
    .filter(
      ({ kind, value }) =>
        kind === 'other-given-names' || (kind === 'birth-place' && value !== birthPlaceOf(document.identity)),
    )
    .map(({ value }) => value),
  ...actorTexts(document.guardians),
  ...actorTexts([
    ...document.authors,
    document.legalAuthenticator,
    ...document.authenticators,
    document.dataEnterer,
  ]),
  ...actorTexts(document.recipients),
  ...document.acts.flatMap((act) =>
    filled([
      act.label,
      ...period(act.start, act.end),
      act.practiceSetting?.label,
      ...actorTexts(act.performers),
    ]),
  ),
  ...(document.encounter
    ? filled([
        document.encounter.label,
        document.encounter.facility?.label,
        ...period(document.encounter.start, document.encounter.end),
        document.encounter.place,
        document.encounter.discharge,
        ...actorTexts(document.encounter.participants),
      ])
    : []),
  ...actorTexts([...document.informants, ...document.participants, document.custodianActor]),
  ...document.orders.map(({ id, accession }) => accession ?? id),
  ...document.consents,
  ...filled([document.text]),
  ...sectionTexts(document.sections),
  ...filled(document.media.map(({ description }) => description)),
]

/** A table of results: a heading where battery or specimen change, then each with what stands under its name. */
const resultTexts = (results: readonly LabResult[]): string[] => {
  const specimens = new Set(results.map(({ specimen }) => specimen))
  let heading = ''
  return results.flatMap((result) => {
    const above = [...result.batteries, specimens.size > 1 ? result.specimen : null]
      .filter(Boolean)
      .join(' · ')
    const isNew = above !== heading
    heading = above
    return filled([
      isNew ? above : null,
      result.label,
      result.method,
      result.comment,
      result.performer,
      result.value,
      ...result.translations.map(({ value, unit }) => [value, unit].filter(Boolean).join(' ')),
      result.unit,
      result.referenceRange,
      ...result.ranges.slice(1).map(({ text }) => text),
    ])
  })
}

/** In the order of the pane: who and when, results, comments, the report as typed. */
const hprimTexts = (dossier: HprimDossier): string[] =>
  filled([
    dossier.sender,
    dossier.dossier,
    dossier.date,
    dossier.prescriber,
    dossier.recipient,
    ...patientTexts(dossier.patient),
    ...resultTexts(dossier.results),
    ...dossier.comments,
    dossier.text,
    ...dossier.files,
  ])

const dicomTexts = (dicom: DicomContent): string[] =>
  filled([
    dicom.sopClass,
    dicom.title,
    ...patientTexts(dicom.patient),
    dicom.institution,
    ...dicom.studies.flatMap((study) => [
      study.description,
      study.date,
      study.accession,
      study.referrer,
      ...study.series.flatMap((series) => [
        series.modality,
        series.description,
        series.bodyPart,
        series.location,
      ]),
    ]),
    ...dicom.texts,
  ])

const hl7Texts = (message: Hl7Content): string[] =>
  filled([
    message.type,
    message.date,
    message.acknowledgement?.code,
    message.acknowledgement?.text,
    ...(message.acknowledgement?.errors.flatMap((error) => [error.text, error.applicationText]) ?? []),
    ...(message.patient ? patientTexts(message.patient) : []),
    ...resultTexts(message.results),
    ...message.texts,
    ...message.mails.flatMap(({ subject, text }) => [subject, text]),
    message.documentType?.label,
    ...actorTexts([
      ...message.authors,
      ...message.prescribers,
      ...message.senders,
      ...message.recipients,
      ...message.replyTo,
    ]),
    message.sender,
    message.receiver,
    ...message.flags.flatMap(({ label, name, value }) => [label ?? name, value]),
  ])

/** Every text a reader is shown of a document, in order (docs/inspect.md). */
export const shownTexts = (found: FoundDocument): string[] => {
  const { summary, cda, data } = found
  if (cda) return cdaTexts(cda.document)
  const own =
    data?.kind === 'hprim'
      ? hprimTexts(data.dossier)
      : data?.kind === 'dicom'
        ? dicomTexts(data.dicom)
        : data?.kind === 'hl7'
          ? hl7Texts(data.message)
          : summary.kind === 'text'
            ? [textOfFile(found.bytes)]
            : []
  return filled([summary.label, summary.title === summary.label ? null : summary.title, ...own])
}

/** A table of results has no caption of its own: name, value, unit, range, interpretation of the laboratory. */
const resultTable = (results: readonly LabResult[]): ShownTable[] =>
  results.length === 0
    ? []
    : [
        {
          section: '',
          caption: '',
          rows: results.map(({ label, value, unit, referenceRange, interpretation }) => [
            label,
            value,
            unit ?? '',
            referenceRange ?? '',
            interpretation ?? '',
          ]),
          grid: null,
        },
      ]

const tablesIn = (blocks: readonly Block[], section: string): ShownTable[] =>
  blocks.flatMap((block) => {
    if (block.kind === 'list') return block.items.flatMap((item) => tablesIn(item, section))
    if (block.kind !== 'table') return []
    const rows = rowsOf(block)
    const cells = rows.map((row) =>
      row.map(({ content, colSpan, rowSpan }) => ({
        text: blockTexts(content).filter(Boolean).join('\n'),
        colSpan,
        rowSpan,
      })),
    )
    return [
      {
        section,
        caption: inlineText(block.caption),
        rows: cells.map((row) => row.map(({ text }) => text)),
        grid: gridOf(cells),
      },
      ...rows.flatMap((row) => row.flatMap((cell) => tablesIn(cell.content, section))),
    ]
  })

/** Every table of the narrative, those inside cells after the one that holds them; of HPRIM and HL7 the table of results. */
export const shownTables = (found: FoundDocument): ShownTable[] => {
  const visit = (sections: readonly Section[]): ShownTable[] =>
    sections.flatMap((section) => [...tablesIn(section.blocks, section.title), ...visit(section.sections)])
  return found.cda ? visit(found.cda.document.sections) : resultTable(resultsIn(found))
}
