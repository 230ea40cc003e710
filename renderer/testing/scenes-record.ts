import type { Page } from '@playwright/test'
import { listed, type Scene } from './scene.ts'

const opened = async (page: Page): Promise<void> => {
  await listed(page)
  await page.getByRole('row').first().click()
  await page.getByRole('region', { name: 'Dossier patient' }).waitFor()
}

const record = async (page: Page): Promise<void> => {
  await listed(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('menu').waitFor()
  await page.keyboard.type('Transmissions')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Transmissions au dossier' }).waitFor()
}

const settings = async (page: Page): Promise<void> => {
  await listed(page)
  await page.getByRole('button', { name: 'Réglages' }).click()
  await page.getByRole('tab', { name: 'Dossier patient' }).click()
  await page.getByText('Dossier du cabinet').waitFor()
}

/** Patient records: filing a message, what was handed over, rules, journal, targets. */
export const recordScenes: readonly Scene[] = [
  { name: 'record-panel', scenario: 'mailbox', steps: opened },
  {
    name: 'record-filed',
    scenario: 'mailbox',
    steps: async (page) => {
      await opened(page)
      await page.keyboard.press('i')
      await page.getByText(/^Intégré dans/).waitFor()
    },
  },
  {
    name: 'record-doubts',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').filter({ hasText: 'INS non qualifiée' }).first().click()
      await page.getByRole('button', { name: 'Autre destination' }).click()
      await page.getByRole('menuitem', { name: /Intégrer dans/ }).click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'record-removal',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').filter({ hasText: 'IRM lombaire' }).first().click()
      await page.getByText(/demande le retrait/).waitFor()
    },
  },
  { name: 'record-queue', scenario: 'mailbox', steps: record },
  {
    name: 'record-rules',
    scenario: 'mailbox',
    steps: async (page) => {
      await record(page)
      await page.getByRole('tab', { name: 'Règles' }).click()
      await page.getByText('Comptes rendus d’imagerie').waitFor()
    },
  },
  {
    name: 'record-rule-editor',
    scenario: 'mailbox',
    steps: async (page) => {
      await record(page)
      await page.getByRole('tab', { name: 'Règles' }).click()
      await page.getByRole('button', { name: 'Modifier' }).first().click()
      await page.getByRole('button', { name: 'Essayer sur les 50 derniers messages' }).click()
      await page.getByText(/seraient intégrés/).waitFor()
    },
  },
  {
    name: 'record-journal',
    scenario: 'mailbox',
    steps: async (page) => {
      await record(page)
      await page.getByRole('tab', { name: 'Journal' }).click()
      await page.getByText('Laissé à vérifier').waitFor()
    },
  },
  { name: 'record-settings', scenario: 'mailbox', steps: settings },
  {
    name: 'record-target-editor',
    scenario: 'mailbox',
    steps: async (page) => {
      await settings(page)
      await page.getByRole('button', { name: 'Ajouter un dossier patient' }).click()
      await page.getByRole('textbox', { name: 'Serveur' }).waitFor()
    },
  },
]
