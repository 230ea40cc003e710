import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { patientNamed } from '../operator/seed/patients.ts'
import { letterAbout, mailWith } from './patient-letters.ts'
import { picture } from './stage.ts'
import { createProfile, listRow, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne follows a patient: timeline, versions, a message attached by hand, two identities compared and joined.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp

const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000)
const toAnne = (raw: Buffer | string): Promise<void> =>
  world.operator.deliver({ from: paul.address, to: anne.address, raw })

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  const marie = patientNamed('DUPONT')
  const first = await letterAbout(marie, { created: hoursAgo(72) })
  await toAnne(await mailWith(first, hoursAgo(72)))
  await toAnne(await mailWith(first, hoursAgo(50)))
  await toAnne(
    await mailWith(await letterAbout(marie, { created: hoursAgo(24), replaces: first }), hoursAgo(24)),
  )
  // The same woman for the eye, another spelling and no INS for the strict comparison.
  const other = { ...marie, givenName: 'Marie', usedGivenName: 'Marie', ins: null }
  await toAnne(await mailWith(await letterAbout(other, { created: hoursAgo(20) }), hoursAgo(20)))
  await toAnne(
    [
      `From: Paul <${paul.address}>`,
      `To: Anne <${anne.address}>`,
      'Subject: Photo de la plaie',
      `Date: ${hoursAgo(2).toUTCString()}`,
      'Message-ID: <bare-photo@test>',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'La patiente que nous suivons, sans document.',
      '',
    ].join('\r\n'),
  )
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(async () => {
  await world.stop()
})

test('the base holds strict identities, and the timeline says what was sent twice and replaced (SC.CDA/INT.18)', async () => {
  const { page } = app
  await expect(listRow(page, 'Photo de la plaie')).toBeVisible({ timeout: patience })
  await page.keyboard.press('p')
  const rows = page.getByRole('button', { name: /DUPONT Marie/ })
  await expect(rows).toHaveCount(2, { timeout: patience })
  await page.getByRole('button', { name: /DUPONT Marie.*Identité de test/ }).click()
  await expect(page.getByText(/^Remplacé le/).first()).toBeVisible()
  await expect(page.getByText(/^Déjà reçu le/).first()).toBeVisible()
  await expect(page.getByText(/^Remplace la version du/)).toBeVisible()
  await picture(page, 'patient-timeline')
})

test('two spellings are compared side by side, joined by decision, and the decision is taken back (MSS/va1.27)', async () => {
  const { page } = app
  await page.getByRole('button', { name: 'Rapprocher' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('row', { name: /Premier prénom.*différent/ })).toBeVisible()
  await picture(page, 'patient-compare')
  await dialog.getByRole('button', { name: 'C’est la même personne' }).click()
  await expect(page.getByText('Rapproché de DUPONT')).toBeVisible()
  await expect(page.getByRole('radio', { name: /^Tout 4/ })).toBeVisible()
  await page.getByRole('button', { name: 'Annuler cette décision' }).first().click()
  await expect(page.getByRole('button', { name: 'Rapprocher' })).toBeVisible()
})

test('a message without identity is attached by hand, shows the patient, and is found in the timeline', async () => {
  const { page } = app
  await page
    .getByRole('button', { name: /^Réception/ })
    .first()
    .click()
  await listRow(page, 'Photo de la plaie').click()
  await page.getByRole('button', { name: 'Rattacher à un patient' }).click()
  await page.getByRole('textbox', { name: 'Chercher un patient' }).fill('26/11/1978 dupont')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Identité de test/ })
    .click()
  await expect(page.getByRole('button', { name: /^Ouvrir la fiche de DUPONT/ })).toBeVisible()
  await expect(listRow(page, 'Photo de la plaie')).toContainText('DUPONT Marie')
  await page.getByRole('button', { name: /^Ouvrir la fiche de DUPONT/ }).click()
  await expect(page.getByText('rattaché à la main')).toBeVisible()
  await picture(page, 'patient-attached')
})

test('the list is sorted by patient and narrowed to one document type (ERGO/va1.05)', async () => {
  const { page } = app
  await page
    .getByRole('button', { name: /^Réception/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Trier et filtrer la liste' }).click()
  await page.getByRole('combobox', { name: 'Type de document' }).selectOption({ index: 1 })
  await page.getByRole('combobox', { name: 'Trier par' }).selectOption('patient')
  await page.getByRole('button', { name: 'Fermer' }).last().click()
  await expect(page.getByText('Liste triée ou filtrée')).toBeVisible()
  await expect(listRow(page, 'Photo de la plaie')).toHaveCount(0)
  await expect(page.getByRole('grid').getByRole('row').first()).toBeVisible()
  await page.getByRole('button', { name: 'Revenir à la liste ordinaire' }).click()
  await expect(listRow(page, 'Photo de la plaie')).toBeVisible()
})
