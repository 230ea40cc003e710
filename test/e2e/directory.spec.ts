import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { picture } from './stage.ts'
import { createProfile, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne has the directory on her workstation: she fetches it, finds a colleague, checks him, prefers and marks him, writes to him
// with the keyboard alone.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp

test.beforeAll(async () => {
  world = await startWorld({ signMilliseconds: 50, seed: false })
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(async () => {
  await world.stop()
})

test('fetches the directory and finds by words in any order', async () => {
  const { page } = app
  await page.getByRole('button', { name: 'Annuaire', exact: true }).click()
  const search = page.getByRole('textbox', { name: 'Chercher dans l’annuaire' })
  const download = page.getByRole('button', { name: 'Télécharger l’annuaire' })
  const underWay = page.getByRole('button', { name: 'Arrêter' })
  // It may begin by itself, also between a look at the button and the press.
  await expect(async () => {
    if (await download.isVisible()) await download.click({ timeout: 1_000 })
    await expect(underWay.or(search).first()).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: patience })
  // Five thousand lines are compared and indexed: some seconds on a calm machine.
  await expect(search).toBeVisible({ timeout: 90_000 })
  await search.fill('cardio lyon bernard')
  await page
    .getByRole('listbox')
    .getByRole('option', { name: /Dr Paul BERNARD/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { name: 'Dr Paul BERNARD' })).toBeVisible({ timeout: patience })
  await picture(page, 'directory')
})

test('checks a person now, and marks a favourite', async () => {
  const { page } = app
  await page.getByRole('button', { name: 'Vérifier dans l’annuaire' }).click()
  await expect(page.getByText(/^Vérifié le/)).toBeVisible({ timeout: patience })
  await expect(page.getByRole('heading', { name: 'Lieux d’exercice' })).toBeVisible()
  await page.getByRole('button', { name: `Ajouter ${paul.address} aux favoris` }).click()
  await expect(page.getByRole('button', { name: `Retirer ${paul.address} des favoris` })).toBeVisible()
})

test('suggests him first under the recipient field, chosen with the keyboard', async () => {
  const { page } = app
  await page.getByRole('heading', { name: 'Dr Paul BERNARD' }).click()
  await page.keyboard.press('n')
  const to = page.getByRole('combobox', { name: 'À', exact: true })
  await to.pressSequentially('bern')
  // The one under the field: the directory beside it has a list too, and the same name in it.
  const suggestions = page.getByRole('listbox', { name: 'Suggestions' })
  await expect(suggestions.getByRole('option').first()).toContainText('Dr Paul BERNARD', {
    timeout: patience,
  })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(
    page.getByRole('list', { name: 'Destinataires, À' }).getByText('Dr Paul BERNARD'),
  ).toBeVisible()
  await picture(page, 'directory-recipient')
})
