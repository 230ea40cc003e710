import { decodeEntities } from '../mail/index.ts'

/** Elements and the attributes of theirs that fetch something as soon as they are shown. */
const fetching: Readonly<Record<string, readonly string[]>> = {
  img: ['src', 'srcset', 'lowsrc', 'dynsrc', 'longdesc'],
  image: ['src', 'href', 'xlink:href'],
  use: ['href', 'xlink:href'],
  feimage: ['href', 'xlink:href'],
  input: ['src'],
  link: ['href'],
  script: ['src', 'href', 'xlink:href'],
  iframe: ['src'],
  frame: ['src'],
  embed: ['src'],
  object: ['data', 'codebase', 'classid'],
  applet: ['code', 'codebase', 'archive'],
  video: ['src', 'poster'],
  audio: ['src'],
  source: ['src', 'srcset'],
  track: ['src'],
  bgsound: ['src'],
  base: ['href'],
  meta: ['content'],
  body: ['background'],
  table: ['background'],
  tr: ['background'],
  td: ['background'],
  th: ['background'],
}

const maxFound = 200
/** Characters of a tag and of an address looked at. */
const longestTag = 20_000
const longestAddress = 2000
const longestSheet = 200_000
const maxSheets = 20

const attributePattern = /([^\s"'<>/=]{1,60})\s{0,50}=\s{0,50}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g
const remote = /^(?:https?:|ftp:|wss?:|file:|\\\\|\/\/)/i

const cssAddresses = (css: string): string[] => {
  const plain = css.replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex: string) =>
    String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
  )
  return [
    ...plain.matchAll(/url\(\s{0,50}["']?([^"')]{1,2000})/gi),
    ...plain.matchAll(/@import\s{0,50}["']([^"']{1,2000})/gi),
    ...plain.matchAll(/image-set\(\s{0,50}["']([^"']{1,2000})/gi),
  ].map((found) => found[1] ?? '')
}

const inAttribute = (name: string, value: string): string[] => {
  if (name === 'srcset') return value.split(',').map((one) => one.trim().split(/\s/)[0] ?? '')
  if (name === 'content') return [/url\s{0,50}=\s{0,50}["']?([^"']+)/i.exec(value)?.[1] ?? '']
  return [value]
}

/**
 * Addresses on the network that HTML asks for as soon as it is shown, in order, once each. It reads every tag, whether or not
 * the reader would keep it; nothing is fetched whatever it says (architecture §7.3). Linear.
 */
export const remoteReferences = (html: string): string[] => {
  const found = new Set<string>()
  const add = (address: string): void => {
    const plain = decodeEntities(address)
      .replace(/[\p{Cc}\s]+/gu, '')
      .slice(0, longestAddress)
    if (remote.test(plain) && found.size < maxFound) found.add(plain)
  }
  let sheets = 0
  for (let open = html.indexOf('<'); open >= 0;) {
    const name = /^[a-z][a-z0-9:]{0,20}/i.exec(html.slice(open + 1, open + 24))?.[0].toLowerCase() ?? ''
    const next = html.indexOf('<', open + 1)
    const tag = html.slice(open, Math.min(next < 0 ? html.length : next, open + longestTag))
    if (name !== '') {
      const attributes = fetching[name] ?? []
      for (const [, key = '', double, single, bare] of tag.matchAll(attributePattern)) {
        const value = double ?? single ?? bare ?? ''
        if (key.toLowerCase() === 'style') cssAddresses(decodeEntities(value)).forEach(add)
        else if (attributes.includes(key.toLowerCase())) inAttribute(key.toLowerCase(), value).forEach(add)
      }
      if (name === 'style' && sheets < maxSheets) {
        sheets += 1
        const sheet = html.slice(open, open + longestSheet)
        const end = sheet.search(/<\/style/i)
        cssAddresses(end < 0 ? sheet : sheet.slice(0, end)).forEach(add)
      }
    }
    open = next
  }
  return [...found]
}
