import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { seededWords } from '../operator/seed/index.ts'
import { closeSettings, escape, openSettings, picture, says } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

test.describe.configure({ mode: 'serial' })

let world: World
let app: RunningApp
const dialog = () => app.page.getByRole('dialog', { name: 'Traces' })

test.beforeAll(async () => {
  world = await startWorld({ signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createProfile(app, people.anne)
})
test.afterAll(() => world.stop())

test('what was done is listed with who did it and what the server answered, in a chain that holds', async () => {
  await listRow(app.page, 'HH Potassium').click({ timeout: patience })
  await expect(app.page.getByText(/Signature valide/).first()).toBeVisible({ timeout: patience })
  await openSettings(app.page, 'Sécurité')
  await app.page.getByRole('button', { name: 'Voir les traces' }).click()
  await says(dialog(), /traces, aucune altération/)
  await expect(dialog().getByRole('row').filter({ hasText: 'Lecture' }).first()).toBeVisible()
  await expect(dialog().getByRole('row').filter({ hasText: people.anne.familyName }).first()).toBeVisible()
  await dialog().getByRole('button', { name: 'Vérifier à nouveau' }).click()
  await says(dialog(), /traces, aucune altération/)
  const login = dialog().getByRole('row').filter({ hasText: 'Authentification' }).first()
  await login.getByRole('button').click()
  await says(dialog(), 'Réponse du serveur', `8${people.anne.rpps}`)
  await picture(app.page, 'traces')
})

test('they are searched, filtered and saved as a table without a word of any message', async () => {
  await dialog().getByText('Accès', { exact: true }).click()
  await expect(dialog().getByRole('row').filter({ hasText: 'Lecture' })).toHaveCount(0)
  await dialog().getByRole('textbox', { name: 'Rechercher' }).fill('rien qui ressemble')
  await says(dialog(), 'Aucune trace ne correspond')
  await picture(app.page, 'traces-none')
  await dialog().getByRole('textbox', { name: 'Rechercher' }).fill('')
  await dialog().getByText('Tous', { exact: true }).first().click()
  await dialog().getByText('Tout', { exact: true }).click()
  const target = join(world.folder, 'traces.csv')
  app.setDialogAnswer('showSaveDialog', { canceled: false, filePath: target })
  await dialog().getByRole('button', { name: 'Exporter (CSV)' }).click()
  await says(app.page, /traces exportées\./)
  const table = await readFile(target, 'utf8')
  expect(table.split('\r\n')[0]).toContain('seq;at;author;')
  expect(table).toContain('session.open')
  for (const word of seededWords) expect(table.includes(word), word).toBe(false)
})

test('printing leaves a trace; a former export agrees with what is here, and an edited one does not', async () => {
  const target = join(world.folder, 'traces.csv')
  const compare = async (name: string, buffer: Buffer): Promise<void> => {
    await dialog()
      .getByLabel('Comparer à un export…')
      .last()
      .setInputFiles({ name, mimeType: 'text/csv', buffer })
  }
  const compared = () => app.page.getByRole('dialog', { name: 'Comparaison avec un ancien export' })
  await compare('traces.csv', await readFile(target))
  await says(compared(), /traces de ce fichier sont les mêmes ici/)
  await picture(app.page, 'traces-compared')
  await escape(compared())
  const edited = (await readFile(target, 'utf8')).replace('session.open', 'session.none')
  await compare('traces-2.csv', Buffer.from(edited))
  await says(compared(), /Modifiées dans le fichier lui-même/)
  await escape(compared())
  await compare('autre.csv', Buffer.from('nom;adresse\r\n'))
  await says(dialog(), 'Ce fichier n’est pas un export des traces de SousPli.')
  await escape(dialog())
  await closeSettings(app.page)
  await app.page.getByRole('button', { name: 'Autres actions' }).click()
  await app.page.getByRole('menuitem', { name: 'Imprimer' }).click()
  await openSettings(app.page, 'Sécurité')
  await app.page.getByRole('button', { name: 'Voir les traces' }).click()
  // It is noted once the sheet is made, perhaps after this window opened: looked at again, it is there.
  await expect(async () => {
    await dialog().getByRole('button', { name: 'Vérifier à nouveau' }).click()
    await expect(dialog().getByRole('row').filter({ hasText: 'Impression' }).first()).toBeVisible({
      timeout: 2_000,
    })
  }).toPass({ timeout: patience })
})
