import { setTimeout as pause } from 'node:timers/promises'
import type { Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerAddress, SMTPServerSession } from 'smtp-server'
import type { ClientCertificates } from './dovecot.ts'
import { makeDeliveryReport } from './delivery-report.ts'
import { cameByBearer, offerBearer } from './bearer.ts'
import { offerExternal } from './external.ts'
import { makePatientBounce, patientMailLimit, type PatientBounceCause } from './patient-mailbox.ts'
import { domains, people } from './people.ts'
import type { Person } from './people.ts'
import { listenOnOwnPort } from './own-port.ts'

/** Submission server of the operator: STARTTLS, login, the trust-space policy, delivery by LMTP, delivery reports. */
export interface SmtpOptions {
  keyPem: string
  certificatePem: string
  lmtpPort: number
  /** Domains whose mailboxes are here. */
  hosted: readonly string[]
  /** Suffix of all domains of the trust space, with its leading dot. */
  trustSpace: string
  /** Of SASL, upper case; EXTERNAL comes with client certificates. */
  mechanisms: readonly string[]
  /** Address that a password with a one-time code behind it opens; null for none. */
  codeOpens: (secret: string) => string | null
  /** Logins by client certificate; null asks for none. */
  clients: ClientCertificates | null
  /** Address owning an access token; null when the token is not active. Throws when the provider is down. */
  ownerOf: (token: string) => Promise<string | null>
  log: (line: string) => void
}

/** One accepted transaction. */
export interface ReceivedMail {
  from: string
  /** Recipients accepted at RCPT. */
  to: string[]
  /** ORCPT of each of them (RFC 3461), null where none was said. */
  originalRecipients: (string | null)[]
  /** Whom delivery failed for afterwards. */
  undelivered: string[]
  messageId: string | null
  size: number
  /** Its header section. */
  header: string
  authentication: 'PLAIN' | 'XOAUTH2' | 'OAUTHBEARER' | 'EXTERNAL'
  at: Date
}

export interface Smtp {
  port: number
  /** With TLS from the first byte. */
  implicitPort: number
  received: ReceivedMail[]
  /** The next RCPT for this address is refused with this reply. */
  refuseNext: (address: string, reply?: { code: number; text: string }) => void
  /** The next message for this address is accepted, then cannot be delivered. */
  bounceNext: (address: string) => void
  /** The next message for this patient comes back with the reason of the patients' mailbox. */
  patientBounceNext: (address: string, cause: PatientBounceCause) => void
  /** The next message for this address is taken, kept back with a notice of delay, and never arrives. */
  delayNext: (address: string) => void
  /** Whether DSN (RFC 3461) is offered to those who connect from now on. */
  setDeliveryNotices: (offered: boolean) => void
  /** Bytes of the largest message taken. */
  setSizeLimit: (bytes: number) => void
  /** Seconds between the end of DATA and the reply. */
  setReplyDelay: (seconds: number) => void
  /** Takes the next message, then closes the connection instead of replying: the client cannot know. */
  dropNextReply: () => void
  /** Takes the next message, then says nothing more on that connection. */
  stallNextReply: () => void
  /** Closes the connection while the next message is coming: it is not taken. */
  cutNextData: () => void
  useCertificate: (certificatePem: string) => void
  deliver: (mail: { from: string; to: string | readonly string[]; raw: Buffer | string }) => Promise<void>
  down: () => Promise<void>
  up: () => Promise<void>
  stop: () => Promise<void>
}

const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code })
const addresses = new Set<string>(Object.values<Person>(people).map(({ address }) => address))
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

const headerOf = (raw: Buffer): string => {
  const end = raw.indexOf('\r\n\r\n')
  return raw.toString('utf8', 0, end < 0 ? Math.min(raw.length, 65_536) : end + 2)
}

/** Value of a header field, unfolded, or null. */
const field = (header: string, name: string): string | null => {
  const found = new RegExp(`^${name}:(.*(?:\r\n[ \t].*)*)$`, 'im').exec(header)
  return found?.[1]?.replace(/\r\n/g, '').trim() ?? null
}

const readAll = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const answerOf = (error: unknown): string =>
  error instanceof Error && 'response' in error && typeof error.response === 'string'
    ? error.response
    : String(error)

/** Starts the server on a free port of 127.0.0.1. */
export const startSmtp = async (options: SmtpOptions): Promise<Smtp> => {
  let certificatePem = options.certificatePem
  let sizeLimit = 25 * 1024 * 1024
  let replyDelay = 0
  let dropReply = false
  const received: ReceivedMail[] = []
  const refusals = new Map<string, { code: number; text: string }>()
  const bounces = new Set<string>()
  const delays = new Set<string>()
  const patientBounces = new Map<string, PatientBounceCause>()
  let stallReply = false
  let cutData = false
  const sockets = new Set<Socket>()
  let notices = true
  const logins = new WeakMap<SMTPServerSession, { address: string; method: ReceivedMail['authentication'] }>()

  const lmtp = createTransport({
    host: '127.0.0.1',
    port: options.lmtpPort,
    lmtp: true,
    secure: false,
    ignoreTLS: true,
  })
  const toStore = async (from: string, to: string, raw: Buffer | string): Promise<string> => {
    const info = await lmtp.sendMail({ envelope: { from, to: [to] }, raw })
    return typeof info.response === 'string' ? info.response : '250 2.0.0 Ok'
  }

  const checkRecipient = (address: string): void => {
    const asked = refusals.get(address)
    if (asked) {
      refusals.delete(address)
      throw refusal(asked.code, asked.text)
    }
    const domain = domainOf(address)
    if (!domain.endsWith(options.trustSpace)) {
      throw refusal(550, `5.7.1 <${address}> : destinataire hors de l'espace de confiance MSSante`)
    }
    if (options.hosted.includes(domain) && !addresses.has(address))
      throw refusal(550, `5.1.1 <${address}> : boite inconnue`)
  }

  const report = async (
    session: SMTPServerSession,
    recipient: SMTPServerAddress,
    header: string,
    answer: string,
  ) => {
    const { mailFrom, dsn } = session.envelope
    const outcome = answer.startsWith('2') ? 'delivered' : answer.startsWith('4') ? 'delayed' : 'failed'
    const wanted = { delivered: 'SUCCESS', delayed: 'DELAY', failed: 'FAILURE' }[outcome]
    const notify = recipient.dsn?.notify ?? ['FAILURE']
    if (!mailFrom || !mailFrom.address || !notify.includes(wanted)) return
    const raw = makeDeliveryReport({
      sender: mailFrom.address,
      recipient: recipient.address,
      originalRecipient: recipient.dsn?.orcpt ?? null,
      envelopeId: dsn?.envid ?? null,
      outcome,
      answer,
      originalHeader: header,
      date: new Date(),
    })
    await toStore('', mailFrom.address, raw)
  }

  const accept = async (session: SMTPServerSession, raw: Buffer): Promise<void> => {
    const login = logins.get(session)
    const { mailFrom, rcptTo } = session.envelope
    if (!login || !mailFrom) throw refusal(530, '5.7.0 Authentification requise')
    const header = headerOf(raw)
    const author = /<([^<>]+)>\s*$/.exec(field(header, 'From') ?? '')?.[1] ?? field(header, 'From') ?? ''
    if (author.toLowerCase() !== login.address) {
      throw refusal(550, `5.7.1 L'adresse d'expediteur ${author} n'est pas celle de la boite`)
    }
    const undelivered: string[] = []
    for (const recipient of rcptTo) {
      const address = recipient.address.toLowerCase()
      // The patients' mailbox takes everything at first, and gives back afterwards.
      const own = domainOf(address) === domains.patients ? patientBounces.get(address) : undefined
      const cause =
        own ?? (domainOf(address) === domains.patients && raw.length > patientMailLimit ? 'size' : null)
      if (cause !== null) {
        patientBounces.delete(address)
        undelivered.push(address)
        const back = { cause, sender: mailFrom.address, recipient: address, originalHeader: header }
        await toStore('', mailFrom.address, makePatientBounce({ ...back, date: new Date() }))
        continue
      }
      let answer: string
      if (bounces.delete(address)) {
        answer = '550 5.2.1 Boite desactivee'
      } else if (delays.delete(address)) {
        answer = '451 4.4.1 Serveur du destinataire injoignable'
      } else if (!addresses.has(address)) {
        answer = '250 2.0.0 Transmis a un autre operateur' // which ends here
      } else {
        answer = await toStore(mailFrom.address, address, raw).catch(answerOf)
      }
      if (!answer.startsWith('2')) undelivered.push(address)
      await report(session, recipient, header, answer)
    }
    received.push({
      from: mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      originalRecipients: rcptTo.map(({ dsn }) => dsn?.orcpt ?? null),
      undelivered,
      messageId: field(header, 'Message-ID'),
      size: raw.length,
      header,
      authentication: login.method,
      at: new Date(),
    })
  }

  const { clients } = options
  const make = (implicit: boolean): SMTPServer => {
    const server = new SMTPServer({
      secure: implicit,
      ...(clients
        ? {
            requestCert: true,
            rejectUnauthorized: clients.wanted === 'required',
            ca: clients.authoritiesPem,
          }
        : {}),
      name: `smtp.${domains.operator}`,
      banner: 'Operateur MSSante de demonstration',
      key: options.keyPem,
      cert: certificatePem,
      minVersion: 'TLSv1.2',
      authMethods: [...options.mechanisms, ...(clients ? ['EXTERNAL'] : [])],
      size: sizeLimit,
      disableReverseLookup: true,
      hideENHANCEDSTATUSCODES: true, // our replies carry their own; smtp-server would write a second, general one
      hideDSN: !notices,
      closeTimeout: 100,
      onAuth: (auth, session, done) => {
        const username = (auth.username ?? '').toLowerCase()
        const byToken = cameByBearer(session) ? 'OAUTHBEARER' : 'XOAUTH2'
        const method = auth.method === 'XOAUTH2' ? byToken : 'PLAIN'
        const settle = (owner: string | null): void => {
          if (owner === null || owner !== username) {
            done(null, { data: { status: '401', schemes: 'bearer', scope: 'openid' }, responseCode: 535 })
            return
          }
          logins.set(session, { address: owner, method })
          done(null, { user: owner })
        }
        if (method !== 'PLAIN') {
          options
            .ownerOf(auth.accessToken ?? '')
            .then(settle)
            .catch(() => done(refusal(454, "4.7.0 Fournisseur d'identite indisponible")))
          return
        }
        const person = Object.values<Person>(people).find(({ address }) => address === username)
        const byCode = options.codeOpens(auth.password ?? '')
        if (byCode !== null && byCode === username) settle(byCode)
        else if (person && person.password === auth.password) settle(person.address)
        else done(refusal(535, '5.7.8 Identifiant ou mot de passe refuse'))
      },
      onMailFrom: (sender, session, done) => {
        const owner = logins.get(session)?.address
        if (sender.address.toLowerCase() === owner) done()
        else done(refusal(550, `5.7.1 <${sender.address}> : cette adresse n'appartient pas au compte`))
      },
      onRcptTo: (recipient, _session, done) => {
        try {
          checkRecipient(recipient.address.toLowerCase())
          done()
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)))
        }
      },
      onData: (stream, session, done) => {
        if (cutData) {
          cutData = false
          stream.once('data', () => {
            for (const socket of sockets) socket.destroy()
          })
          return
        }
        readAll(stream)
          .then(async (raw) => {
            if (stream.sizeExceeded) throw refusal(552, '5.3.4 Message trop volumineux')
            await accept(session, raw)
            if (replyDelay > 0) await pause(replyDelay * 1000)
            if (stallReply) {
              stallReply = false
              return
            }
            if (dropReply) {
              dropReply = false
              for (const connection of server.connections) connection.close()
              return
            }
            done(null, '2.0.0 Message accepte')
          })
          .catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error))))
      },
    })
    offerBearer()
    if (clients)
      offerExternal(server, (name, asked, session) => {
        const allowed = clients.mailboxes.get(name)
        const address = asked === '' ? allowed?.own : asked
        if (!allowed || address === undefined || ![allowed.own, ...allowed.others].includes(address))
          return null
        logins.set(session, { address, method: 'EXTERNAL' })
        return address
      })
    server.on('error', (error) => options.log(`smtp: ${error.message}`))
    server.server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    return server
  }

  let servers: SMTPServer[] = [make(false), make(true)]
  const listen = (target: SMTPServer, port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      target.server.once('error', reject)
      target.listen(port, '127.0.0.1', () => resolve())
    })
  const ports: number[] = []
  for (const one of servers) ports.push(await listenOnOwnPort((asked) => listen(one, asked)))
  const [port = 0, implicitPort = 0] = ports

  const down = async (): Promise<void> => {
    const current = servers
    servers = []
    for (const one of current) await new Promise<void>((resolve) => one.close(() => resolve()))
  }

  return {
    port,
    implicitPort,
    received,
    refuseNext: (address, reply = { code: 550, text: `5.1.1 <${address}> : boite inconnue` }) => {
      refusals.set(address.toLowerCase(), reply)
    },
    patientBounceNext: (address, cause) => {
      patientBounces.set(address.toLowerCase(), cause)
    },
    bounceNext: (address) => {
      bounces.add(address.toLowerCase())
    },
    delayNext: (address) => {
      delays.add(address.toLowerCase())
    },
    setDeliveryNotices: (offered) => {
      notices = offered
      for (const one of servers) one.options.hideDSN = !offered
    },
    setSizeLimit: (bytes) => {
      sizeLimit = bytes
      for (const one of servers) one.options.size = bytes
    },
    setReplyDelay: (seconds) => {
      replyDelay = seconds
    },
    dropNextReply: () => {
      dropReply = true
    },
    stallNextReply: () => {
      stallReply = true
    },
    cutNextData: () => {
      cutData = true
    },
    useCertificate: (pem) => {
      certificatePem = pem
      for (const one of servers) one.updateSecureContext({ key: options.keyPem, cert: pem })
    },
    deliver: async ({ from, to, raw }) => {
      for (const address of typeof to === 'string' ? [to] : to) await toStore(from, address, raw)
    },
    down,
    up: async () => {
      if (servers.length > 0) return
      servers = [make(false), make(true)]
      for (const [index, one] of servers.entries()) await listen(one, index === 0 ? port : implicitPort)
    },
    stop: async () => {
      await down()
      lmtp.close()
    },
  }
}
