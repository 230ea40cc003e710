import { listed, type Scene } from './scene.ts'

/** Patients: the list, one page, comparison, oppositions, and writing to one. */
export const patientScenes: readonly Scene[] = [
  {
    name: 'patients-list',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('p')
      await page.getByRole('heading', { name: 'Patients' }).waitFor()
      await page.getByText('DUPONT Marie').first().waitFor()
    },
  },
  {
    name: 'patients-none',
    scenario: 'empty',
    steps: async (page) => {
      await page.getByRole('button', { name: 'Patients' }).click()
      await page.getByText('Aucun patient pour l’instant').waitFor()
    },
  },
  {
    name: 'patient-page',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('p')
      await page.getByRole('button', { name: /DUPONT Marie/ }).click()
      await page.getByRole('region', { name: 'Échanges et documents' }).waitFor()
      await page.getByText('Valeurs').or(page.getByText('Potassium')).first().waitFor()
    },
  },
  {
    name: 'patient-page-reading',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('p')
      await page.getByRole('button', { name: /DUPONT Marie/ }).click()
      await page
        .getByRole('button', { name: /CR d’examens biologiques/ })
        .first()
        .click()
      await page.locator('.patient-reading h1').waitFor()
    },
  },
  {
    name: 'patient-compare',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('p')
      await page.getByRole('button', { name: /DUPONT Marie/ }).click()
      await page.getByRole('button', { name: 'Rapprocher' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'patient-picker',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('row', { name: /Astreintes de décembre/ }).click()
      await page.getByRole('button', { name: 'Rattacher à un patient' }).first().click()
      await page.getByRole('dialog').getByText('LEROY Jean').waitFor()
    },
  },
  {
    name: 'patient-confirm',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.keyboard.press('p')
      await page.getByRole('button', { name: /DURAND Léo/ }).click()
      await page.getByRole('button', { name: 'Écrire au patient' }).click()
      await page.getByLabel('Objet').fill('Votre renouvellement')
      await page.getByRole('button', { name: 'Envoyer' }).click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'list-sorted',
    scenario: 'mailbox',
    steps: async (page) => {
      await listed(page)
      await page.getByRole('button', { name: 'Trier et filtrer la liste' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
]
