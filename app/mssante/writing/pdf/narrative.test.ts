import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { expect, it } from 'vitest'
import { n3 } from '../../../../test/operator/seed/cda-variants.ts'
import type { Block, Inline, Section } from '../../../contract/index.ts'
import { readCda } from '../../cda/index.ts'
import { doJob, type WritingResults } from '../jobs.ts'
import { at, fonts } from '../writing.fixture.ts'

const standardFontDataUrl = `${join(
  dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')),
  'standard_fonts',
)}/`

const inlineText = (content: readonly Inline[]): string =>
  content
    .map((one) => (one.kind === 'text' ? one.text : 'children' in one ? inlineText(one.children) : ' '))
    .join('')
const blockTexts = (block: Block): string[] =>
  block.kind === 'table'
    ? [...block.head, ...block.body, ...block.foot].flat().flatMap((cell) => cell.content.flatMap(blockTexts))
    : block.kind === 'list'
      ? [inlineText(block.caption), ...block.items.flat().flatMap(blockTexts)]
      : [inlineText(block.content)]
const textsOf = (sections: readonly Section[]): string[] =>
  sections.flatMap((section) => [
    section.title ?? '',
    ...section.blocks.flatMap(blockTexts),
    ...textsOf(section.sections),
  ])

/** Letters and digits alone: where lines break, and with what dashes, is the page's affair. */
const bare = (text: string): string => text.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '')

const pdfText = async (bytes: Uint8Array): Promise<string> => {
  const pdf = await getDocument({ data: new Uint8Array(bytes), standardFontDataUrl }).promise
  const pages: string[] = []
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const content = await (await pdf.getPage(number)).getTextContent()
    pages.push(content.items.map((item) => ('str' in item ? item.str : '')).join(' '))
  }
  return bare(pages.join(' '))
}

/** Texts of the narrative that the PDF lacks. */
const lacking = async (bytes: Uint8Array): Promise<{ texts: number; missing: string[]; text: string }> => {
  const made = await doJob({ kind: 'cda', bytes, madeAt: at }, fonts, randomBytes)
  if (!made.ok) throw new Error(made.error.code)
  const { pdf } = made.value as WritingResults['cda']
  const cda = readCda(bytes)
  if (!cda.ok) throw new Error(cda.error.code)
  const text = await pdfText(pdf.bytes)
  // A cell may be broken over pages or columns: its words are looked for one by one.
  const words = textsOf(cda.value.document.sections)
    .flatMap((one) => one.split(/\s+/))
    .map(bare)
    .filter((word) => word !== '')
  return { texts: words.length, missing: words.filter((word) => !text.includes(word)), text }
}

it('the PDF of an N3 has every word of its narrative, and its header (ECO.2.1.5)', async () => {
  const found = await lacking(n3)
  expect(found.texts).toBeGreaterThan(10)
  expect(found.missing).toEqual([])
  const cda = readCda(n3)
  if (!cda.ok) throw new Error(cda.error.code)
  const { patient, title, authors } = cda.value.document
  for (const word of [title, patient?.birthName, patient?.firstName, ...authors.map(({ name }) => name)])
    for (const part of (word ?? '').split(/\s+/)) expect(found.text).toContain(bare(part))
})
