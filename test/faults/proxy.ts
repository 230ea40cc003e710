import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls'
import { imapSteps, smtpSteps, type Protocol, type Side as SideName } from './dialogue.ts'

/** Where in the conversation a fault strikes: the first piece of this side that has this name, in clear or inside TLS. */
export interface Step {
  from: SideName
  name: string
}

/** How much of the piece still passes; `reply`: all of it, but not the answer that follows. */
export type Extent = 'before' | 'half' | 'after' | 'reply'

/**
 * - cut: both sides are reset; stall: nothing passes for a while, then all goes on; stall-cut: then both are reset;
 * - slow: a few bytes at a time; garble-record: noise in the TCP stream; garble-text: noise inside TLS;
 * - restart: every connection is reset and none is taken for a while; mute: nothing ever passes again.
 */
export type Effect =
  'cut' | 'stall' | 'stall-cut' | 'slow' | 'garble-record' | 'garble-text' | 'restart' | 'mute'

export interface Fault {
  step: Step
  extent: Extent
  effect: Effect
  /** How many times it strikes. */
  times: number
}

/**
 * What an attacker does about TLS: nothing; takes STARTTLS out of what the server offers; answers it with a refusal;
 * slips answers in behind the one to STARTTLS; greets as if already logged in (IMAP).
 */
export type Malice = 'none' | 'strip' | 'refuse' | 'inject' | 'preauth'

interface Certificate {
  chainPem: string
  keyPem: string
}

export interface FaultProxy {
  port: number
  /** Strikes as told from now on; null: everything passes. */
  set: (fault: Fault | null) => void
  /** How many times the fault has struck. */
  struck: () => number
  /** Every step that passed so far, as `client: NAME` or `server: NAME`. */
  steps: ReadonlySet<string>
  /** From the next connection on; those open are reset. Forgets what was heard. */
  attack: (malice: Malice, certificate: Certificate) => void
  /** What the client said since: in clear, and inside TLS. */
  heard: { clear: string; secure: string }
  stop: () => Promise<void>
}

const stallMilliseconds = 1500
const slowMilliseconds = 2000
const noise = Buffer.from('\u0000\u00ff* \u0015\u0003 )) {99 bruit\r\n\r\n', 'latin1')

/** The answers to what the client will ask next, if it believes what comes before TLS. */
const injected: Record<Protocol, string> = {
  imap: '* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGIN SASL-IR\r\n* PREAUTH [CAPABILITY IMAP4rev1] bienvenue\r\n',
  smtp: '250-injecte\r\n250 AUTH PLAIN XOAUTH2\r\n',
}

/** One side of a proxied connection. */
interface Side {
  raw: Socket
  stream: Socket
  other: () => Side
  name: SideName
}

/**
 * A port before one of the operator's servers that ends TLS on both sides, so that it sees each protocol step, and
 * breaks the conversation where it is told to. `certificate` is one the client accepts for the host, unless told otherwise.
 */
export const startFaultProxy = async (
  protocol: Protocol,
  targetPort: number,
  certificate: Certificate,
): Promise<FaultProxy> => {
  const contextOf = ({ chainPem, keyPem }: Certificate) =>
    createSecureContext({ cert: chainPem, key: keyPem })
  let context = contextOf(certificate)
  let malice: Malice = 'none'
  const heard = { clear: '', secure: '' }
  const steps = new Set<string>()
  const open = new Set<Socket>()
  let fault: Fault | null = null
  let left = 0
  let struck = 0
  let refusing = false

  const reset = (side: Side): void => {
    for (const { raw } of [side, side.other()]) raw.resetAndDestroy()
  }

  const converse = (client: Socket): void => {
    // Dovecot takes its own address for a client already secure.
    const target = connect({ port: targetPort, host: '127.0.0.1', localAddress: '127.0.0.2' })
    for (const socket of [client, target]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
    }
    const here: Side = { raw: client, stream: client, other: () => there, name: 'client' }
    const there: Side = { raw: target, stream: target, other: () => here, name: 'server' }
    for (const side of [here, there])
      side.raw.on('close', () => {
        open.delete(side.raw)
        side.other().raw.destroy()
      })
    const nameOf = protocol === 'imap' ? imapSteps() : smtpSteps()
    let startTls: 'none' | 'asked' | 'done' = 'none'
    let muted = false
    let swallow: { from: SideName; then: () => void } | null = null
    let gate: Promise<unknown> = Promise.resolve()
    let slowUntil = 0

    const pass = async (side: Side, chunk: Buffer): Promise<void> => {
      const to = side.other().stream
      let at = 0
      for (; Date.now() < slowUntil && at < chunk.length; at += 200) {
        to.write(chunk.subarray(at, at + 200))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      if (at < chunk.length && !to.destroyed) to.write(chunk.subarray(at))
    }

    /** What a fault does; the promise resolves when the conversation may go on. */
    const strike = async (side: Side, how: Fault): Promise<void> => {
      switch (how.effect) {
        case 'cut':
          reset(side)
          return
        case 'mute':
          muted = true
          return
        case 'stall':
        case 'stall-cut':
          await new Promise((resolve) => setTimeout(resolve, stallMilliseconds))
          if (how.effect === 'stall-cut') reset(side)
          return
        case 'slow':
          slowUntil = Date.now() + slowMilliseconds
          return
        case 'garble-record':
          client.write(noise)
          reset(there)
          return
        case 'garble-text':
          here.stream.write(noise)
          reset(there)
          return
        case 'restart':
          refusing = true
          for (const socket of open) socket.resetAndDestroy()
          setTimeout(() => (refusing = false), stallMilliseconds)
          return
      }
    }

    const take = async (side: Side, chunk: Buffer): Promise<void> => {
      if (muted) return
      const name = nameOf(side.name, chunk.toString('latin1'))
      steps.add(`${side.name}: ${name}`)
      if (swallow && swallow.from === side.name) {
        const { then } = swallow
        swallow = null
        then()
        return
      }
      const how = fault
      if (!how || left === 0 || side.name !== how.step.from || how.step.name !== name) {
        await pass(side, chunk)
        return
      }
      left--
      struck++
      // What is stalled or slowed goes on afterwards: nothing of it may be missing.
      const whole = how.effect === 'stall' || how.effect === 'slow'
      const half = Math.floor(chunk.length / 2)
      if (whole) {
        await pass(side, chunk.subarray(0, half))
        await strike(side, how)
        await pass(side, chunk.subarray(half))
        return
      }
      if (how.extent === 'half') await pass(side, chunk.subarray(0, half))
      else if (how.extent !== 'before') await pass(side, chunk)
      if (how.extent === 'reply') swallow = { from: side.other().name, then: () => void strike(side, how) }
      else await strike(side, how)
    }

    const secure = (): void => {
      startTls = 'done'
      for (const side of [here, there]) side.raw.removeAllListeners('data')
      here.stream = new TLSSocket(client, { isServer: true, secureContext: context })
      there.stream = connectTls({ socket: target, rejectUnauthorized: false })
      for (const side of [here, there]) {
        side.stream.on('error', () => side.raw.destroy())
        listen(side)
      }
    }

    /** What the attacker makes of a piece in clear; null when he answered himself. */
    const twist = (side: Side, text: string): string | null => {
      if (malice === 'preauth' && protocol === 'imap' && side.name === 'server' && text.startsWith('* OK'))
        return '* PREAUTH [CAPABILITY IMAP4rev1] bienvenue\r\n'
      if (malice === 'strip' && side.name === 'server')
        return text.replace(/ STARTTLS/g, '').replace(/^250-STARTTLS\r\n/gm, '')
      if ((malice === 'strip' || malice === 'refuse') && /^(\S+ )?STARTTLS\r\n/i.test(text)) {
        client.write(
          protocol === 'imap' ? `${text.split(' ')[0] ?? ''} NO pas ici\r\n` : '454 4.7.0 pas ici\r\n',
        )
        return null
      }
      return text
    }

    const listen = (side: Side): void => {
      side.stream.on('data', (chunk: Buffer) => {
        gate = gate.then(async () => {
          const clear = startTls !== 'done'
          const original = clear ? chunk.toString('latin1') : ''
          if (side.name === 'client')
            heard[clear ? 'clear' : 'secure'] += chunk.toString('latin1').slice(0, 2000)
          const text = clear ? twist(side, original) : ''
          if (text === null) return
          if (side.name === 'client' && /^(\S+ )?STARTTLS\r\n/i.test(text)) startTls = 'asked'
          const answered = startTls === 'asked' && side.name === 'server' && /^(\S+ OK|220)/.test(text)
          const added = answered && malice === 'inject' ? injected[protocol] : ''
          const changed = clear && (added !== '' || text !== original)
          await take(side, changed ? Buffer.from(text + added, 'latin1') : chunk)
          if (answered && !client.destroyed && !target.destroyed) secure()
        })
      })
    }
    listen(here)
    listen(there)
  }

  const server = createServer((client) => {
    if (refusing) client.resetAndDestroy()
    else converse(client)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    steps,
    heard,
    set: (next) => {
      fault = next
      left = next?.times ?? 0
      struck = 0
    },
    struck: () => struck,
    attack: (next, shown) => {
      malice = next
      context = contextOf(shown)
      heard.clear = ''
      heard.secure = ''
      for (const socket of open) socket.resetAndDestroy()
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
