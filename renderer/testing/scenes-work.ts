import { listed, type Scene } from './scene.ts'

/** What one does with messages: writing, sending, following what was sent, acting on many. */
export const workScenes: readonly Scene[] = [
  {
    name: 'inspection',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row').nth(1).click()
      await page.getByRole('button', { name: 'Autres actions' }).click()
      await page.getByRole('menuitem', { name: 'Analyser ce message' }).click()
      await page.getByRole('heading', { name: 'Structure' }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'medical-dialog',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('button', { name: 'Joindre un document médical' }).click()
      await page.getByRole('textbox', { name: 'Rechercher un patient' }).fill('du')
      await page.getByRole('list', { name: 'Patients trouvés' }).waitFor()
    },
  },
  {
    name: 'medical-author',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('button', { name: 'Joindre un document médical' }).click()
      await page.getByRole('button', { name: 'Compléter mon en-tête' }).click()
      await page.getByRole('textbox', { name: 'Structure', exact: true }).waitFor()
    },
  },
  {
    name: 'medical-tiles',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('button', { name: 'Joindre un document médical' }).click()
      await page.getByRole('textbox', { name: 'Rechercher un patient' }).fill('du')
      await page.getByRole('list', { name: 'Patients trouvés' }).getByRole('button').first().click()
      await page.getByRole('radio', { name: 'Écrire une lettre' }).check({ force: true })
      await page.getByRole('textbox', { name: 'Texte de la lettre' }).fill('Cher confrère,')
      await page.getByRole('combobox', { name: /Type de document/ }).fill('adres')
      await page.getByRole('option', { name: /adressage/ }).click()
      await page.getByRole('button', { name: 'Joindre', exact: true }).click()
      await page.getByRole('list', { name: 'Documents médicaux' }).waitFor()
    },
  },
  {
    name: 'outbox',
    scenario: 'offline',
    steps: async (page) => {
      await page.getByRole('button', { name: /^En attente/ }).click()
      await page.getByRole('heading', { name: 'En attente', level: 1 }).waitFor()
    },
  },
  {
    name: 'sent-list',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page
        .getByRole('button', { name: /^Envoyés/ })
        .first()
        .click()
      await page.getByRole('row').filter({ hasText: 'Avis pour M. Leroy' }).click()
      await page.getByRole('heading', { name: 'Suivi de l’envoi' }).waitFor()
    },
  },
  {
    name: 'sent-replaced',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page
        .getByRole('button', { name: /^Envoyés/ })
        .first()
        .click()
      await page.getByRole('row').filter({ hasText: 'La posologie' }).click()
      await page.getByText(/Ce message annule et remplace/).waitFor()
    },
  },
  {
    name: 'sent-report',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: /^Réseau diabète/ }).click()
      await page.getByRole('row').filter({ hasText: 'Message non remis' }).click()
      await page.getByRole('heading', { name: 'Avis de remise' }).waitFor()
    },
  },
  {
    name: 'send-later',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('button', { name: 'Programmer l’envoi' }).click()
      await page.getByRole('heading', { name: 'Envoyer plus tard' }).waitFor()
    },
  },
  {
    name: 'send-undo',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('textbox', { name: 'Objet' }).fill('Avis demandé')
      await page.getByText(/Brouillon enregistré/).waitFor()
      await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
      await page.getByText(/Envoi de .*Avis demandé/).waitFor()
    },
  },
  {
    name: 'actions-whole-folder',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('Control+a')
      await page.getByText(/messages du dossier sont sélectionnés/).waitFor()
    },
  },
  {
    name: 'actions-bulk',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('Control+a')
      await page.getByRole('button', { name: 'Archiver' }).click()
      await page.getByRole('progressbar').waitFor()
    },
  },
  {
    name: 'actions-empty-trash',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: 'Corbeille' }).first().click()
      await page.getByRole('button', { name: 'Vider la corbeille' }).click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'actions-waiting',
    scenario: 'offline',
    steps: async (page) => {
      await page.getByRole('button', { name: /^En attente/ }).click()
      await page.getByRole('heading', { name: 'Actions en attente du serveur' }).waitFor()
    },
  },
  {
    name: 'actions-move',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('j')
      await page.keyboard.press('v')
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'compose-pin',
    scenario: 'card-closed',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('n')
      await page.getByRole('button', { name: 'Envoyer' }).click()
      await page.locator('.pin-input').fill('12')
    },
  },
]
