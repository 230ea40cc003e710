/** Descriptions that ask for more than an archive can hold: answered within the time a reader waits. */
import { processorTime } from '../../processor-time.fixture.ts'
import { describe, expect, it } from 'vitest'
import { zipOf } from '../../../test/operator/seed/archive-files.ts'
import { n3 } from '../../../test/operator/seed/cda-variants.ts'
import { findDocuments } from '../documents.ts'
import { inspectDocuments } from '../inspection.ts'
import { readZip, type ZipEntry } from '../zip.ts'
import { readXdmFiles } from './index.ts'

const slot = (name: string, value: string): string =>
  `<Slot name="${name}"><ValueList><Value>${value}</Value></ValueList></Slot>`
const entry = (id: string, uri: string, hash = ''): string =>
  `<ExtrinsicObject id="${id}">${slot('URI', uri)}${hash ? slot('hash', hash) : ''}</ExtrinsicObject>`
const set = (id: string): string => `<RegistryPackage id="${id}"/>`
const association = (type: string, source: string, target: string): string =>
  `<Association associationType="urn:ihe:iti:2007:AssociationType:${type}" sourceObject="${source}" targetObject="${target}"/>`
const description = (objects: string, path = 'IHE_XDM/SUBSET01'): ZipEntry => ({
  path: `${path}/METADATA.XML`,
  bytes: Buffer.from(
    `<SubmitObjectsRequest><RegistryObjectList>${objects}</RegistryObjectList></SubmitObjectsRequest>`,
  ),
})
const file = (name: string, bytes: Uint8Array): ZipEntry => ({ path: `IHE_XDM/SUBSET01/${name}`, bytes })
const read = (...files: ZipEntry[]) => {
  const archive = readXdmFiles(files)
  if (!archive.ok) throw new Error(archive.error.code)
  return archive.value
}
const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('')

const open = async (...archives: ZipEntry[][]) => {
  const parts = archives.map(async (files, index) => ({
    id: `${index + 1}`,
    fileName: 'IHE_XDM.ZIP',
    mimeType: '',
    bytes: await zipOf(files.map(({ path, bytes }) => ({ path, bytes: Buffer.from(bytes) }))),
    inline: false,
  }))
  const found = await findDocuments(await Promise.all(parts), { strict: true })
  return inspectDocuments(found, 'xdm', new Date(0)).documents
}
const other = Buffer.from(
  n3
    .toString('utf8')
    .replace(/<id root="[^"]*"\/>/, '<id root="1.2.250.1.999.77"/>')
    .replace(/<setId[^>]*>/, ''),
)

describe('two archives of one message', () => {
  const uuid = 'urn:uuid:11111111-2222-4333-8444-555555555555'
  const replacing = (target: string): ZipEntry[] => [
    description(set('S') + entry('Document02', 'B.XML') + association('RPLC', 'Document02', target)),
    file('B.XML', other),
  ]
  it('are linked by what is known everywhere', async () => {
    const [older, newer] = await open([description(entry(uuid, 'A.XML')), file('A.XML', n3)], replacing(uuid))
    expect([older?.replacedBy, newer?.replaces]).toEqual([2, older?.id])
  })
  it('are not linked by names that each of them has', async () => {
    const [older, newer] = await open(
      [description(entry('Document01', 'A.XML')), file('A.XML', n3)],
      replacing('Document01'),
    )
    expect([older?.replacedBy, newer?.replaces]).toEqual([null, null])
  })
})

describe('an archive', () => {
  it('is read with the blanks its transport left behind it, and not with more', async () => {
    const bytes = await zipOf([{ path: 'A.TXT', bytes: 'a' }])
    expect((await readZip(Buffer.concat([bytes, Buffer.from('\r\n\0')]))).ok).toBe(true)
    expect((await readZip(Buffer.concat([bytes, Buffer.from('x')]))).ok).toBe(false)
  })
})

describe('a description', () => {
  it('of thousands of entries is not believed', () => {
    const archive = read(description(times(3000, (index) => entry(`D${index}`, 'A.XML'))), file('A.XML', n3))
    expect(archive.refusals).toMatchObject([{ code: 'xml-limit' }])
    expect(archive.unlisted).toHaveLength(1)
  })
  it('of hundreds of wrong digests has each file digested once', () => {
    const spent = processorTime()
    const objects = times(900, (index) =>
      entry(`D${index}`, `NO${index}.XML`, String(index).padStart(40, '0')),
    )
    const archive = read(description(objects), file('A.BIN', Buffer.alloc(8_000_000, 'a')))
    expect(archive.missing).toHaveLength(900)
    expect(archive.deviations.length).toBeLessThanOrEqual(500)
    expect(spent()).toBeLessThan(5000)
  })
  it('of thousands of sets and associations gives each set its own', () => {
    const archive = read(
      description(
        times(2000, (index) => set(`S${index}`)) +
          times(2000, (index) => association('APND', `S${index}`, 'x')),
      ),
    )
    expect(archive.sets.every(({ associations }) => associations.length === 1)).toBe(true)
  })
  it('links a transformation that replaces, within its own set alone', async () => {
    const objects = set('S') + entry('Document01', 'A.XML') + entry('Document02', 'B.XML')
    const replacing = association('XFRM_RPLC', 'Document02', 'Document01')
    const archive = read(description(objects + replacing), file('A.XML', n3), file('B.XML', other))
    expect(archive.sets[0]?.associations).toEqual([
      { type: 'XFRM_RPLC', source: 'Document02', target: 'Document01' },
    ])
    const documents = await open([description(objects + replacing), file('A.XML', n3), file('B.XML', other)])
    expect(documents.map(({ replacedBy }) => replacedBy)).toEqual([2, null])
    expect(documents[1]?.replaces).toBe(documents[0]?.id)
  })
})
