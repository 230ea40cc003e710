import type { Duplex } from 'node:stream'
import { fail, ok, type AppError, type Outcome } from '../contract/errors.ts'
import type { Connection, Step } from './addon.ts'
import { schemeNamed, type ClientCredential } from './credential.ts'
import { errorOf, type Situation } from './failures.ts'

export type Done = Extract<Step, { kind: 'done' }>

interface Handshake {
  stream: Duplex
  connection: Connection
  situation: Situation
  credential: ClientCredential | null
  verifyServer: (chain: Uint8Array[]) => Promise<Outcome<unknown>>
  /** How long the server may keep us waiting, all its silences together. The card and the verification take their own time. */
  milliseconds: number
  signal: AbortSignal
}

/** Bytes: RSA of 16,384 bits. */
const longestSignature = 2_048

const yes = new Uint8Array(0)

/**
 * Answers the questions of a handshake until TLS is up. The caller ends `connection` and `stream` when it fails. Errors:
 * net.closed, net.timeout, tls.*, what `verifyServer` and `sign` fail with.
 */
export const shake = async (handshake: Handshake): Promise<Outcome<Done>> => {
  const { stream, connection, situation, credential, signal } = handshake
  const line = watchLine(stream, situation.host, signal)
  const send = (bytes: Uint8Array): void => {
    if (bytes.length > 0 && stream.writable) stream.write(bytes)
  }
  let patience = handshake.milliseconds
  let refusal: AppError | undefined
  let answer: Uint8Array | null = null
  const judge = async (chain: Uint8Array[]): Promise<Outcome<unknown>> => {
    const verdict = await line.unlessLost(settled(handshake.verifyServer(chain), situation.host))
    if (!verdict.ok) refusal = verdict.error
    return verdict
  }
  const sign = async (number: number, message: Uint8Array): Promise<Outcome<Uint8Array>> => {
    const scheme = schemeNamed(number)
    const nonsense = fail('tls.handshake', { details: { host: situation.host } })
    if (!credential || !scheme) return nonsense
    const asked = credential.sign({ scheme, message, signal: line.lost })
    const signature = await line.unlessLost(settled(asked, situation.host))
    if (!signature.ok) return signature
    const { length } = signature.value
    return length > 0 && length <= longestSignature ? signature : nonsense
  }
  try {
    for (;;) {
      const step: Step = await connection.step(answer)
      switch (step.kind) {
        case 'read': {
          send(step.send)
          const asked = performance.now()
          const bytes: Outcome<Uint8Array | null> = await line.read(patience)
          patience -= performance.now() - asked
          if (!bytes.ok) return bytes
          answer = bytes.value
          break
        }
        case 'verify': {
          const verdict = await judge(step.chain)
          if (line.lost.aborted) return line.failure()
          answer = verdict.ok ? yes : null
          break
        }
        case 'sign': {
          const signature = await sign(step.scheme, step.message)
          if (!signature.ok) return signature
          answer = signature.value
          break
        }
        case 'done': {
          send(step.send)
          if (line.lost.aborted) return line.failure()
          // A session remembered is not a server believed for ever: it is judged again, by the certificate it showed then.
          const verdict = step.resumed ? await judge(step.chain) : ok(null)
          return verdict.ok ? ok(step) : verdict
        }
        case 'failed':
          send(step.send)
          return { ok: false, error: refusal ?? errorOf(step.failure, situation) }
      }
    }
  } catch (cause) {
    return fail('tls.handshake', { retry: 'later', details: { host: situation.host }, cause })
  } finally {
    line.release()
  }
}

/** Callers give outcomes; should one throw all the same, that is a failure of the handshake. */
const settled = async <T>(work: Promise<Outcome<T>>, host: string): Promise<Outcome<T>> => {
  try {
    return await work
  } catch (cause) {
    return fail('tls.handshake', { details: { host }, cause })
  }
}

interface Line {
  /** The next bytes, null when the server has ended; `net.timeout` after so many milliseconds. */
  read(milliseconds: number): Promise<Outcome<Uint8Array | null>>
  /** What `work` gives, unless the line is lost or the caller gives up first. */
  unlessLost<T>(work: Promise<Outcome<T>>): Promise<Outcome<T>>
  /** Aborted when the line is lost or the caller gives up. */
  lost: AbortSignal
  failure(): Outcome<never>
  release(): void
}

/**
 * Listens in flowing mode, paused unless somebody waits for bytes: what a server says right before it resets the
 * connection (an alert) would not be read any more otherwise.
 */
const watchLine = (stream: Duplex, host: string, signal: AbortSignal): Line => {
  const lost = new AbortController()
  const heard: Uint8Array[] = []
  let error: AppError = { code: 'net.closed', retry: 'later', details: { host } }
  let notify: () => void = () => undefined
  const onData = (bytes: Uint8Array): void => {
    heard.push(bytes)
    stream.pause()
    notify()
  }
  const onEnd = (): void => notify()
  const onError = (cause: Error): void => {
    error = { ...error, cause }
    lost.abort()
  }
  const onLost = (): void => lost.abort()
  stream.pause()
  stream.on('data', onData)
  stream.on('end', onEnd)
  stream.on('error', onError)
  stream.on('close', onLost)
  signal.addEventListener('abort', onLost)
  if (signal.aborted || stream.destroyed) lost.abort()
  const failure = (): Outcome<never> => ({ ok: false, error })

  const unlessLost = async <T>(work: Promise<Outcome<T>>): Promise<Outcome<T>> => {
    if (lost.signal.aborted) return failure()
    let giveUp: () => void = () => undefined
    const given = new Promise<Outcome<T>>((resolve) => {
      giveUp = () => resolve(failure())
      lost.signal.addEventListener('abort', giveUp)
    })
    try {
      return await Promise.race([work, given])
    } finally {
      lost.signal.removeEventListener('abort', giveUp)
    }
  }

  const read: Line['read'] = (milliseconds) =>
    new Promise((resolve) => {
      const settle = (outcome: Outcome<Uint8Array | null>): void => {
        clearTimeout(timer)
        lost.signal.removeEventListener('abort', look)
        notify = () => undefined
        resolve(outcome)
      }
      const look = (): void => {
        const bytes = heard.shift()
        if (bytes) settle(ok(bytes))
        else if (stream.readableEnded) settle(ok(null))
        else if (lost.signal.aborted) settle(failure())
        else stream.resume()
      }
      const late = (): void => settle(fail('net.timeout', { retry: 'later', details: { host } }))
      const timer = setTimeout(late, Math.max(0, milliseconds))
      lost.signal.addEventListener('abort', look)
      notify = look
      look()
    })

  return {
    read,
    unlessLost,
    lost: lost.signal,
    failure,
    release: () => {
      stream.off('data', onData)
      stream.off('end', onEnd)
      stream.off('error', onError)
      stream.off('close', onLost)
      signal.removeEventListener('abort', onLost)
    },
  }
}
