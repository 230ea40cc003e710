import type { WindowLike } from 'dompurify'
import { createMailSanitiser } from './sanitise.ts'

/**
 * What a reader can see of a sender's HTML: sanitised by the rules of the reading window, then without what its styles hide.
 * Null when the window would show the text instead. For `inspect message`, which has no window but jsdom's.
 */
export const createVisibleHtml = (
  target: WindowLike & { document: Document },
): ((html: string) => string | null) => {
  const { sanitise } = createMailSanitiser(target)
  return (html) => {
    const clean = sanitise(html, { byContentId: () => null, isPart: () => false })
    if (!clean) return null
    const body = target.document.createElement('div')
    body.innerHTML = clean.html
    for (const element of body.querySelectorAll<HTMLElement>('[style]'))
      if (element.style.display === 'none' || element.style.visibility === 'hidden') element.remove()
    return body.innerHTML
  }
}
