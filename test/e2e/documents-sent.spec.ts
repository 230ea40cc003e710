import { expect, test, type Locator } from '@playwright/test'
import PDFDocument from 'pdfkit'
import { people } from '../operator/index.ts'
import { picture, says } from './stage.ts'
import { createProfile, listRow, patience, setSendDelay } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// A letter written in Anne's window, read as a document in Paul's; every patient is fictitious.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let mine: RunningApp
let his: RunningApp

const composer = (): Locator => mine.page.getByRole('dialog', { name: 'Rédaction d’un message' })
const form = (): Locator => mine.page.getByRole('dialog', { name: 'Joindre un document médical' })
/** A letter is written, sent, received and read to its document: some seconds on a calm machine. */
const untilRead = 90_000
const subject = "Lettre d'adressage EPREUVE Lea 28/03/1979"

const fill = (place: Locator, values: Record<string, string>): Promise<void> =>
  Object.entries(values).reduce<Promise<void>>(
    (before, [name, value]) =>
      before.then(() => place.getByRole('textbox', { name, exact: true }).fill(value)),
    Promise.resolve(),
  )
const chooseType = async (place: Locator, typed: string, name: RegExp): Promise<void> => {
  await place.getByRole('combobox', { name: /Type de document/ }).fill(typed)
  await mine.page.getByRole('option', { name }).first().click()
}
const send = async (): Promise<void> => {
  const button = composer().getByRole('button', { name: 'Envoyer', exact: true })
  await expect(button).toBeEnabled({ timeout: patience })
  await button.click()
  await expect(composer()).toBeHidden({ timeout: patience })
}

/** A page with a typeface that is not inside: no PDF/A-1. */
const plainPdf = async (): Promise<Buffer> => {
  const doc = new PDFDocument({ info: { Title: 'Courrier fictif' } })
  const pieces: Buffer[] = []
  doc.on('data', (piece: Buffer) => pieces.push(piece))
  const done = new Promise((resolve) => doc.on('end', resolve))
  doc.fontSize(20).text('Courrier fictif du 20 novembre 2026')
  doc.end()
  await done
  return Buffer.concat(pieces)
}

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  mine = await world.openApp('anne')
  await createProfile(mine, anne)
  await setSendDelay(mine.page, 0)
  his = await world.openApp('paul')
  await createProfile(his, paul)
})
test.afterAll(() => world.stop())

test('a typed letter becomes a document of a patient, with one’s own header asked once', async () => {
  await mine.page.getByRole('button', { name: 'Nouveau message' }).click()
  await composer().getByRole('combobox', { name: 'À' }).fill(paul.address)
  await composer().getByRole('combobox', { name: 'À' }).press('Enter')
  await composer().getByRole('textbox', { name: 'Texte du message' }).click()
  await mine.page.keyboard.insertText('Bonjour, la lettre est jointe.')
  await composer().getByRole('button', { name: 'Joindre un document médical' }).click()
  await form().getByRole('button', { name: 'Compléter mon en-tête' }).click()
  const header = mine.page.getByRole('dialog', { name: 'Votre en-tête de document' })
  await expect(header.getByRole('textbox', { name: 'Identifiant national' })).toHaveValue(`8${anne.rpps}`)
  await header.getByRole('combobox', { name: 'Profession et spécialité' }).selectOption('G15_10/SM54')
  await fill(header, { Structure: 'Cabinet fictif des Lilas', Ville: 'Lyon', 'Code postal': '69006' })
  await header.getByRole('textbox', { name: 'Identifiant de la structure' }).fill('1690000001')
  await header.getByRole('combobox', { name: 'Type de structure' }).selectOption('SA07')
  await header.getByRole('combobox', { name: 'Cadre d’exercice' }).selectOption('AMBULATOIRE')
  await picture(mine.page, 'medical-author')
  await header.getByRole('button', { name: 'Enregistrer mon en-tête' }).click()
  await expect(header).toBeHidden()

  await form().getByRole('button', { name: 'Saisir une identité' }).click()
  await fill(form(), { 'Nom de naissance': 'Épreuve', 'Premier prénom de naissance': 'Léa' })
  await form().getByLabel('Date de naissance').fill('1979-03-28')
  await form().getByText('Féminin').click()
  await form().getByRole('button', { name: 'Utiliser cette identité' }).click()
  await says(form(), 'ÉPREUVE Léa', 'Sans INS')
  await form().getByText('Écrire une lettre').click()
  await fill(form(), { 'Texte de la lettre': 'Cher confrère,\n\nMerci de recevoir Mme Épreuve pour avis.' })
  await chooseType(form(), 'adress', /adressage/)
  await form().getByLabel('Date de l’acte').fill('2026-11-20')
  await picture(mine.page, 'medical-form')
  await form().getByRole('button', { name: 'Joindre', exact: true }).click()
  await expect(form()).toBeHidden({ timeout: patience })
  const tile = composer().getByRole('list', { name: 'Documents médicaux' }).getByRole('listitem')
  await says(tile, "Lettre d'adressage", /ÉPREUVE Léa/, /CDA \+ PDF\/A/)
  await expect(composer().getByRole('textbox', { name: 'Objet' })).toHaveValue(subject)
  await expect(composer().getByRole('textbox', { name: 'Objet' })).toHaveAttribute('readonly', '')
  await tile.getByRole('button', { name: 'Aperçu' }).click()
  const preview = mine.page.getByRole('dialog', { name: "Lettre d'adressage" })
  await expect(preview.getByText('Merci de recevoir Mme Épreuve pour avis.').first()).toBeVisible({
    timeout: patience,
  })
  await picture(mine.page, 'medical-preview')
  await mine.page.keyboard.press('Escape')
  await expect(preview).toBeHidden()
})

test('a PDF that is not PDF/A-1 says so, and is converted', async () => {
  await composer().getByRole('button', { name: 'Joindre un document médical' }).click()
  // The same patient, since a message is about one.
  await says(form(), 'ÉPREUVE Léa')
  const chooser = mine.page.waitForEvent('filechooser')
  await form().getByRole('button', { name: 'Choisir un fichier' }).click()
  await (
    await chooser
  ).setFiles({ name: 'courrier.pdf', mimeType: 'application/pdf', buffer: await plainPdf() })
  await chooseType(form(), 'certif', /^Certificat médical/)
  await form().getByRole('button', { name: 'Joindre', exact: true }).click()
  await expect(form()).toBeHidden({ timeout: patience })
  const tile = composer()
    .getByRole('list', { name: 'Documents médicaux' })
    .getByRole('listitem')
    .filter({ hasText: 'Certificat' })
  await says(tile, 'Pas au format PDF/A-1')
  await says(composer(), /PDF non conforme/)
  await picture(mine.page, 'medical-not-pdfa')
  await tile.getByRole('button', { name: /Autres actions/ }).click()
  await mine.page.getByRole('menuitem', { name: 'Convertir en PDF/A-1' }).click()
  await expect(tile.getByText('Pas au format PDF/A-1')).toBeHidden({ timeout: patience })
  await tile.getByRole('button', { name: /Autres actions/ }).click()
  await mine.page.getByRole('menuitem', { name: 'Retirer' }).click()
  await expect(tile).toBeHidden()
})

test('the colleague reads it as a document whose bytes are verified', async () => {
  test.setTimeout(3 * untilRead)
  await send()
  await listRow(his.page, 'ÉPREUVE Léa').click({ timeout: untilRead })
  await expect(
    his.page.frameLocator('iframe[sandbox]').getByText('Bonjour, la lettre est jointe.'),
  ).toBeVisible({ timeout: 2 * patience })
  await expect(his.page.getByText('Merci de recevoir Mme Épreuve pour avis.').first()).toBeVisible({
    timeout: patience,
  })
  await says(his.page, /ÉPREUVE/, /Anne MARTIN/i)
  await picture(his.page, 'medical-received')
  await expect(his.page.getByText('XDM/1.0/DDM')).toHaveCount(0)
})

test('« annule et remplace » sends the next version, and the colleague sees that it replaces', async () => {
  test.setTimeout(3 * untilRead)
  await mine.page
    .getByRole('region', { name: anne.address, exact: true })
    .getByRole('button', { name: /^Envoyés/ })
    .click()
  await listRow(mine.page, 'ÉPREUVE Léa').click({ timeout: untilRead })
  await mine.page.getByRole('button', { name: 'Autres actions' }).click()
  await mine.page.getByRole('menuitem', { name: 'Annuler et remplacer' }).click()
  const tile = composer().getByRole('list', { name: 'Documents médicaux' }).getByRole('listitem')
  await says(tile, /version 2, annule et remplace/)
  await tile.getByRole('button', { name: /Autres actions/ }).click()
  await mine.page.getByRole('menuitem', { name: 'Modifier' }).click()
  const change = mine.page.getByRole('dialog', { name: 'Modifier le document médical' })
  await says(change, /annule et remplace celle déjà envoyée/)
  await change.getByText('Écrire une lettre').click()
  await fill(change, { 'Texte de la lettre': 'Cher confrère,\n\nRendez-vous avancé au 24 novembre.' })
  await change.getByRole('button', { name: 'Enregistrer' }).click()
  await expect(change).toBeHidden({ timeout: patience })
  await picture(mine.page, 'medical-replace')
  await send()
  // The list names documents by type and patient: the newest is on top.
  await expect(his.page.getByRole('grid').getByRole('row').filter({ hasText: 'ÉPREUVE Léa' })).toHaveCount(
    2,
    {
      timeout: untilRead,
    },
  )
  await listRow(his.page, 'ÉPREUVE Léa').click()
  await expect(his.page.getByText('Rendez-vous avancé au 24 novembre.').first()).toBeVisible({
    timeout: patience,
  })
  await says(his.page, /annule et remplace/i)
  await picture(his.page, 'medical-replaced')
})
