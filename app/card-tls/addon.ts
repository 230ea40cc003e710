import { createRequire } from 'node:module'
import { fail, ok, type Outcome } from '../contract/errors.ts'

/** What native/card-tls exports (its src/lib.rs). */
export interface Addon {
  Connector: new () => Connector
}

export interface Connector {
  /** Throws when `host` is neither a name nor an address. */
  start(options: {
    host: string
    identity: string
    place: string
    certificates: readonly Uint8Array[]
    schemes: readonly number[]
    tls12: boolean
    tls13: boolean
  }): Connection
  forget(identity?: string): void
}

export interface Connection {
  /** Answers the last question (the first answer is not looked at) and waits for the next. */
  step(answer: Uint8Array | null): Promise<Step>
  receive(bytes: Uint8Array): Received
  send(plaintext: Uint8Array): Buffer
  close(): Buffer
  /** Ends an unfinished handshake, wipes the keys; nothing works afterwards. */
  abandon(): void
}

export type Step =
  | { kind: 'read'; send: Buffer }
  | { kind: 'verify'; chain: Buffer[] }
  | { kind: 'sign'; scheme: number; message: Buffer }
  | ({ kind: 'done'; send: Buffer } & Negotiated)
  | { kind: 'failed'; send: Buffer; failure: TlsFailure }

interface Negotiated {
  protocol: 'TLSv1.2' | 'TLSv1.3'
  cipher: string
  resumed: boolean
  signed: boolean
  chain: Buffer[]
}

export interface Received {
  plaintext: Buffer
  send: Buffer
  closed: boolean
  failure?: TlsFailure
}

export interface TlsFailure {
  reason: 'protocol' | 'no-common-scheme' | 'refused' | 'closed'
  /** The alert that the server sent, by number. */
  alert?: number
  text: string
}

const isAddon = (loaded: unknown): loaded is Addon =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'Connector' in loaded &&
  typeof loaded.Connector === 'function'

/** Loads the native module; `tls.card-module-missing` when it is not there or not for this machine. */
export const loadAddon = (path: string): Outcome<Addon> => {
  try {
    const loaded: unknown = createRequire(import.meta.url)(path)
    if (isAddon(loaded)) return ok(loaded)
    return fail('tls.card-module-missing', { retry: 'after-change' })
  } catch (cause) {
    return fail('tls.card-module-missing', { retry: 'after-change', cause })
  }
}
