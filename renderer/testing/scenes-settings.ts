import type { Page } from '@playwright/test'
import { listed, type Scene } from './scene.ts'

const pages = [
  ['look', 'Affichage'],
  ['security', 'Sécurité'],
  ['sending', 'Envoi'],
  ['accounts', 'Comptes'],
  ['import', 'Import et quarantaine'],
] as const

const settings =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await listed(page)
    await page.getByRole('button', { name: 'Réglages' }).click()
    await page.getByRole('tab', { name }).click()
    await page.getByRole('tabpanel', { name }).waitFor()
  }

const storage = async (page: Page): Promise<void> => {
  await settings('Stockage')(page)
  await page.getByRole('button', { name: 'Sauvegarder…' }).waitFor()
}

const traces = async (page: Page): Promise<void> => {
  await settings('Sécurité')(page)
  await page.getByRole('button', { name: 'Voir les traces' }).click()
  await page.getByText('1 280 traces').first().waitFor()
}

/** The settings, page by page, and what opens from « Stockage ». */
export const settingsScenes: readonly Scene[] = [
  ...pages.map(([name, page]): Scene => ({
    name: `settings-${name}`,
    scenario: 'mailbox',
    steps: settings(page),
  })),
  { name: 'settings-storage', scenario: 'mailbox', steps: storage },
  { name: 'traces', scenario: 'mailbox', steps: traces },
  {
    name: 'traces-details',
    scenario: 'mailbox',
    steps: async (page) => {
      await traces(page)
      await page
        .getByRole('button', { name: /Détails de la trace/ })
        .nth(2)
        .click()
    },
  },
  { name: 'traces-noticed', scenario: 'traces-noticed', steps: traces },
  { name: 'traces-broken', scenario: 'traces-broken', steps: listed },
  { name: 'storage-trouble', scenario: 'storage-damaged', steps: listed },
  {
    name: 'settings-storage-rule',
    scenario: 'mailbox',
    steps: async (page) => {
      await storage(page)
      await page.getByText('6 mois', { exact: true }).first().click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'settings-storage-backup',
    scenario: 'mailbox',
    steps: async (page) => {
      await storage(page)
      await page.getByRole('button', { name: 'Sauvegarder…' }).click()
      await page.getByText(/propre à cette sauvegarde/).click()
    },
  },
  {
    name: 'settings-storage-restore',
    scenario: 'mailbox',
    steps: async (page) => {
      await storage(page)
      await page.getByRole('button', { name: 'Restaurer une sauvegarde…' }).click()
      await page.getByRole('button', { name: 'Choisir le fichier…' }).click()
      await page.getByLabel(/Code de secours/).fill('K7QM-2XDP-9HTA')
      await page.getByRole('button', { name: 'Restaurer', exact: true }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'settings-storage-damaged',
    scenario: 'storage-damaged',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Voir le stockage' }).click()
      await page.getByText('Entretien').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'settings-certificates',
    scenario: 'certificates',
    steps: async (page) => {
      await settings('Certificats et clés')(page)
      await page.getByRole('list', { name: /^Certificats connus de paul/ }).waitFor()
    },
  },
  {
    name: 'settings-certificates-history',
    scenario: 'certificates',
    steps: async (page) => {
      await settings('Certificats et clés')(page)
      await page.getByRole('list', { name: /^Certificats connus de sophie/ }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'settings-certificates-none',
    scenario: 'mailbox',
    steps: async (page) => {
      await settings('Certificats et clés')(page)
      await page.getByLabel('Adresse du correspondant').fill('paul.bernard@medecin.mssante.test')
      await page.getByRole('button', { name: 'Chercher' }).click()
      await page.getByText('Aucun certificat connu').waitFor()
    },
  },
  {
    name: 'settings-certificates-delete',
    scenario: 'certificates',
    steps: async (page) => {
      await settings('Certificats et clés')(page)
      await page
        .getByRole('button', { name: /^Supprimer la clé/ })
        .last()
        .click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'certificates-other-issuer',
    scenario: 'certificates',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').filter({ hasText: 'BERNARD' }).first().click()
      await page.getByText(/Le certificat de .* a changé/).waitFor()
    },
  },
  {
    name: 'certificates-renewal',
    scenario: 'certificates',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').filter({ hasText: 'TESSIER' }).first().click()
      await page.getByText(/Le certificat de .* a changé/).waitFor()
    },
  },
  {
    name: 'certificates-composer',
    scenario: 'certificates',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').filter({ hasText: 'BERNARD' }).first().click()
      await page.getByRole('button', { name: 'Répondre', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Chiffrer', { exact: true }).click()
      await dialog.getByText(/Le certificat de .* a changé/).waitFor()
    },
  },
]
