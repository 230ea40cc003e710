import type { Page } from '@playwright/test'
import { listed, type Scene } from './scene.ts'

const open = async (page: Page): Promise<void> => {
  await listed(page)
  await page.getByRole('button', { name: 'Annuaire', exact: true }).click()
}
const search = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Chercher dans l’annuaire' }).fill(text)
  await page.getByRole('listbox').getByRole('option').first().waitFor()
}

/** The directory, and the list under the recipient field. */
export const directoryScenes: readonly Scene[] = [
  {
    name: 'directory',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await search(page, 'bernard')
      await page.getByRole('listbox').getByRole('option').first().click()
      await page.getByRole('heading', { name: '2 boîtes MSSanté' }).waitFor()
    },
  },
  {
    name: 'directory-verified',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await page.getByText('Avec les boîtes disparues').click()
      await search(page, 'bernard')
      await page.getByRole('listbox').getByRole('option').first().click()
      await page.getByRole('button', { name: 'Vérifier dans l’annuaire' }).click()
      await page.getByRole('heading', { name: 'Lieux d’exercice' }).waitFor()
    },
  },
  {
    name: 'directory-service',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await search(page, 'hopital')
      await page
        .getByRole('listbox')
        .getByRole('option', { name: /Urgences/ })
        .click()
      await page.getByRole('heading', { name: '2 boîtes de la structure' }).waitFor()
    },
  },
  {
    name: 'directory-nobody',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await page.getByRole('textbox', { name: 'Chercher dans l’annuaire' }).fill('introuvable')
      await page.getByRole('heading', { name: 'Personne ne correspond' }).waitFor()
    },
  },
  { name: 'directory-never', scenario: 'directory-none', steps: open },
  { name: 'directory-importing', scenario: 'directory-importing', steps: open },
  { name: 'directory-stale', scenario: 'directory-stale', steps: open },
  {
    name: 'directory-favourites',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await page.getByRole('radio', { name: 'Favoris' }).click()
      await page.getByText('paul.bernard@medecin.mssante.test').first().waitFor()
    },
  },
  {
    name: 'directory-lists',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await page.getByRole('radio', { name: 'Listes' }).click()
      await page.getByText('Réunion de concertation').waitFor()
    },
  },
  {
    name: 'directory-list',
    scenario: 'mailbox',
    steps: async (page) => {
      await open(page)
      await page.getByRole('radio', { name: 'Listes' }).click()
      await page.getByRole('button', { name: 'Modifier' }).first().click()
      await page.getByRole('textbox', { name: 'Nom de la liste' }).waitFor()
    },
  },
  {
    name: 'recipients',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('combobox', { name: 'À', exact: true }).pressSequentially('bern')
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
  {
    name: 'recipients-groups',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('combobox', { name: 'À', exact: true }).pressSequentially('hopi')
      await page.getByRole('listbox').getByRole('option').first().waitFor()
    },
  },
  {
    name: 'settings-directory',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: 'Réglages' }).first().click()
      await page.getByRole('tab', { name: 'Annuaire' }).click()
      await page.getByText('Boîtes disparues, gardées').waitFor()
    },
  },
]
