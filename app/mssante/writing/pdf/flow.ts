import { column, ink, page, type ArchivePdf } from './archive-pdf.ts'

export interface Style {
  bold?: boolean
  size?: number
  color?: string
  indent?: number
}

/**
 * Text and tables that flow over pages, each with its foot. `foot` is said on every page: a sheet that falls out of a file
 * still says whose it is.
 */
export const createFlow = (pdf: ArchivePdf, foot: string) => {
  const { doc, settable } = pdf
  let pages = 0

  const newPage = (): void => {
    doc.addPage()
    pages += 1
    doc.font('regular').fontSize(8).fillColor(ink.muted)
    doc.text(settable(`${foot}${pages}`), page.margin, page.bottom + 22, { width: column, lineBreak: false })
    doc.x = page.margin
    doc.y = page.margin
  }
  const room = (height: number): void => {
    if (doc.y + height > page.bottom) newPage()
  }
  const set = ({ bold, size, color }: Style): void =>
    void doc
      .font(bold ? 'bold' : 'regular')
      .fontSize(size ?? 10.5)
      .fillColor(color ?? ink.text)

  /** A line as those that fit into a width: broken at blanks, inside of a word only when it is longer than the line. */
  const wrapped = (line: string, width: number): string[] => {
    if (doc.widthOfString(line) <= width) return [line]
    const lines: string[] = []
    let current = ''
    let used = 0
    const end = (): void => {
      lines.push(current.trimEnd())
      current = ''
      used = 0
    }
    for (const word of line.match(/\s+|\S+/gu) ?? []) {
      const breadth = doc.widthOfString(word)
      if (used + breadth <= width) {
        current += word
        used += breadth
        continue
      }
      if (word.trim() === '') continue
      if (current.trim() !== '') end()
      if (breadth <= width) {
        current = word
        used = breadth
        continue
      }
      for (const letter of word) {
        const own = doc.widthOfString(letter)
        if (used + own > width && current !== '') end()
        current += letter
        used += own
      }
    }
    if (current.trim() !== '') end()
    return lines
  }

  /** Lines as they are, wrapped; an empty one is an empty line. */
  const text = (content: string, style: Style = {}): void => {
    const indent = style.indent ?? 0
    set(style)
    const height = doc.currentLineHeight(true) + 1.5
    for (const line of settable(content).split('\n'))
      for (const piece of wrapped(line, column - indent)) {
        room(height)
        set(style)
        const { y } = doc
        doc.text(piece === '' ? ' ' : piece, page.margin + indent, y, { lineBreak: false })
        doc.x = page.margin
        doc.y = y + height
      }
  }

  const gap = (height: number): void => {
    doc.y = Math.min(doc.y + height, page.bottom)
  }

  const rule = (): void => {
    room(8)
    doc
      .moveTo(page.margin, doc.y)
      .lineTo(page.margin + column, doc.y)
      .lineWidth(0.6)
      .stroke(ink.line)
    doc.y += 8
  }

  /** A label and its text, beside each other. */
  const field = (label: string, content: string): void => {
    if (content === '') return
    const labelWidth = 104
    const shown = settable(content)
    set({ size: 9.5 })
    const height = doc.heightOfString(shown, { width: column - labelWidth })
    if (height > page.bottom - page.margin) {
      text(`${label} : ${content}`, { size: 9.5 })
      return
    }
    room(height + 3)
    const { y } = doc
    set({ size: 9.5, color: ink.muted })
    doc.text(settable(label), page.margin, y, { width: labelWidth - 6, lineBreak: false })
    set({ size: 9.5 })
    doc.text(shown, page.margin + labelWidth, y, { width: column - labelWidth })
    doc.x = page.margin
    doc.y = y + height + 3
  }

  /** A shaded box with a bold line and others under it. */
  const box = (title: string, lines: readonly string[]): void => {
    const width = column - 24
    set({ bold: true, size: 11 })
    const head = settable(title)
    const headHeight = doc.heightOfString(head, { width })
    set({ size: 9.5 })
    const body = settable(lines.filter((line) => line !== '').join('\n'))
    const height = headHeight + (body === '' ? 0 : doc.heightOfString(body, { width }) + 2) + 14
    room(height + 8)
    const { y } = doc
    doc.roundedRect(page.margin, y, column, height, 4).fill(ink.shade)
    set({ bold: true, size: 11 })
    doc.text(head, page.margin + 12, y + 7, { width })
    if (body !== '') {
      set({ size: 9.5 })
      doc.text(body, page.margin + 12, y + 9 + headHeight, { width })
    }
    doc.x = page.margin
    doc.y = y + height + 8
  }

  /** A picture as wide as the column at most, on a page of its own when it does not fit here. */
  const picture = (bytes: Uint8Array, most: { width: number; height: number } | null = null): void => {
    const { width, height, drawn } = pdf.openPicture(bytes)
    const limit = most ?? { width: column, height: page.bottom - page.margin }
    const scale = Math.min(1, limit.width / width, limit.height / height)
    const [across, down] = [width * scale, height * scale]
    room(down + 4)
    const { y } = doc
    doc.image(drawn, page.margin, y, { width: across, height: down })
    doc.x = page.margin
    doc.y = y + down + 4
  }

  newPage()
  return { doc, settable, text, gap, rule, field, box, picture, room, set, pages: () => pages }
}

export type Flow = ReturnType<typeof createFlow>
