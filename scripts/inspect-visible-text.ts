import { createRequire } from 'node:module'
import { htmlToText } from '../app/mail/index.ts'

type VisibleHtml = (html: string) => string | null

/** jsdom takes minutes where a browser takes none: beyond, the text is taken out of the HTML instead. */
const mostTags = 10_000
const deepest = 500
const unclosed = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'wbr'])

const tooMuch = (html: string): boolean => {
  let tags = 0
  let depth = 0
  for (const [, closing, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    tags += 1
    if (!unclosed.has(name.toLowerCase())) depth += closing === '/' ? -1 : 1
    if (tags > mostTags || depth > deepest) return true
  }
  return false
}

/** The window's own code is typed against a DOM that scripts do not have. */
const sanitiserOfTheWindow = '../renderer/mail-html/visible-html.ts'

const load = async (): Promise<VisibleHtml> => {
  const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
    JSDOM: new (html: string) => { window: unknown }
  }
  const { createVisibleHtml } = (await import(sanitiserOfTheWindow)) as {
    createVisibleHtml: (window: unknown) => VisibleHtml
  }
  return createVisibleHtml(new JSDOM('').window)
}

/**
 * The text a reader sees of HTML: sanitised by the very rules of the reading window (DOMPurify, in jsdom), hidden elements
 * left out, then written line by line.
 */
export const createVisibleText = async (): Promise<VisibleHtml> => {
  const visible = await load()
  return (html) => {
    const shown = tooMuch(html) ? null : visible(html)
    return shown === null ? null : htmlToText(shown)
  }
}
