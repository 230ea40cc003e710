import type { WebContents } from 'electron'
import { appPage, schemes } from './origins.ts'

/** The https address that a click asked for, normalised; null for every other scheme and for credentials in it. */
export const openableLink = (address: string): string | null => {
  if (address.length > 4000 || !URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null
  return url.href
}

/** A published mail's address: frames may go there and nowhere else. */
const isMailFrame = (address: string): boolean =>
  new RegExp(`^${schemes.mail}://[0-9a-f]{32}/?$`).test(address)

/**
 * No window ever leaves our page, no frame shows anything but a published mail, no window opens another, no webview.
 * A mail's links lead nowhere: the window lists them beside the mail and asks before `window.openLink`.
 */
export const guardNavigation = (contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>): void => {
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame ? event.url === appPage : isMailFrame(event.url)) return
    event.preventDefault()
  })
  contents.on('will-navigate', (event) => {
    if (event.url !== appPage) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
