import { connect as tcpConnect, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as tlsConnect } from 'node:tls'
import { tlsProfile } from '../algorithms/index.ts'
import { fail, ok, type AppError, type MllpPlace, type Outcome } from '../contract/index.ts'
import { networkError } from '../mail/index.ts'
import { readAck, type Ack } from './ack.ts'

/** Where to connect and what to show there. */
export interface MllpPeer {
  place: Pick<MllpPlace, 'host' | 'port' | 'tls' | 'connectSeconds' | 'answerSeconds'>
  /** PEM of the authorities the receiver's certificate must come from. */
  anchors: readonly string[]
  /** PEM. */
  client: { chain: string; key: string } | null
}

/**
 * What became of one message. `not-sent`: its end never left, so nobody can have taken it. `unknown`: all of it left, and no
 * acknowledgement of it came back.
 */
export type MllpResult =
  | { kind: 'answered'; ack: Ack }
  | { kind: 'not-sent'; error: AppError }
  | { kind: 'unknown'; error: AppError }

const startOfBlock = 0x0b
const endOfBlock = 0x1c
/** Bytes read while waiting: an acknowledgement has some hundreds. */
const mostRead = 1024 * 1024

const asError = <T>(outcome: Outcome<T>, otherwise: AppError): AppError =>
  outcome.ok ? otherwise : outcome.error
const errorOf = (code: AppError['code'], host: string): AppError => ({
  code,
  retry: 'later',
  details: { host },
})

/** A connection, TLS included. Errors: `net.*`, `tls.*`. */
const open = async ({ place, anchors, client }: MllpPeer, signal: AbortSignal): Promise<Outcome<Socket>> =>
  await new Promise((resolve) => {
    if (signal.aborted) return resolve(fail('net.closed', { retry: 'later' }))
    const { host, port } = place
    const socket: Socket = place.tls
      ? tlsConnect({
          host,
          port,
          ...(isIP(host) ? {} : { servername: host }),
          ca: [...anchors],
          ...(client ? { cert: client.chain, key: client.key } : {}),
          rejectUnauthorized: true,
          ...tlsProfile,
          checkServerIdentity,
        })
      : tcpConnect({ host, port })
    const timer = setTimeout(
      () => settle({ ok: false, error: errorOf('net.timeout', host) }),
      place.connectSeconds * 1000,
    )
    const aborted = () => settle({ ok: false, error: errorOf('net.closed', host) })
    const failed = (cause: Error) => settle({ ok: false, error: networkError(cause, host) })
    const settle = (outcome: Outcome<Socket>) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.off('error', failed)
      if (!outcome.ok) {
        socket.on('error', () => undefined)
        socket.destroy()
      }
      resolve(outcome)
    }
    signal.addEventListener('abort', aborted)
    socket.once('error', failed)
    socket.once(place.tls ? 'secureConnect' : 'connect', () => settle(ok(socket)))
  })

/** Whether the receiver can be reached, and trusted; nothing is sent. */
export const tryMllp = async (peer: MllpPeer, signal: AbortSignal): Promise<Outcome<null>> => {
  const opened = await open(peer, signal)
  if (!opened.ok) return opened
  opened.value.destroy()
  return ok(null)
}

/** Takes whole blocks off the front of what was read. */
const blocksOf = (buffer: Buffer): { blocks: Buffer[]; rest: Buffer } => {
  const blocks: Buffer[] = []
  let rest = buffer
  for (let end = rest.indexOf(endOfBlock); end >= 0; end = rest.indexOf(endOfBlock)) {
    const start = rest.indexOf(startOfBlock)
    blocks.push(rest.subarray(start >= 0 && start < end ? start + 1 : 0, end))
    rest = rest.subarray(end + 1)
  }
  return { blocks, rest }
}

/**
 * Sends one message over MLLP on a connection of its own and waits for its acknowledgement (0x0B … 0x1C 0x0D). The end of
 * the block is written apart, once everything before it has gone: until then a broken line means that nothing was taken.
 */
export const sendMllp = async (
  peer: MllpPeer,
  message: Uint8Array,
  controlId: string,
  signal: AbortSignal,
): Promise<MllpResult> => {
  const opened = await open(peer, signal)
  if (!opened.ok) return { kind: 'not-sent', error: opened.error }
  const socket = opened.value
  const { host, answerSeconds } = peer.place
  return await new Promise((resolve) => {
    let ended = false
    let waiting: AppError | null = null
    let read: Buffer = Buffer.alloc(0)
    let settled = false
    const settle = (result: MllpResult) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.destroy()
      resolve(result)
    }
    const broken = (error: AppError) =>
      settle(ended ? { kind: 'unknown', error: waiting ?? error } : { kind: 'not-sent', error })
    const aborted = () => broken(errorOf('net.closed', host))
    const timer = setTimeout(() => broken(errorOf('net.timeout', host)), answerSeconds * 1000)
    signal.addEventListener('abort', aborted)
    socket.on('error', (cause: Error) => {
      const error = networkError(cause, host)
      // In TLS 1.3 a client certificate is refused after the handshake: the receiver has read nothing.
      if (error.code.startsWith('tls.')) settle({ kind: 'not-sent', error })
      else broken(error)
    })
    socket.on('close', () => broken(errorOf('net.closed', host)))
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk])
      const { blocks, rest } = blocksOf(read)
      read = rest
      for (const block of blocks) {
        const ack = readAck(block)
        if (!ack.ok) return broken(asError(ack, errorOf('hl7.malformed', host)))
        // The answer to somebody else's message: ours may still come.
        if (ack.value.controlId !== controlId) waiting = errorOf('hl7.wrong-answer', host)
        // Taken over, not yet filed: the application answers next.
        else if (ack.value.code !== 'CA') return settle({ kind: 'answered', ack: ack.value })
      }
      if (read.byteLength > mostRead) broken(errorOf('hl7.limit', host))
    })
    socket.write(Buffer.concat([Buffer.from([startOfBlock]), message]), (cause) => {
      if (cause || settled) return
      ended = true
      socket.write(Buffer.from([endOfBlock, 0x0d]))
    })
  })
}
