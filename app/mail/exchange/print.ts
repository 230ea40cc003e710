import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import PDFDocument from 'pdfkit'
import type { Correspondent } from '../../contract/index.ts'
import type { TextBlock } from '../mime/html-blocks.ts'
import type { PrintedMessage, PrintRequest } from './printed.ts'
import { uniqueNames } from './file-names.ts'

const margin = 56
const width = 595.28 - 2 * margin
const labelWidth = 82
const lineGap = 1.5
const ink = '#16232e'
const muted = '#52636f'
const accent = '#0b6e83'
const alert = '#9c1c14'
/** Lines of one message's text on paper at most: some forty pages; the rest is in the original. */
const mostLines = 2000
/** Where the foot of the page begins. */
const bottom = 841.89 - 62

type Doc = PDFKit.PDFDocument

/** Exponents that the typefaces lack: « 10⁹ » must never be read as 109. */
const exponents: Record<string, string> = {
  '⁰': '0',
  '¹': '1',
  '⁴': '4',
  '⁵': '5',
  '⁶': '6',
  '⁷': '7',
  '⁸': '8',
  '⁹': '9',
  '⁺': '+',
  '⁻': '-',
}

/** Text without control and direction-changing characters. */
const settable = (text: string): string =>
  text
    .replace(/[\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufe0f]/g, '')
    .replaceAll('\u202f', '\u00a0')
    .replace(/[⁰⁴-⁹⁺⁻]+/g, (run) => `^${[...run].map((one) => exponents[one] ?? one).join('')}`)
    .replace(/[^\P{Cc}\n\t]/gu, ' ')

const withValues = (template: string, values: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

/**
 * Writes a PDF: each message on pages of its own, the originals (the message as received and its attachments) embedded
 * as files. Memory holds one message at a time. Errors of the file system are thrown.
 */
export const createPrinter = (request: PrintRequest) => {
  const { labels } = request
  const doc: Doc = new PDFDocument({
    size: 'A4',
    margins: { top: margin, bottom: 0, left: margin, right: margin },
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: request.language,
    displayTitle: true,
    // The default font would read a file of pdfkit's own.
    font: Buffer.from(request.fonts.regular) as unknown as string,
    info: {
      Title: labels.title,
      Creator: 'SousPli',
      Producer: 'SousPli',
      CreationDate: new Date(request.exportedAt),
    },
  })
  doc.registerFont('regular', Buffer.from(request.fonts.regular))
  doc.registerFont('bold', Buffer.from(request.fonts.bold))
  const file = createWriteStream(request.path, { mode: 0o600 })
  const written = finished(file)
  doc.pipe(file)
  const names = uniqueNames()
  const day = new Intl.DateTimeFormat(request.language, { dateStyle: 'full', timeStyle: 'short' })
  const shortDay = new Intl.DateTimeFormat(request.language, { dateStyle: 'long' })
  const bytes = new Intl.NumberFormat(request.language, { maximumFractionDigits: 1 })
  let pages = 0
  let messages = 0
  /** Lines the message being written may still have. */
  let lines = 0

  const sizeOf = (size: number): string =>
    size < 1024 * 1024
      ? `${bytes.format(Math.max(1, Math.round(size / 1024)))} ${labels.kilobytes}`
      : `${bytes.format(size / 1024 / 1024)} ${labels.megabytes}`

  const newPage = (): void => {
    doc.addPage()
    pages += 1
    const foot = withValues(labels.foot, { date: shortDay.format(request.exportedAt), page: String(pages) })
    doc.font('regular').fontSize(8).fillColor(muted)
    doc.text(settable(foot), margin, bottom + 22, { width, lineBreak: false })
    doc.x = margin
    doc.y = margin
  }
  const room = (height: number): void => {
    if (doc.y + height > bottom) newPage()
  }

  /** Lines that flow over pages: pdfkit's own page breaks would not leave room for our foot. */
  const flow = (
    text: string,
    style: { font: string; size: number; color: string; indent?: number },
  ): void => {
    const x = margin + (style.indent ?? 0)
    for (const line of settable(text)
      .replace(/\n(?:[ \t]*\n){2,}/g, '\n\n')
      .split('\n')) {
      const set = (): void => void doc.font(style.font).fontSize(style.size).fillColor(style.color)
      for (const piece of line.match(/[^]{1,1200}(?:\s|$)|[^]{1,1200}/g) ?? [' ']) {
        if (lines <= 0) return
        lines -= 1 + Math.floor(piece.length / 90)
        set()
        const breadth = width - (style.indent ?? 0)
        if (doc.widthOfString(piece) <= breadth) {
          const height = doc.currentLineHeight(true) + lineGap
          room(height)
          set()
          const { y } = doc
          doc.text(piece, x, y, { lineBreak: false })
          doc.y = y + height
          continue
        }
        const options = { width: breadth, lineGap }
        room(Math.min(doc.heightOfString(piece, options), bottom - margin))
        set()
        doc.text(piece, x, doc.y, options)
      }
    }
  }

  const correspondent = (one: Correspondent): string =>
    one.name === '' ? one.address : `${one.name} <${one.address}>`

  const field = (label: string, text: string): void => {
    if (text === '') return
    const shown = settable(text.length > 2000 ? `${text.slice(0, 2000)}…` : text)
    doc.font('regular').fontSize(9.5)
    const height = doc.heightOfString(shown, { width: width - labelWidth })
    room(height + 3)
    const { y } = doc
    doc.fillColor(muted).text(settable(label), margin, y, { width: labelWidth - 6, lineBreak: false })
    doc.fillColor(ink).text(shown, margin + labelWidth, y, { width: width - labelWidth })
    doc.y = Math.max(doc.y, y + height) + 3
  }

  const verdict = (message: PrintedMessage): { text: string; color: string } => {
    const { signature } = message
    if (signature.status === 'none') return { text: labels.unsigned, color: muted }
    if (signature.status === 'invalid') return { text: labels.signatureInvalid, color: alert }
    if (signature.status === 'untrusted') return { text: labels.signatureUntrusted, color: alert }
    if (signature.status === 'undecidable') return { text: labels.signatureUndecidable, color: alert }
    const signedOn = signature.signedAt === null ? '' : ` · ${shortDay.format(new Date(signature.signedAt))}`
    const templates = {
      valid: labels.signatureValid,
      partial: labels.signaturePart,
      unbound: labels.signatureUnbound,
    }
    const values = { name: signature.signerName ?? '', date: signedOn }
    return {
      text: withValues(templates[signature.status], values),
      color: signature.status === 'unbound' ? alert : accent,
    }
  }

  const patientBanner = (message: PrintedMessage): void => {
    const { patient } = message
    if (!patient) return
    const used = patient.usedName !== null && patient.usedName !== patient.birthName ? patient.usedName : ''
    const born = patient.birthDate === null ? '' : shortDay.format(new Date(`${patient.birthDate}T12:00:00`))
    const parts = [
      [used === '' ? patient.birthName : `${used} (${patient.birthName})`, patient.firstName].join(' '),
      born === '' ? '' : withValues(labels.born, { date: born }),
      patient.ins ? withValues(labels.ins, { ins: patient.ins.matricule }) : '',
      patient.qualified ? '' : labels.notQualified,
    ]
    const text = settable(parts.filter((part) => part !== '').join(' · '))
    doc.font('bold').fontSize(10)
    const height = doc.heightOfString(text, { width: width - 24 }) + 22
    room(height + 8)
    const { y } = doc
    doc.roundedRect(margin, y, width, height, 4).fillAndStroke('#eef6f8', accent)
    doc
      .font('regular')
      .fontSize(8)
      .fillColor(accent)
      .text(settable(labels.patient), margin + 12, y + 6)
    doc
      .font('bold')
      .fontSize(10)
      .fillColor(ink)
      .text(text, margin + 12, y + 17, { width: width - 24 })
    doc.y = y + height + 8
  }

  const block = ({ kind, text }: TextBlock): void => {
    if (kind === 'heading') {
      room(40)
      doc.y += 4
      flow(text, { font: 'bold', size: 12, color: ink })
    } else if (kind === 'item') flow(`•  ${text}`, { font: 'regular', size: 10.5, color: ink, indent: 10 })
    else if (kind === 'quote') flow(text, { font: 'regular', size: 10, color: muted, indent: 14 })
    else if (kind === 'row')
      flow(text.replaceAll('\t', '   |   '), { font: 'regular', size: 9.5, color: ink })
    else flow(text, { font: 'regular', size: 10.5, color: ink })
    doc.y += kind === 'item' || kind === 'row' ? 2 : 7
  }

  const embed = (name: string, content: Uint8Array, type: string): void => {
    doc.file(Buffer.from(content.buffer, content.byteOffset, content.byteLength), {
      name,
      type: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream',
      creationDate: new Date(request.exportedAt),
      modifiedDate: new Date(request.exportedAt),
    })
  }

  return {
    add: (message: PrintedMessage): void => {
      messages += 1
      lines = mostLines
      newPage()
      doc.outline.addItem(settable(message.subject === '' ? labels.noSubject : message.subject).slice(0, 200))
      const subject = message.subject === '' ? labels.noSubject : message.subject.slice(0, 1000)
      flow(subject, { font: 'bold', size: 16, color: ink })
      doc.y += 8
      field(labels.from, correspondent(message.from))
      field(labels.to, message.to.map(correspondent).join(', '))
      field(labels.cc, message.cc.map(correspondent).join(', '))
      field(labels.date, day.format(message.date))
      const signed = verdict(message)
      flow(signed.text, { font: 'bold', size: 9.5, color: signed.color })
      if (message.encryption === 'decrypted')
        flow(labels.decrypted, { font: 'regular', size: 9.5, color: muted })
      if (message.encryption === 'failed')
        flow(labels.stillEncrypted, { font: 'bold', size: 9.5, color: alert })
      doc.y += 6
      patientBanner(message)
      room(12)
      doc
        .moveTo(margin, doc.y)
        .lineTo(margin + width, doc.y)
        .lineWidth(0.6)
        .stroke('#c5d0d6')
      doc.y += 10
      for (const one of message.blocks) if (lines > 0) block(one)
      const cut = message.truncated || lines <= 0
      // What closes the message is always said.
      lines = mostLines
      if (cut) flow(labels.truncated, { font: 'bold', size: 9.5, color: alert })
      doc.y += 6
      room(60)
      flow(labels.attachments, { font: 'bold', size: 10.5, color: ink })
      const number = String(messages).padStart(3, '0')
      const originals = [
        ...message.attachments,
        { fileName: 'message.eml', mimeType: 'message/rfc822', bytes: message.raw },
      ]
      for (const { fileName, mimeType, bytes: content } of originals) {
        const name = names(`${number} - ${fileName}`)
        flow(`•  ${name} (${sizeOf(content.byteLength)})`, {
          font: 'regular',
          size: 9.5,
          color: ink,
          indent: 10,
        })
        embed(name, content, mimeType)
      }
    },
    /** Ends the file; resolves when it is on the disk. */
    end: async (): Promise<void> => {
      if (messages === 0) newPage()
      doc.end()
      await written
    },
    /** Rejects when the file cannot be written. */
    failed: written,
  }
}
