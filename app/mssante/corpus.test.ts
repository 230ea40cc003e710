import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ClinicalDocument, type Block, type Inline, type Section } from '../contract/index.ts'
import { allResults, readCda } from './cda/index.ts'
import { findDocuments } from './documents.ts'
import { isHprim } from './hprim.ts'
import { readXdm } from './xdm/index.ts'
import { childOf, descendants, parseXml, textOf } from './xml/element.ts'

const corpus = join(import.meta.dirname, '../../../shared/corpus/clinical')
const here = existsSync(corpus)
const files = (folder: string): string[] => (here ? readdirSync(join(corpus, folder)) : [])
const read = (folder: string, file: string): Uint8Array => readFileSync(join(corpus, folder, file))

const inlineText = (content: Inline[]): string =>
  content
    .map((inline) =>
      inline.kind === 'text' ? inline.text : 'children' in inline ? inlineText(inline.children) : ' ',
    )
    .join('')
const blockText = (blocks: Block[]): string =>
  blocks
    .map((block) => {
      switch (block.kind) {
        case 'paragraph':
        case 'footnote':
          return inlineText(block.content)
        case 'list':
          return inlineText(block.caption) + block.items.map(blockText).join('')
        case 'table':
          return (
            inlineText(block.caption) +
            [...block.head, ...block.body, ...block.foot]
              .flatMap((row) => row.map((cell) => blockText(cell.content)))
              .join('')
          )
      }
    })
    .join('')
const sectionText = (sections: Section[]): string =>
  sections
    .map((section) => section.title + blockText(section.blocks) + sectionText(section.sections))
    .join('')
const squeeze = (text: string): string => [...text.replace(/\s+/g, '')].sort().join('')

describe.skipIf(!here)('official CDA samples (shared corpus)', () => {
  it.each(files('cda'))('reads %s whole', (file) => {
    const bytes = read('cda', file)
    const outcome = readCda(bytes)
    if (!outcome.ok) throw new Error(outcome.error.code)
    const { document } = outcome.value
    expect(ClinicalDocument.safeParse(document).success).toBe(true)
    expect(document.patient.birthName).not.toBe('')
    expect(document.patient.firstName).not.toBe('')
    expect(document.patient.birthDate).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(document.typeLabel).not.toBe('')
    expect(document.authors.length).toBeGreaterThan(0)
    const parsed = parseXml(bytes)
    if (!parsed.ok) throw new Error(parsed.error.code)
    const root = descendants(parsed.value, 'ClinicalDocument')[0]
    if (!root) throw new Error('no document')
    // Nothing of the narrative may be lost: same letters, section by section, the PDF copy's section aside.
    const expected = descendants(root, 'section')
      .filter(
        (section) =>
          !section.children.some(
            (c) =>
              typeof c !== 'string' &&
              c.name === 'templateId' &&
              c.attributes.get('root') === '1.2.250.1.213.1.1.2.243',
          ),
      )
      .map((section) => textOf(childOf(section, 'title')) + textOf(childOf(section, 'text')))
      .join('')
    expect(squeeze(sectionText(document.sections))).toBe(squeeze(expected))
  })

  it('reads every coded result of the biology reports', () => {
    const counts = files('cda')
      .filter((file) => file.startsWith('BIO-CR-BIO_2024'))
      .map((file) => {
        const outcome = readCda(read('cda', file))
        return outcome.ok ? allResults(outcome.value.document.sections) : []
      })
    for (const results of counts) {
      expect(results.length).toBeGreaterThan(0)
      for (const result of results) expect(result.label).not.toBe('')
    }
  })
})

describe.skipIf(!here)('XDM archives (shared corpus)', () => {
  it('survives the deviations of real archives', async () => {
    const drim = await readXdm(read('xdm', 'real_DRIMbox_KA202401.zip'))
    expect(drim.ok && drim.value.documents.map((document) => document.hashMatches)).toEqual([true, false])
    const direct = await readXdm(read('xdm', 'real_Direct_samplexdm.zip'))
    expect(direct.ok && direct.value.documents).toHaveLength(1)
  })
  it('tells a wrong hash', async () => {
    const bytes = read('xdm', 'synthetic_bad-hash_LDL-SES.zip')
    const found = await findDocuments([
      { id: '2', fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes, inline: false },
    ])
    expect(found.documents[0]?.summary.warnings).toContain('hash-mismatch')
    expect(found.documents[0]?.summary.archive?.verified).toBe(false)
  })
  it('recognises HPRIM Médecin files and not HPRIM Santé', () => {
    const recognised = files('hprim').filter((file) => isHprim(read('hprim', file)))
    expect(recognised).toEqual(files('hprim').filter((file) => !file.startsWith('libHprim')))
  })
})
