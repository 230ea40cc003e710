import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { DocumentInspection } from '../app/contract/index.ts'
import { zipOf } from '../test/operator/seed/archive-files.ts'
import { archiveVariants } from '../test/operator/seed/archive-variants.ts'
import { n3 } from '../test/operator/seed/cda-variants.ts'
import { inspectDocumentCommand } from './inspect-document.ts'
import { Unusable } from './inspect-input.ts'
import { inspectMessageCommand } from './inspect-message.ts'

const folder = mkdtempSync(join(tmpdir(), 'souspli-inspect-'))
afterAll(() => rmSync(folder, { recursive: true }))
const put = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
type Report = Omit<DocumentInspection, 'deviations' | 'refusals'> & {
  at: string
  refusals: { code: string; sentence: string }[]
  deviations: { code: string; sentence: string; document: number | null }[]
}
const run = async (file: string, ...options: string[]): Promise<Report> => {
  const { exitCode, report } = await inspectDocumentCommand([file, ...options])
  expect(exitCode).toBe(0)
  return report as Report
}
const archive = async (): Promise<Buffer> => {
  const [make] = archiveVariants
  if (!make) throw new Error('no archive')
  return (await make()).bytes
}

test('a document is told whole: patient with age, header, texts in order, tables, results, alerts, deviations in French', async () => {
  const found = await run(put('d.xml', n3), '--at', '2026-11-25')
  expect([found.kind, found.at]).toEqual(['cda', '2026-11-25T00:00:00.000Z'])
  expect(found.patient).toMatchObject({ birthName: 'DUPONT', age: 47, checks: ['ins-test'] })
  expect((await run(put('d.xml', n3), '--at', '2026-11-26')).patient?.age).toBe(48)
  expect(found.documents).toMatchObject([
    { number: 1, level: 'N3', type: { code: '11502-2' }, version: 1, announced: null, signed: false },
  ])
  const { texts } = found
  const places = ['CR d’examens biologiques', 'DUPONT', 'Biochimie de démonstration', 'Examen', 'PQ', 'texte']
  expect(places.map((text) => texts.indexOf(text))).toEqual(
    places.map((text) => texts.indexOf(text)).sort((one, other) => one - other),
  )
  expect(places.every((text) => texts.includes(text))).toBe(true)
  expect(found.tables).toMatchObject(
    [{ document: 1, section: 'Biochimie de démonstration', rows: [['Examen'], ['PQ'], ['IVL_PQ']] }].map(
      (table) => ({ ...table, rows: expect.arrayContaining(table.rows) as unknown }),
    ),
  )
  expect(found.alerts).toEqual([
    {
      level: 'critical',
      code: 'HH',
      analyte: 'PQ',
      value: '6,40 mmol/L',
      source: 'interpretation',
      document: 1,
    },
  ])
  expect(found.deviations.find(({ code }) => code === 'ins-test')?.sentence).toMatch(
    /test ou de démonstration/,
  )
})

test('an archive gives digests announced and computed, its set, and what holds for the whole apart', async () => {
  const found = await run(put('envoi.zip', await archive()))
  expect(found.kind).toBe('xdm')
  expect(found.documents[0]?.announced).toMatchObject({
    hashMatches: true,
    sizeMatches: true,
    hash: found.documents[0]?.sha1,
  })
  expect(found.submissionSets).toMatchObject([{ associations: [{ type: 'HasMember' }] }])
  expect(found.deviations.filter(({ code }) => code === 'xdm-file-name')).toMatchObject([{ document: null }])
})

test('a mail gives the documents it carries, the same way by both commands', async () => {
  const mail = [
    'From: Labo <labo@mss.test>',
    'Subject: XDM/1.0/DDM+CR',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Bonjour',
    '--b',
    'Content-Type: application/zip; name=IHE_XDM.zip',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename=IHE_XDM.zip',
    '',
    (await archive()).toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--b--',
    '',
  ].join('\r\n')
  const file = put('m.eml', mail)
  const found = await run(file, '--at', '2026-11-25')
  expect([found.kind, found.documents.map(({ kind, path }) => [kind, path])]).toEqual([
    'message',
    [['cda-n3', 'IHE_XDM.zip › IHE_XDM/SUBSET01/DOC00001.XML']],
  ])
  const { report } = await inspectMessageCommand([file, '--at', '2026-11-25'])
  const { clinical } = report as { clinical: Report }
  expect(clinical.documents).toEqual(found.documents)
  expect(clinical.deviations).toEqual(found.deviations)
})

test('a file is what its bytes are, whatever its name', async () => {
  const docx = await zipOf([{ path: '[Content_Types].xml', bytes: Buffer.from('<Types/>') }])
  for (const [name, bytes, kind] of [
    ['lettre.pdf', docx, 'office'],
    ['lettre', Buffer.from('{\\rtf1 Bonjour}'), 'office'],
    ['cr.txt', Buffer.from('\r\n\r\n%PDF-1.4\n'), 'pdf'],
    ['page.txt', Buffer.from('<!doctype html><p>x'), 'unknown'],
    ['note', Buffer.from('Une note fictive.'), 'text'],
  ] as const)
    expect([name, (await run(put(name, bytes))).kind]).toEqual([name, kind])
})

test('what is unknown is refused and printed; what cannot be read is not', async () => {
  const unknown = await run(put('x.bin', Buffer.from([1, 2, 3, 250])))
  expect(unknown.kind).toBe('unknown')
  expect(unknown.refusals).toMatchObject([
    { code: 'unknown-format', sentence: expect.stringMatching(/format/) as unknown },
  ])
  await expect(inspectDocumentCommand(['/nowhere.xml'])).rejects.toThrow(Unusable)
  await expect(inspectDocumentCommand([put('vide', '')])).rejects.toThrow(Unusable)
  await expect(inspectDocumentCommand([folder])).rejects.toThrow(Unusable)
  for (const date of ['hier', '2026-02-30', '2026-01-12T25:00', '2026-13-01'])
    await expect(inspectDocumentCommand([put('d.xml', n3), '--at', date])).rejects.toThrow(Unusable)
})
