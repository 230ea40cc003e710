import type { Page } from '@playwright/test'

/** One picture: a scenario of the fake core and what to do before the shot. */
export interface Scene {
  name: string
  scenario: string
  density?: 'comfortable' | 'cosy' | 'compact'
  steps?: (page: Page) => Promise<void>
}

const unlockStates = [
  'starting',
  'no-module',
  'module-failed',
  'no-reader',
  'no-card',
  'unknown-card',
  'pin-needed',
  'pin-wrong',
  'last-try',
  'blocked',
  'removed',
  'idle',
]

export const scenes: readonly Scene[] = [
  ...unlockStates.map((state): Scene => ({
    name: `unlock-${state}`,
    scenario: `unlock-${state}`,
    steps: async (page) => {
      await page.locator('.unlock-door h2').waitFor()
      if (state === 'pin-needed') await page.locator('.pin-input').fill('12')
    },
  })),
  {
    name: 'unlock-passphrase',
    scenario: 'unlock-no-card',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Utiliser une phrase de passe' }).click()
      await page.locator('.field-input input').fill('quatre mots sans lien')
    },
  },
  {
    name: 'unlock-recovery',
    scenario: 'unlock-no-card',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Code de secours' }).click()
      await page.locator('.field-input input').fill('K7QM-2XDP')
      await page.getByRole('button', { name: 'Ouvrir ma messagerie' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
]
