import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { closeSettings, openSettings, picture, says } from './stage.ts'
import { createProfile, findServersOf, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// A second mailbox on the workstation, added and removed in the settings.
test.describe.configure({ mode: 'serial' })

const { anne, hospital } = people
let world: World
let app: RunningApp

const accounts = () => app.page.getByRole('list', { name: 'Comptes' })
const mailbox = (address: string) => app.page.getByRole('region', { name: address })
const addMailbox = async (): Promise<void> => {
  await openSettings(app.page, 'Comptes')
  await app.page.getByRole('button', { name: 'Ajouter une boîte' }).click()
  await expect(app.page.getByRole('textbox', { name: 'Adresse MSSanté' })).toBeVisible()
}

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(() => world.stop())

test('one may leave the assistant without a new mailbox', async () => {
  await addMailbox()
  await picture(app.page, 'accounts-add')
  await app.page.getByRole('button', { name: 'Revenir à la messagerie' }).click()
  await expect(mailbox(anne.address)).toBeVisible()
})

test('a Pro Santé Connect login that is cancelled can no longer succeed', async () => {
  await addMailbox()
  await findServersOf(app.page, hospital.address)
  await app.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  const back = new URL(await app.waitForExternal()).searchParams.get('redirect_uri') ?? ''
  expect((await fetch(back)).ok).toBe(false) // it listens, and wants a code
  await app.page.getByRole('button', { name: 'Annuler' }).click()
  await expect(app.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' })).toBeVisible()
  await expect
    .poll(() =>
      fetch(back).then(
        () => 'listens',
        () => 'gone',
      ),
    )
    .toBe('gone')
})

test('a second mailbox is added with its password', async () => {
  await app.page.getByText('Mot de passe', { exact: true }).click()
  await app.page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(hospital.password)
  await app.page.getByRole('button', { name: 'Se connecter' }).click()
  await app.page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await expect(mailbox(hospital.address)).toBeVisible()
  await expect(mailbox(anne.address)).toBeVisible()
  await openSettings(app.page, 'Comptes')
  await expect(accounts().getByRole('listitem')).toHaveCount(2)
  await expect(accounts().getByText('Connectée')).toHaveCount(2)
  await picture(app.page, 'accounts-two')
})

test('a mailbox is removed after a question, with its folders', async () => {
  await accounts()
    .getByRole('button', { name: `Retirer ${hospital.address}` })
    .click()
  const question = app.page.getByRole('alertdialog', { name: `Retirer ${hospital.address} de ce poste ?` })
  await says(question, /Ses messages restent sur le serveur/)
  await picture(app.page, 'accounts-remove')
  await question.getByRole('button', { name: 'Annuler' }).click()
  await expect(accounts().getByRole('listitem')).toHaveCount(2)
  await accounts()
    .getByRole('button', { name: `Retirer ${hospital.address}` })
    .click()
  await question.getByRole('button', { name: 'Retirer de ce poste' }).click()
  await expect(accounts().getByRole('listitem')).toHaveCount(1)
  await expect(question).toBeHidden()
  await closeSettings(app.page)
  await expect(mailbox(anne.address)).toBeVisible()
  await expect(mailbox(hospital.address)).toHaveCount(0)
})
