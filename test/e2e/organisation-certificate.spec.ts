import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { domains, people } from '../operator/index.ts'
import { closeSettings, openSettings, picture, says } from './stage.ts'
import { cardLoginBuilt, findServers, patience, protectWithCard } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// A program's mailbox that is logged in to with an organisation's certificate (p12): mutual TLS, then SASL EXTERNAL.
test.describe.configure({ mode: 'serial' })
test.skip(!cardLoginBuilt(), 'native/card-tls is not built: cargo is missing')

const { anne, laboratory } = people
const passphrase = 'organisation-fictive'
let world: World
let app: RunningApp

test.beforeAll(async () => {
  world = await startWorld({ seed: false, cardLogin: true })
  app = await world.openApp('anne', {
    policy: (policy) => ({
      ...policy,
      trustSpaceList: { url: world.operator.domainList.url, anchors: [world.operator.domainList.anchorFile] },
    }),
  })
})
test.afterAll(() => world.stop())

const chooseFile = async (bytes: Buffer, word: string): Promise<void> => {
  const file = join(world.folder, 'organisation.p12')
  await writeFile(file, bytes)
  await app.page.locator('input[type=file]').setInputFiles(file)
  await app.page.getByRole('textbox', { name: 'Mot de passe de organisation.p12' }).fill(word)
  await app.page.getByRole('button', { name: 'Lire le certificat' }).click()
}

test('the file is read with its password, told in words, and opens the mailbox', async () => {
  const { page } = app
  await protectWithCard(page, anne.card.pin)
  await findServers(page, laboratory.address)
  await says(page, 'Serveurs annoncés par votre opérateur (DNS SRV).')
  await page.getByText('Applicative', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Service ou entité' }).fill('BioVal – SIL')
  await page.getByText('Certificat d’organisation', { exact: true }).click()
  const day = 86_400_000
  const file = await world.operator.organisationP12({ to: new Date(Date.now() + 30 * day) })
  await chooseFile(file, 'un autre mot de passe')
  await says(page, 'Le mot de passe de ce fichier est incorrect.')
  await page.getByRole('textbox', { name: 'Mot de passe de organisation.p12' }).fill(passphrase)
  await page.getByRole('button', { name: 'Lire le certificat' }).click()
  await says(page, laboratory.structure, 'Ce certificat expire dans moins de 60 jours')
  await picture(page, 'p12-read')
  await page.getByRole('button', { name: 'Se connecter', exact: true }).click()
  await page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await expect(page.getByText(/À jour/)).toBeVisible({ timeout: patience })
  await expect(page.getByRole('region', { name: `BAL applicative ${laboratory.address}` })).toBeVisible()
})

test('the settings show the certificate, take its successor, and the list of the trust space', async () => {
  const { page } = app
  await openSettings(page, 'Comptes')
  await page.getByRole('button', { name: `Modifier ${laboratory.address}` }).click()
  await page.getByRole('button', { name: 'Remplacer le certificat' }).click()
  await chooseFile(await world.operator.organisationP12(), passphrase)
  await says(page, 'La clé privée reste dans la messagerie chiffrée')
  await page.getByRole('button', { name: 'Enregistrer' }).click()
  await says(page, `Boîte modifiée : ${laboratory.address}`)
  await page.getByRole('tab', { name: 'Espace de confiance' }).click()
  await page.getByRole('button', { name: 'Renouveler maintenant' }).click()
  await page.getByRole('textbox', { name: 'Chercher un domaine ou un opérateur' }).fill('bioval')
  await expect(page.getByText(domains.laboratory).first()).toBeVisible({ timeout: patience })
  await picture(page, 'trust-space')
  await closeSettings(page)
})
