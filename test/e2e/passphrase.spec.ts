import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { leaveRecoveryCode, lock, picture, reads, says } from './stage.ts'
import { findServersOf, listRow, logInWithPsc, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'
import { writeLetter } from './letters.ts'

// A workstation without a card: opened by a passphrase, connected by Pro Santé Connect.
test.describe.configure({ mode: 'serial' })

const { paul, anne } = people
const passphrase = 'girafe lucarne moisson tandem'
let world: World
let app: RunningApp

const field = () => app.page.getByRole('textbox', { name: 'Votre phrase de passe' })
const openWith = async (secret: string) => {
  await field().fill(secret)
  await app.page.getByRole('button', { name: 'Ouvrir ma messagerie' }).click()
}
const deliver = (subject: string) =>
  world.operator.deliver({
    from: anne.address,
    to: paul.address,
    raw: writeLetter({ from: anne, to: [paul], subject, text: `Texte fictif de « ${subject} ».` }),
  })

test.beforeAll(async () => {
  world = await startWorld({ seed: false })
  await world.cards.paul.remove()
  app = await world.openApp('paul')
})
test.afterAll(() => world.stop())

test('a passphrase protects the mailbox when there is no card', async () => {
  await app.page.getByRole('button', { name: 'Commencer' }).click()
  await app.page.getByText('Une phrase de passe').click()
  const first = app.page.getByRole('textbox', { name: 'Phrase de passe' })
  const again = app.page.getByRole('textbox', { name: 'La même, encore une fois' })
  const protect = app.page.getByRole('button', { name: 'Protéger cette messagerie' })
  await first.fill(passphrase)
  await again.fill(`${passphrase}s`)
  await says(app.page, 'Les deux phrases ne sont pas identiques.')
  await expect(protect).toBeDisabled()
  await picture(app.page, 'passphrase-differs')
  await first.fill('aaaaaaaaaaaaaaaa')
  await again.fill('aaaaaaaaaaaaaaaa')
  await protect.click()
  await says(
    app.page,
    'Cette phrase de passe est trop facile à deviner.',
    'Choisissez au moins quatre mots sans lien entre eux.',
  )
  await picture(app.page, 'passphrase-weak')
  await first.fill(passphrase)
  await again.fill(passphrase)
  await protect.click()
  await expect(app.page.getByRole('heading', { name: 'Votre code de secours' })).toBeVisible()
  await picture(app.page, 'passphrase-recovery-code')
  await leaveRecoveryCode(app.page)
})

test('Pro Santé Connect opens the mailbox', async () => {
  await findServersOf(app.page, paul.address)
  await app.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  await says(app.page, 'Identifiez-vous dans votre navigateur')
  await picture(app.page, 'psc-waiting')
  await logInWithPsc(world, app, paul.rpps)
  await app.page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await deliver('Avant la fin de session')
  // With its preview: the text is here, not only the line.
  await expect(listRow(app.page, 'Avant la fin de session')).toContainText('Texte fictif', {
    timeout: patience,
  })
})

test('when its session ends the mailbox stays readable and asks to log in again', async () => {
  // The server is asked again, with tokens that are no longer worth anything.
  world.operator.psc.endSessions()
  await world.operator.imapDown()
  await says(app.page, /Les messages déjà reçus restent lisibles/)
  await world.operator.imapUp()
  await expect(app.page.getByText(`Reconnectez-vous à ${paul.address}`)).toBeVisible({ timeout: 60_000 })
  await says(app.page, /La connexion est demandée à chaque ouverture, par sécurité/)
  await listRow(app.page, 'Avant la fin de session').click()
  await reads(app.page, 'Texte fictif de « Avant la fin de session ».')
  await picture(app.page, 'psc-session-ended')
  await deliver('Après la fin de session')
  await app.page.getByRole('button', { name: 'Pro Santé Connect', exact: true }).click()
  await app.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  await logInWithPsc(world, app, paul.rpps)
  await expect(listRow(app.page, 'Après la fin de session')).toBeVisible({ timeout: patience })
  await expect(app.page.getByText(`Reconnectez-vous à ${paul.address}`)).toBeHidden()
})

test('a wrong passphrase is told; the right one opens what was there', async () => {
  await lock(app.page)
  await openWith('girafe lucarne moisson velo')
  await says(
    app.page,
    'Phrase de passe incorrecte.',
    'Vérifiez les majuscules et le clavier, puis recommencez.',
    'Vos messages restent chiffrés sur ce poste.',
  )
  await picture(app.page, 'passphrase-wrong')
  await openWith(passphrase)
  await expect(listRow(app.page, 'Après la fin de session')).toBeVisible({ timeout: patience })
  await says(app.page, 'Ouvert sans carte')
  await picture(app.page, 'passphrase-open')
})

test('the application closed and started again asks for the passphrase', async () => {
  await app.close()
  app = await world.openApp('paul', { profile: app.profile })
  await expect(field()).toBeVisible()
  await openWith(passphrase)
  await expect(listRow(app.page, 'Après la fin de session')).toBeVisible({ timeout: patience })
})
