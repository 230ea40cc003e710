import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type {
  Account,
  AccountConnection,
  ActionProgress,
  Folder,
  MailDelta,
  MessageRow,
  OutboxItem,
  TrustClass,
} from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { createVault, type Vault } from '../vault/index.ts'
import type { Operator } from '../../test/operator/index.ts'
import { people, type Person } from '../../test/operator/people.ts'
import { vaultCard } from '../../test/vault-card.ts'
import { value } from './outcome.fixture.ts'
import { createMail, createResolver, createSourceReader, type Mail, type MailDependencies } from './index.ts'

/** Everything windows were told, with a way to wait for a state of it. */
export const createWitness = () => {
  const rows = new Map<number, MessageRow>()
  const order: MessageRow[] = []
  const folders = new Map<number, Folder>()
  const state = {
    accounts: [] as Account[],
    /** How many times windows were told of the accounts. */
    accountsTold: 0,
    /** Every state of the first account's connection they were told, in order. */
    connections: [] as AccountConnection[],
    outbox: [] as OutboxItem[],
    phase: '',
    actions: { waiting: 0, blocked: 0, notices: 0 },
    progress: [] as ActionProgress[],
  }
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const check of waiting) check()
  }
  return {
    rows,
    order,
    folders,
    state,
    emit: {
      delta: (delta: MailDelta) => {
        for (const row of delta.upserted) {
          if (!rows.has(row.id)) order.push(row)
          rows.set(row.id, row)
        }
        for (const id of delta.removed) rows.delete(id)
        for (const folder of delta.folders) folders.set(folder.id, folder)
        for (const id of delta.removedFolders) folders.delete(id)
        tell()
      },
      accounts: (accounts: Account[]) => {
        state.accounts = accounts
        state.accountsTold += 1
        if (accounts[0]) state.connections.push(accounts[0].connection)
        tell()
      },
      progress: (progress: { phase: string }) => {
        state.phase = progress.phase
        tell()
      },
      outbox: (items: OutboxItem[]) => {
        state.outbox = items
        tell()
      },
      actionProgress: (progress: ActionProgress) => {
        state.progress.push(progress)
        tell()
      },
      actionsChanged: (counts: typeof state.actions) => {
        state.actions = counts
        tell()
      },
    },
    /** Resolves as soon as `look` gives something else than undefined. */
    until: <T>(what: string, look: () => T | undefined, seconds = 60): Promise<T> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check)
          reject(new Error(`never happened: ${what}`))
        }, seconds * 1000)
        const check = () => {
          const found = look()
          if (found === undefined) return
          clearTimeout(timer)
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      }),
  }
}

export interface Practice {
  mail: Mail
  vault: Vault
  witness: ReturnType<typeof createWitness>
  /** Another `createMail` on the same vault, as after a restart. */
  restart: () => Promise<void>
  close: () => Promise<void>
}

/** A vault and mail for one user of the operator, with nothing in it yet. */
export const openPractice = async (
  operator: Operator,
  overrides: Partial<MailDependencies> = {},
): Promise<Practice> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'souspli-mail-'))
  const random = (length: number) => new Uint8Array(randomBytes(length))
  const vault = createVault({
    folder,
    workerEntry: path.join(import.meta.dirname, '../vault/worker.ts'),
    random,
    now: Date.now,
    deviceSecret: {
      protect: (bytes) => Promise.resolve(ok(bytes.slice())),
      unprotect: (bytes) => Promise.resolve(ok(bytes.slice())),
    },
  })
  value(await vault.create(vaultCard))
  const anchors = (operator.policy.trustAnchors ?? []).map((file) => readFileSync(file, 'utf8'))
  const domains = operator.policy.trustSpace?.domains ?? []
  const witness = createWitness()
  const reader = createSourceReader({
    entry: path.join(import.meta.dirname, '../reading-worker.ts'),
    limitMilliseconds: 20_000,
    idleMilliseconds: 10_000,
    heapMebibytes: 128,
  })
  const resolver = createResolver({ servers: [operator.dns.server] })
  const servers = { resolver, anchors: () => anchors, verifyServer: () => Promise.resolve(ok(null)) }
  const classify = (address: string): TrustClass =>
    domains.some((domain) => address.endsWith(domain.replace(/^\.?/, domain.startsWith('.') ? '.' : '@')))
      ? 'professional'
      : 'outside'
  const make = () =>
    createMail({
      vault,
      ...servers,
      rules: {
        classify,
        allowsHost: () => true,
        genericMailboxes: false,
        web: servers,
        publicServers: servers,
      },
      logins: ['psc', 'password'],
      prove: (account) => Promise.resolve(ok({ kind: 'password', password: account.password ?? '' })),
      openCard: () => Promise.resolve(fail('card.no-card', { retry: 'after-change' })),
      takeP12: () => fail('account.p12-gone', { retry: 'after-change' }),
      describeP12: () => fail('smime.malformed'),
      externalIdentity: null,
      login: () => Promise.resolve(ok(null)),
      reader,
      monotonic: () => performance.now(),
      classify,
      examine: () => [],
      isHealthFile: () => false,
      lockOf: () => null,
      holdsIns: () => false,
      displaySubject: (raw) => raw.replace(/^XDM\/1\.0\/DDM\+?/, ''),
      protect: (entity) => Promise.resolve(ok(entity)),
      canSign: () => true,
      extraHeaders: () => ({ 'X-MSS-NIL': '123' }),
      finalContent: (content) => content,
      everyMessageHeaders: { 'X-MSS-NIL': '123' },
      opposedAmong: () => Promise.resolve(ok(null)),
      largestTo: () => null,
      domainChecks: () => Promise.resolve(ok([])),
      documents: {
        outgoing: () => Promise.resolve(ok(null)),
        checks: () => Promise.resolve(ok({ checks: [], bytes: 0, people: [] })),
        people: () => Promise.resolve(ok([])),
        replaced: () => Promise.resolve(null),
        restore: () => Promise.resolve(ok(null)),
      },
      onSent: () => Promise.resolve(ok(null)),
      replacePrefix: () => '[Annule et remplace] ',
      readableContent: (raw) => Promise.resolve(ok(raw)),
      attachmentUrl: () => 'souspli-part://none',
      now: Date.now,
      random,
      onFault: (error) => {
        throw error
      },
      emit: witness.emit,
      ...overrides,
    })
  const practice: Practice = {
    mail: make(),
    vault,
    witness,
    restart: async () => {
      await practice.mail.stop()
      practice.mail = make()
      await practice.mail.start()
    },
    close: async () => {
      await practice.mail.stop()
      await vault.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await practice.mail.start()
  return practice
}

/** Creates the account of a person by address alone. */
export const createAccountFor = async (
  practice: Practice,
  key: Person['key'],
  password: string = people[key].password,
): Promise<Outcome<Account>> => {
  const person = people[key]
  const found = value(await practice.mail.discover(person.address))
  return await practice.mail.createAccount({
    address: person.address,
    displayName: person.displayName,
    kind: person.kind === 'organisational' ? 'organisational' : 'personal',
    imap: found.imap,
    smtp: found.smtp,
    auth: { kind: 'password', password },
  })
}

/** A plain letter, fictitious. */
export const letter = (
  from: string,
  to: string,
  subject: string,
  headers: string[] = [],
  body = 'Bonjour,\r\n',
): string =>
  [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomBytes(8).toString('hex')}@test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...headers,
    '',
    body,
  ].join('\r\n')
