import { SaxesParser } from 'saxes'

const pdfCopySection = '1.2.250.1.213.1.1.2.243'

/**
 * Every text of the sections of a CDA in order, titles included, read by another way than the product's own; the section that only
 * holds the PDF copy is left out. Empty for what is no CDA.
 */
export const narrativeOf = (bytes: Uint8Array): string[] => {
  const source = new TextDecoder().decode(bytes).replace(/^\ufeff/, '')
  if (!/<(?:\w+:)?ClinicalDocument[\s>]/.test(source)) return []
  const found: { text: string; section: number }[] = []
  const copies = new Set<number>()
  const path: { name: string; section: number }[] = []
  let sections = 0
  /** Length of the path at the `title` or `text` being read, 0 outside. */
  let reading = 0
  let words = ''
  const flush = (): void => {
    const text = words.replace(/\s+/g, ' ').trim()
    if (text !== '') found.push({ text, section: path.at(-1)?.section ?? 0 })
    words = ''
  }
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => {
    if (reading > 0) flush()
    const name = tag.name.replace(/^.*:/, '')
    const parent = path.at(-1)
    if (name === 'section') sections += 1
    const section = name === 'section' ? sections : (parent?.section ?? 0)
    path.push({ name, section })
    if (name === 'templateId' && parent?.name === 'section' && tag.attributes['root'] === pdfCopySection)
      copies.add(section)
    if (reading === 0 && parent?.name === 'section' && (name === 'title' || name === 'text'))
      reading = path.length
  })
  const add = (text: string): void => {
    if (reading > 0) words += text
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => {
    if (reading > 0) flush()
    if (reading === path.length) reading = 0
    path.pop()
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(source).close()
  return found.filter(({ section }) => !copies.has(section)).map(({ text }) => text)
}
