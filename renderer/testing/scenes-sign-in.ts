import type { Page } from '@playwright/test'
import { listed, type Scene } from './scene.ts'
import { login } from './scenes-entry.ts'

const bySignIn =
  (way: string, button: RegExp) =>
  async (page: Page): Promise<void> => {
    await login(page)
    await page.getByText('Pro Santé Connect', { exact: true }).click()
    await page.getByText(way, { exact: true }).click()
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('button', { name: 'Annuler' }).waitFor()
  }

const again = async (page: Page): Promise<void> => {
  await listed(page)
  await page
    .locator('.state-banners')
    .getByRole('button', { name: /Pro Santé Connect|Se connecter/ })
    .click()
  await page.getByRole('dialog').waitFor()
}

const code = async (page: Page): Promise<void> => {
  await page.getByLabel('Identifiant').fill('899700000101')
  await page.getByLabel('Mot de passe de la boîte').fill('anne-demo-2026')
  await page.getByRole('button', { name: 'Recevoir un code' }).click()
  await page.getByLabel('Code reçu').fill('123456')
}
const byCode = async (page: Page): Promise<void> => {
  await login(page)
  await page.getByText('Mot de passe et code', { exact: true }).click()
  await code(page)
}

/** Signing in and signing in again, in every state of it. */
export const signInScenes: readonly Scene[] = [
  {
    name: 'sign-in-browser',
    scenario: 'first-psc',
    steps: bySignIn('Votre navigateur', /Continuer avec Pro Santé Connect/),
  },
  {
    name: 'sign-in-mobile',
    scenario: 'first-psc',
    steps: bySignIn('L’application e-CPS', /Envoyer la demande/),
  },
  { name: 'sign-in-card', scenario: 'first-psc', steps: bySignIn('Votre carte', /Demander à ma carte/) },
  {
    name: 'sign-in-rpps',
    scenario: 'first-nobody',
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
      await page.getByText('Pro Santé Connect', { exact: true }).click()
      await page.getByText('L’application e-CPS', { exact: true }).click()
      await page.getByLabel('Votre numéro RPPS').fill('997 0000 0101')
    },
  },
  {
    name: 'sign-in-refused',
    scenario: 'first-refused',
    steps: async (page) => {
      await login(page)
      await page.getByText('Pro Santé Connect', { exact: true }).click()
      await page.getByText('L’application e-CPS', { exact: true }).click()
      await page.getByRole('button', { name: /Envoyer la demande/ }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'sign-in-code', scenario: 'first-psc', steps: byCode },
  {
    name: 'sign-in-code-wrong',
    scenario: 'first-psc',
    steps: async (page) => {
      await byCode(page)
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'sign-in-again', scenario: 'signed-off', steps: again },
  {
    name: 'sign-in-again-mobile',
    scenario: 'signed-off',
    steps: async (page) => {
      await again(page)
      await page.getByText('L’application e-CPS', { exact: true }).click()
      await page.getByRole('button', { name: /Envoyer la demande/ }).click()
      await page.getByRole('status', { name: 'Nombre à comparer' }).waitFor()
    },
  },
  { name: 'sign-in-away', scenario: 'psc-away', steps: listed },
  {
    name: 'settings-psc',
    scenario: 'signed-in',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: 'Réglages' }).click()
      await page.getByRole('tab', { name: 'Comptes' }).click()
      await page.getByRole('button', { name: 'Se déconnecter' }).scrollIntoViewIfNeeded()
    },
  },
]
