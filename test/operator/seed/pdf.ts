import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'

/** One block of a report. */
export type PdfBlock =
  | { kind: 'paragraph'; text: string; strong?: boolean }
  | { kind: 'heading'; text: string }
  | {
      kind: 'table'
      columns: readonly { title: string; width: number; align?: 'left' | 'right' }[]
      rows: readonly PdfRow[]
    }
  | { kind: 'image'; bytes: Buffer; width: number; height: number }

export interface PdfRow {
  cells: readonly string[]
  /** Shown in red and bold. */
  alert?: boolean
}

export interface PdfContent {
  /** Who writes: name, then lines of address. */
  letterhead: readonly string[]
  title: string
  date: Date
  /** Label and value pairs about the patient. */
  patient: readonly (readonly [string, string])[]
  blocks: readonly PdfBlock[]
  signature: readonly string[]
  /** `embedded` carries Liberation Sans (as word processors do); `standard` names Helvetica, which is much quicker to write. */
  typeface: 'embedded' | 'standard'
}

const fontFolder = createRequire(import.meta.url)
  .resolve('pdfjs-dist/package.json')
  .replace(/package\.json$/, 'standard_fonts/')

const fonts = new Map<string, Buffer>()
function font(name: string): Buffer {
  let bytes = fonts.get(name)
  if (bytes === undefined) {
    bytes = readFileSync(fontFolder + name)
    fonts.set(name, bytes)
  }
  return bytes
}

const teal = '#0b6e83'
const ink = '#16232e'
const alert = '#b3261e'
const left = 56
const right = 539

/** Helvetica has WinAnsi only. */
function typeable(text: string): string {
  return text.replaceAll('≥', '>=').replaceAll('≤', '<=').replaceAll('\u202f', '\u00a0')
}

/** A one- or two-page A4 letter or report. Deterministic for the same content. */
export function pdf(content: PdfContent): Promise<Buffer> {
  const embedded = content.typeface === 'embedded'
  const regular = embedded ? font('LiberationSans-Regular.ttf') : 'Helvetica'
  const bold = embedded ? font('LiberationSans-Bold.ttf') : 'Helvetica-Bold'
  const show = embedded ? (text: string): string => text : typeable
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: 48, bottom: 56, left, right: 56 },
    font: '',
    bufferPages: true,
    info: {
      Title: content.title,
      Author: content.letterhead[0] ?? '',
      Creator: 'SousPli (démonstration)',
      CreationDate: content.date,
      ModDate: content.date,
    },
  })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk))
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.on('error', reject)
  })
  doc.registerFont('regular', regular).registerFont('bold', bold)

  const [name = '', ...lines] = content.letterhead
  doc.rect(0, 0, 595.28, 8).fill(teal)
  doc.fillColor(teal).font('bold').fontSize(13).text(show(name), left, 40)
  doc.fillColor('#5b6b78').font('regular').fontSize(9)
  for (const line of lines) doc.text(show(line))
  doc.moveDown(1.2)
  doc.fillColor(ink).font('bold').fontSize(17).text(show(content.title), left)
  doc.moveDown(0.5)

  const top = doc.y
  const height = content.patient.length * 14 + 14
  doc.roundedRect(left, top, right - left, height, 6).fill('#eef6f8')
  content.patient.forEach(([label, value], index) => {
    const y = top + 9 + index * 14
    doc
      .fillColor('#5b6b78')
      .font('regular')
      .fontSize(9)
      .text(show(label), left + 12, y, { lineBreak: false })
    doc
      .fillColor(ink)
      .font('bold')
      .fontSize(10)
      .text(show(value), left + 130, y - 0.5, { lineBreak: false })
  })
  doc.x = left
  doc.y = top + height + 14

  for (const block of content.blocks) writeBlock(doc, block, show)

  doc.moveDown(1)
  doc.font('regular').fontSize(10).fillColor(ink)
  for (const line of content.signature)
    doc.text(show(line), left, doc.y, { align: 'right', width: right - left })
  for (let page = 0; page < doc.bufferedPageRange().count; page++) {
    doc.switchToPage(page)
    doc.page.margins.bottom = 0
    doc.font('regular').fontSize(8).fillColor('#5b6b78')
    const notice = 'Document de démonstration — patient fictif, aucune donnée réelle.'
    doc.text(show(notice), left, 806, { width: right - left, align: 'center', lineBreak: false })
  }
  doc.end()
  return done
}

function writeBlock(doc: PDFKit.PDFDocument, block: PdfBlock, show: (text: string) => string): void {
  switch (block.kind) {
    case 'heading':
      doc.moveDown(0.4)
      doc
        .fillColor(teal)
        .font('bold')
        .fontSize(11.5)
        .text(show(block.text), left, doc.y, { width: right - left })
      doc.moveDown(0.25)
      return
    case 'paragraph':
      doc
        .fillColor(ink)
        .font(block.strong === true ? 'bold' : 'regular')
        .fontSize(10.5)
      doc.text(show(block.text), left, doc.y, { width: right - left, lineGap: 2.5 })
      doc.moveDown(0.5)
      return
    case 'image':
      doc.image(block.bytes, left, doc.y, { width: block.width, height: block.height })
      // pdfkit leaves the pen where it was when the place of a picture is given.
      doc.y += block.height + 8
      return
    case 'table':
      writeTable(doc, block, show)
  }
}

function writeTable(
  doc: PDFKit.PDFDocument,
  table: Extract<PdfBlock, { kind: 'table' }>,
  show: (text: string) => string,
): void {
  const line = (cells: readonly string[], style: { bold: boolean; colour: string }): void => {
    const y = doc.y
    let x = left
    table.columns.forEach((column, index) => {
      doc
        .font(style.bold ? 'bold' : 'regular')
        .fontSize(9.5)
        .fillColor(style.colour)
      doc.text(show(cells[index] ?? ''), x + 4, y, {
        width: column.width - 8,
        align: column.align ?? 'left',
        lineBreak: false,
      })
      x += column.width
    })
    doc
      .moveTo(left, y + 14)
      .lineTo(right, y + 14)
      .lineWidth(0.5)
      .strokeColor('#d5dee4')
      .stroke()
    doc.x = left
    doc.y = y + 18
    if (doc.y > 760) doc.addPage()
  }
  line(
    table.columns.map((column) => column.title),
    { bold: true, colour: '#5b6b78' },
  )
  for (const row of table.rows) {
    const critical = row.alert === true
    line(row.cells, { bold: critical, colour: critical ? alert : ink })
  }
  doc.moveDown(0.4)
}
