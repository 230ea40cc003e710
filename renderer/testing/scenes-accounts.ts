import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { listed, type Scene } from './scene.ts'
import { login } from './scenes-entry.ts'

const settings = async (page: Page, name: string): Promise<void> => {
  await listed(page)
  await page.getByRole('button', { name: 'Réglages' }).click()
  await page.getByRole('tab', { name }).click()
  await page.getByRole('tabpanel', { name }).waitFor()
}

/** Mailboxes of several kinds, and the trust space. */
export const accountScenes: readonly Scene[] = [
  {
    name: 'received',
    scenario: 'many-mailboxes',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: /Toutes les boîtes/ }).click()
      await page.getByRole('heading', { name: 'Toutes les boîtes' }).waitFor()
      await listed(page)
    },
  },
  {
    name: 'received-sorted',
    scenario: 'many-mailboxes',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: /Toutes les boîtes/ }).click()
      await page.getByRole('button', { name: 'Trier et filtrer la liste' }).click()
      await page.getByRole('combobox', { name: 'Trier par' }).selectOption('patient')
      await page.getByRole('dialog').getByRole('button', { name: 'Fermer' }).last().click()
      await listed(page)
    },
  },
  {
    name: 'deceiving',
    scenario: 'many-mailboxes',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row', { name: /BERNARD \(MSSanté\)/ }).click()
      await page.getByText('Cet expéditeur n’est peut-être pas').waitFor()
    },
  },
  {
    name: 'settings-mailboxes',
    scenario: 'many-mailboxes',
    steps: (page) => settings(page, 'Comptes'),
  },
  {
    name: 'account-edit',
    scenario: 'many-mailboxes',
    steps: async (page) => {
      await settings(page, 'Comptes')
      await page.getByRole('button', { name: 'Modifier sil@bioval.mssante.test' }).click()
      await page.getByRole('dialog', { name: /Boîte sil@/ }).waitFor()
    },
  },
  {
    name: 'settings-trust-space',
    scenario: 'mailbox',
    steps: async (page) => {
      await settings(page, 'Espace de confiance')
      await page.getByLabel('Chercher un domaine ou un opérateur').fill('lilas')
      await page.getByText('hôpital-lilas.mssante.test').waitFor()
    },
  },
  {
    name: 'first-5-login-p12',
    scenario: 'first',
    steps: async (page) => {
      await login(page)
      await page.getByText('Applicative', { exact: true }).click()
      await page.getByText('Certificat d’organisation', { exact: true }).click()
      const file = join(tmpdir(), 'souspli-scene.p12')
      await writeFile(file, 'fictif')
      await page.locator('input[type=file]').setInputFiles(file)
      await page.getByLabel(/Mot de passe de/).fill('fictif')
      await page.getByRole('button', { name: 'Lire le certificat' }).click()
      await page.getByText('Valable jusqu’au').waitFor()
    },
  },
]
