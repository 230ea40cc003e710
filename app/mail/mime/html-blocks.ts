import { decodeEntities } from './html-text.ts'

/** A piece of an HTML body as plain text with its simplest structure, for print. */
export interface TextBlock {
  kind: 'paragraph' | 'heading' | 'item' | 'quote' | 'row'
  text: string
}

const hidden = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'svg', 'math'])
const headings = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
const breaks = new Set([
  'p',
  'div',
  'table',
  'ul',
  'ol',
  'hr',
  'section',
  'article',
  'header',
  'footer',
  'pre',
  'dl',
  'dt',
  'dd',
  'center',
])

/** Blocks of one body at most; what follows is left out and said so. */
const mostBlocks = 5000

/**
 * The blocks of an HTML body: paragraphs, headings, list items, quotes, table rows (cells apart by tabs). Never HTML
 * again. Linear in the input; at most `limit` characters of text.
 */
export const htmlToBlocks = (html: string, limit: number): { blocks: TextBlock[]; truncated: boolean } => {
  const blocks: TextBlock[] = []
  let pieces: string[] = []
  const now: { kind: TextBlock['kind'] } = { kind: 'paragraph' }
  let quotes = 0
  let written = 0
  let position = 0
  const flush = (next: TextBlock['kind'] = 'paragraph'): void => {
    const lines = decodeEntities(pieces.join(''))
      .split('\n')
      .map((line) =>
        line
          .replace(/[ \r\f\v\u00a0]+/g, ' ')
          .replace(/ ?\t ?/g, '\t')
          .trim(),
      )
    const text = lines.join('\n').trim()
    if (text !== '') blocks.push({ kind: quotes > 0 && now.kind === 'paragraph' ? 'quote' : now.kind, text })
    pieces = []
    now.kind = next
  }
  const add = (text: string): void => {
    const kept = text.slice(0, Math.max(0, limit - written))
    written += text.length
    if (kept !== '') pieces.push(kept.replace(/[\r\n\t]+/g, ' '))
  }
  while (position < html.length && written < limit && blocks.length < mostBlocks) {
    const open = html.indexOf('<', position)
    if (open < 0) {
      add(html.slice(position))
      position = html.length
      break
    }
    add(html.slice(position, open))
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4)
      position = end < 0 ? html.length : end + 3
      continue
    }
    const close = html.indexOf('>', open)
    if (close < 0) {
      position = html.length
      break
    }
    const closing = html[open + 1] === '/'
    const name = /^<\/?([a-zA-Z][a-zA-Z0-9]*)/.exec(html.slice(open, open + 40))?.[1]?.toLowerCase() ?? ''
    position = close + 1
    if (hidden.has(name) && !closing) {
      const ending = new RegExp(`</${name}`, 'gi')
      ending.lastIndex = position
      position = ending.exec(html)?.index ?? html.length
    } else if (name === 'br') pieces.push('\n')
    else if (headings.has(name)) flush(closing ? 'paragraph' : 'heading')
    else if (name === 'li') flush(closing ? 'paragraph' : 'item')
    else if (name === 'tr') flush(closing ? 'paragraph' : 'row')
    else if (name === 'td' || name === 'th') {
      if (!closing && pieces.length > 0) pieces.push('\t')
    } else if (name === 'blockquote') {
      flush()
      quotes = Math.max(0, quotes + (closing ? -1 : 1))
    } else if (breaks.has(name) && now.kind !== 'row')
      flush(now.kind === 'item' && !closing ? 'item' : 'paragraph')
    else if (breaks.has(name)) pieces.push(' ')
  }
  flush()
  return { blocks, truncated: position < html.length || written > limit }
}

/** The paragraphs of a plain text; lines that begin with `>` are quotes. */
export const textToBlocks = (text: string, limit: number): { blocks: TextBlock[]; truncated: boolean } => {
  const blocks: TextBlock[] = []
  for (const paragraph of text.slice(0, limit).split(/\n[ \t]*\n/)) {
    if (blocks.length >= mostBlocks) return { blocks, truncated: true }
    if (paragraph.trim() === '') continue
    const kind = paragraph.trimStart().startsWith('>') ? 'quote' : 'paragraph'
    blocks.push({ kind, text: paragraph.replace(/\r/g, '').replace(/^\n+|\n+$/g, '') })
  }
  return { blocks, truncated: text.length > limit }
}
