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

const listed = (page: Page): Promise<void> => page.getByRole('row').first().waitFor()

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
const login = async (page: Page): Promise<void> => {
  await account(page)
  await page.keyboard.press('Enter')
  await page.getByText('Serveurs trouvés').waitFor()
}

const storage = async (page: Page): Promise<void> => {
  await listed(page)
  await page.getByRole('button', { name: 'Réglages' }).click()
  await page.getByRole('heading', { name: 'Stockage' }).scrollIntoViewIfNeeded()
  await page.getByRole('button', { name: 'Sauvegarder…' }).waitFor()
}

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
  { name: 'server-down', scenario: 'server-down', steps: listed },
  { name: 'certificate-refused', scenario: 'certificate-refused', steps: listed },
  { name: 'disk-full', scenario: 'disk-full', steps: listed },
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
  {
    name: 'settings',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: 'Réglages' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'settings-storage',
    scenario: 'mailbox',
    steps: (page) => storage(page),
  },
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
      await storage(page)
      await page.getByText('Entretien').scrollIntoViewIfNeeded()
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
  {
    name: 'settings-certificates',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: 'Réglages' }).click()
      await page.getByLabel('Adresse du correspondant').fill('paul.bernard@medecin.mssante.test')
      await page.getByRole('button', { name: 'Chercher' }).click()
      await page.getByText('Aucun certificat connu').waitFor()
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
    name: 'first-6-sync',
    scenario: 'first',
    steps: async (page) => {
      await login(page)
      await page.getByRole('button', { name: /Continuer avec Pro Santé Connect/ }).click()
      await page.getByRole('button', { name: 'Ouvrir la messagerie' }).waitFor()
    },
  },
]
