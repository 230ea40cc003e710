import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { FilingDoubt, Policy } from '../contract/index.ts'
import { startPatientRecord, type PatientRecord } from '../../test/operator/patient-record.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { letterWith, openPracticeIn, reports, value } from './practice.fixture.ts'

export { code, letterWith, mllpPlace, openRaw, reports, value } from './practice.fixture.ts'

/** A folder that goes away with the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'souspli-record-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** A practice of a test, closed when the test ends. */
export const openPractice = async (
  change: { policy?: Policy; folder?: string; source?: Uint8Array } = {},
) => {
  const practice = await openPracticeIn({ ...change, folder: change.folder ?? temporaryFolder() })
  onTestFinished(practice.close)
  return practice
}

type Practice = Awaited<ReturnType<typeof openPractice>>

/** A patient record that ends with the test. */
export const recordFor = async (
  options: Parameters<typeof startPatientRecord>[0] = {},
): Promise<PatientRecord> => {
  const record = await startPatientRecord(options)
  onTestFinished(() => record.stop())
  return record
}
/** « Intégrer » for every document of a message that a target takes. */
export const filed = async (
  practice: Practice,
  messageId: number,
  targetId: number,
  despite: FilingDoubt[] = [],
) => {
  const offers = value(await practice.integration.offers(messageId))
  const documentIds = offers.documents.flatMap((one) =>
    one.targets.some(({ id }) => id === targetId) ? [one.documentId] : [],
  )
  return await practice.integration.file({ messageId, documentIds, targetId, despite })
}
/** The mail of a laboratory report about a fictitious patient, and the one that replaces it. */
export const reportMail = async (seed: string, name = 'DUPONT') => {
  const { first, second } = await reports(seed, patientNamed(name))
  return { first: await letterWith([first], `${seed}-1`), second: await letterWith([second], `${seed}-2`) }
}
