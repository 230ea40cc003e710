import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ClinicalDocument, DocumentData, type Block, type Inline, type Section } from '../contract/index.ts'
import { readCda, type Cda } from './cda/index.ts'
import { findDocuments } from './documents.ts'
import type { MessageDocuments } from './found.ts'
import { inspectDocuments } from './inspection.ts'
import { attribute, childOf, childrenOf, descendants, parseXml, type XmlElement } from './xml/element.ts'

// Official samples, read in place and never copied: docs/architecture.md. Skipped, by name, where the folder is not there.
const corpus = join(import.meta.dirname, '../../../shared/corpus/clinical')
const here = existsSync(corpus)

interface Sample {
  file: string
  what: string
}
const samples: Sample[] = here
  ? readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [file, , , what = ''] = line.split('\t')
        return file ? [{ file, what }] : []
      })
  : []
const within = (folder: string): Sample[] => samples.filter(({ file }) => file.startsWith(`${folder}/`))
const read = (file: string): Uint8Array => readFileSync(join(corpus, file))
const parsed = new Map<string, Cda>()
/** A CDA read once for all the tests that look at it. */
const cdaOf = (file: string): Cda => {
  const known = parsed.get(file)
  if (known) return known
  const outcome = readCda(read(file))
  if (!outcome.ok) throw new Error(`${file}: ${outcome.error.code}`)
  parsed.set(file, outcome.value)
  return outcome.value
}
const open = (file: string): Promise<MessageDocuments> =>
  findDocuments([{ id: '1', fileName: basename(file), mimeType: '', bytes: read(file), inline: false }], {
    strict: true,
  })

// What the model says, in reading order.
const inlineText = (content: readonly Inline[]): string =>
  content
    .map((inline) =>
      inline.kind === 'text' ? inline.text : 'children' in inline ? inlineText(inline.children) : '',
    )
    .join('')
const blockText = (blocks: readonly Block[]): string =>
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
const sectionText = (sections: readonly Section[]): string =>
  sections
    .map(({ title, blocks, sections: below }) => title + blockText(blocks) + sectionText(below))
    .join('')

// What the file says, straight from its XML: caption, head, body and foot of a table in the order they are read.
const rank: Record<string, number> = { caption: 0, thead: 1, tfoot: 3 }
const narrativeText = (element: XmlElement): string => {
  const children =
    element.name === 'table'
      ? [...element.children].sort(
          (one, other) =>
            (typeof one === 'string' ? 2 : (rank[one.name] ?? 2)) -
            (typeof other === 'string' ? 2 : (rank[other.name] ?? 2)),
        )
      : element.children
  return children.map((child) => (typeof child === 'string' ? child : narrativeText(child))).join('')
}
const sourceText = (holder: XmlElement): string =>
  childrenOf(holder, 'component')
    .flatMap((component) => childrenOf(component, 'section'))
    .map((section) => {
      const text = childOf(section, 'text')
      const title = childOf(section, 'title')
      return (title ? narrativeText(title) : '') + (text ? narrativeText(text) : '') + sourceText(section)
    })
    .join('')
const squeeze = (text: string): string => text.replace(/[\s\u0085]+/g, '')

/** Counts media as the manifest does: declared pieces of content, shown or not. */
const announcedMedia = (what: string): number =>
  [...(/embedded media: ([^;]*)/.exec(what)?.[1] ?? '').matchAll(/(\d+)x/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )

describe.skipIf(!here)('official CDA samples (shared corpus)', () => {
  it.each(within('cda'))('reads $file whole', ({ file, what }) => {
    const { document, pdf } = cdaOf(file)
    expect(ClinicalDocument.safeParse(document).error).toBeUndefined()
    expect(document.patient.birthName).not.toBe('')
    expect(document.patient.firstName).not.toBe('')
    expect(document.patient.birthDate).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(document.authors.length).toBeGreaterThan(0)
    expect(document.custodian).not.toBeNull()
    expect(document.legalAuthenticator?.name).toBeTruthy()
    expect(document.encounter).not.toBeNull()

    expect(document.level).toBe(what.includes('level 1') ? 'N1' : 'N3')
    const [, type] = /; type ([\w-]+);/.exec(what) ?? []
    if (type) expect(document.typeCode).toBe(type)
    const [, title] = /« (.*?) »/.exec(what) ?? []
    if (title) expect(document.title).toBe(title.replace(/\s+/g, ' '))
    expect(document.media.length).toBe(document.level === 'N1' ? 1 : announcedMedia(what))
    expect(pdf !== null).toBe(document.level === 'N1' || what.includes('PDF-copie'))
    const codes = document.deviations.map(({ code }) => code)
    expect(codes.includes('cda-auto-presentable')).toBe(what.includes('AUTO-PRESENTABLE'))
    expect(codes.includes('cda-set-missing')).toBe(file.includes('replace-pair'))
  })

  it.each(within('cda'))('loses nothing of the narrative of $file, and keeps its order', ({ file }) => {
    const source = parseXml(read(file))
    if (!source.ok) throw new Error('unreadable')
    const [root] = descendants(source.value, 'ClinicalDocument')
    const [body] = root ? descendants(root, 'structuredBody') : []
    const { sections } = cdaOf(file).document
    const model = JSON.stringify(sections)
    expect(squeeze(sectionText(sections))).toBe(body ? squeeze(sourceText(body)) : '')
    const pictures = body ? descendants(body, 'renderMultiMedia').length : 0
    expect(model.match(/"kind":"media"/g)?.length ?? 0).toBe(pictures)
    const links = body ? descendants(body, 'linkHtml').map((link) => attribute(link, 'href') ?? '') : []
    for (const href of links) expect(model).toContain(JSON.stringify(href))
  })

  it('reads as many results as there are observations of the template', () => {
    for (const { file } of within('cda').filter(({ file: name }) => /BIO-(?:CR-BIO|TROD)/.test(name))) {
      const source = parseXml(read(file))
      if (!source.ok) throw new Error(file)
      const wanted = new Set(['1.2.250.1.213.1.1.3.80', '1.3.6.1.4.1.19376.1.3.1.6'])
      const observations = descendants(source.value, 'observation').filter((observation) =>
        childrenOf(observation, 'templateId').some((id) => wanted.has(attribute(id, 'root') ?? '')),
      )
      const all = (sections: readonly Section[]): Section['results'] =>
        sections.flatMap((section) => [...section.results, ...all(section.sections)])
      const results = all(cdaOf(file).document.sections)
      expect([file, results.length]).toEqual([file, observations.length])
      for (const { label, absent } of results)
        expect([file, label !== '', absent]).toEqual([file, true, null])
    }
  })

  it('keeps the germ, the specimen and the susceptibility of an antibiogram', () => {
    const [section] = cdaOf('cda/BIO-CR-BIO_2024.01_Microbiologie_V2.xml').document.sections
    expect(section?.authors).toMatchObject([{ relation: 'AUTHEN', name: 'Dr Jean DE SANTS' }])
    const lines = section?.results.filter(({ interpretation }) => interpretation) ?? []
    expect(
      lines.map(({ isolate, label, value, interpretation }) => [isolate, label, value, interpretation]),
    ).toEqual([
      ['Escherichia coli', 'Amoxicilline', '≥ 0,512', 'R'],
      ['Escherichia coli', 'Ampicilline', '< 0,128', 'I'],
      ['Escherichia coli', 'Gentamicine', '< 0,032', 'S'],
      ['Streptococcus D.', 'Amoxicilline', '< 0,012', 'S'],
      ['Streptococcus D.', 'Ampicilline', '< 0,013', 'S'],
      ['Streptococcus D.', 'Gentamicine', '< 0,014', 'S'],
    ])
    expect(new Set(section?.results.map(({ specimen }) => specimen))).toEqual(new Set(['urine']))
  })
})

describe.skipIf(!here)('archives and other files (shared corpus)', () => {
  const codesOf = ({ documents }: MessageDocuments): string[] =>
    [...new Set(documents.flatMap(({ summary }) => summary.deviations.map(({ code }) => code)))].sort()

  it('every sample opens as what it is, and is inspected', async () => {
    for (const { file } of samples.filter(({ file: name }) => !name.startsWith('mail/'))) {
      const found = await open(file)
      const kind = found.kinds[0]?.kind
      const folder = file.split('/')[0] ?? ''
      const wanted: Record<string, RegExp> = {
        cda: /^cda$/,
        dicom: /^kos$/,
        hl7v2: /^hl7v2$/,
        hprim: /^hprim-/,
        xdm: /^xdm$/,
        xds: /^xds$/,
      }
      expect([file, kind]).toEqual([file, expect.stringMatching(wanted[folder] ?? /./)])
      for (const { data } of found.documents)
        if (data) expect(DocumentData.safeParse(data).error).toBeUndefined()
      const inspected = inspectDocuments(found, kind ?? 'unknown', new Date('2026-11-22'))
      expect(inspected.texts.length).toBeGreaterThan(0)
    }
  })

  it('reads the archive of a DRIMbox: SOAP envelope, top folder, URIs from IHE_XDM, a signature that does not match', async () => {
    const found = await open('xdm/real_DRIMbox_KA202401.zip')
    expect(found.documents.map(({ summary }) => summary.kind)).toEqual(['kos', 'signature'])
    expect(
      found.documents.map(({ announcement }) => [announcement?.hashMatches, announcement?.sizeMatches]),
    ).toEqual([
      [true, true],
      [false, false],
    ])
    expect(codesOf(found)).toEqual(
      expect.arrayContaining([
        'metadata-soap',
        'uri-base',
        'xdm-top-folder',
        'hash-mismatch',
        'size-mismatch',
      ]),
    )
    const entry = found.documents[0]?.announcement?.entry
    expect(entry?.references.map(({ kind }) => kind)).toEqual(['accession', 'studyInstanceUID', 'order'])
    expect(entry?.eventCodes.map(({ code }) => code)).toEqual(['63337009', 'MR'])
    expect(found.sets[0]?.associations.map(({ type }) => type)).toEqual(['HasMember', 'HasMember', 'signs'])
  })

  it('reads a foreign archive: mixed case, no URI, no size, wrong hash', async () => {
    const found = await open('xdm/real_Direct_samplexdm.zip')
    expect(found.documents.map(({ summary }) => summary.kind)).toEqual(['cda-n3'])
    expect(codesOf(found)).toEqual(
      expect.arrayContaining([
        'uri-missing',
        'size-missing',
        'xdm-name-case',
        'xdm-top-folder',
        'cda-not-french',
      ]),
    )
  })

  it('tells a wrong hash, and blocks filing', async () => {
    const [document] = (await open('xdm/synthetic_bad-hash_LDL-SES.zip')).documents
    expect(document?.summary.warnings).toContain('hash-mismatch')
    expect(document?.summary.archive?.verified).toBe(false)
    expect(document?.summary.filingBlocked).toBe(true)
    const clean = (await open('xdm/synthetic_1doc_CR-IMG_N1.zip')).documents
    expect(clean.map(({ summary }) => [summary.filingBlocked, summary.archive?.verified])).toEqual([
      [false, true],
    ])
  })

  it('opens the documents of HL7 messages, lenient on Base64, and never calls a placeholder a CDA', async () => {
    const kinds = async (file: string): Promise<string[]> =>
      (await open(file)).documents.map(({ summary }) => summary.kind)
    expect(await kinds('hl7v2/MDM_T02_INIT_CR_Radio_N1.er7')).toEqual(['hl7', 'cda-n1'])
    expect(await kinds('hl7v2/MDM_T10_LPS_RPLC_CR_Radio_N1.er7')).toEqual(['hl7', 'cda-n1'])
    expect(await kinds('hl7v2/ORU_R01_INIT_CR-BIO_N3.hl7')).toEqual(['hl7', 'cda-n3'])
    expect(await kinds('hl7v2/ORU_R01_INIT_CR-BIO_N1_N3_short.hl7')).toEqual(['hl7', 'text', 'text'])
    expect(codesOf(await open('hl7v2/MDM_T10_LPS_RPLC_CR_Radio_N1.er7'))).toContain('hl7-base64')
    expect(codesOf(await open('hl7v2/MDM_T02_LPS_INIT_CR_Radio_short.er7'))).toContain('hl7-payload-not-cda')
  })

  it('links the two versions of a pair', async () => {
    const parts = ['v1', 'v2'].map((version, index) => ({
      id: String(index + 1),
      fileName: `${version}.xml`,
      mimeType: 'text/xml',
      bytes: read(`cda/replace-pair_CR_Radio_CDAN1_${version}.xml`),
      inline: false,
    }))
    const [first, second] = (await findDocuments(parts)).documents
    expect(first?.summary.replacedBy).toBe('2')
    expect(second?.summary.replaces).toBe(first?.summary.uniqueId)
  })
})
