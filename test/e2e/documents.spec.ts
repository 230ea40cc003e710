import { expect, test } from '@playwright/test'
import { publishedName, reportsOverTime } from '../documents/mails.ts'
import { people } from '../operator/index.ts'
import { picture, says } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne reads what laboratories, radiologists and colleagues send: every family of documents, over several months.
test.describe.configure({ mode: 'serial' })

const { anne } = people
let world: World
let app: RunningApp

const card = (name: string | RegExp) => app.page.getByRole('article', { name })
const open = async (text: string | RegExp): Promise<void> => {
  const row = listRow(app.page, text)
  // The list may still be moving to the message opened before, from a curve.
  await expect(async () => {
    await row.click()
    await expect(row).toHaveAttribute('aria-selected', 'true', { timeout: 1_000 })
  }).toPass({ timeout: patience })
}

test.beforeAll(async () => {
  // Ten reports are read to their last value: some seconds on a calm machine.
  test.setTimeout(300_000)
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  for (const mail of await reportsOverTime()) await world.operator.deliver({ ...mail, to: anne.address })
  app = await world.openApp('anne')
  await createProfile(app, anne)
  await expect(app.page.getByText(/À jour/)).toBeVisible({ timeout: 240_000 })
})
test.afterAll(() => world.stop())

test('a result stands beside those of other messages, brought to its unit, with a curve', async () => {
  await open('HH Potassium')
  const potassium = app.page.getByRole('row').filter({ hasText: 'Potassium' }).filter({ hasText: '6,4' })
  await expect(potassium.first()).toContainText('critique, haut')
  // June and October came in other messages, which say nothing of one another.
  await expect(potassium.first()).toContainText('4,6', { timeout: patience })
  await expect(app.page.getByRole('columnheader', { name: /Antériorité 12\/10\/2026/ })).toBeVisible()
  const glucose = app.page.getByRole('row').filter({ hasText: 'Glucose' }).first()
  await expect(glucose).toContainText('≈ 5,5')
  await picture(app.page, 'documents-results')

  await app.page.getByRole('button', { name: /^Potassium.*4 valeurs/ }).click({ timeout: patience })
  const curve = app.page.getByRole('group', { name: /Courbe de « Potassium »/ })
  await expect(curve).toBeVisible()
  await says(app.page, /4 valeurs du 15\/04\/2026 au 20\/11\/2026/, /Bande.*valeurs usuelles 3,5 – 5,1/)
  await curve.getByRole('img', { name: /20\/11\/2026.*6,4 mmol\/L.*critique, haut/ }).focus()
  await app.page.keyboard.press('ArrowLeft')
  await expect(curve.getByRole('img', { name: /12\/10\/2026.*4,6 mmol\/L/ })).toBeFocused()
  const values = app.page.getByRole('group', { name: 'Valeurs de « Potassium »' })
  await expect(values.getByRole('row')).toHaveCount(5)
  // The HPRIM result has no INS: it says how the patient was recognised.
  await expect(values.getByRole('row').filter({ hasText: '15/04/2026' })).toContainText('sans INS')
  await curve.scrollIntoViewIfNeeded()
  await picture(app.page, 'documents-curve')

  await values.getByRole('button', { name: 'Ouvrir le message du 12/10/2026' }).click()
  await expect(
    app.page.getByRole('row').filter({ hasText: 'Potassium' }).filter({ hasText: '4,6' }).first(),
  ).toBeVisible()
})

test('an HPRIM result is a table with its report, and an identity that nobody vouches for', async () => {
  await open(publishedName.hprim)
  await says(app.page, 'Identité non vérifiée', 'Compte rendu tel que reçu')
  await expect(app.page.locator('.lab-row').filter({ hasText: 'Potassium' })).toContainText('4,2')
  await picture(app.page, 'documents-hprim')
})

test('d goes from the PDF to the structured content, Ctrl F finds in the PDF, + enlarges it', async () => {
  await open(publishedName.pdfCopy)
  await expect(app.page.locator('canvas').first()).toBeVisible({ timeout: patience })
  // Whatever stands far down in the pane, the window itself goes nowhere.
  const gone = await app.page.evaluate(() => {
    const window = globalThis as unknown as { scrollTo: (x: number, y: number) => void; scrollY: number }
    window.scrollTo(0, 1_000)
    return window.scrollY
  })
  expect(gone).toBe(0)
  await app.page.locator('body').press('d')
  await expect(app.page.getByRole('tab', { name: 'Contenu structuré' })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await expect(
    card(/CR d’examens biologiques/)
      .getByRole('table')
      .first(),
  ).toBeVisible()
  await picture(app.page, 'documents-structured')
  await app.page.keyboard.press('d')
  await expect(app.page.locator('.pdf-text span').first()).toBeVisible({ timeout: patience })
  await app.page.keyboard.press('Control+f')
  await app.page.getByRole('searchbox', { name: 'Rechercher dans le PDF' }).fill('hemoglobine')
  await says(app.page, /^1 \/ \d+/)
  await app.page.keyboard.press('Enter')
  await picture(app.page, 'documents-pdf-find')
  await app.page.keyboard.press('Escape')
  await expect(app.page.getByRole('searchbox', { name: 'Rechercher dans le PDF' })).toBeHidden()
  await app.page.keyboard.press('+')
  await expect(app.page.getByRole('toolbar', { name: 'Outils du PDF' })).toContainText('125 %')
})

test('an antibiogram says S, I and R in words', async () => {
  await open(publishedName.urine)
  const table = app.page.getByRole('table', { name: /Antibiogramme/ })
  await expect(table.getByRole('row').filter({ hasText: 'Amoxicilline' }).first()).toContainText('résistant')
  await expect(table.getByRole('row').filter({ hasText: 'Fosfomycine' })).toContainText('sensible')
  await picture(app.page, 'documents-antibiogram')
})

test('a report of images shows them, larger at a press', async () => {
  await open(publishedName.imaging)
  await app.page
    .getByRole('button', { name: /Agrandir/ })
    .first()
    .click()
  const dialog = app.page.getByRole('dialog')
  await expect(dialog.getByRole('img')).toBeVisible()
  await dialog.getByRole('button', { name: 'Faire pivoter' }).click()
  await dialog.getByRole('button', { name: 'Agrandir', exact: true }).click()
  await expect(dialog.getByRole('toolbar')).toContainText('%')
  await picture(app.page, 'documents-picture')
  await app.page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('an order of several parts has a table of contents, and a replaced version says so', async () => {
  await open(publishedName.long)
  const contents = app.page.getByRole('navigation', { name: 'Sommaire' })
  await contents.getByRole('button', { name: 'Liens' }).click()
  await expect(app.page.getByRole('heading', { name: 'Liens' })).toBeInViewport()
  await expect(app.page.getByRole('button', { name: 'https://www.has-sante.fr/' })).toBeVisible()
  await expect(app.page.getByText('(javascript:alert(1))')).toBeVisible()
  await picture(app.page, 'documents-long')
})

test('every key of a document is in the help', async () => {
  await app.page.locator('body').press('?')
  const help = app.page.getByRole('dialog')
  await says(
    help,
    'Document lu',
    'Rechercher dans le PDF',
    'Imprimer le document',
    'Faire pivoter le document',
  )
  await picture(app.page, 'documents-help')
  await app.page.keyboard.press('Escape')
})
