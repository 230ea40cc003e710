import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@playwright/test'
import { playStory, type StepReport } from './play-story.ts'

const pictures = join(import.meta.dirname, '../../out/e2e/story')

test('the first day, from the card to a signature verified by the recipient', async () => {
  // Some seventy seconds on a calm machine.
  test.setTimeout(480_000)
  mkdirSync(pictures, { recursive: true })
  const steps: StepReport[] = []
  const failed = await playStory({
    onStep: (report) => steps.push(report),
    picture: (name) => join(pictures, `${name}.png`),
  })
  for (const { step, ok, ms } of steps)
    await test.step(`${step} (${ms} ms)`, () => {
      if (!ok) throw new Error(failed?.reason ?? step)
    })
  if (failed) throw new Error(`${failed.step}: ${failed.reason}`)
})
