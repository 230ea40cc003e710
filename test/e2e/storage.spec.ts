import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { writeLetter } from './letters.ts'
import { closeSettings, createVault, openSettings, picture, reads, says } from './stage.ts'
import { findServers, listRow, patience, readableWords, typePin, unlock } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// One mailbox: looked at, backed up, brought to another computer, rebuilt from the server.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp
let recoveryCode: string
const backup = () => join(world.folder, 'sauvegarde.souspli')
const subject = 'Compte rendu fictif à garder'

const openStorage = async (): Promise<void> => {
  await openSettings(app.page, 'Stockage')
  await expect(app.page.getByRole('button', { name: 'Sauvegarder…' })).toBeVisible({ timeout: patience })
}

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
  recoveryCode = await createVault(app, anne.card.pin)
  await findServers(app.page, anne.address)
  await app.page.getByText('Mot de passe', { exact: true }).click()
  await app.page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(anne.password)
  await app.page.getByRole('button', { name: 'Se connecter' }).click()
  await app.page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: writeLetter({ from: paul, to: [anne], subject, text: `Texte fictif de « ${subject} ».` }),
  })
  await expect(listRow(app.page, subject)).toBeVisible({ timeout: patience })
})
test.afterAll(() => world.stop())

test('the settings tell what the mailbox takes here, and what a rule would free before it applies', async () => {
  await openStorage()
  await says(
    app.page,
    anne.address,
    'Avec pièces jointes',
    /libres sur le disque/,
    /Vérifié le|pas encore été vérifié/,
  )
  await app.page.getByText('3 mois', { exact: true }).click()
  const question = app.page.getByRole('alertdialog')
  await says(question, 'Aucun message n’est plus ancien.')
  await question.getByRole('button', { name: 'Appliquer' }).click()
  await app.page.getByRole('button', { name: 'Vérifier maintenant' }).click()
  await says(app.page, 'Le coffre est intact.')
  await says(app.page, /Vérifié le .*tout est intact/)
  await picture(app.page, 'storage-settings')
  await closeSettings(app.page)
})

test('a backup is one file that nobody reads without the code', async () => {
  await openStorage()
  app.setDialogAnswer('showSaveDialog', { canceled: false, filePath: backup() })
  await app.page.getByRole('button', { name: 'Sauvegarder…' }).click()
  await picture(app.page, 'storage-backup')
  await app.page.getByRole('button', { name: 'Choisir où l’enregistrer…' }).click()
  await says(app.page, /Sauvegarde terminée et relue/)
  expect(readdirSync(world.folder).filter((name) => name.startsWith('sauvegarde'))).toEqual([
    'sauvegarde.souspli',
  ])
  expect(await readableWords(world.folder, [subject, 'Texte fictif'])).toEqual([])
  await closeSettings(app.page)
})

test('rebuilt from the server, everything is there again and the former store can be removed', async () => {
  await openStorage()
  await app.page.getByRole('button', { name: 'Reconstruire depuis le serveur…' }).click()
  await app.page.getByRole('button', { name: 'Reconstruire', exact: true }).click()
  await says(app.page, 'Vous avez verrouillé la messagerie.')
  await unlock(app.page, anne.card.pin)
  await expect(listRow(app.page, subject)).toBeVisible({ timeout: patience })
  await listRow(app.page, subject).click()
  await reads(app.page, `Texte fictif de « ${subject} ».`)
  await openStorage()
  await says(app.page, /Messagerie reconstruite le/)
  await app.page.getByRole('button', { name: /Supprimer le coffre mis de côté/ }).click()
  await app.page.getByRole('alertdialog').getByRole('button', { name: 'Supprimer' }).click()
  await expect(app.page.getByText('Anciens coffres mis de côté')).toBeHidden()
  await picture(app.page, 'storage-rebuilt')
})

test('on another computer the backup, the code and the card bring the mailbox back', async () => {
  await app.close()
  app = await world.openApp('anne')
  app.setDialogAnswer('showOpenDialog', { canceled: false, filePaths: [backup()] })
  await app.page.getByRole('button', { name: 'Restaurer une sauvegarde…' }).click()
  await app.page.getByRole('button', { name: 'Choisir le fichier…' }).click()
  await says(app.page, 'sauvegarde.souspli', /Sauvegarde du/)
  const code = app.page.getByRole('textbox', { name: /Code de secours/ })
  await code.fill(`${recoveryCode.startsWith('7') ? '8' : '7'}${recoveryCode.slice(1)}`)
  await app.page.getByRole('button', { name: 'Continuer' }).click()
  await typePin(app.page, anne.card.pin)
  const restore = app.page.getByRole('button', { name: 'Restaurer', exact: true })
  await restore.click()
  await says(app.page, 'Ce code de secours n’est pas le bon.')
  await picture(app.page, 'restore-wrong-code')
  await code.fill(recoveryCode)
  await app.page.getByRole('button', { name: 'Continuer' }).click()
  await typePin(app.page, anne.card.pin)
  await restore.click()
  await expect(app.page.getByRole('heading', { name: 'Réception' })).toBeVisible({ timeout: patience })
  await listRow(app.page, subject).click()
  await reads(app.page, `Texte fictif de « ${subject} ».`)
  await picture(app.page, 'restored')
  await app.page.getByRole('button', { name: 'Verrouiller' }).click()
  await unlock(app.page, anne.card.pin)
  await expect(listRow(app.page, subject)).toBeVisible()
})
