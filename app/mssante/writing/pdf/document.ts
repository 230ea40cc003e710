import type { Actor, Block, ClinicalDocument, Inline, Section, TableCell } from '../../../contract/index.ts'
import { beginArchivePdf, column, ink, page, type Typefaces } from './archive-pdf.ts'
import { createFlow, type Flow } from './flow.ts'
import type { FinishedPdf } from './letter.ts'
import { archivePicture } from './picture.ts'
import { frenchDate, words } from './words.ts'

/** Bytes of what a narrative shows by its key. */
export type MediaBytes = (id: string) => Uint8Array | null

const digits: Record<string, string> = { sup: '^', sub: '_' }

/** The text of a run, nothing of it left out: exponents keep a mark, what was taken back says so. */
const plain = (content: readonly Inline[]): string =>
  content
    .map((one): string => {
      switch (one.kind) {
        case 'text':
          return one.text
        case 'break':
          return '\n'
        case 'media':
          return ''
        case 'footnote-ref':
          return `[${one.footnoteId}]`
        case 'footnote':
          return ` (${plain(one.children)})`
        case 'link': {
          const text = plain(one.children)
          return text.includes(one.href) ? text : `${text} (${one.href})`
        }
        case 'sub':
        case 'sup': {
          const text = plain(one.children)
          return /^[\d+-]+$/.test(text) ? `${digits[one.kind] ?? ''}${text}` : text
        }
        case 'span': {
          const text = plain(one.children)
          return (one.styles as readonly string[]).includes('deleted') ? `[supprimé : ${text}]` : text
        }
      }
    })
    .join('')

const mediaOf = (content: readonly Inline[]): string[] =>
  content.flatMap((one) =>
    one.kind === 'media' ? [one.mediaId] : 'children' in one ? mediaOf(one.children) : [],
  )

const allBold = (content: readonly Inline[]): boolean =>
  content.length > 0 &&
  content.every(
    (one) =>
      (one.kind === 'span' && one.styles.includes('bold')) || (one.kind === 'text' && one.text.trim() === ''),
  )

const blockText = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return plain(block.content)
    case 'footnote':
      return `[${block.footnoteId}] ${plain(block.content)}`
    case 'list':
      return [
        plain(block.caption),
        ...block.items.map(
          (item, index) => `${block.ordered ? `${index + 1}.` : '•'} ${item.map(blockText).join('\n')}`,
        ),
      ]
        .filter((line) => line !== '')
        .join('\n')
    case 'table':
      return [
        plain(block.caption),
        ...[...block.head, ...block.body, ...block.foot].map((row) =>
          row.map((cell) => cell.content.map(blockText).join(' ')).join(' | '),
        ),
      ]
        .filter((line) => line !== '')
        .join('\n')
  }
}

interface Placed {
  cell: TableCell
  text: string
  at: number
  span: number
}

/** Cells of rows on a grid: those of rows above that reach down keep their columns. */
const onGrid = (rows: readonly TableCell[][]): { rows: Placed[][]; columns: number } => {
  const taken = new Map<number, number>()
  let columns = 1
  const placed = rows.map((row) => {
    let at = 0
    const cells = row.map((cell) => {
      while ((taken.get(at) ?? 0) > 0) at += 1
      const span = Math.min(Math.max(cell.colSpan, 1), 100)
      const place = { cell, text: cell.content.map(blockText).join('\n').trim(), at, span }
      for (let index = at; index < at + span; index += 1) taken.set(index, Math.max(cell.rowSpan, 1))
      at += span
      columns = Math.max(columns, at)
      return place
    })
    for (const [index, left] of taken) taken.set(index, left - 1)
    return cells
  })
  return { rows: placed, columns }
}

/** Widths by what is in the columns: none below a share that a short word needs. */
const widthsOf = (rows: readonly Placed[][], columns: number): number[] => {
  const wants = Array.from({ length: columns }, (_, index) =>
    Math.max(
      4,
      ...rows
        .flat()
        .map(({ at, span, text }) =>
          at <= index && index < at + span
            ? Math.min(60, Math.max(...text.split('\n').map((line) => line.length))) / span
            : 0,
        ),
    ),
  )
  const sum = wants.reduce((total, want) => total + want, 0)
  return wants.map((want) => (want / sum) * column)
}

const cellPadding = 4

const table = (flow: Flow, block: Extract<Block, { kind: 'table' }>): void => {
  const caption = plain(block.caption)
  if (caption.trim() !== '') flow.text(caption, { bold: true, size: 9.5 })
  const headRows = block.head.length
  const grid = onGrid([...block.head, ...block.body, ...block.foot])
  const { columns } = grid
  const rows = grid.rows
  if (columns > 16) {
    flow.text(blockText(block), { size: 9 })
    return
  }
  const widths = widthsOf(rows, columns)
  const size = columns > 8 ? 7 : 8.5
  const widthOf = ({ at, span }: Placed): number =>
    widths.slice(at, at + span).reduce((total, width) => total + width, 0)
  const leftOf = ({ at }: Placed): number =>
    page.margin + widths.slice(0, at).reduce((total, width) => total + width, 0)
  const heightOf = (row: readonly Placed[], bold: boolean): number => {
    flow.set({ size, bold })
    return Math.max(
      size + 2 * cellPadding,
      ...row.map(
        (cell) =>
          flow.doc.heightOfString(flow.settable(cell.text), { width: widthOf(cell) - 2 * cellPadding }) +
          2 * cellPadding,
      ),
    )
  }
  const draw = (row: readonly Placed[], head: boolean): void => {
    const height = heightOf(row, head)
    if (height > page.bottom - page.margin - 40) {
      // A row higher than a page: its cells one after the other, nothing cut.
      for (const cell of row) if (cell.text !== '') flow.text(cell.text, { size, bold: cell.cell.header })
      return
    }
    flow.room(height)
    const { y } = flow.doc
    for (const cell of row) {
      const [left, width] = [leftOf(cell), widthOf(cell)]
      const header = head || cell.cell.header
      if (header) flow.doc.rect(left, y, width, height).fill(ink.shade)
      flow.doc.rect(left, y, width, height).lineWidth(0.5).stroke(ink.line)
      flow.set({ size, bold: header })
      flow.doc.text(flow.settable(cell.text), left + cellPadding, y + cellPadding, {
        width: width - 2 * cellPadding,
        align: cell.cell.align ?? 'left',
      })
    }
    flow.doc.x = page.margin
    flow.doc.y = y + height
  }
  const heads = rows.slice(0, headRows)
  for (const row of heads) draw(row, true)
  for (const row of rows.slice(headRows)) {
    const before = flow.pages()
    flow.room(heightOf(row, false))
    if (flow.pages() !== before) for (const head of heads) draw(head, true)
    draw(row, false)
  }
  flow.gap(6)
}

const pictures = (flow: Flow, ids: readonly string[], bytesOf: MediaBytes): void => {
  for (const id of ids) {
    const bytes = bytesOf(id)
    const usable = bytes ? archivePicture(bytes) : null
    if (usable?.ok) flow.picture(usable.value, { width: column, height: 420 })
    else flow.text(`[${words.picture} ${id} : ${words.notShown}]`, { size: 9, color: ink.muted })
  }
}

const mediaInside = (block: Block): string[] => {
  switch (block.kind) {
    case 'paragraph':
    case 'footnote':
      return mediaOf(block.content)
    case 'list':
      return [...mediaOf(block.caption), ...block.items.flat().flatMap(mediaInside)]
    case 'table':
      return [
        ...mediaOf(block.caption),
        ...[...block.head, ...block.body, ...block.foot]
          .flat()
          .flatMap((cell) => cell.content.flatMap(mediaInside)),
      ]
  }
}

const blocks = (flow: Flow, content: readonly Block[], bytesOf: MediaBytes, indent = 0): void => {
  for (const block of content) {
    if (block.kind === 'table') table(flow, block)
    else if (block.kind === 'list') {
      const caption = plain(block.caption)
      if (caption.trim() !== '') flow.text(caption, { bold: true, size: 10, indent })
      for (const [index, item] of block.items.entries()) {
        const mark = block.ordered ? `${index + 1}.` : '•'
        flow.text(`${mark} ${item.map(blockText).join('\n')}`, { size: 10, indent: indent + 10 })
      }
      flow.gap(4)
    } else {
      const text = blockText(block).trim()
      if (text !== '')
        flow.text(text, { size: 10, indent, bold: block.kind === 'paragraph' && allBold(block.content) })
      flow.gap(4)
    }
    pictures(flow, mediaInside(block), bytesOf)
  }
}

const section = (flow: Flow, one: Section, bytesOf: MediaBytes, depth: number): void => {
  flow.gap(6)
  flow.room(40)
  if (one.title !== '') flow.text(one.title, { bold: true, size: depth === 0 ? 12.5 : 11, color: ink.accent })
  flow.gap(3)
  blocks(flow, one.blocks, bytesOf)
  for (const child of one.sections) section(flow, child, bytesOf, depth + 1)
}

const actorText = (actor: Actor): string =>
  [actor.name, actor.role ?? '', actor.specialty ?? '', actor.organisation ?? '']
    .filter((part) => part !== '')
    .join(' · ')

const dated = (label: string, start: string | null, end: string | null): string =>
  [label, start === null ? '' : frenchDate(start), end === null || end === start ? '' : frenchDate(end)]
    .filter((part) => part !== '')
    .join(' – ')

/**
 * The PDF/A-1b of a structured document (ECO.2.1.5): the data of its header (title, type, dates, patient, authors,
 * organisation…), then its whole narrative with its tables and pictures.
 */
export const documentPdf = async (
  document: ClinicalDocument,
  bytesOf: MediaBytes,
  fonts: Typefaces,
  madeAt: number,
): Promise<FinishedPdf> => {
  const { patient } = document
  const pdf = beginArchivePdf({ title: document.title, made: new Date(madeAt), fonts })
  const name = `${patient.birthName.toUpperCase()} ${patient.firstName}`
  const flow = createFlow(pdf, `${name} · ${document.title.slice(0, 70)} · ${words.page} `)
  flow.text(document.title, { bold: true, size: 15 })
  flow.gap(6)
  flow.box(name, [
    [
      patient.birthDate === null ? '' : `${words.born[patient.sex]} ${frenchDate(patient.birthDate)}`,
      words.sex[patient.sex],
      patient.usedName ? `${words.usedName} ${patient.usedName.toUpperCase()}` : '',
    ]
      .filter((part) => part !== '')
      .join(' · '),
    patient.ins ? `${words.ins} ${patient.ins.matricule}` : '',
  ])
  flow.field(words.type, document.typeLabel)
  flow.field(words.created, document.date === null ? '' : frenchDate(document.date))
  for (const author of document.authors) flow.field(words.author, actorText(author))
  if (document.legalAuthenticator) flow.field(words.responsible, actorText(document.legalAuthenticator))
  flow.field(words.organisation, document.custodian ?? '')
  flow.field(words.recipients, document.recipients.map(actorText).join('\n'))
  flow.field(words.informants, document.informants.map(actorText).join('\n'))
  for (const act of document.acts) flow.field(words.act, dated(act.label, act.start, act.end))
  if (document.encounter)
    flow.field(
      words.encounter,
      [
        dated(document.encounter.label ?? '', document.encounter.start, document.encounter.end),
        document.encounter.place ?? '',
      ]
        .filter((part) => part !== '')
        .join(' · '),
    )
  if (document.version !== null && document.version > 1)
    flow.field(words.version, `${document.version}${document.replaces ? `, ${words.replaces}` : ''}`)
  flow.gap(4)
  flow.rule()
  if (document.text !== null) flow.text(document.text, { size: 10.5 })
  for (const one of document.sections) section(flow, one, bytesOf, 0)
  flow.doc.end()
  return { bytes: await pdf.written, pages: flow.pages() }
}
