/**
 * Pieces of what a practitioner does in the real window, for the story (play-story.ts) and the end-to-end tests. They wait for
 * what the screen says, never for time.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import type { RunningApp, World } from './world.ts'

export const patience = 20_000

/** Types the PIN in the four boxes; its button does the rest. */
export const typePin = async (page: Page, pin: string): Promise<void> => {
  const field = page.getByRole('textbox', { name: /Code porteur/ })
  // What is typed while a former answer is still awaited goes nowhere.
  await expect(field).toBeEnabled({ timeout: 2 * patience })
  await field.pressSequentially(pin)
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

/** The operator's IMAP server wrote that the owner of this address logged in so. */
export const sawLogin = async (
  world: World,
  address: string,
  method: 'EXTERNAL' | 'XOAUTH2',
): Promise<void> => {
  const log = (): Promise<string> => readFile(join(world.operator.folder, 'dovecot/dovecot.log'), 'utf8')
  await expect.poll(log, { timeout: patience }).toContain(`Login: user=<${address}>, method=${method}`)
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

export const enterMailbox = async (page: Page): Promise<void> => {
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
  await page.getByRole('button', { name: 'Ouvrir ma messagerie' }).click()
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
