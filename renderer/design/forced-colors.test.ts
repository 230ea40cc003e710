import { readFile } from 'node:fs/promises'
import { chromium, type Browser, type Page } from '@playwright/test'
import { afterAll, beforeAll, expect, it } from 'vitest'

// The product's own rules on the least of its markup, in a browser that plays the contrast theme of a system.
const sheets = [
  'design/tokens',
  'design/controls',
  'design/surfaces',
  'mailbox/mailbox',
  'shell/shell',
  'composer/composer',
]
const markup = `
  <div class="list-item" data-selected><div class="row" id="selected"><span class="chip" data-tone="alert">HH</span><span class="avatar" data-trust="patient" id="avatar">MD</span></div></div>
  <div class="list-item"><div class="row" id="other" data-unread></div></div>
  <button class="button nav-item" data-variant="quiet" aria-current="page" id="here">Réception</button>
  <button class="button nav-item" data-variant="quiet" id="elsewhere">Envoyés</button>
  <button class="filter" data-selected id="on">Tous</button><button class="filter" id="off">Non lus</button>
  <button class="button" data-variant="primary" id="primary">Envoyer</button>
  <div class="dialog-modal" id="dialog"></div><div class="banner" data-tone="error" id="banner"></div>
  <span class="status-dot" data-tone="alert" id="dot"></span>
  <div class="composer-line" id="line"><input class="composer-subject" id="subject" /></div>
  <label class="checkbox"><span class="checkbox-box"><svg id="tick"></svg></span></label>`

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['SOUSPLI_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  page = await browser.newPage({ forcedColors: 'active', contrast: 'more' })
  await page.setContent(`<html data-theme="light"><body>${markup}</body></html>`)
  // A colour on its way to another is neither.
  await page.addStyleTag({ content: '* { transition: none !important }' })
  for (const name of [...sheets, 'design/forced-colors'])
    await page.addStyleTag({ content: await readFile(new URL(`../${name}.css`, import.meta.url), 'utf8') })
}, 60_000)
afterAll(() => browser.close())

const style = (id: string, property: string, pseudo?: string): Promise<string> =>
  page.evaluate(
    ([one, name, part]) => {
      const element = document.getElementById(one ?? '')
      return element ? getComputedStyle(element, part).getPropertyValue(name ?? '') : 'absent'
    },
    [id, property, pseudo],
  )

it.each([
  ['selected', 'other'],
  ['here', 'elsewhere'],
  ['on', 'off'],
])('tells « %s » from « %s » by the colour of what is selected', async (one, other) => {
  const highlight = await style('primary', 'background-color')
  expect(await style(one, 'background-color')).toBe(highlight)
  expect(await style(other, 'background-color')).not.toBe(highlight)
})

it('writes on that colour in the one that goes with it, without a plate behind the words', async () => {
  expect(await style('primary', 'forced-color-adjust')).toBe('none')
  for (const id of ['primary', 'avatar'])
    expect(await style(id, 'color')).not.toBe(await style(id, 'background-color'))
})

it('keeps dots, and gives an edge to what only a shadow or a background told', async () => {
  const canvas = await style('other', 'background-color')
  expect(await style('dot', 'background-color')).not.toBe(canvas)
  expect(await style('other', 'forced-color-adjust', '::before')).toBe('none')
  for (const id of ['dialog', 'banner']) expect(await style(id, 'border-top-style')).toBe('solid')
})

it('shows where the keyboard is, where a shadow said it', async () => {
  expect(await style('line', 'outline-style')).toBe('none')
  await page.focus('#subject')
  expect(await style('line', 'outline-style')).toBe('solid')
})

it('shows no tick in a box that is not ticked', async () => {
  expect(await style('tick', 'visibility')).toBe('hidden')
})
