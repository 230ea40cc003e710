/** A day of MSSanté: directory, a critical result into the patient record, a letter, a patient, receipts, traces. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { people } from '../operator/index.ts'
import { landmarks } from '../operator/seed/index.ts'
import type { Step } from './play-story.ts'
import {
  enterMailbox,
  findServers,
  listRow,
  logInWithPsc,
  patience,
  protectWithCard,
  sawLogin,
  setSendDelay,
} from './story.ts'

const { anne, paul, patient: leo } = people
const letterText = 'Cher confrère, merci de revoir Mme DUPONT pour sa kaliémie à 6,4 mmol/L.'

const composer = (page: Page): Locator => page.getByRole('dialog', { name: 'Rédaction d’un message' })
const goTo = (page: Page, folder: string): Promise<void> =>
  page
    .getByRole('button', { name: new RegExp(`^${folder}`) })
    .or(page.getByRole('row', { name: new RegExp(`^${folder}`) }))
    .first()
    .click()

/** « Rechercher une commande », by its words. */
const command = async (page: Page, words: string): Promise<void> => {
  await page.keyboard.press('Control+k')
  await page.getByRole('menu').waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

/** What the author of documents is asked once. */
const completeHeader = async (page: Page, form: Locator): Promise<void> => {
  await form.getByRole('button', { name: 'Compléter mon en-tête' }).click()
  const header = page.getByRole('dialog', { name: 'Votre en-tête de document' })
  await header.getByRole('combobox', { name: 'Profession et spécialité' }).selectOption('G15_10/SM54')
  await header.getByRole('textbox', { name: 'Structure', exact: true }).fill(anne.structure)
  await header.getByRole('textbox', { name: 'Ville', exact: true }).fill('Lyon')
  await header.getByRole('textbox', { name: 'Code postal', exact: true }).fill('69006')
  await header.getByRole('textbox', { name: 'Identifiant de la structure' }).fill('1690000001')
  await header.getByRole('combobox', { name: 'Type de structure' }).selectOption('SA07')
  await header.getByRole('combobox', { name: 'Cadre d’exercice' }).selectOption('AMBULATOIRE')
  await header.getByRole('button', { name: 'Enregistrer mon en-tête' }).click()
  await expect(header).toBeHidden()
}

/** A colleague signs in with Pro Santé Connect, in the system's browser. */
export const colleagueSteps: readonly Step[] = [
  {
    name: 'pro-sante-connect-of-a-colleague',
    who: 'paul',
    run: async ({ world, paul: app }) => {
      await protectWithCard(app.page, paul.card.pin)
      await findServers(app.page, paul.address)
      await app.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
      await logInWithPsc(world, app, paul.rpps)
      await enterMailbox(app.page)
      await setSendDelay(app.page, 0)
      await sawLogin(world, paul.address, 'XOAUTH2')
    },
  },
]

export const mssanteSteps: readonly Step[] = [
  {
    name: 'directory-search',
    who: 'anne',
    run: async ({ anne: { page } }) => {
      await goTo(page, 'Réception')
      await page.getByRole('button', { name: 'Annuaire', exact: true }).click()
      // The base of a fresh mailbox comes by itself; a big one takes its time.
      const search = page.getByRole('textbox', { name: 'Chercher dans l’annuaire' })
      await search.fill('cardio lyon bernard', { timeout: 60_000 })
      await page
        .getByRole('listbox')
        .getByRole('option', { name: new RegExp(paul.displayName) })
        .first()
        .click({ timeout: 60_000 })
      await expect(page.getByRole('heading', { name: paul.displayName })).toBeVisible({ timeout: patience })
    },
  },
  {
    name: 'critical-result-filed',
    who: 'anne',
    run: async ({ anne: { page }, record }) => {
      await goTo(page, 'Réception')
      await listRow(page, 'HH Potassium').click()
      const panel = page.getByRole('region', { name: 'Dossier patient' })
      await panel
        .getByRole('button', { name: /^Intégrer dans Dossier du cabinet/ })
        .click({ timeout: patience })
      await expect(panel.getByText(/^Intégré dans Dossier du cabinet/).first()).toBeVisible({
        timeout: patience,
      })
      const [filed] = record.received
      if (filed?.trigger !== 'T02') throw new Error('the patient record received no MDM^T02')
      if (filed.problems.length > 0) throw new Error(filed.problems.join(', '))
    },
  },
  {
    name: 'letter-as-document',
    who: 'anne',
    run: async ({ world, anne: { page } }) => {
      await page.getByRole('button', { name: 'Nouveau message' }).click()
      await composer(page).getByRole('combobox', { name: 'À' }).fill(paul.address)
      await composer(page).getByRole('combobox', { name: 'À' }).press('Enter')
      await composer(page).getByRole('textbox', { name: 'Texte du message' }).click()
      await page.keyboard.insertText('Bonjour, la lettre est jointe.')
      await composer(page).getByRole('button', { name: 'Joindre un document médical' }).click()
      const form = page.getByRole('dialog', { name: 'Joindre un document médical' })
      await completeHeader(page, form)
      await form.getByRole('textbox', { name: 'Rechercher un patient' }).fill('dupont')
      await form
        .getByRole('button', { name: /DUPONT Marie/i })
        .first()
        .click()
      await form.getByText('Écrire une lettre').click()
      await form.getByRole('textbox', { name: 'Texte de la lettre' }).fill(letterText)
      await form.getByRole('combobox', { name: /Type de document/ }).fill('adress')
      await page
        .getByRole('option', { name: /adressage/ })
        .first()
        .click()
      await form.getByRole('button', { name: 'Joindre', exact: true }).click()
      await expect(form).toBeHidden({ timeout: patience })
      const receipt = composer(page).getByRole('checkbox', { name: 'Accusé de lecture' })
      if (!(await receipt.isChecked())) await composer(page).getByText('Accusé de lecture').click()
      const sign = composer(page).getByRole('checkbox', { name: 'Signer avec ma carte' })
      if (await sign.isChecked()) await composer(page).getByText('Signer avec ma carte').click()
      await composer(page).getByRole('button', { name: 'Envoyer', exact: true }).click()
      await expect(composer(page)).toBeHidden({ timeout: patience })
      await expect
        .poll(() => world.operator.received.at(-1)?.header ?? '', { timeout: patience })
        .toMatch(/^X-MSS-CODECDA: 96349-6\r$/m)
    },
  },
  {
    name: 'letter-read-by-colleague',
    who: 'paul',
    run: async ({ paul: { page } }) => {
      await listRow(page, /Lettre d.adressage/i).click({ timeout: patience })
      await expect(page.getByText(letterText).first()).toBeVisible({ timeout: patience })
      await expect(page.getByText('XDM/1.0/DDM')).toHaveCount(0)
      await page.getByRole('button', { name: 'Envoyer l’accusé de lecture' }).click()
      await expect(page.getByText('Accusé de lecture envoyé.').first()).toBeVisible()
    },
  },
  {
    name: 'receipt-returned',
    who: 'anne',
    run: async ({ anne: { page } }) => {
      await goTo(page, 'Envoyés')
      const row = listRow(page, /Lettre d.adressage/i)
      await expect(row).toContainText('Lu', { timeout: patience })
      await row.click()
    },
  },
  {
    name: 'patient-exchange-closed',
    who: 'anne',
    run: async ({ world, anne: { page } }) => {
      await goTo(page, 'Réception')
      await page.getByRole('button', { name: 'Patients', exact: true }).click()
      await page
        .getByRole('button', { name: new RegExp(landmarks.patientReply.patient.birthName) })
        .first()
        .click()
      await page.getByRole('button', { name: 'Écrire au patient' }).click()
      await composer(page).getByLabel('Objet').fill('Votre traitement')
      await composer(page).getByText('Clore l’échange').click()
      const sign = composer(page).getByRole('checkbox', { name: 'Signer avec ma carte' })
      if (await sign.isChecked()) await composer(page).getByText('Signer avec ma carte').click()
      await composer(page).getByRole('button', { name: 'Envoyer', exact: true }).click()
      await page.getByRole('button', { name: 'C’est bien ce patient, envoyer' }).click()
      await expect
        .poll(
          () => world.operator.received.filter(({ to }) => to.includes(leo.address)).at(-1)?.header ?? '',
          {
            timeout: patience,
          },
        )
        .toMatch(/^X-MSS-MES: FIN\r$/m)
    },
  },
  {
    name: 'traces-exported',
    who: 'anne',
    run: async ({ world, anne: app }) => {
      await goTo(app.page, 'Réception')
      await command(app.page, 'Traces')
      const window = app.page.getByRole('dialog', { name: 'Traces' })
      await expect(window.getByText(/traces, aucune altération/)).toBeVisible({ timeout: patience })
      const target = join(world.folder, 'traces.csv')
      app.setDialogAnswer('showSaveDialog', { canceled: false, filePath: target })
      await window.getByRole('button', { name: 'Exporter (CSV)' }).click()
      await expect(app.page.getByText(/traces exportées\./).first()).toBeVisible({ timeout: patience })
      const table = await readFile(target, 'utf8')
      for (const word of [';sent;', ';record;', ';read;', leo.address])
        if (!table.includes(word)) throw new Error(`no ${word} in the table of traces`)
      if (table.includes(letterText)) throw new Error('a trace holds the words of a letter')
    },
  },
  {
    name: 'traces-closed',
    who: 'anne',
    run: async ({ anne: { page } }) => {
      await page.getByRole('dialog', { name: 'Traces' }).press('Escape')
      await goTo(page, 'Réception')
      await expect(listRow(page, 'HH Potassium')).toBeVisible({ timeout: patience })
    },
  },
]
