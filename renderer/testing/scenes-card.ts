import type { Page } from '@playwright/test'
import { listed, type Scene } from './scene.ts'

const openCard = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /Carte et utilisateur/ }).click()
  await page.getByRole('dialog', { name: 'Ma carte et les lecteurs' }).waitFor()
}
const openDiagnosis = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Diagnostic du poste' }).click()
  await page.getByRole('button', { name: 'Copier le rapport' }).waitFor()
}
const changePin = async (page: Page): Promise<void> => {
  await openCard(page)
  await page.getByRole('button', { name: 'Changer le code porteur…' }).click()
  await page.getByLabel('Code porteur actuel').fill('1234')
  await page.getByLabel('Nouveau code porteur').fill('12')
}
const unblock = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Débloquer la carte…' }).click()
  await page.getByRole('dialog', { name: 'Débloquer la carte' }).waitFor()
}

const doors = ['stranger', 'renewed', 'two-cards', 'pin-pad', 'pin-on-reader', 'switch', 'dead'].map(
  (state): Scene => ({
    name: `unlock-${state}`,
    scenario: `unlock-${state}`,
    steps: (page) => page.locator('.unlock-door h2').first().waitFor(),
  }),
)

/** The card's windows, colleagues on one workstation, and its check. */
export const cardScenes: readonly Scene[] = [
  ...doors,
  { name: 'card-window', scenario: 'mailbox', steps: openCard },
  {
    name: 'card-window-locked',
    scenario: 'unlock-no-card',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Carte et lecteurs' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'card-window-two', scenario: 'switch-user', steps: openCard },
  { name: 'card-change-pin', scenario: 'mailbox', steps: changePin },
  {
    name: 'card-change-pin-wrong',
    scenario: 'card-closed',
    steps: async (page) => {
      await openCard(page)
      await page.getByRole('button', { name: 'Changer le code porteur…' }).click()
      await page.getByLabel('Code porteur actuel').fill('4321')
      await page.getByLabel('Nouveau code porteur').fill('2468')
      await page.getByLabel('Le nouveau, encore une fois').fill('2468')
      await page.getByRole('button', { name: 'Changer le code', exact: true }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  { name: 'card-unblock', scenario: 'unlock-blocked', steps: unblock },
  { name: 'card-unblock-elsewhere', scenario: 'unlock-cps-gestion', steps: unblock },
  { name: 'card-unblock-nowhere', scenario: 'unlock-without-cps-gestion', steps: unblock },
  { name: 'switch-user', scenario: 'switch-user', steps: listed },
  { name: 'switch-user-passphrase', scenario: 'colleague-card', steps: listed },
  { name: 'card-away', scenario: 'card-away', steps: listed },
  { name: 'renewed-card', scenario: 'renewed-card', steps: listed },
  {
    name: 'renewed-card-enrol',
    scenario: 'renewed-card',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Associer cette carte…' }).click()
      await page.locator('.pin-input').waitFor()
    },
  },
  {
    name: 'colleague-assistant',
    scenario: 'unlock-stranger',
    steps: async (page) => {
      await page.getByRole('button', { name: /^Créer la messagerie de/ }).click()
      await page.getByRole('heading', { name: 'Votre messagerie sur ce poste' }).waitFor()
    },
  },
  { name: 'diagnosis', scenario: 'unlock-no-card', steps: openDiagnosis },
  { name: 'diagnosis-ailing', scenario: 'unlock-ailing', steps: openDiagnosis },
  {
    name: 'diagnosis-report',
    scenario: 'unlock-ailing',
    steps: async (page) => {
      await openDiagnosis(page)
      await page.getByText('Vérifier un autre serveur').click()
      await page.getByText('Afficher le texte du rapport').click()
      await page.getByRole('region', { name: 'Rapport à envoyer au support' }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'card-window-english',
    scenario: 'english',
    steps: async (page) => {
      await page.getByRole('button', { name: /Card and user/ }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'diagnosis-english',
    scenario: 'english-unlock',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Check this computer' }).click()
      await page.getByRole('button', { name: 'Copy the report' }).waitFor()
    },
  },
]
