/** Groups whose content is not text of the document. */
const hiddenGroups = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'info',
  'pict',
  'object',
  'header',
  'footer',
  'themedata',
  'datastore',
  'xmlnstbl',
  'listtable',
  'listoverridetable',
  'generator',
  'fldinst',
])
const breaks: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  tab: '\t',
  cell: '\t',
  row: '\n',
  page: '\n',
}
const deepest = 200

const windows1252 = new TextDecoder('windows-1252')

/**
 * The words of an RTF document (Windows-1252 and \u escapes): enough to find it, never to show it. Linear, at most `most`
 * characters; malformed input gives what could be read.
 */
export const rtfText = (bytes: Uint8Array, most: number): string => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const token =
    /\\u(-?\d{1,5}) ?|\\'([0-9a-fA-F]{2})|\\([a-z]{1,32})(-?\d{1,10})? ?|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/g
  const hiddenAt: boolean[] = [false]
  const pieces: string[] = []
  let length = 0
  let skip = 0
  const add = (text: string): void => {
    if (hiddenAt.at(-1)) return
    pieces.push(text)
    length += text.length
  }
  for (const match of source.matchAll(token)) {
    if (length > most) break
    const [, unicode, hex, word, , symbol, brace, plain] = match
    if (brace === '{') {
      if (hiddenAt.length > deepest) break
      hiddenAt.push(hiddenAt.at(-1) ?? false)
    } else if (brace === '}') {
      if (hiddenAt.length > 1) hiddenAt.pop()
    } else if (unicode !== undefined) {
      add(String.fromCharCode(Number(unicode) & 0xffff))
      skip = 1
    } else if (hex !== undefined) {
      if (skip > 0) skip -= 1
      else add(windows1252.decode(Uint8Array.of(Number.parseInt(hex, 16))))
    } else if (word !== undefined) {
      if (hiddenGroups.has(word)) hiddenAt[hiddenAt.length - 1] = true
      else add(breaks[word] ?? '')
    } else if (symbol !== undefined) {
      if (symbol === '*') hiddenAt[hiddenAt.length - 1] = true
      else if (symbol === '~') add(' ')
      else if ('\\{}'.includes(symbol)) add(symbol)
    } else if (plain !== undefined) {
      add(windows1252.decode(Buffer.from(plain.slice(skip), 'latin1')))
      skip = 0
    }
  }
  return pieces.join('').toWellFormed().slice(0, most)
}
