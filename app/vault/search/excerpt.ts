import type { SearchExcerpt, TextRange } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'

/** Characters shown, and how many of them before the first word found. */
const excerptLength = 180
const leadIn = 22
/** Characters of one text looked through. */
const searchedLength = 200_000
const mostRanges = 20

/** Where a pattern is in a text, ascending and apart, at most twenty. */
export const rangesIn = (text: string, pattern: RegExp): TextRange[] => {
  const ranges: TextRange[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match && ranges.length < mostRanges; match = pattern.exec(text)) {
    if (match[0] === '') break
    ranges.push([match.index, match.index + match[0].length])
  }
  return ranges
}

/** Characters that would turn the direction of what stands around the excerpt, or draw nothing. */
const unseen = new RegExp(
  `[${[
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0x2060, 0x206f],
    [0xfeff, 0xfeff],
  ]
    .map(([first = 0, last = 0]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`)
    .join('')}]`,
  'gu',
)
const tidy = (text: string): string =>
  text
    .replace(/[\s\u00a0]+/gu, ' ')
    .replace(unseen, '')
    .toWellFormed()

/**
 * The stretch of a text around the first place where the pattern is, blanks drawn together, with every place it is there;
 * null when it is nowhere. « … » says that the text goes on.
 */
export const excerptOf = (text: string, pattern: RegExp): { text: string; ranges: TextRange[] } | null => {
  const searched = text.length > searchedLength ? text.slice(0, searchedLength) : text
  pattern.lastIndex = 0
  const match = pattern.exec(searched)
  if (!match || match[0] === '') return null
  // From the beginning of a word.
  let start = Math.max(0, match.index - leadIn)
  while (start > 0 && start < match.index && /\S/.test(searched[start - 1] ?? '')) start += 1
  const end = Math.min(
    searched.length,
    start + Math.max(excerptLength, match.index - start + match[0].length),
  )
  const shown = `${start > 0 ? '… ' : ''}${tidy(searched.slice(start, end)).trim()}${end < searched.length ? ' …' : ''}`
  const ranges = rangesIn(shown, pattern)
  return ranges.length === 0 ? null : { text: shown, ranges }
}

/**
 * Excerpts of messages just found, from their stored text or that of their attachments, in the order given, until `stop` says
 * that time is up: the rows after show without.
 */
export const selectExcerpts = (
  db: SqlDatabase,
  ids: readonly number[],
  source: string,
  stop: () => boolean,
): SearchExcerpt[] => {
  const pattern = new RegExp(source, 'giu')
  const excerpts: SearchExcerpt[] = []
  const body = db.prepare('SELECT text FROM bodies WHERE message_id = ?')
  const files = db.prepare('SELECT file_name, text FROM attachment_texts WHERE message_id = ? ORDER BY id')
  for (const messageId of ids) {
    if (stop()) break
    const own = excerptOf(body.get<{ text: string }>([messageId])?.text ?? '', pattern)
    if (own) {
      excerpts.push({ messageId, field: 'body', fileName: null, ...own })
      continue
    }
    for (const file of files.all<{ file_name: string | null; text: string }>([messageId])) {
      const found = excerptOf(file.text, pattern)
      if (!found) continue
      const field = file.file_name === null ? 'decrypted' : 'attachment'
      excerpts.push({ messageId, field, fileName: file.file_name, ...found })
      break
    }
  }
  return excerpts
}
