import { randomBytes } from 'node:crypto'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { childrenOf, parseXml } from '../xml/element.ts'
import { readXdm } from '../xdm/index.ts'
import { readZip } from '../zip.ts'
import { writeArchive } from './archive.ts'
import { writeCda, type CdaRequest } from './cda.ts'
import { brokenMetadataRules } from './ebrim-rules.fixture.ts'
import { readFacts } from './facts.ts'
import { newOid, newUuidUrn } from './identifiers.ts'
import type { ArchivedDocument } from './metadata.ts'
import { xdsFromHl7 } from './times.ts'
import { at, details, patient, request } from './writing.fixture.ts'

const product = { name: 'SousPli', version: '0.1.0' }

const archived = (
  change: Partial<CdaRequest> = {},
  more: Partial<ArchivedDocument> = {},
): ArchivedDocument => {
  const bytes = writeCda(request(change), Buffer.from('%PDF-1.4 fictif'))
  const facts = readFacts(bytes)
  if (!facts.ok) throw new Error(facts.error.code)
  return {
    bytes,
    facts: facts.value,
    entryId: newUuidUrn(randomBytes),
    replacedEntryId: null,
    maskedFromProfessionals: false,
    hiddenFromPatient: false,
    hiddenFromRepresentatives: false,
    ...more,
  }
}

const archiveOf = (documents: ArchivedDocument[]): Uint8Array =>
  writeArchive(
    {
      documents,
      setId: newUuidUrn(randomBytes),
      uniqueId: newOid(randomBytes),
      source: '2.25.1234',
      title: 'Consultation fictive',
      at,
      classes: {},
      newId: () => newUuidUrn(randomBytes),
    },
    product,
  )

const metadataOf = async (zip: Uint8Array): Promise<Uint8Array> => {
  const files = await readZip(zip)
  if (!files.ok) throw new Error(files.error.code)
  const found = files.value.find(({ path }) => path.endsWith('METADATA.XML'))
  if (!found) throw new Error('no METADATA.XML')
  return found.bytes
}

describe('IHE_XDM.zip', () => {
  it('has the layout of ITI-32: names of 8.3 in ASCII, one set, deflated, nothing else (ECO.2.1.1)', async () => {
    const zip = archiveOf([archived(), archived()])
    const files = await readZip(zip)
    if (!files.ok) throw new Error(files.error.code)
    expect(files.value.map(({ path }) => path)).toEqual([
      'INDEX.HTM',
      'README.TXT',
      'IHE_XDM/SUBSET01/METADATA.XML',
      'IHE_XDM/SUBSET01/DOC00001.XML',
      'IHE_XDM/SUBSET01/DOC00002.XML',
    ])
    for (const { path } of files.value)
      for (const part of path.split('/')) expect(part).toMatch(/^[A-Z0-9_]{1,8}(\.[A-Z]{3})?$/)
    const bytes = Buffer.from(zip)
    // Method 8 in each local header, no flag set.
    for (
      let from = bytes.indexOf('PK\u0003\u0004');
      from >= 0;
      from = bytes.indexOf('PK\u0003\u0004', from + 4)
    ) {
      expect(bytes.readUInt16LE(from + 8)).toBe(8)
      expect(bytes.readUInt16LE(from + 6)).toBe(0)
    }
    for (const name of ['INDEX.HTM', 'README.TXT'])
      expect(
        Buffer.from(files.value.find(({ path }) => path === name)?.bytes ?? []).toString('latin1'),
      ).toMatch(/^[\x09\x0a\x0d\x20-\x7e]+$/)
  })

  it('keeps each document byte for byte, with its digest and size', async () => {
    const documents = [archived(), archived({ details: { ...details, typeCode: '89601-9' } })]
    const read = await readXdm(archiveOf(documents))
    if (!read.ok) throw new Error(read.error.code)
    expect(read.value.deviations).toEqual([])
    expect(read.value.missing).toEqual([])
    for (const [index, document] of read.value.documents.entries()) {
      expect(Buffer.compare(document.bytes, documents[index]?.bytes ?? new Uint8Array())).toBe(0)
      expect(document).toMatchObject({ hashMatches: true, sizeMatches: true })
      expect(document.entry.hash).toBe(createHash('sha1').update(document.bytes).digest('hex'))
    }
  })

  it('has a METADATA.XML that keeps every rule of ebRIM and of the French metadata (ECO.2.1.2)', async () => {
    const replaced = newUuidUrn(randomBytes)
    const documents = [
      archived({}, { hiddenFromPatient: true, hiddenFromRepresentatives: true, replacedEntryId: replaced }),
      archived({ patient: { ...patient, qualified: false } }, { maskedFromProfessionals: true }),
    ]
    const metadata = await metadataOf(archiveOf(documents))
    expect(brokenMetadataRules(metadata)).toEqual([])
    const text = Buffer.from(metadata).toString('utf8')
    expect(text).toContain(`targetObject="${replaced}"`)
    expect(text).toContain('value="279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"')
    expect(text).toContain('nodeRepresentation="INVISIBLE_REPRESENTANTS_LEGAUX"')
  })

  it('says the same of its documents as they say themselves, whatever people are called', async () => {
    const name = fc
      .array(fc.constantFrom(...`abcéèœ'’-&<>"^|~\\Ж`), { minLength: 1, maxLength: 16 })
      .map((letters) => letters.join(''))
    await fc.assert(
      fc.asyncProperty(name, name, async (birthName, title) => {
        const zip = archiveOf([
          archived({ patient: { ...patient, birthName }, details: { ...details, title } }),
        ])
        expect(
          brokenMetadataRules(await metadataOf(zip)).filter((rule) => rule !== 'entry: sourcePatientInfo'),
        ).toEqual([])
        const read = await readXdm(zip)
        if (!read.ok) throw new Error(read.error.code)
        expect(read.value.deviations).toEqual([])
        const [document] = read.value.documents
        expect(document?.entry).toMatchObject({ title, uniqueId: readId(document?.bytes) })
        expect(document?.entry.patientIns?.matricule).toBe('279035121518989')
      }),
      { numRuns: 25 },
    )
  })

  it('has an index in XHTML Basic that parses and tells nothing of the patient', async () => {
    const files = await readZip(archiveOf([archived()]))
    if (!files.ok) throw new Error(files.error.code)
    const index = Buffer.from(files.value[0]?.bytes ?? []).toString('latin1')
    expect(index).toContain('"-//W3C//DTD XHTML Basic 1.1//EN"')
    const page = parseXml(Buffer.from(index.replace(/<!DOCTYPE[^>]*>/, '').replace('US-ASCII', 'UTF-8')))
    if (!page.ok) throw new Error(page.error.code)
    expect(page.value.namespace).toBe('http://www.w3.org/1999/xhtml')
    expect(childrenOf(page.value, 'body')).toHaveLength(1)
    expect(index).not.toMatch(/ESSAI-FICTIF|279035121518989/)
  })

  it('finds each rule of METADATA.XML broken when it is', async () => {
    const good = Buffer.from(await metadataOf(archiveOf([archived()]))).toString('utf8')
    const breaks: [RegExp, string, string][] = [
      [/<Slot name="hash">.*?<\/Slot>/, '', 'entry: hash'],
      [
        /associationType="urn:oasis[^"]*HasMember"/,
        'associationType="urn:x"',
        'one membership for each entry',
      ],
      [
        /classificationScheme="urn:uuid:41a5887f/,
        'classificationScheme="urn:uuid:00000000',
        'entry: classCode 1..1',
      ],
      [/status="urn:oasis[^"]*Approved" ?>\s*<Slot name="creation/, '><Slot name="creation', 'entry: status'],
    ]
    for (const [from, to, rule] of breaks) {
      const changed = good.replace(from, to)
      expect(changed).not.toBe(good)
      expect(brokenMetadataRules(Buffer.from(changed))).toContain(rule)
    }
  })
})

const readId = (bytes: Uint8Array | undefined): string | null => {
  const facts = bytes ? readFacts(bytes) : null
  return facts?.ok ? facts.value.id.root : null
}

describe('times', () => {
  it('are in UTC in METADATA.XML, whatever their offset in the document', () => {
    expect(xdsFromHl7('20240104160527+0100')).toBe('20240104150527')
    expect(xdsFromHl7('20240701000000+0200')).toBe('20240630220000')
    expect(xdsFromHl7('20240104')).toBe('20240104')
    expect(xdsFromHl7('202401041605')).toBe('202401041605')
    expect(xdsFromHl7(null)).toBe('')
  })
})
