import type {
  Actor,
  Block,
  ClinicalDocument,
  DicomContent,
  Hl7Content,
  HprimDossier,
  Inline,
  PatientIdentity,
  Section,
  TableCell,
} from '../contract/index.ts'
import type { FoundDocument } from './found.ts'

/** A table of the narrative as rows of the texts of its cells. */
export interface ShownTable {
  section: string
  caption: string
  rows: string[][]
}

const squeezed = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
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

const hprimTexts = (dossier: HprimDossier): string[] =>
  filled([
    ...patientTexts(dossier.patient),
    dossier.dossier,
    dossier.date,
    dossier.sender,
    dossier.prescriber,
    dossier.recipient,
    dossier.text,
    ...dossier.results.flatMap((result) =>
      filled([result.label, result.value, result.unit, result.referenceRange, result.comment]),
    ),
    ...dossier.comments,
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
    message.sender,
    message.receiver,
    message.date,
    ...(message.patient ? patientTexts(message.patient) : []),
    message.documentType?.label,
    ...actorTexts([...message.senders, ...message.recipients, ...message.replyTo]),
    ...message.mails.flatMap(({ subject, text }) => [subject, text]),
    ...message.flags.flatMap(({ label, name, value }) => [label ?? name, value]),
    message.acknowledgement?.code,
    message.acknowledgement?.text,
    ...(message.acknowledgement?.errors.flatMap((error) => [error.text, error.applicationText]) ?? []),
    ...message.results.flatMap((result) =>
      filled([result.label, result.value, result.unit, result.referenceRange, result.comment]),
    ),
    ...message.texts,
  ])

/** Every text a reader is shown of a document, in order (docs/inspect.md). */
export const shownTexts = ({ summary, cda, data }: FoundDocument): string[] => {
  if (cda) return cdaTexts(cda.document)
  const own =
    data?.kind === 'hprim'
      ? hprimTexts(data.dossier)
      : data?.kind === 'dicom'
        ? dicomTexts(data.dicom)
        : data?.kind === 'hl7'
          ? hl7Texts(data.message)
          : []
  return filled([summary.label, summary.title === summary.label ? null : summary.title, ...own])
}

const tablesIn = (blocks: readonly Block[], section: string): ShownTable[] =>
  blocks.flatMap((block) => {
    if (block.kind === 'list') return block.items.flatMap((item) => tablesIn(item, section))
    if (block.kind !== 'table') return []
    const rows = rowsOf(block)
    return [
      {
        section,
        caption: inlineText(block.caption),
        rows: rows.map((row) => row.map((cell) => blockTexts(cell.content).filter(Boolean).join('\n'))),
      },
      ...rows.flatMap((row) => row.flatMap((cell) => tablesIn(cell.content, section))),
    ]
  })

/** Every table of the narrative, those inside cells after the one that holds them. */
export const shownTables = ({ cda }: FoundDocument): ShownTable[] => {
  const visit = (sections: readonly Section[]): ShownTable[] =>
    sections.flatMap((section) => [...tablesIn(section.blocks, section.title), ...visit(section.sections)])
  return cda ? visit(cda.document.sections) : []
}
