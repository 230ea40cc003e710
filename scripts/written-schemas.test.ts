import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { publishedIn, svrlFindings, xmllintFindings } from './written-schemas.ts'

const folder = mkdtempSync(join(tmpdir(), 'souspli-published-'))
afterAll(() => rmSync(folder, { recursive: true }))
const put = (...parts: string[]): string => {
  const path = join(folder, ...parts)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, '')
  return path
}

test('schemas and schematrons are found by the names their publishers gave, wherever they lie', () => {
  const cda = put('hl7', 'CDA.xsd')
  const extended = put('ans', 'infrastructure', 'cda', 'CDA_extended.xsd')
  const lcm = put('ebrs', 'lcm.xsd')
  const source = put('ans', 'schematrons', 'profils', 'CI-SIS_StructurationMinimale.sch')
  put('ans', 'schematrons', 'profils', 'IHE.sch')
  const compiled = put('ans', 'schematrons', 'profils', 'IHE.xsl')
  const compiler = put('schxslt', 'xslt', '2.0', 'pipeline-for-svrl.xsl')
  const jar = put('saxon', 'Saxon-HE-9.9.1.5.jar')
  put('node_modules', 'CDA.xsd')
  put('hl7', 'POCD_MT000040.xsd')
  expect(publishedIn(folder)).toEqual({
    cda: [extended, cda],
    metadata: [lcm],
    schematrons: [
      { name: 'CI-SIS_StructurationMinimale', path: source, compiled: false },
      { name: 'IHE', path: compiled, compiled: true },
    ],
    compiler,
    jars: [jar],
  })
})

test('what xmllint finds is told of its file, and that a file validates is no finding', () => {
  const output = [
    '/tmp/cda/0001.xml validates',
    "/tmp/cda/0002.xml:14: element setID: Schemas validity error : Element '{urn:hl7-org:v3}setID': This element is not expected.",
    '/tmp/cda/0002.xml fails to validate',
    '/tmp/cda/0003.xml:3: parser error : Opening and ending tag mismatch: b line 1 and a',
    '<a><b></a>',
    '          ^',
  ].join('\n')
  expect(xmllintFindings(output)).toEqual([
    {
      file: '0002.xml',
      severity: 'error',
      message: "Element '{urn:hl7-org:v3}setID': This element is not expected.",
    },
    { file: '0003.xml', severity: 'error', message: 'Opening and ending tag mismatch: b line 1 and a' },
  ])
})

test('what a report in SVRL says failed is told with its weight; what is no such report is an error', () => {
  const svrl = (inside: string): Buffer =>
    Buffer.from(
      `<svrl:schematron-output xmlns:svrl="http://purl.oclc.org/dsdl/svrl">${inside}</svrl:schematron-output>`,
    )
  expect(
    svrlFindings(
      '0001.xml',
      svrl(
        `<svrl:fired-rule context="a"/><svrl:failed-assert test="b"><svrl:text>b is
          asked</svrl:text></svrl:failed-assert><svrl:failed-assert role="warning" test="c"><svrl:text>c</svrl:text></svrl:failed-assert>`,
      ),
    ),
  ).toEqual([
    { file: '0001.xml', severity: 'error', message: 'b is asked' },
    { file: '0001.xml', severity: 'warning', message: 'c' },
  ])
  expect(svrlFindings('0001.xml', svrl(''))).toEqual([])
  for (const other of ['<a/>', '<a', ''])
    expect(svrlFindings('0001.xml', Buffer.from(other))).toEqual([
      { file: '0001.xml', severity: 'error', message: 'the report is not SVRL' },
    ])
})

test('a folder without any schema is said, and is no success', () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  for (const args of [[empty], [join(folder, 'missing')]]) {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'validate-written.ts'), ...args],
      {
        encoding: 'utf8',
      },
    )
    expect(status).toBe(2)
    expect(stderr).toMatch(/^validate-written: /)
  }
})
