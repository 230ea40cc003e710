import { listed, type Scene } from './scene.ts'

/** The mailbox: lists, folders, states, and the layers over it. */
export const mailboxScenes: readonly Scene[] = [
  {
    name: 'mailbox',
    scenario: 'mailbox',
    steps: async (page) => {
      await page
        .getByRole('row', { name: /BioVal.*Potassium/ })
        .first()
        .click()
      await page.getByRole('heading', { name: 'CR d’examens biologiques' }).first().waitFor()
    },
  },
  { name: 'mailbox-nothing-open', scenario: 'mailbox', steps: listed },
  { name: 'mailbox-cosy', scenario: 'mailbox', density: 'cosy', steps: listed },
  { name: 'mailbox-compact', scenario: 'mailbox', density: 'compact', steps: listed },
  { name: 'mailbox-english', scenario: 'english', steps: listed },
  {
    name: 'mailbox-several',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page
        .getByRole('row', { name: /BioVal/ })
        .first()
        .click()
      await page.keyboard.press('Shift+ArrowDown')
      await page.getByRole('heading', { name: /2 messages/ }).waitFor()
      await page.keyboard.press('Shift+ArrowDown')
      await page.getByRole('heading', { name: /3 messages/ }).waitFor()
    },
  },
  {
    name: 'mailbox-undo',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('j')
      await page.keyboard.press('e')
      await page.getByText('Message archivé').waitFor()
    },
  },
  {
    name: 'mailbox-search',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('/')
      await page.keyboard.type('leroy')
      await page.getByRole('row', { name: /LEROY/ }).first().waitFor()
    },
  },
  {
    name: 'mailbox-search-empty',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('/')
      await page.keyboard.type('xyzzy')
      await page.getByRole('heading', { name: 'Aucun résultat' }).waitFor()
    },
  },
  {
    name: 'mailbox-empty',
    scenario: 'empty',
    steps: (page) => page.getByText('Aucun message ici').waitFor(),
  },
  {
    name: 'mailbox-error',
    scenario: 'list-error',
    steps: (page) => page.getByRole('alert').first().waitFor(),
  },
  { name: 'offline', scenario: 'offline', steps: listed },
  { name: 'room-80', scenario: 'room-80', steps: listed },
  { name: 'room-95', scenario: 'room-95', steps: listed },
  {
    name: 'folder-menu',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: /Actions sur le dossier Réseau diabète/ }).click()
      await page.getByRole('menuitem', { name: 'Renommer' }).waitFor()
    },
  },
  {
    name: 'folder-new',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: /Actions sur le dossier Réseau diabète/ }).click()
      await page.getByRole('menuitem', { name: 'Nouveau sous-dossier' }).click()
      await page.getByLabel('Nom du dossier').fill('Congrès 2026')
    },
  },
  {
    name: 'folder-shared',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page
        .getByRole('region', { name: /soins@cabinet-lilas/ })
        .getByRole('button', { name: /^Réception/ })
        .click()
      await page.getByText('ne vous permet').waitFor()
      await page.getByRole('row').first().click()
      await page.getByRole('toolbar').waitFor()
    },
  },
  { name: 'login-required', scenario: 'login-required', steps: listed },
  { name: 'card-wanted', scenario: 'card-wanted', steps: listed },
  { name: 'card-renewed', scenario: 'card-renewed', steps: listed },
  { name: 'card-refused', scenario: 'card-refused', steps: listed },
  { name: 'server-down', scenario: 'server-down', steps: listed },
  { name: 'certificate-refused', scenario: 'certificate-refused', steps: listed },
  { name: 'disk-full', scenario: 'disk-full', steps: listed },
  {
    name: 'palette',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('Control+k')
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'help',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
    },
  },
]
