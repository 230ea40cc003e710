import type {
  Account,
  CardModule,
  CardReader,
  CardState,
  DiagnosisServer,
  Outcome,
  Policy,
} from '../contract/index.ts'
import type { Trust } from '../smime/index.ts'
import type { WebAnswer } from './web.ts'

/** What a diagnosis looks at; everything is asked through here, so that the same engine serves the window, a command and tests. */
export interface DiagnosisDependencies {
  program: { version: string; platform: NodeJS.Platform; arch: NodeJS.Architecture }
  policy: Pick<
    Policy,
    'environment' | 'cardModuleVersion' | 'psc' | 'trustAnchors' | 'serverIssuer' | 'revocation'
  >
  /** Home folders, which name people: never told. */
  homeFolders: readonly string[]
  card: {
    state: () => CardState
    readers: () => CardReader[]
    module: () => CardModule | null
    /** DER, readable before the PIN. */
    certificates: () => Promise<Outcome<{ authentication: Uint8Array | null; signature: Uint8Array | null }>>
    /** Resolves when the state is no longer `starting`, or after a while. */
    settled: () => Promise<void>
  }
  modules: () => Promise<{ found: string[]; tried: string[] }>
  /** The first bytes of a file. Throws the file system's errors. */
  readHead: (path: string, bytes: number) => Promise<Uint8Array>
  trust: Pick<Trust, 'anchors' | 'verifySigner'>
  askWeb: (url: string) => Promise<Outcome<WebAnswer>>
  /** Connects as the mail does, without logging in; errors as `probeServer`. */
  askServer: (server: DiagnosisServer) => Promise<Outcome<{ milliseconds: number }>>
  /** Null while nobody may know them. */
  accounts: () => Promise<Pick<Account, 'imap' | 'smtp' | 'auth' | 'kind'>[] | null>
  stores: () => Promise<{
    count: number
    /** Those whose key slots cannot be read. */
    unreadable: number
    /** Of the open one; null while locked. */
    health: { damaged: boolean; checkedAt: string | null } | null
  }>
  /** Free bytes where the stores are; null when the system does not say. */
  freeSpace: () => Promise<number | null>
  /** Whether the operating system's key store gives back what it was given; null where there is none to ask. */
  keyStore: (() => Promise<Outcome<boolean>>) | null
  /** Whether mail servers can be reached with the card's key alone. */
  cardTls: () => boolean
  /** Milliseconds since 1970. */
  now: () => number
}
