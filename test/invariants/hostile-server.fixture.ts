/** IMAP and submission servers that misbehave before or in TLS, and note every byte they are sent. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

export type Protocol = 'imap' | 'smtp'
export type Malice = 'none' | 'no-starttls' | 'refuses-starttls' | 'injects-before-tls'

export interface HostileServer {
  port: number
  /** What was received before TLS, and inside it. */
  seen: { clear: string; secure: string }
  stop: () => Promise<void>
}

/** What an attacker on the way slips in behind the answer to STARTTLS: the answers to what the client will ask next. */
const injected: Record<Protocol, (tag: string) => string> = {
  imap: () =>
    '* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGIN SASL-IR\r\n* PREAUTH [CAPABILITY IMAP4rev1] bienvenue\r\n',
  smtp: () => '250-injecte\r\n250 AUTH XOAUTH2\r\n',
}

const imapAnswer = (line: string, malice: Malice, secure: boolean): string => {
  const [tag = '*', command = ''] = line.split(' ')
  const capabilities = secure
    ? 'IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2'
    : malice === 'no-starttls'
      ? 'IMAP4rev1 AUTH=PLAIN'
      : 'IMAP4rev1 STARTTLS LOGINDISABLED'
  switch (command.toUpperCase()) {
    case 'CAPABILITY':
      return `* CAPABILITY ${capabilities}\r\n${tag} OK fait\r\n`
    case 'STARTTLS':
      return malice === 'refuses-starttls' || malice === 'no-starttls'
        ? `${tag} BAD non\r\n`
        : `${tag} OK allons\r\n`
    case 'ID':
      return `* ID NIL\r\n${tag} OK fait\r\n`
    default:
      return `${tag} NO non\r\n`
  }
}

const smtpAnswer = (line: string, malice: Malice, secure: boolean): string => {
  const command = line.split(' ')[0]?.toUpperCase()
  if (command === 'EHLO') {
    if (secure) return '250-la\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n'
    return malice === 'no-starttls' ? '250-la\r\n250 AUTH PLAIN LOGIN\r\n' : '250-la\r\n250 STARTTLS\r\n'
  }
  if (command === 'STARTTLS')
    return malice === 'refuses-starttls' || malice === 'no-starttls' ? '454 non\r\n' : '220 allons\r\n'
  return '535 non\r\n'
}

const converse = (
  socket: Socket,
  note: (text: string) => void,
  answer: (line: string) => string | null,
): void => {
  let rest = ''
  socket.on('error', () => undefined) // the client hangs up, as it should
  socket.on('data', (data: Buffer) => {
    const text = data.toString('latin1')
    note(text)
    const lines = (rest + text).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const said = answer(line)
      if (said === null) return
      socket.write(said)
    }
  })
}

/** Listens on loopback; STARTTLS leads to TLS with the given certificate. */
export const startHostileServer = async (options: {
  protocol: Protocol
  malice: Malice
  certificate: { chainPem: string; keyPem: string }
}): Promise<HostileServer> => {
  const { protocol, malice } = options
  const answerTo = protocol === 'imap' ? imapAnswer : smtpAnswer
  const context = createSecureContext({ cert: options.certificate.chainPem, key: options.certificate.keyPem })
  const sockets = new Set<Socket>()
  const seen = { clear: '', secure: '' }
  const note =
    (where: keyof typeof seen) =>
    (text: string): void =>
      void (seen[where] += text)
  const server = createServer((socket) => {
    sockets.add(socket)
    converse(socket, note('clear'), (line) => {
      const answer = answerTo(line, malice, false)
      if (!/(^| )STARTTLS$/i.test(line) || malice === 'refuses-starttls' || malice === 'no-starttls')
        return answer
      socket.removeAllListeners('data')
      // In one write, as the attack needs: both arrive before the client has begun TLS.
      socket.write(answer + (malice === 'injects-before-tls' ? injected[protocol](line) : ''))
      const secure = new TLSSocket(socket, { isServer: true, secureContext: context })
      converse(secure, note('secure'), (inside) => answerTo(inside, malice, true))
      return null
    })
    socket.write(protocol === 'imap' ? '* OK bonjour\r\n' : '220 bonjour\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
