import { expect, test, type Page } from '@playwright/test'
import { people } from '../operator/index.ts'
import { closeSettings, openSettings, picture, says } from './stage.ts'
import {
  findServers,
  findServersOf,
  logInWithPsc,
  patience,
  protectWithCard,
  readableWords,
} from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Every way of signing in but the card's own (card-accounts.spec.ts) and the p12's, each in the real window against the operator:
// Pro Santé Connect by the e-CPS application and by the card in CPS-Gestion (both simulated), by the browser and the back-end that
// holds the secret; a password with a one-time code; a password alone.
test.describe.configure({ mode: 'serial' })
test.use({ actionTimeout: 20_000 })

const { anne, paul, hospital, secretary } = people
let world: World
let app: RunningApp
let other: RunningApp

const openMailbox = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await expect(page.getByRole('heading', { name: 'Réception' })).toBeVisible()
}
const upToDate = (page: Page) => expect(page.getByText(/À jour/)).toBeVisible({ timeout: patience })
const chooseWay = async (page: Page, way: string): Promise<void> => {
  await page.getByRole('radio', { name: way }).click({ force: true })
}
/** The two digits that the window shows, compared with those of the device as its holder does. */
const approve = async (page: Page, channel: 'MOBILE' | 'CARD'): Promise<void> => {
  const request = await world.operator.psc.approvals.waitFor('anne', channel)
  const shown = (await page.getByLabel('Nombre à comparer').textContent()) ?? ''
  expect(shown).toMatch(/^\d\d$/)
  expect(await world.operator.psc.approvals.compare(request, shown)).toBe(true)
}

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  world.operator.psc.setLifetimes({ access: 6 })
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: [
      `From: ${paul.address}`,
      `To: ${anne.address}`,
      'Subject: Avis demandé',
      'Message-ID: <avis@test>',
      '',
      'Bonjour Anne (fictif)',
    ].join('\r\n'),
  })
  app = await world.openApp('anne', { policy: (policy) => ({ ...policy, logins: ['psc', 'password'] }) })
  await protectWithCard(app.page, anne.card.pin)
  await findServers(app.page, anne.address)
})
test.afterAll(() => world.stop())

test('Pro Santé Connect by the e-CPS application: the same two digits on both screens', async () => {
  const { page } = app
  await chooseWay(page, 'L’application e-CPS')
  await picture(page, 'sign-in-ways')
  await page.getByRole('button', { name: 'Envoyer la demande à mon téléphone' }).click()
  await says(page, 'Validez sur votre téléphone', /Temps restant/)
  await picture(page, 'sign-in-mobile')
  await approve(page, 'MOBILE')
  await openMailbox(page)
  await upToDate(page)
})

test('the settings say who is identified; signing out closes the session and loses nothing', async () => {
  const { page } = app
  await openSettings(page, 'Comptes')
  await says(page, 'Connecté en tant que Anne MARTIN', anne.rpps, 'Médecin', /Cabinet médical des Lilas/)
  await picture(page, 'sign-in-identity')
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  const leaving = new URL(await app.waitForExternal())
  expect(leaving.searchParams.has('id_token_hint')).toBe(true)
  await closeSettings(page)
  await says(page, `Reconnectez-vous à ${anne.address}`, 'Vous vous êtes déconnecté de Pro Santé Connect.')
  await expect(page.getByRole('row').filter({ hasText: 'Avis demandé' })).toBeVisible()
})

test('Pro Santé Connect by the card in CPS-Gestion, from the banner; a refusal is told', async () => {
  const { page } = app
  await page.locator('.state-banners').getByRole('button', { name: 'Pro Santé Connect' }).click()
  const dialog = page.getByRole('dialog', { name: 'Se reconnecter à Pro Santé Connect' })
  await says(dialog, 'Anne MARTIN', anne.rpps)
  await chooseWay(page, 'Votre carte')
  await dialog.getByRole('button', { name: 'Demander à ma carte' }).click()
  await world.operator.psc.approvals.refuse(await world.operator.psc.approvals.waitFor('anne', 'CARD'))
  await says(dialog, /La demande a été refusée/)
  await picture(page, 'sign-in-refused')
  await dialog.getByRole('button', { name: 'Demander à ma carte' }).click()
  await says(dialog, 'Validez avec votre carte')
  await approve(page, 'CARD')
  await expect(dialog).toBeHidden({ timeout: patience })
  await upToDate(page)
})

test('while the provider is away the mailbox stays readable, says so, and comes back by itself', async () => {
  // Tries follow each other at 2, 4, 8, 16, 32 s and up to 80: how many are needed depends on when the token at hand ends.
  test.setTimeout(240_000)
  const { page } = app
  // With its preview: the text is here, not only the line.
  await expect(page.getByRole('row').filter({ hasText: 'Avis demandé' })).toContainText('Bonjour Anne')
  world.operator.psc.setOutage(true)
  await world.operator.imapDown()
  // The token at hand lives a few seconds more; then one has to be asked for.
  await expect(page.getByText('Pro Santé Connect ne répond pas')).toBeVisible({ timeout: 90_000 })
  await says(page, /restent lisibles hors ligne/)
  await world.operator.imapUp()
  await page.getByRole('row').filter({ hasText: 'Avis demandé' }).click()
  await expect(page.locator('.body-text').getByText('Bonjour Anne')).toBeVisible()
  await picture(page, 'sign-in-away')
  world.operator.psc.setOutage(false)
  await expect(page.getByText('Pro Santé Connect ne répond pas')).toBeHidden({ timeout: 100_000 })
  await upToDate(page)
})

test('no token is ever on the disk (ECO.1.2.5)', async () => {
  const tokens = world.operator.psc.issued()
  expect(tokens.length).toBeGreaterThan(5)
  expect(await readableWords(app.profile, tokens)).toEqual([])
})

test('Pro Santé Connect by the browser, the secret staying on a back-end', async () => {
  other = await world.openApp('paul', {
    policy: (policy) => ({
      ...policy,
      logins: ['psc', 'password-otp', 'password'],
      psc: world.operator.backEnd.behind,
      oneTimeCode: world.operator.codes.endpoint,
    }),
  })
  const { page } = other
  await protectWithCard(page, paul.card.pin)
  await findServers(page, paul.address)
  await page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  await says(page, 'Identifiez-vous dans votre navigateur')
  await logInWithPsc(world, other, paul.rpps)
  await openMailbox(page)
  await upToDate(page)
  expect(world.operator.backEnd.asked('/token')).toBeGreaterThan(0)
  expect(world.operator.backEnd.asked('/retour')).toBe(1)
})

const addMailbox = async (address: string): Promise<void> => {
  await openSettings(other.page, 'Comptes')
  await other.page.getByRole('button', { name: 'Ajouter une boîte' }).click()
  await findServersOf(other.page, address)
  await other.page.getByText('Organisationnelle', { exact: true }).click()
}

test('a password and the one-time code that came by SMS; a wrong code is told', async () => {
  const { page } = other
  await addMailbox(hospital.address)
  await page.getByText('Mot de passe et code', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(hospital.password)
  await page.getByRole('button', { name: 'Recevoir un code' }).click()
  await says(page, /Un code a été envoyé par SMS/)
  const code = world.operator.codes.sentTo('hospital')
  await page.getByRole('textbox', { name: 'Code reçu' }).fill(code === '000000' ? '000001' : '000000')
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await says(page, 'Ce code n’est pas le bon.')
  await picture(page, 'sign-in-code')
  await page.getByRole('textbox', { name: 'Code reçu' }).fill(code)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await openMailbox(page)
  await expect(page.getByRole('region', { name: hospital.address })).toBeVisible()
})

test('the code is asked for again when its session is over', async () => {
  const { page } = other
  world.operator.codes.endSessions()
  await world.operator.imapDown()
  await world.operator.imapUp()
  // After the second or third try to connect again.
  await expect(page.getByText(`Reconnectez-vous à ${hospital.address}`)).toBeVisible({ timeout: 60_000 })
  await page.locator('.state-banners').getByRole('button', { name: 'Se connecter' }).click()
  const dialog = page.getByRole('dialog', { name: `Se reconnecter à ${hospital.address}` })
  await dialog.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(hospital.password)
  await dialog.getByRole('button', { name: 'Recevoir un code' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Code reçu' })).toBeVisible()
  await picture(page, 'sign-in-code-again')
  await dialog.getByRole('textbox', { name: 'Code reçu' }).fill(world.operator.codes.sentTo('hospital'))
  await dialog.getByRole('button', { name: 'Se connecter' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText(`Reconnectez-vous à ${hospital.address}`)).toBeHidden({ timeout: patience })
})

test('a password alone', async () => {
  const { page } = other
  await addMailbox(secretary.address)
  await page.getByText('Mot de passe', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(secretary.password)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await openMailbox(page)
  await expect(page.getByRole('region', { name: secretary.address })).toBeVisible()
})
