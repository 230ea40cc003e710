import { createRequire } from 'node:module'
import { htmlToText } from '../app/mail/index.ts'

type VisibleHtml = (html: string) => string | null

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
    const shown = visible(html)
    return shown === null ? null : htmlToText(shown)
  }
}
