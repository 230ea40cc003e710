import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { startPatientRecord, type PatientRecord } from '../operator/patient-record.ts'
import { biologyReport } from '../operator/seed/biology-report.ts'
import { drawChapter } from '../operator/seed/biology-panels.ts'
import { clinicalMail } from '../operator/seed/clinical-mail.ts'
import { patientNamed } from '../operator/seed/patients.ts'
import { professionals } from '../operator/seed/professionals.ts'
import { createRandom } from '../operator/seed/random.ts'
import { escape, picture, says } from './stage.ts'
import { createProfile, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Laboratory results go into a patient record over MLLP: by hand, refused and tried again, by a rule and taken back.
test.describe.configure({ mode: 'serial' })

const { anne, laboratory } = people
let world: World
let app: RunningApp
let record: PatientRecord

/** A result of the laboratory about a fictitious patient, delivered to Anne. */
const deliverResult = async (name: string, seed: string): Promise<void> => {
  const random = createRandom(`integration-${seed}`)
  const document = await biologyReport(
    {
      random,
      patient: patientNamed(name),
      created: new Date(Date.now() - 600_000),
      recipients: [professionals.anne],
      typeface: 'standard',
    },
    { chapters: [drawChapter('haematology', random, [])], pdfCopy: true, prescriber: professionals.anne },
  )
  const { raw } = await clinicalMail({
    from: { name: laboratory.displayName, address: laboratory.address },
    to: [{ name: anne.displayName, address: anne.address }],
    documents: [document],
    text: 'Bonjour, ci-joint le résultat.',
    date: new Date(),
    random,
    signAs: null,
  })
  await world.operator.deliver({ from: laboratory.address, to: anne.address, raw })
}

const panel = () => app.page.getByRole('region', { name: 'Dossier patient' })
const rowOf = (name: string) => app.page.getByRole('row').filter({ hasText: name }).first()
const window = () => app.page.getByRole('dialog', { name: 'Transmissions au dossier' })
const openWindow = async (): Promise<void> => {
  await app.page.keyboard.press('Control+k')
  await app.page.getByRole('menu').waitFor()
  await app.page.keyboard.type('Transmissions')
  await app.page.keyboard.press('Enter')
  await expect(window()).toBeVisible()
}

test.beforeAll(async () => {
  record = await startPatientRecord({ patients: [patientNamed('DUPONT').ins ?? ''] })
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne', {
    policy: (policy) => ({
      ...policy,
      patientRecords: [
        {
          name: 'Dossier du cabinet',
          place: {
            kind: 'mllp',
            host: '127.0.0.1',
            port: record.port,
            tls: false,
            anchors: '',
            sendingApplication: 'SOUSPLI',
            sendingFacility: 'CABINET-LILAS',
            receivingApplication: 'DPI',
            receivingFacility: 'CABINET-LILAS',
            encoding: 'UNICODE UTF-8',
            processing: 'T',
            connectSeconds: 5,
            answerSeconds: 20,
            afterUnknown: 'ask',
          },
        },
      ],
    }),
  })
  await createProfile(app, anne)
})
test.afterAll(async () => {
  await world.stop()
  await record.stop()
})

test('a laboratory result is read, then filed into the record by one key (MSS/va1.28)', async () => {
  await deliverResult('DUPONT', 'read')
  await rowOf('DUPONT').click({ timeout: patience })
  await expect(panel().getByRole('button', { name: 'Intégrer dans Dossier du cabinet' })).toBeVisible({
    timeout: patience,
  })
  await app.page.keyboard.press('i')
  await says(panel(), /^Intégré dans Dossier du cabinet/)
  await says(rowOf('DUPONT'), 'Intégré')
  await picture(app.page, 'integration-filed')
  expect(record.received.map(({ trigger, problems }) => [trigger, problems])).toEqual([['T02', []]])
  expect(record.documents.size).toBe(1)
  // It is there: the button is gone, and the key does nothing.
  await expect(panel().getByRole('button', { name: /^Intégrer/ })).toBeHidden()
  await app.page.keyboard.press('i')
  expect(record.received).toHaveLength(1)
})

test('a patient the record does not know is told in words, and the document goes once he is', async () => {
  await deliverResult('LEROY', 'refused')
  await rowOf('LEROY').click({ timeout: patience })
  await panel().getByRole('button', { name: 'Intégrer dans Dossier du cabinet' }).click()
  await says(panel(), 'Ce patient n’est pas connu du logiciel patient.', /Code 902/)
  await says(rowOf('LEROY'), 'Refusé par le dossier')
  await picture(app.page, 'integration-refused')
  record.patients?.add(patientNamed('LEROY').ins ?? '')
  await panel().getByRole('button', { name: 'Réessayer' }).click()
  await says(panel(), /^Intégré dans Dossier du cabinet/)
  expect(record.documents.size).toBe(2)
})

test('a rule files what comes, says so in its journal, and is taken back', async () => {
  await openWindow()
  await window().getByRole('tab', { name: 'Règles' }).click()
  await window().getByRole('button', { name: 'Nouvelle règle' }).click()
  const editor = app.page.getByRole('dialog', { name: 'Nouvelle règle' })
  await editor.getByRole('textbox', { name: 'Nom de la règle' }).fill('Résultats')
  await editor.getByRole('textbox', { name: 'Expéditeurs' }).fill(laboratory.address)
  await editor.getByRole('combobox', { name: 'Intégrer dans' }).selectOption('Dossier du cabinet')
  await editor.getByRole('button', { name: 'Essayer sur les 50 derniers messages' }).click()
  await says(editor, /Aucun message ne serait intégré sur 2/)
  await picture(app.page, 'integration-rule')
  await editor.getByRole('button', { name: 'Enregistrer' }).click()
  // Its own words hold « active » too: the rule is there once the editor is gone.
  await expect(editor).toBeHidden()
  await expect(window().getByText('Active', { exact: true })).toBeVisible()
  await escape(window())

  const before = record.received.length
  await deliverResult('DUPONT', 'by-rule')
  await expect.poll(() => record.received.length, { timeout: patience }).toBe(before + 1)
  expect(record.received.at(-1)).toMatchObject({ trigger: 'T02', problems: [] })
  await openWindow()
  await window().getByRole('tab', { name: 'Journal' }).click()
  await says(window(), /par la règle\s«\sRésultats\s»/)
  await picture(app.page, 'integration-journal')
  await window().getByRole('button', { name: 'Annuler' }).first().click()
  await app.page.getByRole('alertdialog').getByRole('button', { name: 'Annuler' }).last().click()
  await expect.poll(() => record.received.at(-1)?.trigger, { timeout: patience }).toBe('T04')
  await says(window(), 'Annulé')
  expect(record.documents.size).toBe(2)
})
