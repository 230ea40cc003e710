import { ok, type Outcome } from '../contract/index.ts'
import { joinSegments, parseMessage, type BodySegment, type ParsedMessage } from '../mail/index.ts'
import type { OpenedMessage } from '../smime/index.ts'

/** A stretch of the body under one signature, or under none. */
export interface ReadSection {
  text: string
  html: string | null
  /** Path of the part whose verdict holds for it; null outside every signature. */
  verdictPath: string | null
}

/** Some senders sign or encrypt bare text, without the MIME header that RFC 8551 §3.1 asks for: all of it is the body. */
const withHeader = (content: Uint8Array): Uint8Array => {
  const first = /^[^\r\n]*/.exec(Buffer.from(content.subarray(0, 1000)).toString('latin1'))?.[0] ?? ''
  return first === '' || /^[!-9;-~]+[ \t]*:/.test(first)
    ? content
    : Buffer.concat([Buffer.from('\r\n'), content])
}

/** What an opened message shows, its copies of protected headers for old clients left out. Errors: `mime.limit`. */
export const readContent = (opened: OpenedMessage): Outcome<ParsedMessage> =>
  parseMessage(opened.layers.length > 0 ? withHeader(opened.content) : opened.content, undefined, {
    hideLegacyDisplay: opened.headerProtection.kind !== 'none',
  })

/**
 * The body cut along what signatures cover, in its order; empty when one thing is said of the whole. What a section under
 * a signature shows is read from the very bytes that were signed; the rest is read without them (models.md §7: parts are
 * never merged). Errors: `mime.limit`.
 */
export const bodySections = (opened: OpenedMessage): Outcome<ReadSection[]> => {
  const { content, stretches } = opened
  if (stretches.length === 0) return ok([])
  const outside = parseMessage(content, undefined, { except: stretches })
  if (!outside.ok) return outside
  const ordered = stretches.toSorted((one, other) => one.start - other.start)
  const sections: ReadSection[] = []
  const unsigned: BodySegment[] = [...outside.value.segments]
  const takeUnsigned = (before: number): void => {
    const taken = unsigned.filter(({ start }) => start < before)
    unsigned.splice(0, taken.length)
    if (taken.length > 0) sections.push({ ...joinSegments(taken), verdictPath: null })
  }
  unsigned.sort((one, other) => one.start - other.start)
  for (const stretch of ordered) {
    takeUnsigned(stretch.start)
    const signed = parseMessage(stretch.content)
    if (!signed.ok) return signed
    sections.push({ text: signed.value.text, html: signed.value.html, verdictPath: stretch.path })
  }
  takeUnsigned(Infinity)
  return ok(sections)
}
