import type { Correspondent, DraftContent, DraftKind } from '../../contract/index.ts'
import { escapeHtml, type ParsedMessage } from '../mime/message.ts'

export interface Answer {
  content: Pick<DraftContent, 'to' | 'cc' | 'subject' | 'text' | 'html'>
  inReplyTo: string | null
  references: string[]
}

const shortest = (subject: string): string => subject.replace(/^(?:\s*(?:re|fw|fwd|tr)\s*:\s*)+/i, '').trim()

/** Recipients, subject, quoted text and thread headers of an answer to, or a forward of, a message. */
export const answerTo = (
  source: ParsedMessage,
  kind: Exclude<DraftKind, 'new' | 'replace'>,
  own: string,
  displaySubject: (raw: string) => string,
): Answer => {
  const subject = shortest(displaySubject(source.subject))
  const forward = kind === 'forward'
  const to = forward ? [] : replyRecipients(source, own)
  const cc = kind === 'reply-all' ? others(source, [own, ...to.map((one) => one.address)]) : []
  const attribution = attributionOf(source)
  const quoted = forward
    ? source.text
    : source.text
        .split('\n')
        .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`))
        .join('\n')
  return {
    content: {
      to,
      cc,
      subject: `${forward ? 'Fwd' : 'Re'}: ${subject}`.slice(0, 998),
      text: `\n\n${attribution}\n${quoted}`.slice(0, 2_000_000),
      html: source.html === null ? null : quotedHtml(attribution, source.text),
    },
    inReplyTo: forward ? null : source.messageId,
    references: forward
      ? []
      : [...source.references, ...(source.messageId ? [source.messageId] : [])].slice(-30),
  }
}

/**
 * A message one has sent, to be written anew and replace it: its recipients, subject and text, in the same conversation. The
 * prefix is the user's own words.
 */
export const replacementOf = (
  source: ParsedMessage,
  prefix: string,
  displaySubject: (raw: string) => string,
): Answer => {
  const former = displaySubject(source.subject)
  const subject = former.startsWith(prefix) ? former : `${prefix}${former}`
  return {
    content: {
      to: source.to,
      cc: source.cc,
      subject: subject.slice(0, 998),
      text: source.text.slice(0, 2_000_000),
      // The editor reads the blocks it knows and nothing else.
      html: source.html === null ? null : source.html.slice(0, 4_000_000),
    },
    inReplyTo: source.inReplyTo,
    references: [...source.references, ...(source.messageId ? [source.messageId] : [])].slice(-30),
  }
}

/** Who wrote and when, as data without a sentence: the same in every language. */
const attributionOf = (source: ParsedMessage): string => {
  const { name, address } = source.from
  const who = name === '' ? address : `${name} <${address}>`
  if (source.date === null) return `${who} :`
  const when = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'short', timeStyle: 'short' }).format(
    source.date,
  )
  return `${who}, ${when} :`
}

/** The quote as simple blocks made from text: no markup of the sender goes into the editor. */
const quotedHtml = (attribution: string, text: string): string => {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((block) => `<p>${block.split('\n').map(escapeHtml).join('<br>')}</p>`)
    .join('')
  return `<p></p><p>${escapeHtml(attribution)}</p><blockquote>${paragraphs}</blockquote>`.slice(0, 4_000_000)
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Reply-To, else From; an answer to one's own message goes to its recipients. */
const replyRecipients = (source: ParsedMessage, own: string): Correspondent[] => {
  if (same(source.from.address, own)) return source.to
  return source.replyTo.length > 0 ? source.replyTo : [source.from]
}

const others = (source: ParsedMessage, without: string[]): Correspondent[] =>
  [...source.to, ...source.cc].filter(
    (one, index, all) =>
      !without.some((address) => same(address, one.address)) &&
      all.findIndex((other) => same(other.address, one.address)) === index,
  )
