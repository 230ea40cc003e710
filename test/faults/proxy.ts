import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls'

/** Where in the conversation a fault strikes: the first chunk of this side that matches, in clear or inside TLS. */
export interface Step {
  name: string
  from: 'client' | 'server'
  matches: RegExp
}

/** How much of the matching chunk still passes; `reply`: all of it, but not the answer that follows. */
export const extents = ['before', 'half', 'after', 'reply'] as const
/**
 * - cut: both sides are reset; stall: nothing passes for a while, then all goes on; stall-cut: then both are reset;
 * - slow: a few bytes at a time; garble-record: noise in the TCP stream; garble-text: noise inside TLS;
 * - restart: every connection is reset and none is taken for a while; mute: nothing ever passes again.
 */
export const effects = [
  'cut',
  'stall',
  'stall-cut',
  'slow',
  'garble-record',
  'garble-text',
  'restart',
] as const

export interface Fault {
  step: Step
  extent: (typeof extents)[number]
  effect: (typeof effects)[number] | 'mute'
  /** How many times it strikes. */
  times: number
}

export interface FaultProxy {
  port: number
  /** Strikes as told from now on; null: everything passes. */
  set: (fault: Fault | null) => void
  /** How many times the fault has struck. */
  struck: () => number
  stop: () => Promise<void>
}

const stallMilliseconds = 2000
const slowMilliseconds = 2500
const noise = Buffer.from('\u0000\u00ff* \u0015\u0003 )) {99 bruit\r\n\r\n', 'latin1')

/** One side of a proxied connection. */
interface Side {
  raw: Socket
  stream: Socket
  other: () => Side
  name: Step['from']
}

/**
 * A port before one of the operator's servers that ends TLS on both sides, so that it sees each protocol step, and
 * breaks the conversation where it is told to. `certificate` must be one the client accepts for the host.
 */
export const startFaultProxy = async (
  targetPort: number,
  certificate: { chainPem: string; keyPem: string },
): Promise<FaultProxy> => {
  const context = createSecureContext({ cert: certificate.chainPem, key: certificate.keyPem })
  const open = new Set<Socket>()
  let fault: Fault | null = null
  let left = 0
  let struck = 0
  let refusing = false

  const reset = (side: Side): void => {
    for (const { raw } of [side, side.other()]) raw.resetAndDestroy()
  }

  const converse = (client: Socket): void => {
    const target = connect({ port: targetPort, host: '127.0.0.1' })
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
    let startTls: 'none' | 'asked' | 'done' = 'none'
    let muted = false
    let swallow: { from: Step['from']; then: () => void } | null = null
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
      if (swallow && swallow.from === side.name) {
        const { then } = swallow
        swallow = null
        then()
        return
      }
      const how = fault
      const text = chunk.toString('latin1')
      if (!how || left === 0 || side.name !== how.step.from || !how.step.matches.test(text)) {
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

    const listen = (side: Side): void => {
      side.stream.on('data', (chunk: Buffer) => {
        gate = gate.then(async () => {
          const text = startTls === 'done' ? '' : chunk.toString('latin1')
          if (side.name === 'client' && /^(\S+ )?STARTTLS\r\n/i.test(text)) startTls = 'asked'
          const answered = startTls === 'asked' && side.name === 'server' && /^(\S+ OK|220)/.test(text)
          await take(side, chunk)
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
    set: (next) => {
      fault = next
      left = next?.times ?? 0
      struck = 0
    },
    struck: () => struck,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
