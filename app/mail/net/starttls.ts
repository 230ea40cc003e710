import type { Duplex } from 'node:stream'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import { networkError } from './peer.ts'

/** The mail libraries start TLS with Node's own; with the card's it is asked for here, before they see the connection. */

/** Bytes a server may say before TLS, all in all, and milliseconds it may take. */
const mostBytes = 64 * 1024
const longestDialogue = 15_000

/** What to do after a line of the server's: send something, go on, or stop. */
type Next = { send: string } | 'wait' | 'secure' | Outcome<never>

const missing = (host: string): Outcome<never> =>
  fail('tls.starttls-missing', { retry: 'after-change', details: { host } })

/** IMAP (RFC 9051 §6.2.1). A PREAUTH greeting cannot be protected any more: it is not followed. */
const imapDialogue = (host: string): ((line: string) => Next) => {
  let asked = false
  return (line) => {
    if (!asked) {
      if (/^\* BYE\b/i.test(line)) return fail('imap.busy', { retry: 'later', details: { host } })
      if (/^\* PREAUTH\b/i.test(line)) return missing(host)
      if (!/^\* OK\b/i.test(line)) return fail('imap.protocol', { retry: 'later', details: { host } })
      asked = true
      return { send: 'S1 STARTTLS\r\n' }
    }
    if (/^S1 OK\b/i.test(line)) return 'secure'
    if (/^S1 /.test(line)) return missing(host)
    if (line.startsWith('* ')) return 'wait'
    return fail('imap.protocol', { retry: 'later', details: { host } })
  }
}

/** Submission (RFC 3207). The machine's own name would tell the world where the user sits. */
const smtpDialogue = (host: string): ((line: string) => Next) => {
  let step: 'greeting' | 'hello' | 'starttls' = 'greeting'
  let offered = false
  return (line) => {
    const [, code = '', more = ''] = /^(\d{3})([ -]?)/.exec(line) ?? []
    if (code.startsWith('4')) return fail('smtp.busy', { retry: 'later', details: { host } })
    if (step === 'hello' && /^250[ -]STARTTLS\s*$/i.test(line)) offered = true
    const expected = step === 'hello' ? '250' : '220'
    if (code !== expected)
      return step === 'greeting' ? fail('smtp.failed', { retry: 'later', details: { host } }) : missing(host)
    if (more === '-') return 'wait'
    if (step === 'starttls') return 'secure'
    if (step === 'hello' && !offered) return missing(host)
    const greeting = step === 'greeting'
    step = greeting ? 'hello' : 'starttls'
    return { send: greeting ? 'EHLO [127.0.0.1]\r\n' : 'STARTTLS\r\n' }
  }
}

/**
 * Has a server that just accepted a plain connection start TLS. Nothing it said before counts, and a server that has said
 * more than that is not believed. Errors: `tls.starttls-missing`, `tls.handshake` (something was slipped in), `imap.busy`,
 * `smtp.busy`, `imap.protocol`, `smtp.failed`, net.*.
 */
export const startTls = (
  socket: Duplex,
  protocol: 'imap' | 'smtp',
  options: { host: string; signal: AbortSignal; milliseconds?: number },
): Promise<Outcome<null>> =>
  new Promise((resolve) => {
    const { host, signal } = options
    const understand = protocol === 'imap' ? imapDialogue(host) : smtpDialogue(host)
    let heard = 0
    let rest = ''
    const settle = (outcome: Outcome<null>): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.off('data', onData)
      socket.off('error', onError)
      socket.off('close', onClose)
      socket.pause()
      resolve(outcome)
    }
    const onError = (cause: Error): void => settle({ ok: false, error: networkError(cause, host) })
    const onClose = (): void => settle(fail('net.closed', { retry: 'later', details: { host } }))
    const aborted = (): void => settle(fail('net.closed'))
    const onData = (chunk: Buffer): void => {
      heard += chunk.length
      rest += chunk.toString('latin1')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const next = understand(rest.slice(0, end))
        rest = rest.slice(end + 2)
        if (next === 'wait') continue
        if (next === 'secure') {
          // Plaintext after the answer was put there for the session that follows (RFC 3501 §6.2.1, RFC 3207 §6).
          settle(rest === '' ? ok(null) : fail('tls.handshake', { retry: 'later', details: { host } }))
          return
        }
        if ('send' in next) socket.write(next.send)
        else {
          settle(next)
          return
        }
      }
      if (heard > mostBytes)
        settle(
          fail(protocol === 'imap' ? 'imap.protocol' : 'smtp.failed', { retry: 'later', details: { host } }),
        )
    }
    const timer = setTimeout(
      () => settle(fail('net.timeout', { retry: 'later', details: { host } })),
      options.milliseconds ?? longestDialogue,
    )
    signal.addEventListener('abort', aborted)
    socket.on('error', onError)
    socket.on('close', onClose)
    socket.on('data', onData)
    if (signal.aborted) aborted()
  })
