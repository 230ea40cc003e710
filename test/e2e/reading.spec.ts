import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { folderNames, people } from '../operator/index.ts'
import { writeLetter } from './letters.ts'
import { escape, keepNotification, picture, reads, says } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne reads the seeded mailbox: several hundred messages of every kind, hostile ones included.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp

const grid = () => app.page.getByRole('grid')
const search = async (words: string): Promise<void> => {
  await app.page.getByRole('searchbox').fill(words)
}
const open = async (text: string | RegExp): Promise<void> => {
  await listRow(app.page, text).click({ timeout: patience })
}
/** Addresses refused or asked for that are not the application's own. */
const leaks = () =>
  [...app.traffic.refused, ...app.traffic.popups].filter((url) => /^(https?|ftp|wss?):/.test(url))
const fromServer = async (subject: string, folder?: string) =>
  (await world.operator.mailbox('anne').list(folder)).find((one) => one.subject === subject)

test.beforeAll(async () => {
  // Several hundred messages, bodies and all: some ten seconds on a calm machine.
  test.setTimeout(300_000)
  world = await startWorld({ signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createProfile(app, anne)
  await expect(app.page.getByText(/À jour/)).toBeVisible({ timeout: 240_000 })
})
test.afterAll(() => world.stop())

test('a laboratory result is read as a document, what is critical first', async () => {
  await open('HH Potassium')
  await says(app.page, /Signature valide · /, 'DUPONT Marie', '6,4')
  const potassium = app.page.getByRole('row').filter({ hasText: 'Potassium' }).filter({ hasText: '6,4' })
  await expect(potassium.first()).toContainText('critique, haut')
  await picture(app.page, 'reading-result')
})

test('a report comes with its PDF copy', async () => {
  await open('MOREAU Claire')
  await says(app.page, /MOREAU/, 'Discopathie dégénérative L4-L5 sans compression radiculaire.')
  await app.page.getByRole('tab', { name: 'PDF' }).click()
  await expect(app.page.locator('canvas').first()).toBeVisible({ timeout: patience })
  await picture(app.page, 'reading-pdf')
})

test('an unstructured document is shown too: the PDF it wraps, or its text', async () => {
  await open('LEROY Jean')
  await says(app.page, /Signature valide · .*BERNARD/i, 'CDA N1')
  await expect(app.page.locator('canvas').first()).toBeVisible({ timeout: patience })
  await picture(app.page, 'reading-n1-pdf')
  await open('PETIT Hugo')
  await says(app.page, 'CDA N1')
  // Every line is wholly in sight: « pas de fracture » must not lose its last word.
  const report = app.page.locator('.doc-plain')
  await expect(report).toContainText('pas de fracture')
  expect(
    await report.evaluate((node) => {
      const box = node as unknown as { scrollWidth: number; clientWidth: number }
      return box.scrollWidth - box.clientWidth
    }),
  ).toBeLessThanOrEqual(0)
  await expect(app.page.locator('canvas')).toHaveCount(0)
  await picture(app.page, 'reading-n1-text')
})

test('a newsletter is shown without telling its sender', async () => {
  await search('Revue des praticiens')
  await open(/La Revue des praticiens/)
  await says(app.page, /Images distantes bloquées/)
  const frame = app.page.frameLocator('iframe[sandbox]')
  await expect(frame.getByText(/Au sommaire/)).toBeVisible({ timeout: patience })
  await picture(app.page, 'reading-newsletter')
  expect(leaks()).toEqual([])
})

test('a picture inside the text is shown', async () => {
  await search('Évolution de')
  await open(/Évolution de/)
  const image = app.page.frameLocator('iframe[sandbox]').getByRole('img', { name: 'Image clé' })
  await expect(image).toBeVisible({ timeout: patience })
  await expect
    .poll(() => image.evaluate((node) => (node as unknown as { naturalWidth: number }).naturalWidth))
    .toBeGreaterThan(0)
  await picture(app.page, 'reading-inline-picture')
})

for (const subject of ['Votre boîte est pleine', 'Session expirée', 'Alerte sécurité', 'Facture impayée'])
  test(`the hostile mail « ${subject} » runs nothing and reaches nothing`, async () => {
    const dialogs: string[] = []
    app.page.once('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const before = app.page.url()
    await search(subject)
    await open(subject)
    await says(
      app.page,
      'Ce message vient de l’extérieur de l’espace de confiance.',
      /N’y répondez pas avec des données de santé/,
    )
    await expect(app.page.locator('iframe[sandbox=""]')).toBeVisible()
    const frame = app.page.frameLocator('iframe[sandbox]')
    await expect(frame.locator('body')).not.toBeEmpty()
    await expect(frame.locator('script, form, input, iframe, object, [onload], [onerror]')).toHaveCount(0)
    await picture(app.page, `reading-hostile-${subject.split(' ')[0] ?? ''}`)
    expect(dialogs).toEqual([])
    expect(leaks()).toEqual([])
    expect(app.page.url()).toBe(before)
  })

test('an altered message is shown as such, loudly', async () => {
  await search('message altéré')
  await open('Dose de bisoprolol (message altéré)')
  await says(
    app.page,
    'Signature non valable',
    'La signature de ce message n’est pas valable.',
    /Le contenu a été modifié après la signature\./,
    /Ne vous fiez pas à son contenu avant d’avoir joint l’expéditeur par un autre moyen\./,
  )
  await expect(app.page.getByText(/Signature valide/)).toHaveCount(0)
  await picture(app.page, 'reading-altered')
})

test('a message is analysed where it is read: verdict, what is shown, structure, report', async () => {
  await app.page.getByRole('button', { name: 'Autres actions' }).click()
  await app.page.getByRole('menuitem', { name: 'Analyser ce message' }).click()
  const window = app.page.getByRole('dialog', { name: 'Analyser un message' })
  await says(
    window,
    'Signature non valable',
    'Ce qui est affiché n’est pas ce qui a été signé.',
    'multipart/signed',
  )
  await window.getByText('Rapport technique (JSON)').click()
  await expect(window.getByRole('region', { name: 'Rapport technique' })).toContainText('"content-altered"')
  await picture(app.page, 'reading-analysed')
  await escape(window)
})

test('an attachment is saved byte for byte where one says', async () => {
  const bytes = randomBytes(200_000)
  const subject = 'Fichier à enregistrer'
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: writeLetter({
      from: paul,
      to: [anne],
      subject,
      text: 'Fichier joint.',
      file: { name: 'ecg.bin', bytes },
    }),
  })
  await app.page.getByRole('button', { name: 'Effacer la recherche' }).click()
  await open(subject)
  const target = join(world.folder, 'enregistré.bin')
  app.setDialogAnswer('showSaveDialog', { canceled: false, filePath: target })
  await app.page.getByRole('button', { name: 'Enregistrer ecg.bin' }).click()
  await says(app.page, '« ecg.bin » enregistré.')
  const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex')
  expect(digest(await readFile(target))).toBe(digest(bytes))
  await picture(app.page, 'reading-attachment')
})

test('the conversation is shown below its last message', async () => {
  await search('À propos de')
  await open(/^.*Re ?: À propos de/)
  await says(app.page, /autres? messages? dans la conversation/)
  await app.page.locator('details.earlier summary').first().click()
  await expect(app.page.locator('.earlier-body').first()).not.toBeEmpty()
  await picture(app.page, 'reading-conversation')
  await app.page.getByRole('button', { name: 'Effacer la recherche' }).click()
})

test('j and k go from one message to the next', async () => {
  await grid().getByRole('row').nth(1).click()
  const selected = () => grid().locator('[role=row][aria-selected=true]')
  const first = await selected().textContent()
  await app.page.keyboard.press('j')
  await expect(selected()).not.toHaveText(first ?? '')
  await app.page.keyboard.press('k')
  await expect(selected()).toHaveText(first ?? '')
})

const subject = 'Message à ranger'
test('a flag reaches the server', async () => {
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: writeLetter({ from: paul, to: [anne], subject, text: 'Texte fictif à ranger.' }),
  })
  await open(subject)
  await reads(app.page, 'Texte fictif à ranger.')
  await app.page.getByRole('button', { name: 'À traiter', pressed: false }).click()
  await expect
    .poll(async () => (await fromServer(subject))?.flags, { timeout: patience })
    .toContain('\\Flagged')
  await expect.poll(async () => (await fromServer(subject))?.flags, { timeout: patience }).toContain('\\Seen')
})

for (const [action, button, folder] of [
  ['archived', 'Archiver', folderNames.archive],
  ['deleted', 'Supprimer', folderNames.trash],
] as const)
  test(`a message ${action} by mistake comes back, then stays where it was put`, async () => {
    await open(subject)
    await reads(app.page, 'Texte fictif à ranger.')
    await app.page.getByRole('toolbar').getByRole('button', { name: button }).click()
    const first = await keepNotification(app.page)
    await expect(listRow(app.page, subject)).toBeHidden()
    await first.getByRole('button', { name: 'Annuler' }).click()
    await expect(listRow(app.page, subject)).toBeVisible()
    await expect.poll(() => fromServer(subject), { timeout: patience }).toBeDefined()
    await open(subject)
    await app.page.getByRole('toolbar').getByRole('button', { name: button }).click()
    // A hand over it keeps the notification while the server is told.
    const second = await keepNotification(app.page)
    await expect.poll(() => fromServer(subject, folder), { timeout: patience }).toBeDefined()
    await expect.poll(() => fromServer(subject), { timeout: patience }).toBeUndefined()
    if (action === 'deleted') return
    await second.getByRole('button', { name: 'Annuler' }).click()
    await expect(listRow(app.page, subject)).toBeVisible()
    await expect.poll(() => fromServer(subject), { timeout: patience }).toBeDefined()
  })
