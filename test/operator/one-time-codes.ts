import { randomBytes, randomInt } from 'node:crypto'
import { z } from 'zod'
import { people } from './people.ts'
import type { Person } from './people.ts'

/**
 * The operator's own login: password, then a code by mail or SMS (mssante-client.md §2, DEVBOX). Its exchange is not public: this
 * is one shape it may have (`endpoint`), and the other where the code is put behind the password (docs/sign-in.md).
 */
export interface OneTimeCodes {
  /** Answers the two addresses of the web server; null for another path. */
  answer: (path: string, body: Buffer) => { status: number; body: object } | null
  /** The mailbox a token, or a password with its code, opens; null for none. */
  ownerOf: (secret: string) => string | null
  /** What was sent to a person last: the code that their telephone or mail shows. */
  sentTo: (person: Person['key']) => string
  /** A code that would come by itself (an application's, say), good from now on. */
  giveTo: (person: Person['key']) => string
  /** Every session opened by a code ends now. */
  endSessions: () => void
}

const Asked = z.object({ user: z.string(), password: z.string() })
const Given = z.object({ challenge: z.string(), code: z.string() })
const mostTries = 3

const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0')

export const createOneTimeCodes = (): OneTimeCodes => {
  const challenges = new Map<string, { person: Person; code: string; tries: number }>()
  const sent = new Map<Person['key'], string>()
  const tokens = new Map<string, string>()
  const behindPassword = new Map<string, string>()
  const parse = <T>(schema: z.ZodType<T>, body: Buffer): T | null => {
    try {
      return schema.safeParse(JSON.parse(body.toString())).data ?? null
    } catch {
      return null
    }
  }

  const ask = (body: Buffer) => {
    const asked = parse(Asked, body)
    const person = Object.values<Person>(people).find(
      ({ address, rpps }) => asked?.user === address || (rpps !== null && asked?.user === `8${rpps}`),
    )
    if (!asked || !person || person.password !== asked.password)
      return { status: 401, body: { error: 'invalid_credentials' } }
    const challenge = randomBytes(16).toString('hex')
    const code = newCode()
    challenges.set(challenge, { person, code, tries: 0 })
    sent.set(person.key, code)
    return {
      status: 200,
      body: { challenge, sentBy: 'sms', destination: '06 •• •• •• 42', digits: 6, expiresIn: 300 },
    }
  }
  const give = (body: Buffer) => {
    const given = parse(Given, body)
    const waiting = given && challenges.get(given.challenge)
    if (!given || !waiting) return { status: 410, body: { error: 'code_expired' } }
    if (waiting.code !== given.code) {
      waiting.tries += 1
      if (waiting.tries >= mostTries) challenges.delete(given.challenge)
      return { status: 401, body: { error: 'code_wrong' } }
    }
    challenges.delete(given.challenge)
    const token = randomBytes(24).toString('base64url')
    tokens.set(token, waiting.person.address)
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 14_400 } }
  }

  return {
    answer: (path, body) =>
      path === '/code/challenge' ? ask(body) : path === '/code/session' ? give(body) : null,
    ownerOf: (secret) => tokens.get(secret) ?? behindPassword.get(secret) ?? null,
    sentTo: (key) => sent.get(key) ?? '',
    giveTo: (key) => {
      const code = newCode()
      behindPassword.set(`${people[key].password}${code}`, people[key].address)
      return code
    },
    endSessions: () => {
      tokens.clear()
      behindPassword.clear()
    },
  }
}
