import type { Page } from '@playwright/test'
import type { Scene } from './scene.ts'

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

const recovery = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Commencer' }).click()
  await page.locator('.pin-input').fill('1234')
  await page.keyboard.press('Enter')
  await page.getByText('Votre code de secours').waitFor()
}
const account = async (page: Page): Promise<void> => {
  await recovery(page)
  await page.getByText(/J’ai imprimé/).click()
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByLabel('Adresse MSSanté').fill('anne.martin@medecin.mssante.test')
}
/** Up to the servers of an address. */
export const login = async (page: Page): Promise<void> => {
  await account(page)
  await page.keyboard.press('Enter')
  await page.getByText('Serveurs trouvés').waitFor()
}

/** Before the mailbox: unlocking, and the first run. */
export const entryScenes: readonly Scene[] = [
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
  {
    name: 'unlock-damaged',
    scenario: 'unlock-damaged',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Utiliser une phrase de passe' }).click()
      await page.locator('.field-input input').fill('quatre mots sans lien')
      await page.getByRole('button', { name: 'Ouvrir ma messagerie' }).click()
      await page.getByRole('button', { name: 'Reconstruire depuis le serveur…' }).waitFor()
    },
  },
  {
    name: 'first-restore',
    scenario: 'first',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Restaurer une sauvegarde…' }).click()
      await page.getByRole('button', { name: 'Choisir le fichier…' }).click()
      await page.getByLabel(/Code de secours/).fill('K7QM-2XDP-9HTA')
      await page.getByRole('button', { name: 'Continuer' }).click()
      await page.locator('.pin-input').waitFor()
    },
  },
  { name: 'first-1-welcome', scenario: 'first', steps: (page) => page.getByText('Commencer').waitFor() },
  {
    name: 'first-2-protect',
    scenario: 'first',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Commencer' }).click()
      await page.locator('.pin-input').fill('123')
    },
  },
  {
    name: 'first-2-protect-passphrase',
    scenario: 'first-no-card',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Commencer' }).click()
      await page.getByText('Une phrase de passe', { exact: true }).click()
      await page.getByLabel('Phrase de passe', { exact: true }).fill('cheval batterie agrafe juste')
      await page.getByLabel('La même, encore une fois').fill('cheval')
    },
  },
  { name: 'first-3-recovery', scenario: 'first', steps: recovery },
  { name: 'first-4-account', scenario: 'first', steps: account },
  {
    name: 'first-4-account-manual',
    scenario: 'first',
    steps: async (page) => {
      await account(page)
      await page.getByLabel('Adresse MSSanté').fill('anne.martin@inconnu.mssante.test')
      await page.keyboard.press('Enter')
      await page.getByText('Réglages donnés par votre opérateur').waitFor()
    },
  },
  { name: 'first-5-login', scenario: 'first', steps: login },
  {
    name: 'first-5-login-psc',
    scenario: 'first',
    steps: async (page) => {
      await login(page)
      await page.getByText('Pro Santé Connect', { exact: true }).click()
      await page.getByRole('button', { name: /Continuer avec Pro Santé Connect/ }).waitFor()
    },
  },
  {
    name: 'first-5-login-card-closed',
    scenario: 'first-no-card',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Commencer' }).click()
      await page.getByText('Une phrase de passe', { exact: true }).click()
      await page.getByLabel('Phrase de passe', { exact: true }).fill('cheval batterie agrafe juste')
      await page.getByLabel('La même, encore une fois').fill('cheval batterie agrafe juste')
      await page.keyboard.press('Enter')
      await page.getByText(/J’ai imprimé/).click()
      await page.getByRole('button', { name: 'Continuer' }).click()
      await page.getByLabel('Adresse MSSanté').fill('anne.martin@medecin.mssante.test')
      await page.keyboard.press('Enter')
      await page.getByText('Serveurs trouvés').waitFor()
      await page.getByText('Carte CPS', { exact: true }).click()
    },
  },
  {
    name: 'first-6-sync',
    scenario: 'first',
    steps: async (page) => {
      await login(page)
      await page.getByRole('button', { name: 'Se connecter avec la carte' }).click()
      await page.getByRole('button', { name: 'Ouvrir la messagerie' }).waitFor()
    },
  },
]
