/**
 * Readable text of an HTML body, for the preview, the index and quotes (never shown as HTML). Linear in the input:
 * tags are dropped, blocks become lines, scripts and styles disappear, the usual entities are decoded.
 */
export const htmlToText = (html: string): string => {
  let out = ''
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    if (open < 0) {
      out += html.slice(position)
      break
    }
    out += html.slice(position, open)
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4)
      position = end < 0 ? html.length : end + 3
      continue
    }
    const close = html.indexOf('>', open)
    if (close < 0) break
    const name = /^<\/?([a-zA-Z][a-zA-Z0-9]*)/.exec(html.slice(open, open + 40))?.[1]?.toLowerCase() ?? ''
    position = close + 1
    if (hidden.has(name) && html[open + 1] !== '/') {
      const ending = new RegExp(`</${name}`, 'gi')
      ending.lastIndex = position
      const end = ending.exec(html)?.index ?? -1
      position = end < 0 ? html.length : end
    } else if (blocks.has(name)) out += '\n'
    else if (name === 'td' || name === 'th') out += '\t'
  }
  return decodeEntities(out)
    .replace(/[ \t\r\f\v\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const hidden = new Set(['script', 'style', 'head', 'title', 'template', 'noscript'])
const blocks = new Set([
  'br',
  'p',
  'div',
  'tr',
  'li',
  'ul',
  'ol',
  'table',
  'blockquote',
  'h1',
  'h2',
  'h3',
  'h4',
  'hr',
])

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  eacute: 'é',
  egrave: 'è',
  ecirc: 'ê',
  agrave: 'à',
  acirc: 'â',
  ccedil: 'ç',
  icirc: 'î',
  iuml: 'ï',
  ocirc: 'ô',
  ugrave: 'ù',
  ucirc: 'û',
  oelig: 'œ',
  euml: 'ë',
  Eacute: 'É',
  Egrave: 'È',
  Agrave: 'À',
  Ccedil: 'Ç',
  laquo: '«',
  raquo: '»',
  rsquo: '’',
  lsquo: '‘',
  ldquo: '“',
  rdquo: '”',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  euro: '€',
  deg: '°',
  micro: 'µ',
  sup2: '²',
  sup3: '³',
  le: '≤',
  ge: '≥',
  bull: '•',
  middot: '·',
  times: '×',
  plusmn: '±',
}

/** Numeric and usual named entities as characters; unknown ones stay as they are. */
export const decodeEntities = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z0-9]{2,8}));/g,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return Object.hasOwn(named, name) ? (named[name] ?? whole) : whole
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : whole
    },
  )
