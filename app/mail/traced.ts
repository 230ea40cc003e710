import type { ImapFlow } from 'imapflow'
import type { AppError } from '../contract/errors.ts'
import type { Trace, TraceAction } from '../contract/traces.ts'
import { decodedName, execOf } from './imap/commands.ts'

/** An exchange with a mailbox's server as its functional trace tells it (ECO.4.1.2). */
export type ServerExchange = Pick<
  Trace,
  'account' | 'action' | 'target' | 'request' | 'answer' | 'outcome' | 'code'
>

/** Takes note of an exchange; answers at once and never fails. */
export type TraceExchange = (exchange: ServerExchange) => void

/** Characters of a request or an answer that a trace keeps; of a submission, which has all its recipients. */
const mostCharacters = 400
const mostOfSubmission = 40_000

/** One line without control characters, cut. */
const line = (text: string, most = mostCharacters): string => {
  const clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean
}

/** Commands that process a mailbox. */
export const tracedCommands: Readonly<Record<string, TraceAction>> = {
  AUTHENTICATE: 'login',
  LOGIN: 'login',
  FETCH: 'received',
  STORE: 'flagged',
  MOVE: 'moved',
  COPY: 'copied',
  EXPUNGE: 'deleted',
  // Ends the view of a folder and expunges what is marked as deleted.
  CLOSE: 'deleted',
  APPEND: 'deposited',
  CREATE: 'folder-changed',
  DELETE: 'folder-changed',
  RENAME: 'folder-changed',
  SUBSCRIBE: 'folder-changed',
  UNSUBSCRIBE: 'folder-changed',
  SETACL: 'folder-changed',
}

/** Commands that process nothing, and why. A FETCH of flags alone is another one (`takesNothing`). */
export const untracedCommands: Readonly<Record<string, string>> = {
  CAPABILITY: 'what the server can do',
  COMPRESS: 'the connection',
  ENABLE: 'the connection',
  EXAMINE: 'looks at a folder, takes nothing of its messages',
  GETQUOTA: 'how full the mailbox is',
  GETQUOTAROOT: 'how full the mailbox is',
  ID: 'the connection',
  IDLE: 'waits for news',
  LIST: 'names of folders',
  LOGOUT: 'the connection',
  LSUB: 'names of folders',
  MYRIGHTS: 'what the server lets do',
  NAMESPACE: 'names of folders',
  NOOP: 'keeps the connection alive',
  SEARCH: 'by number, size and marks alone; words are searched for on the workstation',
  SELECT: 'looks at a folder, takes nothing of its messages',
  STARTTLS: 'the connection, traced as a whole',
  STATUS: 'counts of a folder',
  UNSELECT: 'ends looking at a folder',
  XLIST: 'names of folders',
}

/** Commands one of whose values names a folder: said in letters, not as the protocol writes it. */
const naming = new Set([
  'MOVE',
  'COPY',
  'APPEND',
  'CREATE',
  'DELETE',
  'RENAME',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'SETACL',
])

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

/** An attribute of a command as text: literals by their size alone. */
const attributeText = (attribute: unknown): string => {
  if (Array.isArray(attribute)) return `(${attribute.map(attributeText).join(' ')})`
  if (typeof attribute === 'string') return attribute
  if (property(attribute, 'sensitive') === true) return '***'
  const value = property(attribute, 'value')
  if (value instanceof Uint8Array) return `{${value.byteLength}}`
  if (typeof value !== 'string') return ''
  if (property(attribute, 'type') === 'LITERAL') return `{${Buffer.byteLength(value)}}`
  const section = property(attribute, 'section')
  return Array.isArray(section) ? `${value}[${section.map(attributeText).join(' ')}]` : value
}

/** What a command asks, without secrets. */
const requestText = (command: string, verb: string, words: readonly string[]): string => {
  if (verb === 'LOGIN') return command
  return line([command, ...(verb === 'AUTHENTICATE' ? words.slice(0, 1) : words)].join(' '))
}

/** The last words of a server to a command: its tagged answer. */
const answerText = (told: unknown): string => {
  const attributes = property(told, 'attributes')
  const words = Array.isArray(attributes) ? attributes.map(attributeText) : []
  return line([property(told, 'command'), ...words].filter((word) => typeof word === 'string').join(' '))
}

/** Flags alone are compared at every look at a folder: nothing of a message is taken. */
const takesNothing = (verb: string, attributes: readonly unknown[]): boolean =>
  verb === 'FETCH' && !/BODY|RFC822|ENVELOPE|HEADER/i.test(attributes.map(attributeText).join(' '))

/** Lets `trace` know of every command of this connection that processes the mailbox, with the server's answer. */
export const traceCommands = (client: ImapFlow, account: string, trace: TraceExchange): void => {
  const exec = execOf(client)
  const traced: typeof exec = (command, attributes, options) => {
    const running = exec(command, attributes, options)
    const verb = command.toUpperCase().replace(/^UID /, '')
    const list = Array.isArray(attributes) ? attributes : []
    const action = tracedCommands[verb]
    if (action === undefined || takesNothing(verb, list)) return running
    const words = list.map(attributeText).map((word) => (naming.has(verb) ? decodedName(client, word) : word))
    const request = requestText(command, verb, words)
    const path = client.mailbox ? client.mailbox.path : ''
    const about = {
      account,
      action,
      target: action === 'folder-changed' || verb === 'APPEND' ? line(words[0] ?? '') : path,
      request,
    }
    running.then(
      (done) => {
        trace({ ...about, answer: answerText(property(done, 'response')), outcome: 'ok', code: null })
      },
      (cause: unknown) => {
        const response = property(cause, 'response')
        const refused = typeof response === 'object' && response !== null
        trace({
          ...about,
          answer: refused ? answerText(response) : '',
          outcome: refused ? 'refused' : 'failed',
          code: refused ? null : 'net.closed',
        })
      },
    )
    return running
  }
  Reflect.set(client, 'exec', traced)
}

/** A connection to a mailbox's server: verified and logged in, or what stood in the way. */
export const connection = (
  account: string,
  server: { host: string; port: number; security: 'starttls' | 'tls' },
  protocol: 'IMAP' | 'SMTP',
  error: AppError | null,
): ServerExchange => ({
  account,
  action: 'connected',
  target: `${server.host}:${server.port}`,
  request: `${protocol} ${server.security === 'starttls' ? 'STARTTLS' : 'TLS'}`,
  answer: '',
  outcome: error === null ? 'ok' : error.code.startsWith('auth.') ? 'refused' : 'failed',
  code: error?.code ?? null,
})

/** A message submitted, with what the server said of each recipient. */
export const submission = (
  account: string,
  message: { from: string; messageId: string; size: number },
  recipients: readonly { address: string; accepted: boolean | null; response: string | null }[],
  result: 'accepted' | 'refused' | 'later' | 'unknown',
  error: AppError | null,
): ServerExchange => ({
  account,
  action: 'sent',
  target: line([message.messageId, ...recipients.map(({ address }) => address)].join(' '), mostOfSubmission),
  request: line(
    [
      `MAIL FROM:<${message.from}>`,
      ...recipients.map(({ address }) => `RCPT TO:<${address}>`),
      `DATA {${message.size}}`,
    ].join(' '),
    mostOfSubmission,
  ),
  answer: line(
    recipients.map(({ address, response }) => `${address}: ${line(response ?? '-')}`).join('; '),
    mostOfSubmission,
  ),
  ...submitted(result, recipients, error),
})

/** How a submission ended: also of one that was accepted, whom the server refused counts. */
const submitted = (
  result: Parameters<typeof submission>[3],
  recipients: readonly { accepted: boolean | null }[],
  error: AppError | null,
): Pick<Trace, 'outcome' | 'code'> => {
  const code = error?.code ?? null
  if (result === 'unknown') return { outcome: 'unknown', code }
  if (result === 'accepted') {
    const refused = recipients.some(({ accepted }) => accepted === false)
    return refused ? { outcome: 'refused', code: 'smtp.recipient-refused' } : { outcome: 'ok', code }
  }
  return { outcome: result === 'refused' || code?.startsWith('smtp.') ? 'refused' : 'failed', code }
}
