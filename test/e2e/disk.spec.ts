import { execFileSync } from 'node:child_process'
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { writeLetter } from './letters.ts'
import { picture, reads, says } from './stage.ts'
import { createProfile, listRow, patience, unlock } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// The profile lies on a disk of a few megabytes of its own, which another file fills.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp
let disk = ''
/** What was begun, to be ended in the reverse order. */
const undo: (() => unknown)[] = []

const mount = (folder: string): boolean => {
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const filler = () => join(disk, 'another-program.bin')
/** More than there is room for: SousPli writes too, meanwhile. */
const fill = (): void => {
  const { bavail, bsize } = statfsSync(disk)
  expect(() => writeFileSync(filler(), Buffer.alloc((Number(bavail) + 1_000) * Number(bsize)))).toThrow(
    'ENOSPC',
  )
}
/** A mailbox is tried again after 2, 4, 8 s and so on up to 100: how many tries fail depends on how busy the machine is. */
const untilTriedAgain = 150_000
const deliver = (subject: string, bytes?: Buffer) =>
  world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: writeLetter({
      from: paul,
      to: [anne],
      subject,
      text: `Texte fictif de « ${subject} ».`,
      ...(bytes ? { file: { name: 'scanner.bin', bytes } } : {}),
    }),
  })

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  undo.push(world.stop)
  const folder = join(world.folder, 'small-disk')
  test.skip(!mount(folder), 'mounting a small disk (tmpfs) needs root on this machine')
  // Even from under a program that did not end.
  undo.push(() => execFileSync('umount', ['--lazy', folder]))
  disk = folder
  app = await world.openApp('anne', {
    profile: join(folder, 'profile'),
    faults: 'expected',
    // The room is for mail alone: the directory would be fetched in the middle of it.
    policy: ({ directory: _, ...policy }) => policy,
  })
  undo.push(app.close)
  await createProfile(app, anne)
  await deliver('Avant le disque plein')
  // Its text has come too, before there is no room for it.
  await listRow(app.page, 'Avant le disque plein').click({ timeout: patience })
  await reads(app.page, 'Texte fictif de « Avant le disque plein ».')
  await app.page.keyboard.press('Escape')
})
test.afterAll(async () => {
  const failures: unknown[] = []
  for (const step of undo.splice(0).toReversed())
    try {
      await step()
    } catch (error) {
      // The rest must be undone all the same.
      failures.push(error)
    }
  expect(failures).toEqual([])
})

test('a draft that cannot be written is not said to be saved, and is once there is room', async () => {
  await app.page.getByRole('button', { name: 'Nouveau message' }).click()
  const composer = app.page.getByRole('dialog', { name: 'Rédaction d’un message' })
  await composer.getByRole('textbox', { name: 'Objet' }).fill('Écrit sur un disque plein')
  await says(composer, /Brouillon enregistré/)
  fill()
  await composer.getByRole('textbox', { name: 'Texte du message' }).click()
  // The store's log has some room of its own: a few times the text are more than it holds.
  await expect(async () => {
    await app.page.keyboard.insertText(`${'Texte fictif. '.repeat(20_000)}Fin.`)
    await expect(composer.getByText('Brouillon non enregistré')).toBeVisible({ timeout: 5_000 })
  }).toPass({ timeout: 60_000 })
  await says(composer, 'Brouillon non enregistré', 'Le disque est plein.')
  await picture(app.page, 'disk-full-composer')
  await rm(filler())
  await app.page.keyboard.insertText(' Suite.')
  await says(composer, /Brouillon enregistré/)
  await expect(composer.getByText('Le disque est plein.')).toHaveCount(0)
  await composer.getByRole('button', { name: 'Supprimer le brouillon' }).click()
  await expect(composer).toBeHidden()
})

test('a full disk is said in words, and what was received stays readable', async () => {
  fill()
  await deliver('Trop gros pour ce disque', randomBytes(3_000_000))
  await expect(app.page.getByText('Le disque est plein.').first()).toBeVisible({ timeout: patience })
  await says(app.page, /Les messages déjà reçus restent lisibles\./, /Libérez de l’espace/)
  await listRow(app.page, 'Avant le disque plein').click()
  await reads(app.page, 'Texte fictif de « Avant le disque plein ».')
  await picture(app.page, 'disk-full')
})

test('once there is room again everything goes on by itself', async () => {
  test.setTimeout(3 * untilTriedAgain)
  await rm(filler())
  await expect(listRow(app.page, 'Trop gros pour ce disque')).toBeVisible({ timeout: untilTriedAgain })
  await expect(app.page.getByText('Le disque est plein.')).toHaveCount(0, { timeout: untilTriedAgain })
  await expect(app.page.getByText(/À jour/)).toBeVisible({ timeout: patience })
  await listRow(app.page, 'Trop gros pour ce disque').click()
  await reads(app.page, 'Texte fictif de « Trop gros pour ce disque ».')
  await app.page.getByRole('button', { name: 'Verrouiller' }).click()
  await unlock(app.page, anne.card.pin)
  await expect(listRow(app.page, 'Avant le disque plein')).toBeVisible()
})
