import { describe, expect, it } from 'vitest'
import { archiveVariants, pdfArchive, restrictedArchive } from '../../test/operator/seed/archive-variants.ts'
import { cdaVariants, n3, n3Header, type Variant } from '../../test/operator/seed/cda-variants.ts'
import { keyObjectSelection } from '../../test/operator/seed/dicom-files.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { resultNames } from '../../test/operator/seed/result-section.ts'
import { ClinicalDocument, DocumentData, DocumentInspection } from '../contract/index.ts'
import { findDocuments } from './documents.ts'
import { resultsIn, type MessageDocuments } from './found.ts'
import { inspectDocuments } from './inspection.ts'

const open = (fileName: string, bytes: Uint8Array, mimeType = ''): Promise<MessageDocuments> =>
  findDocuments([{ id: '1', fileName, mimeType, bytes, inline: false }], { strict: true })
const codesOf = (found: MessageDocuments): string[] =>
  found.documents.flatMap(({ summary }) => summary.deviations.map(({ code }) => code))

const check = async (variant: Variant): Promise<void> => {
  const found = await open(variant.fileName, variant.bytes)
  if (variant.kinds) expect(found.documents.map(({ summary }) => summary.kind)).toEqual(variant.kinds)
  const codes = [...codesOf(found), ...found.deviations.map(({ code }) => code)]
  for (const code of variant.deviations ?? []) expect(codes).toContain(code)
  const refusals = found.documents.flatMap(({ summary }) => summary.refusals.map(({ code }) => code))
  for (const code of variant.refusals ?? []) expect(refusals).toContain(code)
  if (variant.filingBlocked !== undefined)
    expect(found.documents.some(({ summary }) => summary.filingBlocked)).toBe(variant.filingBlocked)
  const inspected = inspectDocuments(found, found.kinds[0]?.kind ?? 'unknown', new Date('2026-01-12'))
  expect(DocumentInspection.safeParse(inspected).error).toBeUndefined()
  for (const { cda, data } of found.documents) {
    if (cda) expect(ClinicalDocument.safeParse(cda.document).error).toBeUndefined()
    if (data) expect(DocumentData.safeParse(data).error).toBeUndefined()
  }
}

describe('what senders do to a CDA', () => {
  it.each(cdaVariants)('$name', check)
})

describe('what senders do to an archive', () => {
  it('every deviation is survived and told', async () => {
    for (const make of archiveVariants) {
      const variant = await make()
      try {
        await check(variant)
      } catch (error) {
        throw new Error(variant.name, { cause: error })
      }
    }
  })
  it('an honest archive has no deviation but its style sheet, never followed, and the test identity', async () => {
    const [make] = archiveVariants
    if (!make) throw new Error('none')
    const { fileName, bytes } = await make()
    const found = await open(fileName, bytes, 'application/zip')
    expect([...new Set(codesOf(found))].filter((code) => code !== 'result-value-missing')).toEqual([
      'cda-stylesheet',
      'ins-test',
    ])
  })
  it('restrictions of visibility and replacement are read from METADATA.XML', async () => {
    const [document] = (await open('IHE_XDM.ZIP', await restrictedArchive())).documents
    expect(document?.summary.visibility).toEqual(['hidden-from-patient', 'masked-from-professionals'])
    expect(document?.summary.replaces).toBe('1.2.250.1.999.7')
    const entry = document?.announcement?.entry
    expect(entry).toMatchObject({
      classCode: { code: '10' },
      formatCode: { code: 'urn:ihe:lab:xd-lab:2008' },
      patient: { birthName: 'DUPONT', sex: 'F', birthDate: '1978-11-26', qualified: true },
      language: 'fr-FR',
      availability: 'Approved',
    })
    expect(entry?.authors[0]?.specialty?.code).toMatch(/^G15_10/)
  })
})

describe('an archive without a CDA (ECO.2.1.2)', () => {
  it('is about the patient that METADATA.XML names', async () => {
    const found = await open('IHE_XDM.ZIP', await pdfArchive())
    expect(found.documents.map(({ summary }) => summary.kind)).toEqual(['pdf'])
    const { ins } = patientNamed('DUPONT')
    expect(found.patient).toMatchObject({ birthName: 'DUPONT', ins: { matricule: ins }, qualified: true })
    expect(found.documents[0]?.summary.patient).toEqual(found.patient)
  })
})

describe('results of every type', () => {
  const results = async (): Promise<ReturnType<typeof resultsIn>> => {
    const [document] = (await open('d.xml', n3)).documents
    return document ? resultsIn(document) : []
  }
  it('gives each its value, number, unit and reason of absence', async () => {
    const found = await results()
    expect(found.map(({ label }) => label)).toEqual(resultNames)
    expect(found.map(({ value, number, unit, absent }) => [value, number, unit, absent])).toEqual([
      ['6,40', 6.4, 'mmol/L', null],
      ['< 0,5', null, 'mg/L', null],
      ['2,0', 2, null, null],
      ['12', 12, null, null],
      ['1/640', null, null, null],
      ['positif', null, null, null],
      ['trouble', null, null, null],
      ['liquide clair', null, null, null],
      ['true', null, null, null],
      ['2026-01-12', null, null, null],
      ['', null, null, 'NAV'],
      ['', null, null, 'not-done'],
      ['', null, null, 'not-done'],
      ['12', 12, 'g/dL', null],
    ])
  })
  it('keeps the gravest interpretation, all ranges with their conditions, earlier values, other units', async () => {
    const [potassium, crp] = await results()
    expect(potassium).toMatchObject({
      interpretation: 'HH',
      loinc: '2823-3',
      method: 'Potentiométrie',
      batteries: ['Ionogramme'],
      referenceRange: '3,40 – 5,2',
      referenceLow: 3.4,
      previous: [{ value: '4,6', number: 4.6, unit: 'mmol/L', date: '2025-10-01T08:00:00+02:00' }],
      translations: [{ value: '6,40', unit: 'meq/L' }],
    })
    expect(potassium?.ranges.map(({ text, condition }) => [text, condition])).toEqual([
      ['3,40 – 5,2', null],
      ['3,5 – 5,1', 'adulte'],
    ])
    expect(crp).toMatchObject({ comparator: '<', high: 0.5, referenceRange: '< 5' })
  })
  it('alerts on the critical value first', async () => {
    const { alert, documents } = await open('d.xml', n3)
    expect(alert).toEqual({ level: 'critical', code: 'HH', analyte: 'PQ', value: '6,40 mmol/L', count: 1 })
    expect(documents[0]?.summary.alert).toEqual(alert)
  })
})

describe('one message', () => {
  const part = (id: string, fileName: string, bytes: Uint8Array) => ({
    id,
    fileName,
    mimeType: '',
    bytes,
    inline: false,
  })
  it('links the same document sent twice, and a version that replaces another', async () => {
    const newer = Buffer.from(
      n3
        .toString('utf8')
        .replace(`<id root="${n3Header.id}"/>`, '<id root="1.2.3.9"/>')
        .replace(/<versionNumber[^>]*>/, `<versionNumber value="2"/>`),
    )
    const { documents } = await findDocuments([
      part('1', 'a.xml', n3),
      part('2', 'b.xml', n3),
      part('3', 'c.xml', newer),
    ])
    expect(documents.map(({ summary }) => [summary.duplicateOf, summary.replacedBy])).toEqual([
      [null, '3'],
      ['1', '3'],
      [null, null],
    ])
  })
  it('warns of two patients and blocks filing', async () => {
    const { documents } = await findDocuments([
      part('1', 'a.xml', n3),
      part('2', 'b.dcm', keyObjectSelection(patientNamed('LEROY'))),
    ])
    for (const { summary } of documents)
      expect([summary.warnings, summary.filingBlocked]).toEqual([
        expect.arrayContaining(['several-patients']),
        true,
      ])
  })
  it('opens what an enclosed message carries, a few levels deep', async () => {
    const enclosed = (depth: number) => (): { parts: ReturnType<typeof part>[]; body: null } => ({
      parts:
        depth === 0 ? [part('1', 'a.xml', n3)] : [{ ...part('1', 'm.eml', n3), mimeType: 'message/rfc822' }],
      body: null,
    })
    const message = { ...part('1', 'm.eml', Buffer.from('x')), mimeType: 'message/rfc822' }
    const found = await findDocuments([message], { enclosed: enclosed(0) })
    expect(codesOf(found)).toContain('xdm-in-message')
    expect(found.documents[0]?.summary.path).toBe('m.eml › a.xml')
    const endless = await findDocuments([message], { enclosed: enclosed(1) })
    expect(endless.documents.map(({ summary }) => summary.refusals)).toMatchObject([
      [{ code: 'message-too-deep' }],
    ])
  })
})
