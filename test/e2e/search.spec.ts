import { expect, test } from '@playwright/test'
import PDFDocument from 'pdfkit'
import { people } from '../operator/index.ts'
import { picture, reads } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne searches: operators as chips, text of attachments, marked words, saved searches, one folder or all.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp

const search = async (words: string): Promise<void> => {
  await app.page.getByRole('searchbox').fill(words)
}
const terms = () => app.page.getByRole('list', { name: 'Recherche comprise ainsi' }).getByRole('listitem')
const messages = () => app.page.getByRole('grid').getByRole('row')

const pdfOf = async (text: string): Promise<Buffer> => {
  const document = new PDFDocument()
  document.text(text)
  document.end()
  const chunks: Buffer[] = []
  for await (const chunk of document as unknown as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test.beforeAll(async () => {
  // Several hundred messages, bodies and all: some ten seconds on a calm machine.
  test.setTimeout(300_000)
  world = await startWorld({ signMilliseconds: 50 })
  const pdf = await pdfOf('Patiente fictive. Conclusion : discret oedème sous-cutané zygomatique gauche.')
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: [
      `From: Paul <${paul.address}>`,
      `To: Anne <${anne.address}>`,
      'Subject: Courrier avec son compte rendu',
      `Date: ${new Date().toUTCString()}`,
      'Message-ID: <search-pdf@test>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Chère consœur, vous trouverez le document ci-joint.',
      '--b',
      'Content-Type: application/pdf',
      'Content-Disposition: attachment; filename=conclusion.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      pdf.toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--b--',
      '',
    ].join('\r\n'),
  })
  app = await world.openApp('anne')
  await createProfile(app, anne)
  await expect(app.page.getByText(/^À jour/)).toBeVisible({ timeout: 240_000 })
})
test.afterAll(() => world.stop())

test('words of an attached PDF find its message, and show where they stand', async () => {
  await search('œdeme zygomat')
  const found = listRow(app.page, 'Courrier avec son compte rendu')
  // Attachments are read after everything else.
  await expect(async () => {
    await search('œdeme zygoma')
    await search('œdeme zygomat')
    await expect(found).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 90_000 })
  await expect(found.getByText('conclusion.pdf :')).toBeVisible()
  await expect(found.locator('mark')).toHaveText(['oedème', 'zygomatique'])
  await picture(app.page, 'search-attachment')
})

test('operators are understood, shown as chips, and taken out one by one', async () => {
  await search('de:paul consoeur -grippe a:pj')
  await expect(terms()).toHaveText(['de : paul', 'consoeur', 'sans grippe', 'pièce jointe'])
  const found = listRow(app.page, 'Courrier avec son compte rendu')
  await expect(found).toBeVisible({ timeout: patience })
  await found.click()
  await reads(app.page, 'consœur')
  await expect(app.page.locator('.body-text mark').first()).toHaveText('consœur')
  await picture(app.page, 'search-operators')
  await app.page.getByRole('button', { name: 'Retirer « pièce jointe »' }).click()
  await expect(app.page.getByRole('searchbox')).toHaveValue('de:paul consoeur -grippe')
  await search('de:paul zygomatique avant:2020')
  await expect(app.page.getByRole('heading', { name: 'Aucun résultat' })).toBeVisible({ timeout: patience })
})

test('a search looks in one folder, or everywhere', async () => {
  await search('')
  await app.page
    .getByRole('button', { name: /^Envoyés/ })
    .first()
    .click()
  await expect(app.page.getByRole('heading', { name: 'Envoyés' })).toBeVisible()
  await search('consoeur document ci-joint')
  await expect(listRow(app.page, 'Courrier avec son compte rendu')).toBeVisible({ timeout: patience })
  await app.page.getByRole('radio', { name: 'Ce dossier' }).click()
  await expect(listRow(app.page, 'Courrier avec son compte rendu')).toHaveCount(0)
  await app.page.getByRole('radio', { name: 'Toutes' }).click()
  await expect(listRow(app.page, 'Courrier avec son compte rendu')).toBeVisible({ timeout: patience })
})

test('a saved search stays in the sidebar, and is renamed', async () => {
  await search('de:paul a:pj')
  await expect(messages().first()).toBeVisible({ timeout: patience })
  await app.page.getByRole('button', { name: 'Enregistrer cette recherche' }).click()
  const dialog = app.page.getByRole('dialog', { name: 'Enregistrer cette recherche' })
  await dialog.getByRole('textbox', { name: 'Nom' }).fill('Pièces de Paul')
  await dialog.getByRole('button', { name: 'Enregistrer' }).click()
  const saved = app.page.getByRole('region', { name: 'Recherches enregistrées' })
  await expect(saved.getByRole('button', { name: /^Pièces de Paul/ })).toBeVisible()
  await saved.getByRole('button', { name: 'Actions de « Pièces de Paul »' }).click()
  await app.page.getByRole('menuitem', { name: 'Renommer' }).click()
  const renaming = app.page.getByRole('dialog', { name: 'Renommer la recherche' })
  await renaming.getByRole('textbox', { name: 'Nom' }).fill('Documents de Paul')
  await renaming.getByRole('button', { name: 'Enregistrer' }).click()
  await expect(saved.getByRole('button', { name: /^Documents de Paul/ })).toBeVisible()
  await search('')
  await saved.getByRole('button', { name: /^Documents de Paul/ }).click()
  await expect(app.page.getByRole('searchbox')).toHaveValue('de:paul a:pj')
  await expect(terms()).toHaveText(['de : paul', 'pièce jointe'])
  await picture(app.page, 'search-saved')
})
