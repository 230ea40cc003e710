import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { folderNames, people } from '../operator/index.ts'
import { keepNotification, picture, says } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne acts on a whole folder, offline too; what the server refuses comes back and is said; the trash is emptied.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
const count = 400
/** The server is tried again after 2, 4, 8 s and so on up to 100: how many tries fail depends on how busy the machine is. */
const untilTriedAgain = 180_000
let world: World
let app: RunningApp

const letter = (n: number) => {
  const date = new Date(Date.UTC(2026, 0, 1) + n * 3_600_000)
  const lines = [
    `From: ${paul.displayName} <${paul.address}>`,
    `To: ${anne.displayName} <${anne.address}>`,
    `Subject: Courrier fictif ${n}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${n}@actions.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Texte fictif.',
    '',
  ]
  return { folder: 'INBOX', flags: [], date, raw: Buffer.from(lines.join('\r\n')) }
}
const button = (name: string | RegExp) => app.page.getByRole('button', { name })
const go = async (folder: string): Promise<void> => {
  await app.page.getByRole('navigation').getByRole('button', { name: folder }).first().click()
  await expect(app.page.getByRole('heading', { name: folder, level: 1 })).toBeVisible()
}
const selectAll = async (): Promise<void> => {
  await app.page.getByRole('grid').getByRole('row').first().click()
  await app.page.keyboard.press('Control+a')
}
/** The palette that « v » opens: a folder by the beginning of its name. */
const moveBy = async (typed: string): Promise<void> => {
  await app.page.keyboard.press('v')
  const palette = app.page.getByRole('dialog', { name: 'Déplacer vers' })
  await palette.getByRole('searchbox').fill(typed)
  await expect(palette.getByRole('menuitem')).toHaveCount(1)
}
const onServer = async (folder: string): Promise<number> =>
  (await world.operator.mailbox('anne').list(folder)).length

/** An element of the page, as far as asked here. */
interface Positioned {
  isConnected: boolean
  getBoundingClientRect: () => { top: number }
}

test.beforeAll(async () => {
  // Four hundred messages, bodies and all: some ten seconds on a calm machine.
  test.setTimeout(300_000)
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  await world.operator.fill(
    'anne',
    Array.from({ length: count }, (_, n) => letter(n + 1)),
  )
  app = await world.openApp('anne')
  await createProfile(app, anne)
  await expect(app.page.getByText(/^À jour/)).toBeVisible({ timeout: 240_000 })
})
test.afterAll(() => world.stop())

test('the whole folder is selected beyond the loaded page, marked as read, and undone as one', async () => {
  await selectAll()
  await says(app.page, `Les ${count} messages du dossier sont sélectionnés`)
  await picture(app.page, 'actions-whole-folder')
  const grid = app.page.getByRole('grid', { name: 'Réception' })
  const placesOfList = await grid.evaluateHandle((list: Positioned) => {
    const places = new Set<number>()
    setInterval(() => {
      if (list.isConnected) places.add(list.getBoundingClientRect().top)
    }, 10)
    return places
  })
  await button('Lu / non lu').click()
  const told = await keepNotification(app.page, `${count} messages marqués comme lus`)
  await expect
    .poll(
      async () => (await world.operator.mailbox('anne').list()).every((m) => m.flags.includes('\\Seen')),
      {
        timeout: patience,
      },
    )
    .toBe(true)
  await told.getByRole('button', { name: 'Annuler' }).click()
  await expect
    .poll(async () => (await world.operator.mailbox('anne').list()).some((m) => m.flags.includes('\\Seen')), {
      timeout: patience,
    })
    .toBe(false)
  // What tells how far it is comes and goes over the list, which stays where one is about to press.
  expect(await placesOfList.evaluate((places) => places.size)).toBe(1)
})

test('a message is dragged onto a folder, another sent there by the keyboard', async () => {
  await button('Annuler la sélection').click()
  await listRow(app.page, 'Courrier fictif 400').dragTo(
    app.page.getByRole('navigation').getByRole('button', { name: 'Archives' }).first(),
  )
  await says(app.page, '1 message déplacé vers Archives')
  await listRow(app.page, 'Courrier fictif 399').click()
  await moveBy('archi')
  await picture(app.page, 'actions-move')
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('Enter')
  await expect.poll(() => onServer(folderNames.archive), { timeout: patience }).toBe(2)
})

test('without the server everything is done here, waits in sight, and is told later', async () => {
  test.setTimeout(2 * untilTriedAgain)
  await world.operator.imapDown()
  await go('Réception')
  await selectAll()
  await button('Supprimer').click()
  await says(app.page, `${count - 2} messages mis à la corbeille`)
  await expect(app.page.getByRole('navigation').getByRole('button', { name: /En attente/ })).toBeVisible({
    timeout: patience * 2,
  })
  await app.page
    .getByRole('navigation')
    .getByRole('button', { name: /En attente/ })
    .click()
  await says(app.page, 'Déplacer vers Corbeille', `${count - 2} messages dans Réception`)
  await picture(app.page, 'actions-waiting')
  await world.operator.imapUp()
  await expect.poll(() => onServer(folderNames.trash), { timeout: untilTriedAgain }).toBe(count - 2)
  // The server's answer is here too: the next test takes it away again.
  await expect(app.page.getByText('Rien en attente')).toBeVisible({ timeout: untilTriedAgain })
})

test('what the server refuses comes back and is told until it was read', async () => {
  test.setTimeout(2 * untilTriedAgain)
  await go('Archives')
  await world.operator.imapDown()
  // The owner of the folder takes the right to put anything into it.
  const maildir = join(world.operator.folder, 'dovecot', 'mail', anne.address, 'Maildir')
  await writeFile(join(maildir, `.${folderNames.junk.replace('é', '&AOk-')}`, 'dovecot-acl'), 'owner lr\n')
  await listRow(app.page, 'Courrier fictif 400').click()
  await moveBy('indés')
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('Enter')
  await expect(listRow(app.page, 'Courrier fictif 400')).toBeHidden()
  await world.operator.imapUp()
  await expect(app.page.getByText('Une action n’a pas pu être faite')).toBeVisible({
    timeout: untilTriedAgain,
  })
  await says(
    app.page,
    /Déplacer vers Indésirables/,
    /Vos droits sur ce dossier ne permettent pas cette action/,
  )
  await expect(listRow(app.page, 'Courrier fictif 400')).toBeVisible()
  await picture(app.page, 'actions-refused')
  await button('J’ai compris').click()
  await expect(app.page.getByText('Une action n’a pas pu être faite')).toBeHidden()
})

test('the trash is emptied of what was counted, after a question', async () => {
  await go('Corbeille')
  await button('Vider la corbeille').click()
  const question = app.page.getByRole('alertdialog')
  await says(question, new RegExp(`${count - 2} messages vont être supprimés définitivement`))
  await picture(app.page, 'actions-empty-trash')
  await question.getByRole('button', { name: 'Supprimer définitivement' }).click()
  await says(app.page, `${count - 2} messages supprimés définitivement`)
  await expect.poll(() => onServer(folderNames.trash), { timeout: 60_000 }).toBe(0)
  await picture(app.page, 'actions-emptied')
})
