import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Block, Inline, Section } from '../../contract/index.ts'
import { readCda } from '../cda/index.ts'
import { readXdm } from '../xdm/index.ts'
import { readZip } from '../zip.ts'
import { brokenMetadataRules } from './ebrim-rules.fixture.ts'
import { doJob, type WritingResults } from './jobs.ts'
import { checkPdfa } from './pdf/check.ts'
import { at, fonts } from './writing.fixture.ts'

const corpus = join(import.meta.dirname, '../../../../shared/corpus/clinical/cda')
const here = existsSync(corpus)
const files = here ? readdirSync(corpus).filter((file) => file.endsWith('.xml')) : []
const bytesOf = (file: string): Uint8Array => readFileSync(join(corpus, file))
/** What is no bare document, or lacks what the French header demands: refused with the reason. */
const refused: Record<string, string> = {
  'BIO-CR-BIO_2021.01_Auto-Presentable.xml': 'document.unsupported',
  'replace-pair_CR_Radio_CDAN1_v1.xml': 'document.incomplete',
  'replace-pair_CR_Radio_CDAN1_v2.xml': 'document.incomplete',
}

const inlineText = (content: readonly Inline[]): string =>
  content
    .map((one) => (one.kind === 'text' ? one.text : 'children' in one ? inlineText(one.children) : ' '))
    .join('')
const blockText = (block: Block): string =>
  block.kind === 'table'
    ? [...block.head, ...block.body, ...block.foot]
        .flat()
        .map((cell) => cell.content.map(blockText).join(' '))
        .join(' ')
    : block.kind === 'list'
      ? `${inlineText(block.caption)} ${block.items.flat().map(blockText).join(' ')}`
      : inlineText(block.content)
const wordsOf = (sections: readonly Section[]): string[] =>
  sections.flatMap((section) => [
    ...`${section.title} ${section.blocks.map(blockText).join(' ')}`.split(/\s+/).filter(Boolean),
    ...wordsOf(section.sections),
  ])

describe.skipIf(!here)('official CDA samples, sent as they are (shared corpus)', () => {
  it.each(files)('%s goes into an archive byte for byte, with its PDF', async (file) => {
    const bytes = bytesOf(file)
    const made = await doJob({ kind: 'cda', bytes, madeAt: at }, fonts, randomBytes)
    const expected = refused[file]
    if (expected) {
      expect(made).toMatchObject({ ok: false, error: { code: expected } })
      return
    }
    if (!made.ok) throw new Error(made.error.code)
    const { facts, pdf } = made.value as WritingResults['cda']
    const cda = readCda(bytes)
    if (!cda.ok) throw new Error(cda.error.code)
    if (facts.level === 'N3') {
      expect(pdf.state).toBe('written')
      expect(checkPdfa(pdf.bytes)).toMatchObject({ findings: [], declared: '1B', pages: pdf.pages })
      expect(wordsOf(cda.value.document.sections).length).toBeGreaterThan(0)
    } else {
      const within = cda.value.pdf === null ? undefined : cda.value.media.get(cda.value.pdf)
      expect(Buffer.compare(pdf.bytes, within?.bytes ?? new Uint8Array())).toBe(0)
    }
    const archive = await doJob(
      {
        kind: 'archive',
        documents: [
          {
            content: { kind: 'foreign', bytes },
            replacedEntryId: null,
            maskedFromProfessionals: false,
            hiddenFromPatient: false,
            hiddenFromRepresentatives: false,
          },
        ],
        source: '2.25.1234',
        title: facts.title,
        at,
        classes: {},
        product: { name: 'SousPli', version: '0.1.0' },
      },
      fonts,
      randomBytes,
    )
    if (!archive.ok) throw new Error(archive.error.code)
    const { zip } = archive.value as WritingResults['archive']
    const read = await readXdm(zip)
    if (!read.ok) throw new Error(read.error.code)
    const [document] = read.value.documents
    expect(Buffer.compare(document?.bytes ?? new Uint8Array(), bytes)).toBe(0)
    expect(document).toMatchObject({ hashMatches: true, sizeMatches: true })
    expect(document?.entry).toMatchObject({
      title: facts.title,
      typeCode: { code: cda.value.document.typeCode },
      patientIns: cda.value.document.patient.ins
        ? { matricule: cda.value.document.patient.ins.matricule }
        : null,
    })
    const zipped = await readZip(zip)
    const metadata = zipped.ok ? zipped.value.find(({ path }) => path.endsWith('METADATA.XML')) : undefined
    // What a sample does not say of itself cannot be said of it.
    expect(
      brokenMetadataRules(metadata?.bytes ?? new Uint8Array()).filter(
        (rule) =>
          !/healthcareFacilityTypeCode|practiceSettingCode|legalAuthenticator|sourcePatientInfo|Slot$/.test(
            rule,
          ),
      ),
    ).toEqual([])
  })
})
