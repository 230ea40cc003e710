import PDFDocument from 'pdfkit'
import { xml } from '../markup.ts'
import { srgbProfile } from './srgb.ts'

export interface Typefaces {
  regular: Uint8Array
  bold: Uint8Array
}

export const page = { width: 595.28, height: 841.89, margin: 56, bottom: 841.89 - 62 } as const
export const column = page.width - 2 * page.margin
export const ink = {
  text: '#16232e',
  muted: '#52636f',
  accent: '#0b6e83',
  line: '#c5d0d6',
  shade: '#eef4f6',
} as const

type Doc = PDFKit.PDFDocument

/** What pdfkit has and its types do not say: references of its own, and where it ends an archive file. */
interface Inner {
  ref: (data: Record<string, unknown>) => {
    write: (bytes: Uint8Array) => void
    end: () => void
    compress?: boolean
  }
  _root: { data: Record<string, unknown> }
  _addColorOutputIntent: () => void
  openImage: (bytes: Buffer) => { width: number; height: number }
  endMetadata: () => void
}

const metadata = (title: string, made: Date): string => {
  const date = `${made.toISOString().slice(0, 19)}Z`
  return xml`<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${title}</rdf:li></rdf:Alt></dc:title></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${date}</xmp:CreateDate><xmp:CreatorTool>SousPli</xmp:CreatorTool></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>SousPli</pdf:Producer></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`.markup
}

/** Control, direction-changing and unpaired characters have no place on paper. */
const printable = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufe0f]/g, '')
    .replaceAll('\u202f', '\u00a0')
    .replaceAll('\t', '    ')
    .replace(/[^\P{Cc}\n]/gu, ' ')

/**
 * A PDF/A-1b (ISO 19005-1) being written: PDF 1.4, the typefaces inside, sRGB, XMP metadata equal to the information
 * dictionary; no transparency, actions or files.
 */
export const beginArchivePdf = (of: { title: string; made: Date; fonts: Typefaces }) => {
  const title = printable(of.title).slice(0, 250) || 'Document'
  const doc: Doc = new PDFDocument({
    size: 'A4',
    margins: { top: page.margin, bottom: 0, left: page.margin, right: page.margin },
    autoFirstPage: false,
    pdfVersion: '1.4',
    subset: 'PDF/A-1b',
    lang: 'fr-FR',
    displayTitle: true,
    // The default font would read a file of pdfkit's own.
    font: Buffer.from(of.fonts.regular) as unknown as string,
    info: { Title: title, Creator: 'SousPli', Producer: 'SousPli', CreationDate: of.made },
  })
  const inner = doc as unknown as Inner
  // pdfkit would read its profile beside its own source, which a bundle has not.
  inner._addColorOutputIntent = () => {
    const profile = srgbProfile()
    const stream = inner.ref({ N: 3 })
    stream.write(profile)
    stream.end()
    const intent = inner.ref({
      Type: 'OutputIntent',
      S: 'GTS_PDFA1',
      Info: new String('sRGB IEC61966-2.1'),
      OutputConditionIdentifier: new String('sRGB IEC61966-2.1'),
      DestOutputProfile: stream,
    })
    intent.end()
    inner._root.data.OutputIntents = [intent]
  }
  // pdfkit writes titles into its XMP without escaping them.
  inner.endMetadata = () => {
    const stream = inner.ref({ Type: 'Metadata', Subtype: 'XML' })
    stream.compress = false
    stream.write(Buffer.from(metadata(title, of.made), 'utf8'))
    stream.end()
    inner._root.data.Metadata = stream
  }
  doc.registerFont('regular', Buffer.from(of.fonts.regular))
  doc.registerFont('bold', Buffer.from(of.fonts.bold))
  const pieces: Buffer[] = []
  const written = new Promise<Uint8Array>((resolve, reject) => {
    doc.on('data', (piece: Buffer) => pieces.push(piece))
    doc.on('end', () => resolve(Buffer.concat(pieces)))
    doc.on('error', reject)
  })

  // fontkit knows which characters the typeface has; pdfkit would draw an empty box for the others.
  const fontOf = (doc as unknown as { _font: { font: { hasGlyphForCodePoint: (code: number) => boolean } } })
    ._font.font
  const settable = (text: string): string =>
    [...printable(text)]
      .map((one) => {
        const code = one.codePointAt(0) ?? 32
        return one === '\n' || fontOf.hasGlyphForCodePoint(code)
          ? one
          : one.normalize('NFKD') !== one &&
              [...one.normalize('NFKD')].every((part) =>
                fontOf.hasGlyphForCodePoint(part.codePointAt(0) ?? 32),
              )
            ? superscript(one)
            : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
      })
      .join('')

  return {
    doc,
    title,
    written,
    settable,
    /** A picture read once, to be drawn: pdfkit takes it where its types want a path. */
    openPicture: (bytes: Uint8Array): { width: number; height: number; drawn: string } => {
      const image = inner.openImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      return { width: image.width, height: image.height, drawn: image as unknown as string }
    },
  }
}

/** « 10⁹ » must never be read as 109. */
const superscript = (one: string): string =>
  /[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]/.test(one) ? `^${one.normalize('NFKD').replace('\u2212', '-')}` : one.normalize('NFKD')

export type ArchivePdf = ReturnType<typeof beginArchivePdf>
