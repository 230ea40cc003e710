/**
 * What a practitioner does on the first day, step by step, in the real window: used by `npm run demo -- --check` and by
 * the end-to-end tests. Steps wait for what the screen says, never for time.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { people } from '../operator/index.ts'
import { landmarks, seededWords } from '../operator/seed/index.ts'
import { startWorld, type CardHolderKey, type RunningApp, type World } from './world.ts'

export const patience = 20_000

/** Types the PIN in the four boxes; the form answers by itself or by its button. */
export const typePin = async (page: Page, pin: string): Promise<void> => {
  await page.getByRole('textbox', { name: /Code porteur/ }).pressSequentially(pin)
}

/** The build has the module for TLS with the card's key; without it the story is played with Pro Santé Connect. */
export const cardLoginBuilt = (): boolean =>
  existsSync(join(import.meta.dirname, '../../dist/core/card-tls.node'))

/** From the welcome screen to the recovery code, protected by the card. */
export const protectWithCard = async (page: Page, pin: string): Promise<void> => {
  await page.getByRole('button', { name: 'Commencer' }).click()
  await typePin(page, pin)
  await page.getByRole('button', { name: 'Protéger cette messagerie' }).click()
  await expect(page.getByRole('heading', { name: 'Votre code de secours' })).toBeVisible()
}

/** From the question of the address to the servers found. */
export const findServersOf = async (page: Page, address: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Adresse MSSanté' }).fill(address)
  await page.getByRole('button', { name: 'Trouver mes serveurs' }).click()
  await expect(page.getByRole('heading', { name: /Serveurs trouvés/ })).toBeVisible()
}

/** Past the recovery code to the servers of an address. */
export const findServers = async (page: Page, address: string): Promise<void> => {
  await page.getByText('J’ai imprimé ou recopié ce code').click()
  await page.getByRole('button', { name: 'Continuer' }).click()
  await findServersOf(page, address)
}

/** Pro Santé Connect (simulated), as the practitioner does it in the system's browser. */
export const logInWithPsc = async (world: World, app: RunningApp, rpps: string): Promise<void> => {
  const address = await app.waitForExternal()
  const context = await world.browser.newContext()
  const browserPage = await context.newPage()
  await browserPage.goto(address)
  await browserPage.locator('#login').fill(rpps)
  await browserPage.locator('#submit').click()
  await browserPage.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/.*(code|state)=/)
  await context.close()
}

const enterMailbox = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await expect(page.getByRole('heading', { name: 'Réception' })).toBeVisible()
}

/** First run with the card, up to the mailbox, which is logged in to by password unless it says otherwise. */
export const createProfile = async (
  app: RunningApp,
  person: { address: string; password: string; card: { pin: string } },
  login: 'password' | 'card' = 'password',
): Promise<void> => {
  const { page } = app
  await protectWithCard(page, person.card.pin)
  await findServers(page, person.address)
  if (login === 'card') await page.getByRole('button', { name: 'Se connecter avec la carte' }).click()
  else {
    await page.getByText('Mot de passe', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(person.password)
    await page.getByRole('button', { name: 'Se connecter' }).click()
  }
  await enterMailbox(page)
  // The seconds to change one's mind have their own test.
  await setSendDelay(page, 0)
}

/** Seconds between « Envoyer » and the sending, as the settings have them. */
export const setSendDelay = (page: Page, seconds: 0 | 5 | 10 | 30): Promise<unknown> =>
  page.evaluate((sendDelaySeconds) => {
    const { souspli } = globalThis as unknown as {
      souspli: { invoke: (method: string, input: unknown) => Promise<unknown> }
    }
    return souspli.invoke('settings.set', { sendDelaySeconds })
  }, seconds)

/** The unlock screen with the card in: PIN, then the mailbox. */
export const unlock = async (page: Page, pin: string): Promise<void> => {
  await typePin(page, pin)
  const button = page.getByRole('button', { name: 'Ouvrir ma messagerie' })
  if (await button.isEnabled().catch(() => false)) await button.click()
  await expect(page.getByRole('heading', { name: 'Réception' })).toBeVisible({ timeout: patience })
}

/** The line of the list that holds this text. */
export const listRow = (page: Page, text: string | RegExp) =>
  page.getByRole('grid').getByRole('row').filter({ hasText: text }).first()

/** Files of a folder whose bytes hold one of the words, in UTF-8 or UTF-16: `file: word`. */
export const readableWords = async (folder: string, words: readonly string[]): Promise<string[]> => {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      // A store that closes removes its log meanwhile.
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (bytes === null) continue
    for (const word of words)
      if (bytes.includes(Buffer.from(word, 'utf8')) || bytes.includes(Buffer.from(word, 'utf16le')))
        found.push(`${file}: ${word}`)
  }
  return found
}

export interface StepReport {
  step: string
  ok: boolean
  ms: number
  picture: string | null
}

interface Scene {
  world: World
  anne: RunningApp
  paul: RunningApp
}

interface Step {
  name: string
  who: CardHolderKey
  /** Played only where the card logs in, or only where it cannot. */
  only?: 'card' | 'psc'
  run: (scene: Scene) => Promise<void>
}

const answerText =
  'Merci pour ce compte rendu. Ionogramme prévu le 4 décembre, résultats transmis dès réception.'

const writing = (page: Page) => page.getByRole('dialog', { name: 'Rédaction d’un message' })

/** With the PIN; the card then logs in by itself. Tokens live in memory only: the provider asks again after locking. */
const openAgain = async (world: World, anne: RunningApp): Promise<void> => {
  await unlock(anne.page, people.anne.card.pin)
  if (cardLoginBuilt()) return
  const login = anne.page.getByRole('button', { name: /Pro Santé Connect/ }).first()
  await login.click({ timeout: patience })
  await anne.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  await logInWithPsc(world, anne, people.anne.rpps)
}

/** The draft on this workstation, from the list of drafts. */
const openDraft = async (page: Page): Promise<void> => {
  await page
    .getByRole('button', { name: /^Brouillons/ })
    .or(page.getByRole('row', { name: /^Brouillons/ }))
    .first()
    .click()
  const mine = page.getByRole('region', { name: 'En cours d’écriture sur ce poste' })
  await mine.getByRole('button').first().click({ timeout: patience })
}

const steps: Step[] = [
  {
    name: '01-protect-with-card',
    who: 'anne',
    run: ({ anne }) => protectWithCard(anne.page, people.anne.card.pin),
  },
  {
    name: '02-find-servers',
    who: 'anne',
    run: ({ anne }) => findServers(anne.page, people.anne.address),
  },
  {
    name: '03-card-login',
    who: 'anne',
    only: 'card',
    run: async ({ world, anne }) => {
      await expect(anne.page.getByText('aucun mot de passe n’est demandé ni enregistré')).toBeVisible()
      await anne.page.getByRole('button', { name: 'Se connecter avec la carte' }).click()
      await expect(
        anne.page.getByRole('heading', { name: /Vos messages arrivent|Tout est prêt/ }),
      ).toBeVisible({ timeout: patience })
      const log = await readFile(join(world.operator.folder, 'dovecot/dovecot.log'), 'utf8')
      if (!log.includes(`Login: user=<${people.anne.address}>, method=EXTERNAL`))
        throw new Error('the IMAP server did not see SASL EXTERNAL')
    },
  },
  {
    name: '03-pro-sante-connect',
    who: 'anne',
    only: 'psc',
    run: async ({ world, anne }) => {
      await anne.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
      await logInWithPsc(world, anne, people.anne.rpps)
      await expect(
        anne.page.getByRole('heading', { name: /Vos messages arrivent|Tout est prêt/ }),
      ).toBeVisible({
        timeout: patience,
      })
    },
  },
  {
    name: '04-first-sync',
    who: 'anne',
    run: async ({ anne }) => {
      await enterMailbox(anne.page)
      // The seconds to change one's mind have their own test.
      await setSendDelay(anne.page, 0)
      await expect(listRow(anne.page, 'HH Potassium')).toBeVisible({ timeout: patience })
      await expect(anne.page.getByText(/À jour/)).toBeVisible({ timeout: 60_000 })
    },
  },
  {
    name: '05-unlock-with-pin',
    who: 'anne',
    run: async ({ world, anne }) => {
      await anne.page.getByRole('button', { name: 'Verrouiller' }).click()
      await expect(anne.page.getByRole('textbox', { name: /Code porteur/ })).toBeVisible()
      await openAgain(world, anne)
      await expect(anne.page.getByText(/À jour/)).toBeVisible({ timeout: 60_000 })
    },
  },
  {
    name: '06-read-result',
    who: 'anne',
    run: async ({ anne }) => {
      await listRow(anne.page, 'HH Potassium').click()
      await expect(anne.page.getByText(/Signature valide/).first()).toBeVisible({ timeout: patience })
      const potassium = anne.page.getByRole('row').filter({ hasText: 'Potassium' }).filter({ hasText: '6,4' })
      await expect(potassium.first()).toBeVisible({ timeout: patience })
      await potassium.first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: '07-search',
    who: 'anne',
    run: async ({ anne }) => {
      const field = anne.page.getByRole('searchbox')
      await field.fill('insuffisance cardiaq')
      await expect(listRow(anne.page, /LEROY/i)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: '08-answer-signed',
    who: 'anne',
    run: async ({ anne }) => {
      await listRow(anne.page, /LEROY/i).click()
      await expect(anne.page.getByText(/Signature valide/).first()).toBeVisible({ timeout: patience })
      await anne.page.getByRole('button', { name: 'Répondre', exact: true }).click()
      const dialog = anne.page.getByRole('dialog', { name: 'Rédaction d’un message' })
      await expect(dialog.getByText(people.paul.displayName).first()).toBeVisible()
      await dialog.getByRole('textbox', { name: 'Texte du message' }).click()
      await anne.page.keyboard.press('Control+Home')
      await anne.page.keyboard.insertText(answerText)
      const sign = dialog.getByRole('checkbox', { name: 'Signer avec ma carte' })
      if (!(await sign.isChecked())) await dialog.getByText('Signer avec ma carte').click()
      await expect(sign).toBeChecked()
      await expect(dialog.getByText(/Brouillon enregistré/)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: '09-card-pulled-while-signing',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.cards.anne.setSignMilliseconds(800)
      const fault = await world.cards.anne.fault({ fn: 'C_Sign', when: 'mid:300', action: 'remove' })
      await anne.page
        .getByRole('dialog', { name: 'Rédaction d’un message' })
        .getByRole('button', { name: 'Envoyer' })
        .click()
      await expect(anne.page.getByText(/Carte retirée/).first()).toBeVisible({ timeout: patience })
      if (!(await world.cards.anne.fired()).includes(fault))
        throw new Error('the card was not pulled mid-way')
      if (world.operator.received.some((mail) => mail.from === people.anne.address))
        throw new Error('something was sent without its signature')
    },
  },
  {
    name: '10-card-back-message-still-there',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.cards.anne.setSignMilliseconds(300)
      await world.cards.anne.insert()
      await openAgain(world, anne)
      await openDraft(anne.page)
      await expect(writing(anne.page).getByText(answerText)).toBeVisible({ timeout: patience })
      await expect(writing(anne.page).getByRole('checkbox', { name: 'Signer avec ma carte' })).toBeChecked()
    },
  },
  {
    name: '11-sent-once',
    who: 'anne',
    run: async ({ world, anne }) => {
      await writing(anne.page).getByRole('button', { name: 'Envoyer' }).click()
      await expect(anne.page.getByRole('dialog', { name: 'Rédaction d’un message' })).toBeHidden({
        timeout: patience,
      })
      await world.operator
        .mailbox('paul')
        .waitFor(
          (message) =>
            message.subject.includes(landmarks.consultation.patient.birthName) &&
            message.subject.startsWith('Re'),
          { seconds: 30 },
        )
      const login = cardLoginBuilt() ? 'EXTERNAL' : 'XOAUTH2'
      await expect
        .poll(() =>
          world.operator.received
            .filter((mail) => mail.from === people.anne.address)
            .map(({ authentication }) => authentication),
        )
        .toEqual([login])
      await anne.page
        .getByRole('button', { name: /^Envoyés/ })
        .or(anne.page.getByRole('row', { name: /^Envoyés/ }))
        .first()
        .click()
      await expect(listRow(anne.page, people.paul.displayName)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: '12-verified-by-recipient',
    who: 'paul',
    run: async ({ paul }) => {
      const row = listRow(paul.page, answerText.slice(0, 26))
      await expect(row).toContainText(people.anne.displayName, { timeout: patience })
      await row.click()
      // The list shows it too.
      const read = paul.page.locator('.body-text').getByText(answerText)
      await expect(read).toBeVisible({ timeout: patience })
      await expect(paul.page.getByText(/Signature valide · .*MARTIN/i)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: '13-card-pulled',
    who: 'anne',
    run: async ({ world, anne }) => {
      const pulled = performance.now()
      await world.cards.anne.remove()
      await expect(anne.page.getByRole('grid')).toBeHidden({ timeout: patience })
      const seconds = (performance.now() - pulled) / 1000
      // The vault's own limit (1 s) is tested in app/session and test/invariants; here a loaded machine also repaints.
      if (seconds > 4) throw new Error(`the mailbox stayed visible for ${seconds.toFixed(1)} s`)
      await expect(anne.page.getByText(/Carte retirée/).first()).toBeVisible({ timeout: patience })
      const words = await readableWords(anne.profile, [...seededWords, answerText.slice(0, 30)])
      if (words.length > 0) throw new Error(`readable on disk: ${words.slice(0, 3).join(', ')}`)
    },
  },
  {
    name: '14-reopened-offline',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.operator.imapDown()
      await world.operator.smtpDown()
      await world.cards.anne.insert()
      await expect(anne.page.getByRole('textbox', { name: /Code porteur/ })).toBeVisible({
        timeout: patience,
      })
      await unlock(anne.page, people.anne.card.pin)
      await listRow(anne.page, 'HH Potassium').click()
      await expect(anne.page.getByText('Kaliémie contrôlée sur second prélèvement').first()).toBeVisible({
        timeout: patience,
      })
    },
  },
]

/** Plays every step; null when all went well, else the step that failed and why. */
export const playStory = async (hooks: {
  onStep: (report: StepReport) => void
  /** Path of a step's picture. */
  picture: (name: string) => string
}): Promise<{ step: string; reason: string } | null> => {
  let current = '00-world'
  let world: World | null = null
  let scene: Scene | null = null
  let before = performance.now()
  try {
    world = await startWorld({ cardLogin: cardLoginBuilt() })
    scene = { world, anne: await world.openApp('anne'), paul: await world.openApp('paul') }
    await createProfile(scene.paul, people.paul)
    hooks.onStep({ step: current, ok: true, ms: Math.round(performance.now() - before), picture: null })
    for (const step of steps) {
      if (step.only && (step.only === 'card') !== cardLoginBuilt()) continue
      current = step.name
      before = performance.now()
      await step.run(scene)
      const ms = Math.round(performance.now() - before)
      const picture = hooks.picture(step.name)
      await scene[step.who].page.screenshot({ path: picture })
      hooks.onStep({ step: step.name, ok: true, ms, picture })
    }
    return null
  } catch (error) {
    hooks.onStep({ step: current, ok: false, ms: Math.round(performance.now() - before), picture: null })
    for (const [who, app] of Object.entries({ anne: scene?.anne, paul: scene?.paul }))
      await app?.page.screenshot({ path: hooks.picture(`failed-${current}-${who}`) }).catch(() => undefined)
    return { step: current, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await world?.stop()
  }
}
