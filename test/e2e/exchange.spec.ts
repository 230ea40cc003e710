import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { people } from '../operator/index.ts'
import { writeLetter } from './letters.ts'
import { closeSettings, openSettings, picture, says } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Files in and out through the window, and a message set aside; every person is fictitious.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp

const settings = () => app.page.getByRole('dialog', { name: 'Réglages' })
const exportDialog = () => app.page.getByRole('dialog', { name: /^Exporter/ })

const letter = (subject: string, text: string, file?: { name: string; bytes: Buffer }): string =>
  writeLetter({ from: paul, to: [anne], subject, text, ...(file ? { file } : {}) })

/** An mbox file as Thunderbird writes it, with something that is no mail in the middle. */
const oldMailbox = (): string =>
  [
    letter('Suivi cardiologique fictif', 'Chère Consœur,\n\nTension stable ; contrôle à J+15.', {
      name: 'ecg.bin',
      bytes: Buffer.from('tracé fictif'),
    }),
    letter('Bilan fictif de novembre', 'From now on, tout va bien.'),
    'ceci n’est pas un message\n\nrien',
    letter('Avis fictif', 'Merci pour votre avis.'),
  ]
    .map(
      (raw) => `From - Sun Nov 22 08:00:00 2026\nX-Mozilla-Status: 0001\n${raw.replaceAll('\r\n', '\n')}\n\n`,
    )
    .join('')

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(() => world.stop())

test('an mbox file is imported into a new folder; what is no mail is refused and said', async () => {
  const file = join(world.folder, 'Anciens messages')
  await writeFile(file, oldMailbox())
  await openSettings(app.page, 'Import et quarantaine')
  const section = settings().getByRole('region', { name: 'Importer des messages' })
  await section.getByRole('textbox', { name: 'Nom du nouveau dossier' }).fill('Ancien cabinet')
  app.setDialogAnswer('showOpenDialog', { canceled: false, filePaths: [file] })
  await section.getByRole('button', { name: 'Choisir des fichiers' }).click()
  await says(section, 'Anciens messages', '3 messages importés, 1 refusé', 'Terminé')
  await picture(app.page, 'exchange-import')
  await section.getByRole('button', { name: 'Voir les refus' }).click()
  await says(app.page.getByRole('dialog', { name: 'Messages refusés' }), 'Ce message est mal formé.')
  await picture(app.page, 'exchange-refusals')
  await app.page.keyboard.press('Escape')
  // The same file again: nothing is doubled.
  await section.getByRole('button', { name: 'Choisir des fichiers' }).click()
  await says(section, 'aucun message importé, 3 déjà présents, 1 refusé')
  await closeSettings(app.page)
  await app.page.getByRole('button', { name: /^Ancien cabinet/ }).click()
  await listRow(app.page, 'Suivi cardiologique fictif').click()
  await says(app.page.locator('.body-text'), /Tension stable/)
  await picture(app.page, 'exchange-imported')
  const mailbox = world.operator.mailbox('anne')
  await mailbox.waitFor((one) => one.subject === 'Avis fictif', { folder: 'Ancien cabinet', seconds: 30 })
})

test('a message leaves as a PDF that holds its text, its attachment and the original', async () => {
  await listRow(app.page, 'Suivi cardiologique fictif').click()
  await app.page.getByRole('button', { name: 'Autres actions' }).click()
  await app.page.getByRole('menuitem', { name: 'Exporter…' }).click()
  await says(exportDialog(), 'Ces fichiers sortent du coffre chiffré')
  await picture(app.page, 'exchange-export')
  const target = join(world.folder, 'dossier.pdf')
  app.setDialogAnswer('showSaveDialog', { canceled: false, filePath: target })
  await exportDialog().getByRole('button', { name: 'Choisir l’emplacement' }).click()
  await says(app.page, '1 message exporté')
  await picture(app.page, 'exchange-exported')
  // Beside the pictures, for people to judge.
  await copyFile(target, join(import.meta.dirname, '../../out/e2e/pictures/exchange-export.pdf'))
  const reading = getDocument({ data: new Uint8Array(await readFile(target)) })
  const pdf = await reading.promise
  const content = await (await pdf.getPage(1)).getTextContent()
  const text = content.items.map((item) => ('str' in item ? item.str : '')).join(' ')
  for (const words of [
    'Suivi cardiologique fictif',
    paul.address,
    'Chère Consœur',
    'Tension stable',
    'page 1',
  ])
    expect(text).toContain(words)
  const files = [...((await pdf.getAttachments()) ?? new Map<string, { filename: string }>()).values()]
  expect(files.map(({ filename }) => filename).toSorted()).toEqual(['001 - ecg.bin', '001 - message.eml'])
  await reading.destroy()
})

test('several leave as .eml files whose names tell no subject', async () => {
  const folder = join(world.folder, 'sortie')
  await mkdir(folder)
  const grid = app.page.getByRole('grid')
  await grid.getByRole('row').first().click()
  await app.page.keyboard.press('Control+a')
  await app.page.getByRole('button', { name: 'Exporter…' }).click()
  await exportDialog().getByText('Messages (.eml)').click()
  await says(exportDialog(), 'Mettre l’objet dans le nom des fichiers')
  await picture(app.page, 'exchange-export-eml')
  app.setDialogAnswer('showOpenDialog', { canceled: false, filePaths: [folder] })
  await exportDialog().getByRole('button', { name: 'Choisir l’emplacement' }).click()
  await says(app.page, '3 messages exportés')
  const names = await readdir(folder)
  expect(names).toHaveLength(3)
  for (const name of names) {
    expect(name).toMatch(/\.eml$/)
    expect(name).not.toMatch(/fictif/)
  }
  expect(existsSync(join(folder, names[0] ?? ''))).toBe(true)
})

test('a message bomb is set aside, shown as such, exported as it is; its neighbours arrive', async () => {
  const depth = 60
  const open = Array.from(
    { length: depth },
    (_, index) => `Content-Type: multipart/mixed; boundary=b${String(index)}\r\n\r\n--b${String(index)}\r\n`,
  ).join('')
  const bomb = `From: ${paul.address}\r\nTo: ${anne.address}\r\nSubject: Bombe fictive\r\n${open}\r\nx\r\n`
  const send = (raw: string) => world.operator.deliver({ from: paul.address, to: anne.address, raw })
  await send(letter('Avant la bombe', 'Avant.'))
  await send(bomb)
  await send(letter('Après la bombe', 'Après.'))
  await app.page
    .getByRole('button', { name: /^Réception/ })
    .first()
    .click()
  for (const subject of ['Avant la bombe', 'Bombe fictive', 'Après la bombe'])
    await expect(listRow(app.page, subject)).toBeVisible({ timeout: patience })
  await expect(listRow(app.page, 'Bombe fictive').getByText('Mis en quarantaine')).toBeVisible({
    timeout: patience,
  })
  await listRow(app.page, 'Bombe fictive').click()
  await says(app.page, 'Message mis en quarantaine', /dépasse les limites de lecture/)
  await picture(app.page, 'exchange-quarantine')
  const target = join(world.folder, 'bombe.eml')
  app.setDialogAnswer('showSaveDialog', { canceled: false, filePath: target })
  await app.page.getByRole('button', { name: 'Enregistrer l’original' }).click()
  await says(app.page, '« message.eml » enregistré.')
  expect((await readFile(target)).toString()).toContain('Subject: Bombe fictive')
  await app.page.getByRole('button', { name: 'Réessayer' }).click()
  await says(app.page, 'Ce message reste en quarantaine.')
  await openSettings(app.page, 'Import et quarantaine')
  const list = settings().getByRole('region', { name: 'Mis en quarantaine' })
  await list.scrollIntoViewIfNeeded()
  await says(list, 'Bombe fictive')
  await picture(app.page, 'exchange-quarantine-list')
  await closeSettings(app.page)
})
