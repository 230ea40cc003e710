import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Policy } from '../contract/index.ts'
import { openPracticeIn } from './practice.fixture.ts'

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
export const openPractice = async (change: { policy?: Policy; folder?: string } = {}) => {
  const practice = await openPracticeIn({ ...change, folder: change.folder ?? temporaryFolder() })
  onTestFinished(practice.close)
  return practice
}
