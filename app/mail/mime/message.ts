import type { Correspondent, Outcome } from '../../contract/index.ts'
import { fail, ok } from '../../contract/errors.ts'
import { decodeCharset } from './charset.ts'
import {
  decodeText,
  headerValue,
  parseAddresses,
  parseDate,
  parseHeaderBlock,
  parseMessageIds,
  parseParameters,
  type HeaderField,
} from './header.ts'
import { htmlToText } from './html-text.ts'
import { withoutLegacyDisplay } from './legacy-display.ts'
import { decodeTransfer } from './transfer.ts'

/** What a parse may cost; beyond, the answer is `mime.limit`. */
export interface MimeLimits {
  /** Nested multiparts and enclosed messages. */
  depth: number
  parts: number
  /** Bytes of headers over all parts. */
  headerBytes: number
  /** Bytes of the source; decoding base64 and quoted-printable never makes more. */
  decodedBytes: number
  /** Bytes of all text bodies, as sent: nobody writes more, and more cannot be shown. */
  bodyBytes: number
}

export const defaultMimeLimits: MimeLimits = {
  depth: 40,
  parts: 2000,
  headerBytes: 2 * 1024 * 1024,
  decodedBytes: 256 * 1024 * 1024,
  bodyBytes: 32 * 1024 * 1024,
}

/** One node of the MIME tree. Offsets are byte positions in the source, so that signatures can be checked exactly. */
export interface MimePart {
  /** IMAP numbering: '' for the root, then '1', '1.2'… */
  path: string
  /** Lower case. */
  mimeType: string
  parameters: Record<string, string>
  /** `inline`, `attachment`, another token, or null. */
  disposition: string | null
  fileName: string | null
  /** Without angle brackets. */
  contentId: string | null
  encoding: string
  headers: HeaderField[]
  /** First byte of the part's headers. */
  start: number
  bodyStart: number
  /** After the last byte of the body (before the line break that belongs to the boundary). */
  end: number
  /** Parts of a multipart; the single enclosed message of a message/rfc822. */
  children: MimePart[]
}

export interface ParsedMessage {
  raw: Uint8Array
  root: MimePart
  headers: HeaderField[]
  from: Correspondent
  sender: Correspondent | null
  replyTo: Correspondent[]
  to: Correspondent[]
  cc: Correspondent[]
  bcc: Correspondent[]
  /** Decoded, technical prefix included. */
  subject: string
  /** Milliseconds, or null. */
  date: number | null
  messageId: string | null
  inReplyTo: string | null
  references: string[]
  /** Messages of the same author that this one replaces (RFC 2156 §2.3.1.2, RFC 5536 §3.2.12). */
  supersedes: string[]
  readReceiptTo: Correspondent[]
  /** The text bodies, or the text of the HTML when there is none. */
  text: string
  html: string | null
  /** The bodies one by one: `text` and `html` join them. */
  segments: BodySegment[]
  /** Every leaf that is not a body, enclosed messages included, in order. */
  attachments: MimePart[]
}

/** How bodies are read where it matters what a signature or encryption covers. */
export interface BodyReading {
  /** Stretches of the source shown elsewhere: nothing in them is part of the bodies. */
  except?: readonly { start: number; end: number }[]
  /** In a protected payload: leave out the copy of protected headers made for old clients (RFC 9788 §4.5.3). */
  hideLegacyDisplay?: boolean
}

/** One body in the order of the source. */
export interface BodySegment {
  /** Of the part, or of the multipart/alternative whose choices these are. */
  path: string
  start: number
  text: string | null
  html: string | null
}

/** Archives, PDFs and pictures by the first letters of their Base64. */
const knownBase64 = /^\s*(?:UEsDB|JVBERi0|iVBORw0KGgo|\/9j\/)/
const base64Bytes = /^[A-Za-z0-9+/=\s]*$/

/** Some senders write Base64 and forget to say so: told for files whose first bytes are known, when nothing else is in the body. */
const isUnannouncedBase64 = (raw: Uint8Array, { mimeType, encoding, bodyStart, end }: MimePart): boolean => {
  if (!/^(?:7bit|8bit|binary|)$/.test(encoding) || /^(?:text|message|multipart)\//.test(mimeType))
    return false
  const body = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  return (
    knownBase64.test(body.toString('latin1', bodyStart, Math.min(end, bodyStart + 64))) &&
    base64Bytes.test(body.toString('latin1', bodyStart, end))
  )
}

/** The bytes of a part with its transfer encoding removed. */
export const decodePart = (raw: Uint8Array, part: MimePart): Uint8Array =>
  decodeTransfer(
    raw.subarray(part.bodyStart, part.end),
    isUnannouncedBase64(raw, part) ? 'base64' : part.encoding,
  )

/** The text of a text part in its charset. */
const partText = (raw: Uint8Array, part: MimePart): string =>
  decodeCharset(decodePart(raw, part), part.parameters['charset'] ?? null)

/**
 * Parses a message (RFC 5322, RFC 2045–2049) into its tree with exact byte ranges, its bodies and its attachments.
 * Malformed mail is read as far as it goes; the only error is `mime.limit`.
 */
export const parseMessage = (
  raw: Uint8Array,
  limits: MimeLimits = defaultMimeLimits,
  reading: BodyReading = {},
): Outcome<ParsedMessage> => {
  if (raw.byteLength > limits.decodedBytes) return tooMuch('size')
  const budget: Budget = { limits, parts: 0, headerBytes: 0, exceeded: null }
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const root = parseEntity(
    bytes,
    { path: '', start: 0, end: raw.byteLength, depth: 0, digest: false },
    budget,
  )
  if (budget.exceeded !== null) return tooMuch(budget.exceeded)
  const body = collectBody(raw, root, limits.bodyBytes, reading)
  if (body === null) return tooMuch('body')
  return ok({ raw, root, headers: root.headers, ...envelopeOf(root.headers), ...body })
}

const tooMuch = (what: string): Outcome<never> => fail('mime.limit', { details: { what } })

/** What the headers alone say; also used on headers fetched without their body. */
export const envelopeOf = (headers: readonly HeaderField[]) => ({
  from: parseAddresses(headerValue(headers, 'from'))[0] ?? { name: '', address: '' },
  sender: parseAddresses(headerValue(headers, 'sender'))[0] ?? null,
  replyTo: parseAddresses(headerValue(headers, 'reply-to')),
  to: parseAddresses(headerValue(headers, 'to')),
  cc: parseAddresses(headerValue(headers, 'cc')),
  bcc: parseAddresses(headerValue(headers, 'bcc')),
  subject: decodeText(headerValue(headers, 'subject') ?? ''),
  date: parseDate(headerValue(headers, 'date')),
  messageId: parseMessageIds(headerValue(headers, 'message-id'))[0] ?? null,
  inReplyTo: parseMessageIds(headerValue(headers, 'in-reply-to'))[0] ?? null,
  references: parseMessageIds(headerValue(headers, 'references')),
  supersedes: parseMessageIds(headerValue(headers, 'supersedes')).slice(-5),
  readReceiptTo: parseAddresses(headerValue(headers, 'disposition-notification-to')),
})

interface Budget {
  limits: MimeLimits
  parts: number
  headerBytes: number
  exceeded: string | null
}

interface Span {
  path: string
  start: number
  end: number
  depth: number
  /** Inside multipart/digest the default type is message/rfc822. */
  digest: boolean
}

const parseEntity = (raw: Buffer, span: Span, budget: Budget): MimePart => {
  const bodyStart = endOfHeaders(raw, span.start, span.end)
  budget.parts++
  budget.headerBytes += bodyStart - span.start
  if (budget.parts > budget.limits.parts) budget.exceeded ??= 'parts'
  if (budget.headerBytes > budget.limits.headerBytes) budget.exceeded ??= 'headers'
  if (span.depth > budget.limits.depth) budget.exceeded ??= 'depth'
  const headers = budget.exceeded === null ? parseHeaderBlock(raw.subarray(span.start, bodyStart)) : []
  const type = parseParameters(headerValue(headers, 'content-type') ?? '')
  const disposition = parseParameters(headerValue(headers, 'content-disposition') ?? '')
  const part: MimePart = {
    path: span.path,
    mimeType: /^[^/\s]+\/[^/\s]+$/.test(type.value)
      ? type.value
      : span.digest
        ? 'message/rfc822'
        : 'text/plain',
    parameters: type.parameters,
    disposition: disposition.value === '' ? null : disposition.value,
    fileName: fileNameOf(disposition.parameters['filename'] ?? type.parameters['name']),
    contentId: /<?([^<>\s]+)>?/.exec(headerValue(headers, 'content-id') ?? '')?.[1] ?? null,
    encoding: (headerValue(headers, 'content-transfer-encoding') ?? '7bit').trim().toLowerCase(),
    headers,
    start: span.start,
    bodyStart,
    end: span.end,
    children: [],
  }
  if (budget.exceeded === null) part.children = parseChildren(raw, part, span, budget)
  return part
}

const parseChildren = (raw: Buffer, part: MimePart, span: Span, budget: Budget): MimePart[] => {
  const child = (index: number) => (span.path === '' ? `${index}` : `${span.path}.${index}`)
  if (part.mimeType.startsWith('multipart/')) {
    const children: MimePart[] = []
    for (const range of rangesOf(raw, part)) {
      const digest = part.mimeType === 'multipart/digest'
      const inner = { ...range, path: child(children.length + 1), depth: span.depth + 1, digest }
      children.push(parseEntity(raw, inner, budget))
      if (budget.exceeded !== null) break
    }
    if (children.length > 0 || isProtected(part)) return children
    // No part at all: what stands there is read as text rather than lost.
    const left = raw.toString('latin1', part.bodyStart, Math.min(part.end, part.bodyStart + 1000))
    if (left.replace(/^--\S*\s*$/gm, '').trim() === '') return []
    const bare = { ...part, path: child(1), mimeType: 'text/plain', parameters: {}, fileName: null }
    return [{ ...bare, disposition: null, contentId: null, headers: [], start: part.bodyStart }]
  }
  // An enclosed message under base64 has no byte range of its own: it stays a plain attachment.
  if (part.mimeType === 'message/rfc822' && /^(7bit|8bit|binary|)$/.test(part.encoding)) {
    const inner = {
      path: child(1),
      start: part.bodyStart,
      end: part.end,
      depth: span.depth + 1,
      digest: false,
    }
    return [parseEntity(raw, inner, budget)]
  }
  return []
}

/** What a signature or a cipher covers is found by the boundary that is named, or not at all. */
const isProtected = ({ mimeType }: MimePart): boolean =>
  mimeType === 'multipart/signed' || mimeType === 'multipart/encrypted'

/** The ranges of the parts: by the boundary that is named, else by the first line that looks like one and has a header under it. */
const rangesOf = function* (raw: Buffer, part: MimePart): Generator<{ start: number; end: number }> {
  const { bodyStart, end } = part
  const named = part.parameters['boundary']
  let found = false
  if (named)
    for (const range of splitMultipart(raw, bodyStart, end, named)) {
      found = true
      yield range
    }
  if (found || isProtected(part)) return
  const head = raw.toString('latin1', bodyStart, Math.min(end, bodyStart + 64 * 1024))
  const line = /(?:^|\n)--([^\s-][^\r\n]{0,199}|-[^\r\n]{1,199}?)[ \t]*\r?\nContent-[A-Za-z-]+:/.exec(
    head,
  )?.[1]
  if (line) yield* splitMultipart(raw, bodyStart, end, line.trimEnd())
}

/** Position after the empty line that ends the headers; the end of the entity when there is none. */
const endOfHeaders = (raw: Buffer, start: number, end: number): number => {
  // Cut here, or a search would run to the end of the message for each of its parts.
  const within = raw.subarray(0, end)
  let line = start
  while (line < end) {
    const feed = within.indexOf(0x0a, line)
    if (feed < 0) return end
    if (feed === line || (feed === line + 1 && raw[line] === 0x0d)) return feed + 1
    line = feed + 1
  }
  return end
}

function* splitMultipart(
  raw: Buffer,
  start: number,
  end: number,
  boundary: string,
): Generator<{ start: number; end: number }> {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8')
  const within = raw.subarray(0, end)
  let partStart = -1
  let search = start
  while (search < end) {
    const found = within.indexOf(delimiter, search)
    if (found < 0) break
    search = found + delimiter.length
    if (found !== start && raw[found - 1] !== 0x0a) continue
    const feed = within.indexOf(0x0a, search)
    const lineEnd = feed < 0 ? end : feed
    const rest = raw.toString('latin1', search, Math.min(lineEnd, search + 100)).trim()
    if (rest !== '' && rest !== '--') continue
    if (partStart >= 0) yield { start: partStart, end: Math.max(partStart, beforeLineBreak(raw, found)) }
    if (rest === '--') return
    partStart = Math.min(lineEnd + 1, end)
    search = Math.max(search, lineEnd)
  }
  if (partStart >= 0) yield { start: partStart, end }
}

const beforeLineBreak = (raw: Buffer, position: number): number =>
  raw[position - 2] === 0x0d ? position - 2 : position - 1

/** A file name without path, control or direction-changing characters. */
const fileNameOf = (name: string | undefined): string | null => {
  const last = (name ?? '').split(/[/\\]/).at(-1) ?? ''
  const safe = last
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, 255)
  return safe === '' || safe === '.' || safe === '..' ? null : safe
}

/** Old payloads repeat their protected headers in a first part of their own (« memory hole »). */
const isLegacyDisplayPart = (part: MimePart): boolean =>
  part.parameters['protected-headers'] !== undefined &&
  (part.mimeType === 'text/rfc822-headers' || part.mimeType === 'text/plain')

/** Null when the bodies are longer than `limit`. */
const collectBody = (
  raw: Uint8Array,
  root: MimePart,
  limit: number,
  reading: BodyReading,
): Pick<ParsedMessage, 'text' | 'html' | 'segments' | 'attachments'> | null => {
  let bytes = 0
  const segments: BodySegment[] = []
  const attachments: MimePart[] = []
  const { except = [], hideLegacyDisplay = false } = reading
  const visit = (part: MimePart, alternative: BodySegment | null): void => {
    if (except.some(({ start, end }) => part.start >= start && part.end <= end)) return
    if (part.mimeType.startsWith('multipart/')) {
      const shared =
        part.mimeType === 'multipart/alternative'
          ? { path: part.path, start: part.start, text: null, html: null }
          : alternative
      if (shared && shared !== alternative) segments.push(shared)
      for (const child of part.children)
        if (!(hideLegacyDisplay && part === root && child === part.children[0] && isLegacyDisplayPart(child)))
          visit(child, shared)
      return
    }
    const isBody = part.disposition !== 'attachment' && (part.fileName === null || part.path === '')
    if (!isBody || (part.mimeType !== 'text/plain' && part.mimeType !== 'text/html')) {
      attachments.push(part)
      return
    }
    bytes += part.end - part.bodyStart
    if (bytes > limit) return
    const kind = part.mimeType === 'text/html' ? 'html' : 'text'
    const whole = partText(raw, part)
    const legacy = hideLegacyDisplay && part.parameters['hp-legacy-display'] === '1'
    const content = legacy ? withoutLegacyDisplay(whole, kind) : whole
    if (alternative) alternative[kind] = (alternative[kind] ?? '') + content
    else segments.push({ path: part.path, start: part.start, text: null, html: null, [kind]: content })
  }
  visit(root, null)
  if (bytes > limit) return null
  const filled = segments.filter(({ text, html }) => text !== null || html !== null)
  return { ...joinSegments(filled), segments: filled, attachments }
}

/** Bodies in their order as one text and, when one of them has it, one HTML. */
export const joinSegments = (segments: readonly BodySegment[]): { text: string; html: string | null } => ({
  text: segments
    .map((segment) => segment.text ?? htmlToText(segment.html ?? ''))
    .join('\n')
    .replace(/\r\n/g, '\n'),
  html: segments.some((segment) => segment.html !== null)
    ? segments.map((segment) => segment.html ?? `<pre>${escapeHtml(segment.text ?? '')}</pre>`).join('\n')
    : null,
})

/** Text made safe inside HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
