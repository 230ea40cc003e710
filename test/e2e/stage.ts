/** What the end-to-end tests share beyond the story: pictures, sentences, and first runs stopped half-way. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import { protectWithCard, typePin } from './story.ts'
import type { RunningApp } from './world.ts'

const pictures = join(import.meta.dirname, '../../out/e2e/pictures')

/** Saves what the window shows as out/e2e/pictures/NAME.png, for people to judge. */
export const picture = async (page: Page, name: string): Promise<void> => {
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

/** Each sentence is on the screen. */
export const says = async (place: Page | Locator, ...sentences: (string | RegExp)[]): Promise<void> => {
  for (const sentence of sentences) await expect(place.getByText(sentence).first()).toBeVisible()
}

/**
 * The newest notification of this text (one that can be undone, without it), kept on the screen as a pointer over it does: a busy
 * machine may need longer than the seconds it shows.
 */
export const keepNotification = async (page: Page, text?: string | RegExp): Promise<Locator> => {
  const notifications = page.getByRole('region', { name: 'Notifications' }).getByRole('status')
  const wanted = text ? { hasText: text } : { has: page.getByRole('button', { name: 'Annuler' }) }
  const kept = notifications.filter(wanted).last()
  await kept.dispatchEvent('pointerover')
  return kept
}

/** The PIN, then the button: the unlock screen, whatever its answer. */
export const tryPin = async (page: Page, pin: string): Promise<void> => {
  await typePin(page, pin)
  await page.getByRole('button', { name: 'Ouvrir ma messagerie' }).click()
}

/** First run with the card, up to the recovery code, which is returned. */
export const createVault = async (app: RunningApp, pin: string): Promise<string> => {
  await protectWithCard(app.page, pin)
  const code = await app.page.getByLabel('Code de secours').textContent()
  if (!code) throw new Error('no recovery code on the screen')
  return code.trim()
}

/** Past the recovery code to the question of the address. */
export const leaveRecoveryCode = async (page: Page): Promise<void> => {
  await page.getByText('J’ai imprimé ou recopié ce code').click()
  await page.getByRole('button', { name: 'Continuer' }).click()
  await expect(page.getByRole('textbox', { name: 'Adresse MSSanté' })).toBeVisible()
}

export const lock = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Verrouiller' }).click()
  await expect(page.getByText('Vous avez verrouillé la messagerie.')).toBeVisible()
}

/** The settings, at one of their pages. */
export const openSettings = async (
  page: Page,
  name: 'Comptes' | 'Sécurité' | 'Stockage' | 'Certificats et clés' | 'Import et quarantaine',
): Promise<void> => {
  await page.getByRole('button', { name: 'Réglages' }).click()
  await page.getByRole('tab', { name }).click()
  await expect(page.getByRole('tabpanel', { name })).toBeVisible()
}

/** Escape in a dialog, wherever the focus is on its way to, until the dialog is gone: a tooltip takes an Escape for itself. */
export const escape = (dialog: Locator): Promise<void> =>
  expect(async () => {
    if (await dialog.isVisible()) await dialog.press('Escape', { timeout: 2_000 })
    await expect(dialog).toBeHidden({ timeout: 2_000 })
  }).toPass({ timeout: 30_000 })

export const closeSettings = (page: Page): Promise<void> =>
  escape(page.getByRole('dialog', { name: 'Réglages' }))

/** The text of the message shown, not its preview in the list. */
export const reads = async (page: Page, text: string): Promise<void> => {
  await expect(page.locator('.body-text').getByText(text).first()).toBeVisible()
}

/** How late a frame comes on a machine that is busy with something else, in milliseconds. */
const late = 2_000

/** Runs `act` in a window whose frames come late: nothing that one types may wait for them. */
export const withLateFrames = async (page: Page, act: () => Promise<void>): Promise<void> => {
  const restore = await page.evaluateHandle((delay) => {
    interface Frames {
      requestAnimationFrame: (tell: () => void) => number
      cancelAnimationFrame: (id: number) => void
    }
    const window = globalThis as unknown as Frames
    const { requestAnimationFrame, cancelAnimationFrame } = window
    const request = requestAnimationFrame.bind(globalThis)
    window.requestAnimationFrame = (tell) => Number(setTimeout(() => request(tell), delay))
    window.cancelAnimationFrame = (id) => {
      clearTimeout(id)
    }
    return () => Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame })
  }, late)
  try {
    await act()
  } finally {
    await restore.evaluate((undo) => void undo())
  }
}
