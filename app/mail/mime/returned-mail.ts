import type { FoundReport } from '../../vault/index.ts'
import { headerValue, parseMessageIds } from './header.ts'
import { decodePart, type ParsedMessage } from './message.ts'

/** Characters of the text looked through, of the words kept, and recipients told of. */
const longestText = 64 * 1024
const longestWords = 500
const mostRecipients = 50

const sentByMachine = /^(?:mailer-daemon|postmaster|no-?reply|ne-pas-repondre)\b/i
const saysReturned =
  /undeliver|returned (?:mail|to sender)|delivery (?:status|failure|has failed)|(?:mail|message) delivery failed|failure notice|message non (?:distribu|remis|d[ée]livr)|non[- ]remise|[ée]chec de (?:la )?(?:remise|distribution)/i

/** Message-ID of the message that came back: enclosed, or quoted in the text. */
const returnedId = (parsed: ParsedMessage, text: string): string | null => {
  for (const part of parsed.attachments) {
    const source =
      part.children[0] === undefined
        ? Buffer.from(decodePart(parsed.raw, part).subarray(0, longestText))
        : null
    const headers = part.children[0]?.headers
    const id = headers
      ? parseMessageIds(headerValue(headers, 'message-id'))[0]
      : /^message-id:\s*(<[^<>\s]{1,300}>)/im.exec(source?.toString('latin1') ?? '')?.[1]
    if (id) return id
  }
  return (
    /^[>\s]*message-id\s*:\s*(<[^<>\s]{1,300}>)/im.exec(text)?.[1] ??
    parsed.inReplyTo ??
    parsed.references.at(-1) ??
    null
  )
}

/** Addresses that stand in the text before the quoted message, lower case. */
const addressesIn = (text: string): string[] => {
  const told = text.split(/^(?:-{3,}|_{3,}|>|return-path:|received:|from:)/im)[0] ?? ''
  const found = told.matchAll(/[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi)
  return [...new Set([...found].map(([address]) => address.toLowerCase()))].slice(0, mostRecipients)
}

/**
 * A returned mail that is no report of RFC 3464: a server's own words, as the patients' mailbox and old servers send them
 * (`Undelivered Mail Returned to Sender`, « Message non distribué »). Only from a machine, only with the Message-ID of what came
 * back; whom it failed for are the addresses the text names that are neither the sender's nor the machine's. Null otherwise.
 */
export const returnedMail = (parsed: ParsedMessage): FoundReport | null => {
  const automatic = /auto-(?:replied|generated)/i.test(headerValue(parsed.headers, 'auto-submitted') ?? '')
  if (!sentByMachine.test(parsed.from.address) && !automatic) return null
  if (!saysReturned.test(parsed.subject)) return null
  const text = parsed.text.slice(0, longestText)
  const id = returnedId(parsed, text)
  if (id === null) return null
  const own = new Set([parsed.from, ...parsed.to, ...parsed.cc].map(({ address }) => address.toLowerCase()))
  const failed = addressesIn(text).filter((address) => !own.has(address))
  const words = text.replace(/\s+/g, ' ').trim().slice(0, longestWords)
  return {
    kind: 'delivery',
    envelopeId: null,
    originalMessageId: id,
    outcomes: failed.map((address) => ({
      address,
      originalAddress: null,
      outcome: 'failed',
      status: /\b(5\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? null,
      diagnostic: words === '' ? null : words,
      automatic: true,
      retryUntil: null,
    })),
  }
}
