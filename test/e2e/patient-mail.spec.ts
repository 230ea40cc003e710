import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { patientNamed } from '../operator/seed/patients.ts'
import { letterAbout, mailWith } from './patient-letters.ts'
import { picture } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne writes to a patient: address from the base, confirmation, FIN, a bounce explained, the opposition honoured.
test.describe.configure({ mode: 'serial' })

const { anne, paul, patient: leo } = people
let world: World
let app: RunningApp

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  const letter = await letterAbout(patientNamed('DURAND'), { created: new Date(Date.now() - 3_600_000) })
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: await mailWith(letter, new Date(Date.now() - 3_600_000)),
  })
  await world.operator.deliver({
    from: leo.address,
    to: anne.address,
    raw: [
      `From: Leo Durand <${leo.address}>`,
      `To: Anne <${anne.address}>`,
      'Subject: Mon traitement',
      `Date: ${new Date().toUTCString()}`,
      'Message-ID: <leo-asks@test>',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Bonjour docteur, faut-il continuer ?',
      '',
    ].join('\r\n'),
  })
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(async () => {
  await world.stop()
})

const openLeo = async (): Promise<void> => {
  const { page } = app
  await page.getByRole('button', { name: 'Patients', exact: true }).click()
  await page.getByRole('button', { name: /DURAND/ }).click()
  await expect(page.getByRole('heading', { name: /DURAND/ })).toBeVisible()
}
const sentTo = (address: string) => world.operator.received.filter(({ to }) => to.includes(address))

test('a patient’s message shows birth name, first name and matricule (ECO.3.1.1, ECO.3.1.2)', async () => {
  const { page } = app
  await listRow(page, 'Mon traitement').click({ timeout: patience })
  await expect(listRow(page, 'Mon traitement')).toContainText('DURAND Leo')
  await expect(listRow(page, 'Mon traitement')).toContainText('patient')
  await expect(page.getByRole('main')).toContainText(/INS\s+1\s90\s06\s75\s113\s001\s17/)
  await picture(page, 'patient-message')
})

test('the patient is confirmed before the message leaves, closed with FIN (ECO.2.2.6, ECO.2.2.8, ECO.3.1.5)', async () => {
  const { page } = app
  await openLeo()
  await page.getByRole('button', { name: 'Écrire au patient' }).click()
  const composer = page.getByRole('dialog')
  await expect(composer.getByText('DURAND Leo')).toBeVisible()
  await composer.getByLabel('Objet').fill('Votre traitement')
  await composer.getByText('Clore l’échange').click()
  await composer.getByRole('button', { name: 'Envoyer' }).click()
  const question = page.getByRole('alertdialog')
  await expect(question.getByRole('row', { name: /Naissance/ })).toContainText('juin 90')
  await expect(question).toContainText('X-MSS-MES: FIN')
  await picture(page, 'patient-confirm')
  expect(sentTo(leo.address)).toEqual([])
  await question.getByRole('button', { name: 'C’est bien ce patient, envoyer' }).click()
  await expect.poll(() => sentTo(leo.address).length, { timeout: patience }).toBe(1)
  expect(sentTo(leo.address)[0]?.header).toMatch(/^X-MSS-MES: FIN\r$/m)
})

test('the bounce of the patient’s mailbox is explained on the sent message (ENS-6-bounce)', async () => {
  const { page } = app
  world.operator.smtp.patientBounceNext(leo.address, 'closed')
  await openLeo()
  await page.getByRole('button', { name: 'Écrire au patient' }).click()
  const composer = page.getByRole('dialog')
  await composer.getByLabel('Objet').fill('Rendez-vous de contrôle')
  await composer.getByRole('button', { name: 'Envoyer' }).click()
  await page.getByRole('button', { name: 'C’est bien ce patient, envoyer' }).click()
  await expect.poll(() => sentTo(leo.address).length, { timeout: patience }).toBe(2)
  expect(sentTo(leo.address)[1]?.header).not.toMatch(/^X-MSS-MES/m)
  await page
    .getByRole('button', { name: /^Envoyés/ })
    .first()
    .click()
  await listRow(page, 'Rendez-vous de contrôle').click({ timeout: patience })
  await expect(
    page.getByText('Le patient a fermé sa messagerie de Mon espace santé. Joignez-le autrement.').first(),
  ).toBeVisible({ timeout: patience })
  await picture(page, 'patient-bounce')
})

test('the message that ends all exchanges keeps its subject [FIN], and says what it does (ENS-7-fin)', async () => {
  const { page } = app
  await openLeo()
  await page.getByRole('button', { name: 'Clore tous les échanges…' }).click()
  await page.getByRole('button', { name: 'Préparer le message [FIN]' }).click()
  const composer = page.getByRole('dialog')
  const subject = composer.getByLabel('Objet')
  await expect(subject).toHaveValue('[FIN]')
  await expect(subject).not.toBeEditable()
  await expect(
    composer.getByText('Objet [FIN] : le patient ne pourra plus répondre à aucun message'),
  ).toBeVisible()
  await picture(page, 'patient-ends-all')
  await composer.getByRole('button', { name: 'Envoyer' }).click()
  const question = page.getByRole('alertdialog')
  await expect(question).toContainText('plus répondre à aucun de vos messages')
  await question.getByRole('button', { name: 'Revenir au message' }).click()
  // Unticked, it is an ordinary message again.
  await composer.getByText('Clore tous les échanges', { exact: true }).click()
  await expect(subject).toBeEditable()
  await expect(subject).toHaveValue('')
  await composer.getByRole('button', { name: 'Supprimer le brouillon' }).click()
})

test('an opposition keeps messages from leaving, answers too (MSS/va1.20)', async () => {
  const { page } = app
  await openLeo()
  await page.getByRole('button', { name: /Enregistrer une opposition : À la messagerie avec lui/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  await expect(page.getByText('Le patient s’est opposé à la messagerie avec lui.').first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Écrire au patient' })).toBeDisabled()
  await picture(page, 'patient-opposed')
  await page
    .getByRole('button', { name: /^Réception/ })
    .first()
    .click()
  await listRow(page, 'Mon traitement').click()
  await page.keyboard.press('r')
  const composer = page.getByRole('dialog')
  await expect(composer.getByText('On ne peut pas écrire à ce patient')).toBeVisible({ timeout: patience })
  await expect(composer.getByRole('button', { name: 'Envoyer' })).toBeDisabled()
})
