import type { ImapFlow } from 'imapflow'
import { Failure } from '../net/failure.ts'

/** A value of a server's answer: text, nothing, or a list of them. */
export type Answered = string | null | Answered[]

type Exec = (
  command: string,
  attributes: unknown[],
  options: {
    untagged?: Record<string, (untagged: unknown) => Promise<void>>
    onPlusTag?: (challenge: unknown) => Promise<void>
  },
) => Promise<{ next: () => void }>

/**
 * imapflow's `exec` is what its own commands are built of, but not in its published types: this is the only place that
 * reaches for it, and the exact version in package.json keeps it there.
 */
export const execOf = (client: ImapFlow): Exec => {
  const exec: unknown = Reflect.get(client, 'exec')
  if (typeof exec !== 'function') throw new Failure({ code: 'core.internal', retry: 'no' })
  return (exec as Exec).bind(client)
}

/** Bound of answers kept of one command. */
const mostAnswers = 1_000

/** Sends a command imapflow has no method for and collects its untagged answers of one kind. */
export const ask = async (
  client: ImapFlow,
  command: string,
  values: readonly (string | readonly string[])[],
  answer: string,
): Promise<Answered[][]> => {
  const exec = execOf(client)
  const answers: Answered[][] = []
  const attributes = values.map((value) =>
    typeof value === 'string'
      ? { type: 'STRING', value: encoded(client, value) }
      : value.map((one) => ({ type: 'ATOM', value: one })),
  )
  // Unlike the library's own commands, `exec` does not end IDLE: it would wait behind it. A NOOP does, and IDLE starts again
  // no sooner than 200 ms after it, never while a command runs.
  await client.noop()
  const done = await exec(command, attributes, {
    untagged: {
      [answer]: (untagged) => {
        const list: unknown =
          typeof untagged === 'object' && untagged !== null ? Reflect.get(untagged, 'attributes') : null
        if (Array.isArray(list) && answers.length < mostAnswers) answers.push(list.map(answered))
        return Promise.resolve()
      },
    },
  })
  // The reader waits until the answer has been taken.
  done.next()
  return answers
}

/** Text of a value; null for NIL, lists and what is missing. */
export const textOf = (value: Answered | undefined): string | null =>
  typeof value === 'string' ? value : null

const answered = (attribute: unknown): Answered => {
  if (Array.isArray(attribute)) return attribute.map(answered)
  const value: unknown =
    typeof attribute === 'object' && attribute !== null ? Reflect.get(attribute, 'value') : null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return typeof value === 'string' ? value : null
}

/** The session says names in UTF-8. */
const speaksUtf8 = (client: ImapFlow): boolean =>
  client.enabled.has('UTF8=ACCEPT') || client.enabled.has('IMAP4rev2')

/** A mailbox name as it was sent, in letters again; what is no modified UTF-7 stays as it is. */
export const decodedName = (client: ImapFlow, sent: string): string =>
  speaksUtf8(client)
    ? sent
    : sent.replace(/&([A-Za-z0-9+,]*)-/g, (whole, base64: string) => {
        if (base64 === '') return '&'
        const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64')
        return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : whole
      })

/** A mailbox name as sent (RFC 3501 §5.1.3): modified UTF-7 unless the session speaks UTF-8. */
const encoded = (client: ImapFlow, path: string): string =>
  speaksUtf8(client)
    ? path
    : path.replace(/&/g, '&-').replace(/[^\x20-\x7e]+/g, (run) => {
        const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64')
        return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`
      })
