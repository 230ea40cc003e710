import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { closeSettings, openSettings, picture, says } from './stage.ts'
import { cardLoginBuilt, findServers, findServersOf, patience, protectWithCard, typePin } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// A mailbox that is logged in to with the card alone: mutual TLS with its key, then SASL EXTERNAL.
test.describe.configure({ mode: 'serial' })
test.skip(!cardLoginBuilt(), 'native/card-tls is not built: cargo is missing')

const { anne, secretary } = people
let world: World
let app: RunningApp

const connect = () => app.page.getByRole('button', { name: 'Se connecter avec la carte' })
const upToDate = () => expect(app.page.getByText(/À jour/)).toBeVisible({ timeout: patience })

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 300, cardLogin: true })
  app = await world.openApp('anne', {
    // The mailbox stays readable without the card; Pro Santé Connect is not for this workstation.
    policy: (policy) => ({ ...policy, cardRemoval: 'keep-reading', logins: ['card', 'password'] }),
  })
})
test.afterAll(() => world.stop())

test('the server takes the card, so it is offered first; nothing is typed, no password is kept', async () => {
  const { page } = app
  await protectWithCard(page, anne.card.pin)
  await findServers(page, anne.address)
  await expect(page.getByRole('radio', { name: 'Carte CPS' })).toBeChecked()
  await expect(page.getByRole('radio', { name: 'Pro Santé Connect' })).toHaveCount(0)
  await says(page, 'aucun mot de passe n’est demandé ni enregistré')
  await picture(page, 'card-account-login')
  // A card of the slowest kind, so that what is said meanwhile can be seen whatever the machine does.
  await world.cards.anne.setSignMilliseconds(2_000)
  await connect().click()
  await says(page, 'Votre carte se présente aux serveurs')
  await picture(page, 'card-account-connecting')
  await world.cards.anne.setSignMilliseconds(300)
  await page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await upToDate()
})

test('the settings say which card the mailbox is bound to', async () => {
  await openSettings(app.page, 'Comptes')
  await says(app.page, `Connexion avec la carte n° ${anne.card.serial}`, 'Connectée')
  await picture(app.page, 'card-account-settings')
  await closeSettings(app.page)
})

test('without the card the mailbox waits, says so, and goes on after the PIN', async () => {
  const { page } = app
  await world.cards.anne.remove()
  await says(page, `${anne.address} attend votre carte`, 'Aucune carte n’est dans le lecteur.')
  await picture(page, 'card-account-no-card')
  await world.cards.anne.insert()
  await says(page, 'La carte demande votre code porteur.')
  await picture(page, 'card-account-pin-wanted')
  await page.getByRole('button', { name: 'Saisir le code porteur' }).click()
  await typePin(page, anne.card.pin)
  await page.getByRole('dialog').getByRole('button', { name: 'Ouvrir la carte' }).click()
  await expect(page.getByText(`${anne.address} attend votre carte`)).toBeHidden({ timeout: patience })
  await upToDate()
})

test('the same card opens a second mailbox by its address; one that is not open to it is told', async () => {
  const { page } = app
  await openSettings(page, 'Comptes')
  await page.getByRole('button', { name: 'Ajouter une boîte' }).click()
  await findServersOf(page, people.hospital.address)
  await connect().click()
  await says(page, /n’ouvre pas cette boîte à votre carte/)
  await picture(page, 'card-account-refused')
  await page.getByRole('button', { name: 'Modifier' }).click()
  await findServersOf(page, secretary.address)
  await connect().click()
  await page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await expect(page.getByRole('region', { name: secretary.address, exact: true })).toBeVisible()
})

test('servers typed by hand are asked what they take, within the policy', async () => {
  const { page } = app
  await openSettings(page, 'Comptes')
  await page.getByRole('button', { name: 'Ajouter une boîte' }).click()
  await page.getByRole('textbox', { name: 'Adresse MSSanté' }).fill('anne.martin@sans-annonce.mssante.test')
  await page.getByRole('button', { name: 'Trouver mes serveurs' }).click()
  await page
    .getByRole('textbox', { name: 'Serveur de réception (IMAP)' })
    .fill(world.operator.imap.host, { timeout: patience })
  await page.getByRole('textbox', { name: 'Serveur d’envoi (SMTP)' }).fill(world.operator.smtp.host)
  const ports = page.getByRole('textbox', { name: 'Port' })
  await ports.nth(0).fill(String(world.operator.imap.port))
  await ports.nth(1).fill(String(world.operator.smtp.port))
  await page.getByRole('button', { name: 'Continuer' }).click()
  await expect(page.getByRole('radio', { name: 'Carte CPS' })).toBeChecked({ timeout: patience })
  await expect(page.getByRole('radio', { name: 'Mot de passe' })).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Pro Santé Connect' })).toHaveCount(0)
  await picture(page, 'card-account-manual')
})
