import { addressParser, decodeWords } from 'postal-mime'
import type { Correspondent } from '../../contract/index.ts'
import { decodeCharset } from './charset.ts'

export interface HeaderField {
  /** Lower case. */
  name: string
  /** Unfolded, encoded words left as they are. */
  value: string
}

/** Header values longer than this are cut before any decoding: no real one is. */
const longestValue = 64 * 1024

/**
 * The fields of a header block (RFC 5322 §2.2), in order. Lines that are no field are skipped, as other clients do
 * (an mbox `From ` line, garbage from gateways).
 */
export const parseHeaderBlock = (block: Uint8Array): HeaderField[] => {
  const fields: HeaderField[] = []
  for (const line of decodeCharset(block, null).split(/\r?\n/)) {
    const last = fields.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last && last.value.length < longestValue) last.value += ' ' + line.trim()
      continue
    }
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    if (!/^[!-9;-~]+$/.test(name)) continue
    fields.push({ name, value: line.slice(colon + 1, colon + 1 + longestValue).trim() })
  }
  return fields
}

/** First field of that name, or null. */
export const headerValue = (fields: readonly HeaderField[], name: string): string | null =>
  fields.find((field) => field.name === name)?.value ?? null

/** Unstructured text with its encoded words (RFC 2047) decoded and control characters removed. */
export const decodeText = (value: string): string => clean(decodeWords(value))

const clean = (text: string): string => text.replace(/\p{Cc}/gu, ' ').trim()

/** Addresses of a From, To, Cc… field; groups are flattened, entries without an address are dropped. */
export const parseAddresses = (value: string | null): Correspondent[] => {
  if (value === null || value === '') return []
  return addressParser(value, { flatten: true }).flatMap((entry) =>
    entry.address ? [{ name: clean(entry.name), address: clean(entry.address) }] : [],
  )
}

/** Ids of Message-ID, In-Reply-To or References, angle brackets kept; at most the last 100. */
export const parseMessageIds = (value: string | null): string[] =>
  value === null ? [] : (value.match(/<[^<>\s]{1,900}>/g) ?? []).slice(-100)

/** Milliseconds of a Date field (RFC 5322 §3.3), or null when it makes no sense. */
export const parseDate = (value: string | null): number | null => {
  if (value === null) return null
  const time = Date.parse(value.replace(/\([^()]*\)/g, ' '))
  return Number.isFinite(time) && time > 0 && time < 7_258_118_400_000 ? time : null
}

export interface ValueWithParameters {
  /** Lower case. */
  value: string
  parameters: Record<string, string>
}

/**
 * Content-Type and Content-Disposition: value and parameters. Continuations and charsets of RFC 2231 are joined and
 * decoded; encoded words inside quotes, which RFC 2047 forbids and everybody sends, are decoded too.
 */
export const parseParameters = (text: string): ValueWithParameters => {
  const segments = splitOutsideQuotes(text)
  const parameters: Record<string, string> = {}
  const pieces = new Map<string, { index: number; encoded: boolean; text: string }[]>()
  for (const segment of segments.slice(1, 200)) {
    const equals = segment.indexOf('=')
    if (equals <= 0) continue
    const key = segment.slice(0, equals).trim().toLowerCase()
    const value = unquote(segment.slice(equals + 1).trim())
    const match = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/.exec(key)
    if (!match) {
      if (isSafeKey(key)) parameters[key] ??= decodeText(value)
      continue
    }
    const name = match[1] ?? ''
    const list = pieces.get(name) ?? []
    list.push({
      index: match[2] === undefined ? 0 : Number(match[2]),
      encoded: match[2] === undefined || match[3] === '*',
      text: value,
    })
    pieces.set(name, list)
  }
  for (const [name, list] of pieces) if (isSafeKey(name)) parameters[name] = joinContinuations(list)
  return { value: (segments[0] ?? '').trim().toLowerCase(), parameters }
}

const isSafeKey = (key: string): boolean =>
  key !== '__proto__' && key !== 'constructor' && key !== 'prototype'

const splitOutsideQuotes = (text: string): string[] => {
  const segments: string[] = []
  let start = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\\' && quoted) i++
    else if (char === '"') quoted = !quoted
    else if (char === ';' && !quoted) {
      segments.push(text.slice(start, i))
      start = i + 1
    }
  }
  segments.push(text.slice(start))
  return segments
}

/** Without a comment at the end. A regular expression would try each blank of a run as its beginning. */
const withoutComment = (text: string): string => {
  const open = text.endsWith(')') ? text.lastIndexOf('(') : -1
  return open < 0 || text.indexOf(')', open) !== text.length - 1 ? text : text.slice(0, open).trimEnd()
}

const unquote = (text: string): string => {
  if (!text.startsWith('"')) return withoutComment(text)
  const end = text.endsWith('"') && text.length > 1 ? text.length - 1 : text.length
  return text.slice(1, end).replace(/\\(["\\])/g, '$1')
}

const joinContinuations = (list: { index: number; encoded: boolean; text: string }[]): string => {
  const ordered = list.toSorted((a, b) => a.index - b.index)
  let charset: string | null = null
  const bytes: Buffer[] = []
  for (const [position, piece] of ordered.entries()) {
    let text = piece.text
    if (position === 0 && piece.encoded) {
      const match = /^([^']*)'[^']*'/.exec(text)
      if (match) {
        charset = match[1] ?? null
        text = text.slice(match[0].length)
      }
    }
    bytes.push(piece.encoded ? percentBytes(text) : Buffer.from(text, 'utf8'))
  }
  return clean(decodeCharset(Buffer.concat(bytes), charset))
}

const percentBytes = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(/(%[0-9a-fA-F]{2})/)
      .map((piece) =>
        /^%[0-9a-fA-F]{2}$/.test(piece) ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece, 'utf8'),
      ),
  )
