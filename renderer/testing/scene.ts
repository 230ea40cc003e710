import type { Page } from '@playwright/test'

/** One picture: a scenario of the fake core and what to do before the shot. */
export interface Scene {
  name: string
  scenario: string
  density?: 'comfortable' | 'cosy' | 'compact'
  steps?: (page: Page) => Promise<void>
}

/** Once the list of messages is there. */
export const listed = (page: Page): Promise<void> => page.getByRole('row').first().waitFor()
