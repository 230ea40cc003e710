import { expect, it } from 'vitest'
import { drawSteps, shrink } from './steps.ts'

it('shrinks to the steps that matter, and draws the same ones from the same seed', async () => {
  const steps = drawSteps(7, 30)
  expect(drawSteps(7, 30)).toEqual(steps)
  const needed = [steps[3], steps[21]]
  const fewer = await shrink(
    steps,
    (some) => Promise.resolve(needed.every((one) => one !== undefined && some.includes(one))),
    200,
  )
  expect(fewer).toEqual(needed)
})
