import { listed, type Scene } from './scene.ts'

/** Clinical documents in the reading pane. */
export const documentScenes: readonly Scene[] = [
  {
    name: 'results-curve',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').nth(1).click()
      await page.getByRole('button', { name: /^Potassium.*valeurs/ }).click()
      await page.locator('.curve').scrollIntoViewIfNeeded()
    },
  },
]
