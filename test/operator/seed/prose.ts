import { fictitiousNotice, type Section } from './cda-body.ts'
import type { PdfBlock } from './pdf.ts'
import { xml, type Xml } from './xml.ts'

/** The visible mention that the patient does not exist. */
export function notice(): Xml {
  return xml`<paragraph styleCode="Italics">${fictitiousNotice}</paragraph>`
}

function paragraphs(lines: readonly string[]): Xml {
  return xml`${lines.map((line) => xml`<paragraph>${line}</paragraph>`)}`
}

/** A section whose narrative is prose, and the same words as blocks of the PDF. */
export function prose(
  templates: readonly string[],
  code: string,
  display: string,
  title: string,
  lines: readonly string[],
): Section & { lines: readonly string[] } {
  return { templates, code, display, title, text: paragraphs(lines), lines }
}

/** The PDF's blocks of prose sections. */
export function proseBlocks(sections: readonly { title: string; lines: readonly string[] }[]): PdfBlock[] {
  return sections.flatMap((section): PdfBlock[] => [
    { kind: 'heading', text: section.title },
    ...section.lines.map((text): PdfBlock => ({ kind: 'paragraph', text })),
  ])
}
