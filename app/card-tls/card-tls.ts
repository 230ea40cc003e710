import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { loadAddon, type Connection } from './addon.ts'
import { shake } from './handshake.ts'
import { fitsTls13, schemeNumber, type ClientCredential } from './credential.ts'
import { createSocket, type CardTlsSocket } from './socket.ts'

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

export interface ConnectRequest {
  /** Connected, or after STARTTLS. It belongs to the TLS connection from the call on, and is destroyed when that fails. */
  stream: Duplex
  /** Name or address the server's certificate is for; sent as SNI when a name. */
  host: string
  /** Sessions are remembered per host and port: two services of one host do not share them. */
  port?: number
  credential: ClientCredential | null
  versions?: { min: TlsVersion; max: TlsVersion }
  /**
   * Judges the server before anything of ours is sent or signed, and again when a session goes on. `chain`: DER, the
   * server's own certificate first. That the server has the key is checked afterwards, by the handshake.
   */
  verifyServer: (chain: Uint8Array[]) => Promise<Outcome<unknown>>
  /** How long the server may keep us waiting; neither the card's time nor that of the verification count. */
  handshakeMilliseconds: number
  /** Leave the stream open for writing after the server's end, as `net.Socket` has it. */
  allowHalfOpen?: boolean
  /** Gives up the handshake; the connection afterwards is ended by `destroy`. */
  signal?: AbortSignal
}

export interface CardTls {
  /**
   * TLS over `stream`. Errors: what `verifyServer` and `sign` fail with; `tls.client-certificate-refused`,
   * `tls.signature-unsupported` (the server takes no signature the key can make, or TLS 1.3 alone from a key that has only
   * PKCS#1), `tls.handshake`, `net.timeout`, `net.closed`.
   */
  connect(request: ConnectRequest): Promise<Outcome<CardTlsSocket>>
  /** Forgets the sessions of an identity, or all: what comes next asks the key again. For lock and removal. */
  forget(identity?: string): void
}

/** The TLS client for keys in cards; `tls.card-module-missing` when the native module is not at `addonPath`. */
export const createCardTls = (params: { addonPath: string }): Outcome<CardTls> => {
  const addon = loadAddon(params.addonPath)
  if (!addon.ok) return addon
  const connector = new addon.value.Connector()

  const leaders = new Map<string, Promise<unknown>>()
  /** Runs after the one that now leads under this key, with all the others that came meanwhile. */
  const behind = async <T>(key: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> => {
    const leader = leaders.get(key)
    if (leader) {
      await unlessAborted(leader, signal)
      return run()
    }
    const running = run()
    leaders.set(key, running)
    try {
      return await running
    } finally {
      leaders.delete(key)
    }
  }

  const connect: CardTls['connect'] = async (request) => {
    const { stream, host, credential } = request
    const { min, max } = request.versions ?? { min: 'TLSv1.2', max: 'TLSv1.3' }
    // A CPS3: PKCS#1 only, which TLS 1.3 does not take (cps-card.md §4.3).
    const cappedByKey = credential !== null && !credential.schemes.some(fitsTls13)
    const tls13 = max === 'TLSv1.3' && !cappedByKey
    const tls12 = min === 'TLSv1.2'
    const situation = { host, hasCertificate: credential !== null, cappedByKey }
    const giveUp = (failure: Outcome<never>, connection?: Connection): Outcome<never> => {
      connection?.abandon()
      stream.destroy()
      return failure
    }
    // It is ours now; whoever looks at it hears of its errors from us.
    stream.on('error', () => undefined)
    if (!tls12 && !tls13) {
      const details = { host, needs: 'TLSv1.3' }
      return giveUp(fail('tls.signature-unsupported', { retry: 'after-change', details }))
    }
    const signal = request.signal ?? new AbortController().signal
    const identity = credential?.identity ?? ''
    const place = placeOf(request, { tls12, tls13 })
    const goOn = async (): Promise<Outcome<CardTlsSocket>> => {
      let connection: Connection
      try {
        connection = connector.start({
          host,
          identity,
          place,
          certificates: credential?.certificates ?? [],
          schemes: credential?.schemes.map(schemeNumber) ?? [],
          tls12,
          tls13,
        })
      } catch (cause) {
        return giveUp(fail('tls.handshake', { retry: 'after-change', details: { host }, cause }))
      }
      const { verifyServer, handshakeMilliseconds: milliseconds } = request
      const handshake = { stream, connection, situation, credential, verifyServer, milliseconds, signal }
      const done = await shake(handshake)
      if (!done.ok) return giveUp(done, connection)
      const allowHalfOpen = request.allowHalfOpen ?? false
      return ok(createSocket(stream, connection, done.value, { situation, allowHalfOpen }))
    }
    // In TLS 1.2 the session is there when the handshake is done: those that come meanwhile go on with it and spare the
    // card their signature.
    return cappedByKey ? behind(JSON.stringify([identity, place]), signal, goOn) : goOn()
  }

  return ok({ connect, forget: (identity) => connector.forget(identity) })
}

/** Within an identity, what a session may not be carried across. */
const placeOf = (
  { host, port, credential }: ConnectRequest,
  versions: { tls12: boolean; tls13: boolean },
): string => {
  const chain = createHash('sha256')
  for (const certificate of credential?.certificates ?? []) chain.update(certificate)
  return JSON.stringify([host, port ?? null, chain.digest('hex'), credential?.schemes ?? [], versions])
}

/** Waits for the end of `work`, good or bad, or for the signal. */
const unlessAborted = async (work: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  let leave: () => void = () => undefined
  const left = new Promise<void>((resolve) => {
    leave = resolve
    signal.addEventListener('abort', leave)
  })
  await Promise.race([work.then(leave, leave), left])
  signal.removeEventListener('abort', leave)
}
