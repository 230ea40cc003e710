import type { PageOrigins } from './origins.ts'
import { mailFramePolicy } from './content-security-policy.ts'
import { mayBeWindow, schemes } from './origins.ts'
import { readLimited } from './part-protocol.ts'

/** Sanitised HTML with pictures inlined as data: addresses can be big; a message is refused above this many bytes. */
const documentLimit = 32 * 1_048_576
const ticketLimit = 64
const ticketMinutes = 60

export interface MailFrames {
  handle: (request: Request) => Promise<Response>
  /** On lock: every published mail is forgotten. */
  clear: () => void
}

export interface MailFramesOptions {
  origins: PageOrigins
  /** A fresh unguessable ticket: lower-case hexadecimal, since hosts of standard schemes lose their case. */
  newTicket: () => string
  /** Milliseconds since the epoch. */
  now: () => number
}

/**
 * Mail HTML on its own scheme under its own header (models.md §6.3.4). The window POSTs sanitised HTML to
 * `souspli-mail://publish/` and is answered a ticket as text; a frame then shows `souspli-mail://<ticket>/`. Tickets
 * live one hour at most, the 64 newest only, and die on lock.
 */
export const createMailFrames = ({ origins, newTicket, now }: MailFramesOptions): MailFrames => {
  const documents = new Map<string, { bytes: Uint8Array<ArrayBuffer>; expires: number }>()
  const plain = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': mailFramePolicy(origins),
  }
  const forWindow = { ...plain, 'access-control-allow-origin': origins.appOrigin }

  const publish = async (request: Request): Promise<Response> => {
    if (!mayBeWindow(request.headers.get('origin'), origins))
      return new Response(null, { status: 403, headers: plain })
    const bytes = await readLimited(request, documentLimit)
    if (bytes === null) return new Response(null, { status: 413, headers: forWindow })
    const ticket = newTicket()
    documents.set(ticket, { bytes: new Uint8Array(bytes), expires: now() + ticketMinutes * 60_000 })
    for (const oldest of documents.keys()) {
      if (documents.size <= ticketLimit) break
      documents.delete(oldest)
    }
    return new Response(ticket, { headers: { ...forWindow, 'content-type': 'text/plain' } })
  }

  return {
    handle: async (request) => {
      const url = new URL(request.url)
      if (url.protocol !== `${schemes.mail}:` || (url.pathname !== '/' && url.pathname !== '')) {
        return new Response(null, { status: 404, headers: plain })
      }
      if (request.method === 'POST' && url.host === 'publish') return publish(request)
      const document = request.method === 'GET' ? documents.get(url.host) : undefined
      if (document === undefined || document.expires < now()) {
        return new Response(null, { status: 404, headers: plain })
      }
      return new Response(document.bytes, {
        headers: { ...plain, 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'no-referrer' },
      })
    },
    clear: () => documents.clear(),
  }
}
