import { expect, test } from 'vitest'
import { drawChapter, urineCulture } from '../../../test/operator/seed/biology-panels.ts'
import { hprimText, toWindows1252 } from '../../../test/operator/seed/hprim.ts'
import { patientNamed } from '../../../test/operator/seed/patients.ts'
import { createRandom } from '../../../test/operator/seed/random.ts'
import { biologyReport } from '../../../test/operator/seed/biology-report.ts'
import { professionals } from '../../../test/operator/seed/professionals.ts'
import { findDocuments } from '../documents.ts'
import { foundResults } from './found.ts'

const patient = patientNamed('DUPONT')
const created = new Date('2026-11-20T10:12:00Z')
const chapters = [drawChapter('biochemistry', createRandom(1), []), urineCulture()]

const resultsOf = async (fileName: string, bytes: Uint8Array) => {
  const part = { id: '2', fileName, mimeType: 'application/octet-stream', bytes, inline: false }
  return foundResults((await findDocuments([part])).documents)
}

test('a CDA and an HPRIM file of one patient give the same analytes under the same traits', async () => {
  const report = await biologyReport(
    { random: createRandom(7), patient, created, recipients: [], typeface: 'standard' },
    { chapters, pdfCopy: false, prescriber: professionals.anne },
  )
  const cda = await resultsOf('bio.xml', report.cda)
  const hprim = await resultsOf('bio.hpr', toWindows1252(hprimText(patient, created, chapters, 'H1')))
  const potassium = { analyte: 'a:potassium', unit: 'mmol/L', referenceLow: 3.5, referenceHigh: 5.1 }
  expect(cda.find(({ analyte }) => analyte === 'a:potassium')).toMatchObject({
    ...potassium,
    ins: `${patient.ins ?? ''}|1.2.250.1.213.1.4.10`,
    traits: 'DUPONT|MARIE|1978-11-26',
    sex: 'F',
    version: 1,
  })
  expect(hprim.find(({ analyte }) => analyte === 'a:potassium')).toMatchObject({
    ...potassium,
    ins: null,
    traits: 'DUPONT|MARIE|1978-11-26',
    sex: null,
  })
  // Lines of the antibiogram are no values to follow.
  expect(cda.length).toBeGreaterThan(chapters[0]?.results.length ?? 0)
  expect(cda.some(({ interpretation }) => interpretation !== null && /^[SIR]$/.test(interpretation))).toBe(
    false,
  )
  expect(cda.some(({ label }) => label.startsWith('Amoxicilline'))).toBe(false)
})
