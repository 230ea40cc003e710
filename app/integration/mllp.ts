import type { Socket } from 'node:net'
import { fail, ok, type AppError, type MllpPlace, type Outcome } from '../contract/index.ts'
import {
  errorCode,
  networkError,
  openTcp,
  secureSocket,
  type ClientCertificate,
  type PeerVerification,
} from '../mail/index.ts'
import { readAck, type Ack } from './ack.ts'

/** Where to connect and what to show there. */
export interface MllpPeer {
  place: Pick<MllpPlace, 'host' | 'port' | 'tls' | 'connectSeconds' | 'answerSeconds'>
  /** What the receiver must prove: authorities, name, revocation. */
  verification: PeerVerification
  client: ClientCertificate | null
}

/**
 * What became of one message. `not-sent`: its end never left, so nobody can have taken it. `unknown`: all of it left, and no
 * acknowledgement of it came back; `taken` when the receiver said that it keeps it (CA), which is no end.
 */
export type MllpResult =
  | { kind: 'answered'; ack: Ack }
  | { kind: 'not-sent'; error: AppError }
  | { kind: 'unknown'; error: AppError; taken: boolean }

const startOfBlock = 0x0b
const endOfBlock = 0x1c
/** Bytes read while waiting: an acknowledgement has some hundreds. */
const mostRead = 1024 * 1024
/** Bytes of the message written at once: each is given its time to leave. */
const piece = 256 * 1024

const errorOf = (code: AppError['code'], host: string): AppError => ({
  code,
  retry: 'later',
  details: { host },
})

/**
 * A connection, TLS included: as mail opens its own, with the revocation of the receiver's certificate looked up before a
 * byte is sent. The time given is for connecting; a slow revocation list has its own. Errors: `net.*`, `tls.*`.
 */
const open = async (
  { place, verification, client }: MllpPeer,
  signal: AbortSignal,
): Promise<Outcome<Socket>> => {
  const { host, port } = place
  const milliseconds = place.connectSeconds * 1000
  if (signal.aborted) return fail('net.closed', { retry: 'later' })
  const tcp = await openTcp(verification.resolver, host, port, signal, milliseconds)
  if (!tcp.ok || !place.tls) return tcp
  const plain = tcp.value
  plain.on('error', () => undefined)
  return await new Promise((resolve) => {
    const settle = (outcome: Outcome<Socket>): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.off('error', failed).off('close', closed)
      if (!outcome.ok) {
        socket.on('error', () => undefined)
        socket.destroy()
        plain.destroy()
      }
      resolve(outcome)
    }
    const refused = (error: AppError): void => settle({ ok: false, error })
    const failed = (cause: Error): void => refused(networkError(cause, host))
    const closed = (): void => refused(errorOf('net.closed', host))
    const aborted = (): void => refused(errorOf('net.closed', host))
    const socket = secureSocket(plain, host, verification, () => settle(ok(socket)), client)
    const timer = setTimeout(() => refused(errorOf('net.timeout', host)), milliseconds)
    socket.once('secureConnect', () => clearTimeout(timer))
    socket.on('error', failed).on('close', closed)
    signal.addEventListener('abort', aborted)
  })
}

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
    const start = rest.lastIndexOf(startOfBlock, end)
    blocks.push(rest.subarray(start + 1, end))
    rest = rest.subarray(end + 1)
  }
  return { blocks, rest }
}

/** In TLS 1.3 a client certificate is refused after the handshake, by one of these: the receiver has read nothing. */
const certificateAlert =
  /ALERT_(?:CERTIFICATE_\w+|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|HANDSHAKE_FAILURE)$/

/**
 * Sends one message over MLLP on a connection of its own and waits for its acknowledgement (0x0B … 0x1C 0x0D). The end of
 * the block is written apart, once everything before it has gone: until then a broken line means that nothing was taken,
 * and an answer that accepts is not believed.
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
    let taken = false
    let waiting: AppError | null = null
    let read: Buffer = Buffer.alloc(0)
    let heard = 0
    let settled = false
    let timer: NodeJS.Timeout | null = null
    /** So long for each piece to leave, then for the answer. */
    const allow = (): void => {
      if (timer) clearTimeout(timer)
      timer = setTimeout(() => broken(errorOf('net.timeout', host)), answerSeconds * 1000)
    }
    const settle = (result: MllpResult) => {
      if (settled) return
      settled = true
      if (timer) clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.destroy()
      resolve(result)
    }
    const broken = (error: AppError) =>
      settle(ended ? { kind: 'unknown', error: waiting ?? error, taken } : { kind: 'not-sent', error })
    const aborted = () => broken(errorOf('net.closed', host))
    signal.addEventListener('abort', aborted)
    socket.on('error', (cause: Error) => {
      if (!certificateAlert.test(errorCode(cause))) return broken(networkError(cause, host))
      const error: AppError = {
        code: 'tls.client-certificate-refused',
        retry: 'after-change',
        details: { host },
        cause,
      }
      settle({ kind: 'not-sent', error })
    })
    socket.on('close', () => broken(errorOf('net.closed', host)))
    /** What is no answer to this message: ours may still come. */
    const passOver = (error: AppError): void => void (waiting = error)
    const answered = (block: Buffer): void => {
      const ack = readAck(block)
      if (!ack.ok) return passOver(ack.error)
      const { code } = ack.value
      const accepts = code === 'AA' || code === 'CA'
      if (ack.value.controlId !== controlId || (accepts && !ended))
        return passOver(errorOf('hl7.wrong-answer', host))
      // Taken over, not yet filed: the application answers next.
      if (code === 'CA') taken = true
      else settle({ kind: 'answered', ack: ack.value })
    }
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.byteLength
      const { blocks, rest } = blocksOf(Buffer.concat([read, chunk]))
      read = rest
      for (const block of blocks) answered(block)
      if (heard > mostRead) broken(errorOf('hl7.limit', host))
    })
    const pieces = (function* () {
      yield Buffer.from([startOfBlock])
      for (let at = 0; at < message.byteLength; at += piece) yield message.subarray(at, at + piece)
    })()
    const writeNext = (): void => {
      if (settled) return
      allow()
      const next = pieces.next()
      if (next.done === true) {
        ended = true
        socket.write(Buffer.from([endOfBlock, 0x0d]))
        return
      }
      socket.write(next.value, (cause) => {
        if (!cause) writeNext()
      })
    }
    writeNext()
  })
}
