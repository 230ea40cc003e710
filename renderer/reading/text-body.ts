/** A stretch of a plain-text mail: what was written, or what was quoted from an earlier message. */
export interface TextStretch {
  kind: 'written' | 'quoted'
  text: string
}

/** Lines with which mail programs introduce what they quote. */
const introductions = [
  /^\s*(?:le|on)\b.{4,120}(?:a écrit|wrote)\s*:\s*$/i,
  /^\s*-{2,}\s*(?:message d[’'](?:origine|transféré)|message transféré|original message|forwarded message)\s*-{2,}\s*$/i,
]
/** After one of these, everything to the end is the earlier message. */
const toTheEnd = introductions[1]

const isQuotedLine = (line: string): boolean => /^\s?>/.test(line)

/** Cuts a text body into written and quoted stretches, so that quotes can be folded away. Nothing is lost. */
export const splitQuotes = (text: string): TextStretch[] => {
  const stretches: { kind: TextStretch['kind']; lines: string[] }[] = []
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  let endQuoted = false
  lines.forEach((line, index) => {
    const next = lines.slice(index + 1).find((later) => later.trim() !== '')
    const introduces =
      introductions.some((form) => form.test(line)) &&
      (toTheEnd?.test(line) === true || (next !== undefined && isQuotedLine(next)))
    endQuoted ||= toTheEnd?.test(line) === true
    const last = stretches.at(-1)
    const blankInQuote =
      line.trim() === '' && last?.kind === 'quoted' && (next === undefined || isQuotedLine(next))
    const kind = endQuoted || introduces || isQuotedLine(line) || blankInQuote ? 'quoted' : 'written'
    if (last?.kind === kind) last.lines.push(line)
    else stretches.push({ kind, lines: [line] })
  })
  return stretches.map(({ kind, lines: own }) => ({ kind, text: own.join('\n') }))
}

export type TextPiece = { kind: 'text'; text: string } | { kind: 'link'; href: string; text: string }

const address = /https?:\/\/[^\s<>"'«»]+/gi

/** Finds web addresses in a text; closing punctuation stays outside. */
export const findLinks = (text: string): TextPiece[] => {
  const pieces: TextPiece[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    let found = match[0].replace(/[.,;:!?…]+$/u, '')
    if (found.endsWith(')') && !found.includes('(')) found = found.slice(0, -1)
    if (found.length > 4_000) continue
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) })
    pieces.push({ kind: 'link', href: found, text: found })
    end = match.index + found.length
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) })
  return pieces
}
