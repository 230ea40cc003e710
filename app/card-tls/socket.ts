import { Duplex } from 'node:stream'
import type { AppError } from '../contract/errors.ts'
import type { Connection, Received } from './addon.ts'
import { errorOf, streamError, truncation, type Situation } from './failures.ts'
import type { Done } from './handshake.ts'

/** A TLS connection as a stream. Errors of its `error` event: `cardTlsError` tells ours. */
export type CardTlsSocket = Duplex & CardTlsFacts

interface CardTlsFacts {
  protocol: 'TLSv1.2' | 'TLSv1.3'
  /** IANA name of the suite. */
  cipher: string
  /** An earlier session went on: no signature was asked of the key. */
  resumed: boolean
  /** Whether the server has seen our certificate: just now, or it did not ask; when a session goes on, as it was in that one. */
  clientCertificate: 'signed' | 'resumed' | 'not-asked'
  /** DER, the server's own certificate first, as it was judged. */
  peerChain: readonly Uint8Array[]
  /** As node:tls has them, for libraries that ask. */
  encrypted: true
  authorized: true
  getCipher(): { name: string; standardName: string; version: string }
}

/** Plaintext encrypted at once: a few records, so that no write holds the event loop. */
const pieceBytes = 64 * 1024

/** The stream over an established connection; it owns `stream` and `connection` from now on. */
export const createSocket = (
  stream: Duplex,
  connection: Connection,
  done: Done,
  options: { situation: Situation; allowHalfOpen: boolean },
): CardTlsSocket => {
  const { situation } = options
  /** The server said that nothing follows. */
  let told = false
  let ended = false

  const socket = new Duplex({
    allowHalfOpen: options.allowHalfOpen,
    read: () => {
      stream.resume()
    },
    write: (chunk: Buffer, _encoding, callback) => {
      sendFrom(chunk, 0, callback)
    },
    final: (callback) => {
      ended = true
      // The line may have closed behind the server's own end: there is nobody left to tell.
      if (!stream.writable) callback()
      else attempt(callback, () => stream.end(connection.close(), () => callback()))
    },
    destroy: (error, callback) => {
      // Said even when leaving in haste: a server may forget the session of a client that vanished.
      if (!error && !ended && stream.writable) attempt(callback, () => stream.write(connection.close()))
      connection.abandon()
      stream.off('data', onData)
      stream.destroy()
      callback(error)
    },
  })

  const failWith = (error: AppError): void => {
    socket.destroy(streamError(error))
  }

  const deliver = (received: Received): void => {
    if (received.send.length > 0 && stream.writable) stream.write(received.send)
    if (received.plaintext.length > 0 && !socket.push(received.plaintext)) stream.pause()
    if (received.failure) failWith(errorOf(received.failure, situation))
    else if (received.closed && !told) {
      told = true
      socket.push(null)
    }
  }

  const onData = (bytes: Buffer): void => {
    if (told || socket.destroyed) return
    attempt(
      (cause) =>
        failWith({ code: 'tls.handshake', retry: 'later', details: { host: situation.host }, cause }),
      () => deliver(connection.receive(bytes)),
    )
  }

  const sendFrom = (chunk: Buffer, start: number, callback: (error?: Error | null) => void): void => {
    const end = Math.min(chunk.length, start + pieceBytes)
    attempt(callback, () => {
      stream.write(connection.send(chunk.subarray(start, end)), (error) => {
        if (error || end === chunk.length) callback(error)
        else sendFrom(chunk, end, callback)
      })
    })
  }

  const cut = (): void => {
    if (!told && !socket.destroyed) failWith(truncation(situation.host))
  }
  // Flowing, so that an alert right before a reset is heard; paused until somebody reads.
  stream.on('data', onData)
  stream.on('end', cut)
  stream.on('close', cut)
  stream.on('error', (error) => socket.destroy(error))
  // Told to whoever listens; a library that has let go of the socket must not bring the program down.
  socket.on('error', () => undefined)

  // What came along with the end of the handshake.
  onData(Buffer.alloc(0))
  if (stream.destroyed || stream.readableEnded) cut()
  return Object.assign(socket, {
    protocol: done.protocol,
    cipher: done.cipher,
    resumed: done.resumed,
    clientCertificate: done.resumed
      ? ('resumed' as const)
      : done.signed
        ? ('signed' as const)
        : ('not-asked' as const),
    peerChain: done.chain,
    encrypted: true as const,
    authorized: true as const,
    getCipher: () => ({ name: done.cipher, standardName: done.cipher, version: done.protocol }),
  })
}

const attempt = (failed: (error: Error) => void, act: () => unknown): void => {
  try {
    act()
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)))
  }
}
