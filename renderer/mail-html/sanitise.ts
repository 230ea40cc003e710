import createDOMPurify from 'dompurify'
import type { DOMPurify, WindowLike } from 'dompurify'
import { describeLink } from './links.ts'
import type { MailLink } from './links.ts'
import { filterDeclarations } from './style-declarations.ts'

/** Longest HTML sanitised, in characters; a longer body is shown as text. */
export const maximumHtmlLength = 2_000_000
const maximumLinks = 200
const maximumRounds = 6

const allowedTags = (
  'a abbr address article aside b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em ' +
  'figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section ' +
  'small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'
).split(' ')

const allowedAttributes = (
  'align alt bgcolor border cellpadding cellspacing color colspan dir face height href hspace lang nowrap reversed ' +
  'rowspan scope size span src start style title valign value vspace width'
).split(' ')

const rasterDataUrl = /^data:image\/(?:png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]+$/i

export interface SanitisedMail {
  /** Content of a body element; sanitising it again gives the same characters. */
  html: string
  /** Links in the order of the document: the nth `a[href]` of `html`. */
  links: MailLink[]
  /** Pictures and other things the sender wanted fetched from the network. */
  blockedPictures: number
  /** How many lines it takes at a usual width, roughly: the frame cannot be measured from outside. */
  lines: number
}

export interface PictureSource {
  /** Address of the message's part named by a Content-ID, or null. */
  byContentId: (contentId: string) => string | null
  /** Whether an address is one that `byContentId` gives. */
  isPart: (url: string) => boolean
}

const decodeContentId = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const pictureAddress = (value: string, pictures: PictureSource): string | null => {
  const address = value.trim()
  if (/^cid:/i.test(address)) return pictures.byContentId(decodeContentId(address.slice(4)))
  if (pictures.isPart(address)) return address
  return rasterDataUrl.test(address) ? address : null
}

const missingPictureStyle = 'border:1px dashed #8a99a6;color:#4a5b6b;padding:0 4px'

export interface MailSanitiser {
  /**
   * The last thing done to a sender's HTML before it is shown (models.md §6.3.2). Null when the HTML is too long or does
   * not settle; the text rendering is shown then.
   */
  sanitise: (html: string, pictures: PictureSource) => SanitisedMail | null
  /** The sanitised tree of HTML from elsewhere (a draft, the clipboard), to be read node by node. Null when too long. */
  tree: (html: string) => Element | null
}

/** Makes the sanitiser of a window. */
export const createMailSanitiser = (target: WindowLike): MailSanitiser => {
  const purifier: DOMPurify = createDOMPurify(target)
  let pictures: PictureSource = { byContentId: () => null, isPart: () => false }
  let blockedPictures = 0

  purifier.addHook('uponSanitizeAttribute', (element, data) => {
    switch (data.attrName) {
      case 'style': {
        const kept = filterDeclarations(data.attrValue)
        data.keepAttr = kept !== ''
        data.attrValue = kept
        return
      }
      case 'src': {
        const address = element.nodeName === 'IMG' ? pictureAddress(data.attrValue, pictures) : null
        if (address === null) {
          data.keepAttr = false
          if (element.nodeName === 'IMG') blockedPictures += 1
          return
        }
        element.setAttribute('src', address)
        // Checked here, more strictly than by the library's list of schemes.
        data.forceKeepAttr = true
        return
      }
      case 'href': {
        const link = element.nodeName === 'A' ? describeLink(data.attrValue, '') : null
        data.keepAttr = link !== null
        if (link) data.attrValue = link.href
        return
      }
    }
  })
  purifier.addHook('afterSanitizeAttributes', (element) => {
    if (element.nodeName !== 'IMG' || element.hasAttribute('src')) return
    // A picture that will not be shown must not keep its place: only its words remain.
    for (const name of ['width', 'height', 'style', 'border', 'hspace', 'vspace'])
      element.removeAttribute(name)
    if (!element.hasAttribute('alt')) element.setAttribute('alt', '')
  })

  // Parsing drops white space at the start of a body: trimmed so that the output is its own parse.
  const purify = (html: string): string =>
    purifier
      .sanitize(html, {
        ALLOWED_TAGS: allowedTags,
        ALLOWED_ATTR: allowedAttributes,
        ALLOWED_NAMESPACES: ['http://www.w3.org/1999/xhtml'],
        ALLOW_ARIA_ATTR: false,
        ALLOW_DATA_ATTR: false,
        ALLOW_SELF_CLOSE_IN_ATTR: false,
        ADD_FORBID_CONTENTS: ['select', 'textarea', 'object', 'embed', 'applet', 'frameset', 'marquee'],
        RETURN_TRUSTED_TYPE: false,
      })
      .trim()

  const describe = (html: string): Pick<SanitisedMail, 'links' | 'lines'> => {
    const fragment = purifier.sanitize(html, {
      ALLOWED_TAGS: allowedTags,
      ALLOWED_ATTR: ['href', 'src'],
      RETURN_DOM_FRAGMENT: true,
    })
    const links: MailLink[] = []
    for (const anchor of fragment.querySelectorAll('a[href]')) {
      const link = describeLink(anchor.getAttribute('href') ?? '', anchor.textContent)
      if (link && links.length < maximumLinks) links.push(link)
    }
    const blocks = fragment.querySelectorAll('p,div,li,tr,br,h1,h2,h3,h4,pre,blockquote').length
    const pictures = fragment.querySelectorAll('img[src]').length
    return {
      links,
      lines: Math.ceil(fragment.textContent.length / 90) + Math.ceil(blocks * 0.8) + pictures * 8,
    }
  }

  const tree = (html: string): Element | null => {
    if (html.length > maximumHtmlLength) return null
    return purifier.sanitize(html, {
      ALLOWED_TAGS: allowedTags,
      ALLOWED_ATTR: ['href'],
      RETURN_DOM: true,
    }) as Element
  }

  /** Browsers draw a torn picture before the words of one that is not shown: those words stand alone instead. */
  const nameMissingPictures = (html: string): string => {
    if (!html.includes('<img')) return html
    const body = purifier.sanitize(html, {
      ALLOWED_TAGS: allowedTags,
      ALLOWED_ATTR: allowedAttributes,
      RETURN_DOM: true,
    }) as Element
    for (const picture of body.querySelectorAll('img[alt]:not([src], [alt=""])')) {
      const words = picture.ownerDocument.createElement('span')
      words.setAttribute('style', missingPictureStyle)
      words.textContent = picture.getAttribute('alt')
      picture.replaceWith(words)
    }
    const named = purify(body.innerHTML)
    return named === purify(named) ? named : html
  }

  const sanitise: MailSanitiser['sanitise'] = (html, source) => {
    if (html.length > maximumHtmlLength) return null
    pictures = source
    blockedPictures = 0
    let previous = purify(html)
    const blocked = blockedPictures
    // Parsing what was serialised can give another tree (mutation XSS): only a fixed point is handed out.
    for (let round = 0; round < maximumRounds; round += 1) {
      const next = purify(previous)
      if (next === previous) {
        const named = nameMissingPictures(next)
        return { html: named, blockedPictures: blocked, ...describe(named) }
      }
      previous = next
    }
    return null
  }

  return { sanitise, tree }
}
