import type { Policy } from '../../app/contract/index.ts'
import type { Annuaire } from './annuaire.ts'
import type { DnsRecords } from './dns.ts'
import type { ListEntry } from './domain-list.ts'
import type { MailboxView, StoredMessage } from './mailbox.ts'
import type { OneTimeCodes } from './one-time-codes.ts'
import type { Person } from './people.ts'
import type { Pki, ServerCertificateKind } from './pki.ts'
import type { PscBackEnd } from './psc-back-end.ts'
import type { Psc } from './psc.ts'
import type { PublicWeb } from './public-web.ts'
import type { SeedOptions } from './seeding.ts'
import type { Smtp } from './smtp.ts'

export interface OperatorOptions {
  /** Own folder, made if missing and kept; a fresh one under the system's temporary folder, removed, by default. */
  folder?: string
  /** Fills the mailboxes with generated mail (some 3 s); empty by default. */
  seed?: boolean | SeedOptions
  /** Whether the servers want a client certificate, which SASL EXTERNAL then logs in with; by default they do not. */
  clientCertificates?: 'asked' | 'required'
  /** SASL mechanisms of both servers beside EXTERNAL; all of them by default. */
  mechanisms?: readonly ('PLAIN' | 'XOAUTH2' | 'OAUTHBEARER')[]
  /** `without`: IMAP extensions the server does not announce. */
  imap?: { without?: readonly string[] }
  /** Publishes a fictitious Annuaire Santé of so many lines, and names it in the policy. */
  directory?: { lines: number }
  log?: (line: string) => void
}

export interface Operator {
  folder: string
  /** `host` is what certificates name and DNS resolves to `address`. */
  imap: { host: string; address: string; port: number; implicitPort: number }
  smtp: { host: string; address: string; port: number; implicitPort: number } & Pick<
    Smtp,
    | 'refuseNext'
    | 'bounceNext'
    | 'patientBounceNext'
    | 'delayNext'
    | 'setDeliveryNotices'
    | 'setSizeLimit'
    | 'setReplyDelay'
    | 'dropNextReply'
    | 'stallNextReply'
    | 'cutNextData'
  >
  /** `host:port`, for `Resolver.setServers`. */
  dns: { server: string; down: () => void; up: () => void } & DnsRecords
  /** Its web servers: settings of mailboxes, and the list of the trust space's domains under a chain of its own. */
  web: Pick<PublicWeb, 'publish' | 'asked' | 'address'>
  domainList: {
    url: string
    /** Of the chain its server has. */
    anchorFile: string
    publish: (entries: readonly ListEntry[], generatedAt?: Date) => void
    /** Any bytes in its place. */
    publishRaw: (body: string | Buffer) => void
  }
  psc: Pick<
    Psc,
    | 'issuer'
    | 'clientId'
    | 'scope'
    | 'acrValues'
    | 'approvals'
    | 'asked'
    | 'issued'
    | 'setCiba'
    | 'setOutage'
    | 'setLifetimes'
    | 'endSessions'
  >
  /** Holds the secret of the client that `behind` names, for policies where the workstation is no client itself. */
  backEnd: Pick<PscBackEnd, 'url' | 'asked' | 'tamperWith'> & { behind: NonNullable<Policy['psc']> }
  /** The operator's own login, by both of its shapes; in no policy by default. */
  codes: Pick<OneTimeCodes, 'sentTo' | 'giveTo' | 'endSessions'> & {
    endpoint: NonNullable<Policy['oneTimeCode']>
    saslPlain: NonNullable<Policy['oneTimeCode']>
  }
  /** When asked for. */
  annuaire: Annuaire | null
  policy: Policy
  /** The same as JSON on disk. */
  policyFile: string
  pki: Pki
  /** Mails accepted by the submission server, in order. */
  received: Smtp['received']
  /** Delivery by LMTP, as mail from another operator arrives. */
  deliver: Smtp['deliver']
  /** An organisation's p12 for authentication, with the chain above; what is not said is as it should be. */
  organisationP12: (wish?: {
    commonName?: string
    passphrase?: string
    from?: Date
    to?: Date
    /** What a signature certificate has instead. */
    purpose?: 'clientAuth' | 'emailProtection'
  }) => Promise<Buffer>
  mailbox: (person: Person['key']) => MailboxView
  /** Writes messages with flags and dates straight into the store. */
  fill: (person: Person['key'], messages: readonly StoredMessage[]) => Promise<void>
  /** A folder gets another UIDVALIDITY, its messages stay. Nobody may have it selected. */
  renumber: (person: Person['key'], path: string) => Promise<void>
  imapDown: () => Promise<void>
  imapUp: () => Promise<void>
  smtpDown: () => Promise<void>
  smtpUp: () => Promise<void>
  /** The certificate both servers present from now on; open connections stay. */
  useServerCertificate: (kind: ServerCertificateKind) => Promise<void>
  stop: () => Promise<void>
}
