import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import * as crypto from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { buildCardTls, whatIsMissing } from '../../native/card-tls/build.ts'
import { ok, type Outcome } from '../contract/errors.ts'
import {
  createCardTls,
  type CardTls,
  type CardTlsSocket,
  type ClientCredential,
  type ConnectRequest,
  type SignatureScheme,
} from './index.ts'

const build = buildCardTls(true)
if (build.state === 'failed') throw new Error(whatIsMissing(build) ?? '')

/** The native module, built if need be; null on a computer without cargo, where its tests are skipped. */
export const addonPath = 'path' in build ? build.path : null

/** A TLS client of its own, that remembers nothing of others. */
export const freshCardTls = (): CardTls => {
  if (addonPath === null) throw new Error(whatIsMissing(build) ?? '')
  const made = createCardTls({ addonPath })
  if (!made.ok) throw new Error(made.error.code, { cause: made.error.cause })
  return made.value
}

interface TestIdentity {
  certFile: string
  keyFile: string
  certificate: Buffer
  key: crypto.KeyObject
}

export interface TestKeys {
  rsaServer: TestIdentity
  ecServer: TestIdentity
  rsaClient: TestIdentity
  ecClient: TestIdentity
  folder: string
  remove: () => void
}

/** Keys and self-signed certificates of fictitious servers (localhost) and holders, by OpenSSL. */
export const makeTestKeys = (): TestKeys => {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-card-tls-'))
  const make = (name: string, algorithm: string[], subject: string): TestIdentity => {
    const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
    const files = ['-nodes', '-keyout', keyFile, '-out', certFile, '-days', '30']
    const names = ['-subj', `/CN=${subject}`, '-addext', `subjectAltName=DNS:${subject}`]
    execFileSync('openssl', ['req', '-x509', ...algorithm, ...files, ...names], { stdio: 'pipe' })
    return {
      certFile,
      keyFile,
      certificate: new crypto.X509Certificate(readFileSync(certFile)).raw,
      key: crypto.createPrivateKey(readFileSync(keyFile)),
    }
  }
  const rsa = ['-newkey', 'rsa:2048']
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  return {
    rsaServer: make('rsa-server', rsa, 'localhost'),
    ecServer: make('ec-server', ec, 'localhost'),
    rsaClient: make('rsa-client', rsa, 'dr.fictif.test'),
    ecClient: make('ec-client', ec, 'dr.fictif.test'),
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A credential whose key is here (as of a p12 file), and what was asked of it. */
export interface TestCredential extends ClientCredential {
  /** The scheme of each signature asked for, in order. */
  asked: SignatureScheme[]
}

/** What a CPS3 can do, and a CPS4 (cps-card.md §1.8). */
export const cps3: readonly SignatureScheme[] = ['rsa_pkcs1_sha256']
export const cps4: readonly SignatureScheme[] = ['rsa_pss_rsae_sha256', 'rsa_pkcs1_sha256']

/** A credential over a key in memory; `before` runs before each signature and may refuse it. */
export const credentialOf = (
  identity: TestIdentity,
  schemes: readonly SignatureScheme[],
  before: (signal: AbortSignal) => Promise<Outcome<null>> = async () => ok(null),
): TestCredential => {
  const asked: SignatureScheme[] = []
  return {
    certificates: [identity.certificate],
    schemes,
    identity: 'carte fictive 1',
    asked,
    sign: async ({ scheme, message, signal }) => {
      asked.push(scheme)
      const ready = await before(signal)
      if (!ready.ok) return ready
      const digest = scheme.slice(-6)
      const pss = scheme.startsWith('rsa_pss')
        ? {
            padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
            saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
          }
        : {}
      return ok(crypto.sign(digest, message, { key: identity.key, ...pss }))
    },
  }
}

/** A TCP connection to this computer. */
export const tcpTo = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  return socket
}

/** `connect` with what most tests want: any server believed, ten seconds. */
export const requestOver = (
  stream: Duplex,
  credential: ClientCredential | null,
  more: Partial<ConnectRequest> = {},
): ConnectRequest => ({
  stream,
  host: 'localhost',
  credential,
  verifyServer: async () => ok(null),
  handshakeMilliseconds: 10_000,
  ...more,
})

/** The socket of an outcome that must be good. */
export const secured = (outcome: Outcome<CardTlsSocket>): CardTlsSocket => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error), { cause: outcome.error.cause })
  return outcome.value
}

export interface OpensslServer {
  port: number
  /** What it said, on both outputs. */
  said: () => string
  /** Resolves when it has said so. */
  hears: (text: string | RegExp) => Promise<void>
  /** Types a line at it: `R` renegotiates, `K` updates keys. */
  type: (line: string) => void
  stop: () => Promise<void>
}

/** `openssl s_server` on a free port. With `-rev` it answers each line reversed. */
export const startOpenssl = async (
  identity: Pick<TestIdentity, 'certFile' | 'keyFile'>,
  options: string[],
): Promise<OpensslServer> => {
  const fixed = ['s_server', '-accept', '127.0.0.1:0', '-cert', identity.certFile, '-key', identity.keyFile]
  const child: ChildProcess = spawn('openssl', [...fixed, ...options], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  const listeners = new Set<() => void>()
  const hear = (data: Buffer): void => {
    said += data.toString('latin1')
    for (const listener of listeners) listener()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const exited = once(child, 'exit')
  const hears = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (typeof text === 'string' ? !said.includes(text) : !text.test(said)) return
        listeners.delete(look)
        resolve()
      }
      void exited.then(() => reject(new Error(`openssl ended: ${said}`)))
      listeners.add(look)
      look()
    })
  await hears(/ACCEPT 127\.0\.0\.1:\d+/)
  return {
    port: Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1]),
    said: () => said,
    hears,
    type: (line) => child.stdin?.write(line),
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The threads of handshakes in this process that have not ended (Linux). */
export const handshakeThreads = (): number =>
  readdirSync('/proc/self/task').filter((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim() === 'card-tls'
    } catch {
      return false
    }
  }).length
