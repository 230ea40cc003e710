import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { createVault, leaveRecoveryCode, picture, says, tryPin } from './stage.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// One card, one profile, in the order a bad day would bring: each situation has its own sentence and way out.
test.describe.configure({ mode: 'serial' })

const { pin } = people.anne.card
const wrongPin = '9876'
let world: World
let app: RunningApp
let recoveryCode = ''

const pinField = () => app.page.getByRole('textbox', { name: /Code porteur/ })
/** An open vault without an account asks for the address. */
const expectOpen = () => expect(app.page.getByRole('textbox', { name: 'Adresse MSSanté' })).toBeVisible()

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  await world.cards.anne.remove()
  await world.cards.anne.setReader(false)
  app = await world.openApp('anne')
})
test.afterAll(() => world.stop())

test('the first run waits for a reader, then for a card, and goes on by itself', async () => {
  await app.page.getByRole('button', { name: 'Commencer' }).click()
  await says(
    app.page,
    'Aucun lecteur de carte n’est branché.',
    'Branchez votre lecteur ; il sera reconnu tout seul.',
  )
  await picture(app.page, 'card-first-run-no-reader')
  await world.cards.anne.setReader(true)
  await says(app.page, 'Aucune carte n’est dans le lecteur.', 'Insérez votre carte CPS, puce en avant.')
  await picture(app.page, 'card-first-run-no-card')
  await world.cards.anne.insert()
  await expect(pinField()).toBeVisible()
  await app.page.reload() // the window begins again at its welcome, as the next lines expect
  recoveryCode = await createVault(app, pin)
  await leaveRecoveryCode(app.page)
})

test('a wrong PIN says how many tries are left, the last one warns, the right one opens', async () => {
  await app.emitPower('lock-screen')
  await says(app.page, 'Messagerie verrouillée avec la session du poste.')
  await tryPin(app.page, wrongPin)
  await says(app.page, 'Code porteur incorrect.', 'Il reste 2 essais avant le blocage de la carte.')
  await picture(app.page, 'card-wrong-pin')
  await tryPin(app.page, wrongPin)
  await says(
    app.page,
    'Dernier essai avant le blocage de la carte',
    'en cas de doute, ouvrez avec votre code de secours',
  )
  await expect(pinField()).toBeHidden()
  await picture(app.page, 'card-last-try')
  await app.page.getByRole('button', { name: 'Essayer quand même' }).click()
  await tryPin(app.page, pin)
  await expectOpen()
  expect(await world.cards.anne.triesLeft()).toBe(3)
})

test('pulling the card or the reader closes the mailbox and says what to put back', async () => {
  await world.cards.anne.remove()
  await says(
    app.page,
    'Carte retirée : la messagerie est refermée et chiffrée.',
    'Aucune carte n’est dans le lecteur.',
    'Insérez votre carte CPS, puce en avant.',
    'Vos messages restent chiffrés sur ce poste.',
  )
  await picture(app.page, 'card-no-card')
  await world.cards.anne.setReader(false)
  await says(app.page, 'Aucun lecteur de carte n’est branché.')
  await picture(app.page, 'card-no-reader')
  await world.cards.anne.setReader(true)
  await world.cards.anne.insert()
  await tryPin(app.page, pin)
  await expectOpen()
})

test('another practitioner’s card is not taken for the right one', async () => {
  await app.close()
  const other = world.cards.paul.modulePath
  app = await world.openApp('anne', {
    profile: app.profile,
    policy: (policy) => ({ ...policy, pkcs11Modules: [other] }),
  })
  await says(
    app.page,
    'Cette carte n’a pas encore de messagerie sur ce poste.',
    /Ouvrez avec votre code de secours, puis associez-la à votre messagerie\./,
  )
  await expect(app.page.getByRole('textbox', { name: /Code porteur/ })).toBeHidden()
  await picture(app.page, 'card-other-card')
})

test('a workstation without the Cryptolib says what to install', async () => {
  await app.close()
  const nowhere = join(world.folder, 'absent', 'libcps3_pkcs11_lux.so')
  app = await world.openApp('anne', {
    profile: app.profile,
    policy: (policy) => ({ ...policy, pkcs11Modules: [nowhere] }),
  })
  await says(
    app.page,
    'Les composants de la carte CPS (Cryptolib CPS) sont introuvables sur ce poste.',
    'Installez « Cryptolib CPS » de l’ANS, ou demandez-le à votre support, puis réessayez.',
    'Vos messages restent chiffrés sur ce poste.',
  )
  await app.page.getByText(/emplacements? essayés?/).click()
  await says(app.page, nowhere)
  await picture(app.page, 'card-no-module')
})

for (const [what, make] of [
  ['a library that does not speak PKCS#11', async () => process.execPath],
  [
    'a file that is no library at all',
    async () => {
      const file = join(world.folder, 'not-a-library.so')
      await writeFile(file, 'Ceci n’est pas une bibliothèque.\n')
      return file
    },
  ],
] as const)
  test(`${what} is named as the component that did not start`, async () => {
    await app.close()
    const path = await make()
    app = await world.openApp('anne', {
      profile: app.profile,
      policy: (policy) => ({ ...policy, pkcs11Modules: [path] }),
    })
    await says(
      app.page,
      'Le composant de lecture de carte n’a pas démarré.',
      'Débranchez puis rebranchez le lecteur ; sinon réinstallez la Cryptolib CPS.',
      path,
    )
    await picture(app.page, path === process.execPath ? 'card-module-not-pkcs11' : 'card-module-not-library')
  })

test('three wrong PINs block the card; a wrong recovery code is told, the right one opens', async () => {
  await app.close()
  app = await world.openApp('anne', { profile: app.profile })
  for (let attempt = 3; attempt > 0; attempt -= 1) {
    if (attempt === 1) await app.page.getByRole('button', { name: 'Essayer quand même' }).click()
    await expect(pinField()).toBeEnabled()
    await tryPin(app.page, wrongPin)
    await expect.poll(() => world.cards.anne.triesLeft()).toBe(attempt - 1)
  }
  await says(
    app.page,
    'La carte est bloquée après trois codes incorrects.',
    'Débloquez-la avec votre code de déblocage (courrier de l’ANS), ou ouvrez avec votre code de secours.',
    'Vos messages restent chiffrés sur ce poste.',
  )
  await expect(pinField()).toBeHidden()
  await picture(app.page, 'card-blocked')
  await app.page.getByRole('button', { name: 'Code de secours' }).click()
  const field = app.page.getByRole('textbox', { name: 'Code imprimé à la création' })
  const open = app.page.getByRole('button', { name: 'Ouvrir ma messagerie' })
  await field.fill('AAAA-BBBB-CCCC-DDDD')
  await open.click()
  await says(app.page, 'Ce code de secours n’est pas le bon.', 'Relisez la feuille imprimée à la création')
  await picture(app.page, 'card-wrong-recovery-code')
  await field.fill(recoveryCode)
  await open.click()
  await expectOpen()
})
