/** What windows show when a test fails, in a few lines: people and messages are fictitious. */
import { test, type Page } from '@playwright/test'

/** First what is said above or beside the mailbox, then the page as it reads. */
const spoken = '[role=dialog],[role=alertdialog],[role=alert],[role=status],.state-banners,.unlock-door'
const most = { spoken: 1_200, page: 1_500, text: 600, log: 600 }
/** A page that answers nothing must not hold up the end of a test; milliseconds. */
const patience = 3_000

/** A window, by the name of who works in it, and what its application has printed. */
export interface Seen {
  name: string
  page: Page
  logs: () => string
}

const inLine = (text: string, length: number): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' | ')
    .slice(0, length)

const screenOf = async ({ name, page, logs }: Seen): Promise<string> => {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('no answer')), patience).unref()
  })
  const look = async (): Promise<string> => {
    const said = await page.locator(spoken).allInnerTexts()
    const shown = await page.locator('body').innerText({ timeout: patience })
    // The texts of messages and documents are pages of their own.
    const texts = await Promise.all(
      page
        .frames()
        .filter((frame) => frame !== page.mainFrame())
        .map((frame) => frame.locator('body').innerText({ timeout: patience })),
    )
    const focused = await page
      .locator('*:focus')
      .evaluateAll((elements) =>
        elements.map((element) => (element as { outerHTML: string }).outerHTML.split('>', 1)[0] ?? ''),
      )
    return [
      `${name} says: ${inLine([...new Set(said)].join('\n'), most.spoken)}`,
      `${name} shows: ${inLine(shown, most.page)}`,
      ...texts.map((text) => `${name} reads: ${inLine(text, most.text)}`),
      `${name} writes in: ${inLine(focused.join('\n'), most.text)}`,
    ].join('\n')
  }
  const screen = await Promise.race([look(), late]).catch(
    (error: unknown) => `${name}: ${error instanceof Error ? error.message : String(error)}`,
  )
  const log = inLine(logs().slice(-most.log), most.log)
  return log === '' ? screen : `${screen}\n${name} printed last: ${log}`
}

/** Every window. */
export const screensOf = async (windows: readonly Seen[]): Promise<string> =>
  (await Promise.all(windows.map(screenOf))).join('\n')

/** Attaches them to the test under way when it has failed; nothing outside of tests (the demo). */
export const attachScreens = async (windows: readonly Seen[]): Promise<void> => {
  const running = ((): ReturnType<typeof test.info> | null => {
    try {
      return test.info()
    } catch {
      return null
    }
  })()
  if (!running || running.errors.length === 0) return
  await running.attach('screens', { body: await screensOf(windows), contentType: 'text/plain' })
}
