import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { archiveVariants } from '../../test/operator/seed/archive-variants.ts'
import { n1, n3, n3Header } from '../../test/operator/seed/cda-variants.ts'
import { dicomImage, keyObjectSelection } from '../../test/operator/seed/dicom-files.ts'
import { mdmMessage, oruResults } from '../../test/operator/seed/hl7-messages.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { findDocuments } from './documents.ts'
import { inspectDocuments } from './inspection.ts'
import { processorTime } from '../processor-time.fixture.ts'

const patient = patientNamed('DUPONT')
const hprim =
  '42\nDUPONT\nMarie\n1 rue\n\n35000 RENNES\n26/11/1978\n2781135\nD-1\n12/01/2026\nLABO\nMED\ntexte\n****LAB****\nRES|Hb|HB|N|13.3|g/dl|12|16|N|F\n****FIN****\n'

const sante =
  'H|~^\\&|R.HPR||LAB~Labo||ORU|||MED~M||P|H2.1~C|20260112\rP|1|1|D||DUPONT~Marie|LEROY|19781126|F\rOBR|1|||NF~Numération~L\rOBX|1|NM|HT~Ht~L||38.2|%|35 - 4\rA|8|N|||F\rOBX|2|TX|CR~Texte~L||a~b^c\rC|1|L|vu\rL|1\r'

/** Reads a file to the end, previews included: it must answer, whatever the bytes, within the time a reader waits. */
const survives = async (fileName: string, bytes: Uint8Array): Promise<void> => {
  const spent = processorTime()
  const found = await findDocuments([{ id: '1', fileName, mimeType: '', bytes, inline: false }], {
    strict: true,
  })
  for (const { previews } of found.documents) previews?.()
  inspectDocuments(found, found.kinds[0]?.kind ?? 'unknown', new Date(0))
  expect(spent()).toBeLessThan(10_000)
}

const seeds = async (): Promise<[string, Uint8Array][]> => {
  const [archive] = archiveVariants
  const honest = await archive?.()
  const message = mdmMessage({
    patient,
    cda: n1,
    code: { code: '11502-2', display: 'CR' },
    id: { root: n3Header.id },
  })
  return [
    ['a.xml', n3],
    ['b.xml', n1],
    ['IHE_XDM.zip', honest?.bytes ?? new Uint8Array()],
    ['m.hl7', Buffer.from(message)],
    ['r.hl7', Buffer.from(oruResults(patient), 'latin1')],
    ['r.hpr', Buffer.from(hprim)],
    ['k.dcm', keyObjectSelection(patient)],
    ['i.dcm', dicomImage(patient)],
    ['s.hpr', Buffer.from(sante)],
    ['o.hpr', Buffer.from(hprim.replaceAll('\n', '\r'), 'utf16le')],
  ]
}

/** Bytes overwritten, a stretch taken out, a stretch said twice. */
const mutation = fc.record({
  edits: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 8 }),
  cut: fc.option(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(200))),
  twice: fc.option(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(200))),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

const mutated = (source: Uint8Array, { edits, cut, twice }: Mutation): Uint8Array => {
  let bytes = Buffer.from(source)
  for (const [place, value] of edits) bytes[Math.floor(place * (bytes.length - 1))] = value
  if (cut) {
    const at = Math.floor(cut[0] * bytes.length)
    bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + cut[1])])
  }
  if (twice) {
    const at = Math.floor(twice[0] * bytes.length)
    bytes = Buffer.concat([bytes.subarray(0, at + twice[1]), bytes.subarray(at)])
  }
  return new Uint8Array(bytes)
}

describe('readers of documents', () => {
  it('survive any mutation of what we write', async () => {
    for (const [fileName, bytes] of await seeds())
      await fc.assert(
        fc.asyncProperty(mutation, (one) => survives(fileName, mutated(bytes, one))),
        { numRuns: 40 },
      )
  })
  it('survive bytes of any kind under any name', async () => {
    const names = ['IHE_XDM.zip', 'a.xml', 'a.hl7', 'a.hpr', 'a.dcm', 'a.apz', 'a.docx', 'a']
    const heads = [
      '',
      '<ClinicalDocument xmlns="urn:hl7-org:v3">',
      'MSH|^~\\&|',
      'H|~^\\&|',
      'PK\u0003\u0004',
      '{\\rtf1 ',
      '%PDF-',
      '--b\nContent-Type: application/xop+xml\n\n',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.constantFrom(...heads),
        fc.uint8Array({ maxLength: 600 }),
        (name, head, rest) => survives(name, Buffer.concat([Buffer.from(head, 'latin1'), rest])),
      ),
      { numRuns: 150 },
    )
  })
  it('answer at once to lines, nests and lists that invite to wait', async () => {
    const many = 200_000
    for (const [fileName, text] of [
      ['a.hl7', `MSH|^~\\&|\rPID|||${'1~'.repeat(many)}\rOBX|1|ST|a||${'\\X'.repeat(many)}`],
      ['b.hl7', `MSH|^~\\&|\rOBX|1|ED|a||^text^XML^Base64^${'A'.repeat(4 * many)}`],
      ['a.hpr', `H|~^\\&|\nP|1|\n${'A|x\n'.repeat(20_000)}L|1`],
      ['b.hpr', `${'\n'.repeat(many)}${hprim}`],
      [
        'a.xml',
        `<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section><text>${'<content>'.repeat(150)}${'<list/>'.repeat(2000)}${'</content>'.repeat(150)}</text></section></component></structuredBody></component></ClinicalDocument>`,
      ],
      ['b.xml', `<${'a'.repeat(many)}`],
      ['a.txt', `--${'b'.repeat(many)}\n${'Content-Type: x\n'.repeat(5000)}`],
    ] as const)
      await survives(fileName, Buffer.from(text))
  })
})

const corpus = join(import.meta.dirname, '../../../shared/corpus/clinical')
const folders = ['xdm', 'hl7v2', 'hprim', 'dicom']
const files = existsSync(corpus)
  ? folders.flatMap((folder) => readdirSync(join(corpus, folder)).map((file) => join(folder, file)))
  : []

describe.skipIf(files.length === 0)('readers of documents, on the official samples (shared corpus)', () => {
  it.each(files)('survive mutations of %s', async (file) => {
    const bytes = readFileSync(join(corpus, file))
    await fc.assert(
      fc.asyncProperty(mutation, (one) => survives(file, mutated(bytes, one))),
      { numRuns: 6 },
    )
  })
})
