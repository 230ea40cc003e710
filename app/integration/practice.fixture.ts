import { randomBytes } from 'node:crypto'
import path from 'node:path'
import {
  fail,
  ok,
  type AppError,
  type MessageRow,
  type MllpPlace,
  type Outcome,
  type Policy,
} from '../contract/index.ts'
import { createResolver, decodePart, parseMessage, parseReport } from '../mail/index.ts'
import { findDocuments, type MessagePart } from '../mssante/index.ts'
import { createVault, packReadings, type Vault } from '../vault/index.ts'
import { clinicalMail } from '../../test/operator/seed/clinical-mail.ts'
import { biologyReport } from '../../test/operator/seed/biology-report.ts'
import { drawChapter } from '../../test/operator/seed/biology-panels.ts'
import type { ClinicalDocument } from '../../test/operator/seed/clinical-document.ts'
import { correspondents } from '../../test/operator/seed/mail.ts'
import { patientNamed, type Patient } from '../../test/operator/seed/patients.ts'
import { professionals } from '../../test/operator/seed/professionals.ts'
import { createRandom } from '../../test/operator/seed/random.ts'
import { vaultCard } from '../../test/vault-card.ts'
import type { OpenedMail } from './filable.ts'
import { createIntegration, type Integration } from './integration.ts'

const after = (milliseconds: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}

export const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(`unexpected ${outcome.error.code}`, { cause: outcome.error.cause })
  return outcome.value
}
export const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)

export const mllpPlace = (port: number, change: Partial<MllpPlace> = {}): MllpPlace => ({
  kind: 'mllp',
  host: '127.0.0.1',
  port,
  tls: false,
  anchors: '',
  sendingApplication: 'SOUSPLI',
  sendingFacility: 'CABINET-DES-LILAS',
  receivingApplication: 'DPI-DEMO',
  receivingFacility: 'CABINET-DES-LILAS',
  encoding: 'UNICODE UTF-8',
  processing: 'T',
  // Who tests what happens when nobody answers in time says so.
  connectSeconds: 30,
  answerSeconds: 60,
  afterUnknown: 'resend',
  ...change,
})

/** A laboratory report (fictitious patient), and the one that replaces it when asked for. */
export const reports = async (
  seed: string,
  patient: Patient = patientNamed('DUPONT'),
): Promise<{ first: ClinicalDocument; second: ClinicalDocument }> => {
  const context = (name: string, created: Date) => ({
    random: createRandom(`${seed}-${name}`),
    patient,
    created,
    recipients: [professionals.anne],
    typeface: 'standard' as const,
  })
  const chapters = [drawChapter('haematology', createRandom(seed), [])]
  const made = (name: string, at: string, replaces?: ClinicalDocument['header']) =>
    biologyReport(context(name, new Date(at)), {
      chapters,
      pdfCopy: true,
      prescriber: professionals.anne,
      ...(replaces === undefined ? {} : { replaces }),
    })
  const first = await made('first', '2026-11-20T08:00:00Z')
  return { first, second: await made('second', '2026-11-21T08:00:00Z', first.header) }
}

/** The mail of a laboratory that carries documents. */
export const letterWith = async (
  documents: readonly ClinicalDocument[],
  seed: string,
  change: Partial<Parameters<typeof clinicalMail>[0]> = {},
): Promise<Uint8Array> => {
  const { raw } = await clinicalMail({
    from: correspondents.laboratory,
    to: [correspondents.anne],
    documents,
    text: 'Bonjour,\n\nCi-joint le résultat d’examens.\n',
    date: new Date('2026-11-22T08:00:00Z'),
    random: createRandom(seed),
    signAs: null,
    ...change,
  })
  return new Uint8Array(raw)
}

/** A source read as core composes it for filing. */
export const openRaw = async (id: number, raw: Uint8Array, folderId = 1): Promise<OpenedMail> => {
  const parsed = value(parseMessage(raw))
  const byPath = new Map(parsed.attachments.map((part) => [part.path, part]))
  const parts = parsed.attachments.map((part): MessagePart => ({
    id: part.path,
    fileName: part.fileName,
    mimeType: part.mimeType,
    bytes: decodePart(raw, part),
    inline: false,
  }))
  return {
    id,
    accountId: 1,
    folderId,
    date: parsed.date ?? 0,
    mail: {
      messageId: parsed.messageId,
      subject: parsed.subject,
      body: parsed.text,
      sender: parsed.from,
      recipient: { name: 'Cabinet des Lilas', address: 'cabinet@medecin.mssante.test', organisation: true },
      replyTo: null,
    },
    trust: 'organisation',
    signature: 'none',
    own: parseReport(parsed) !== null || parsed.from.address === 'cabinet@medecin.mssante.test',
    documents: (await findDocuments(parts)).documents,
    part: (partId) => {
      const part = byPath.get(partId)
      return part ? decodePart(raw, part) : null
    },
  }
}

/** A store with an organisational mailbox, its folders inbox (1), « Intégrés » (2), and hand-over composed on it. */
export const openPracticeIn = async (change: {
  policy?: Policy
  folder: string
  /** Source of the messages of a store opened again. */
  source?: Uint8Array
}) => {
  const { folder } = change
  const vault: Vault = createVault({
    folder,
    workerEntry: path.join(import.meta.dirname, '../vault/worker.ts'),
    random: (n) => new Uint8Array(randomBytes(n)),
    now: Date.now,
    deviceSecret: {
      protect: (bytes) => Promise.resolve(ok(bytes.slice())),
      unprotect: (bytes) => Promise.resolve(ok(bytes.slice())),
    },
  })
  const isNew = !vault.exists()
  if (isNew) value(await vault.create(vaultCard))
  else value(await vault.open(vaultCard))
  const sources = new Map<number, Uint8Array>()
  const faults: unknown[] = []
  const transfers: { to: string; messageIdHeader: string }[] = []
  const uploads = new Map<string, Uint8Array>()
  const state = {
    chosenFolder: '',
    told: 0,
    transferError: null as AppError | null,
    sealed: new Set<number>(),
    openings: [] as number[],
  }
  const listeners = new Set<() => void>()
  const tell = (): void => {
    state.told += 1
    for (const listener of listeners) listener()
  }
  if (isNew) {
    value(
      await vault.run('accounts.insert', {
        address: 'cabinet@medecin.mssante.test',
        displayName: 'Cabinet des Lilas',
        kind: 'organisational',
        auth: 'password',
        password: 'x',
        card: null,
        imap: { host: 'h', port: 1, security: 'starttls' },
        smtp: { host: 'h', port: 1, security: 'starttls' },
        maxMessageSize: null,
      }),
    )
    const server = (name: string, role: 'inbox' | 'none') => ({
      ...{ path: name, name, role, parentPath: null, mailbox: null },
      ...{ selectable: true, subscribed: true, status: null },
    })
    value(
      await vault.run('folders.reconcile', {
        accountId: 1,
        folders: [server('INBOX', 'inbox'), server('Intégrés', 'none')],
        renamed: [],
      }),
    )
  }
  const rowsOf = async (ids: number[]): Promise<Outcome<MessageRow[]>> =>
    await vault.run('messages.rows', { ids })
  const integration: Integration = createIntegration({
    vault,
    policy: change.policy ?? { environment: 'test' },
    importP12: () => Promise.resolve(fail('p12.malformed')),
    takeUpload: (id) => {
      const bytes = uploads.get(id)
      return Promise.resolve(bytes ? ok(bytes) : fail('part.expired'))
    },
    takeFolder: () => ok(state.chosenFolder),
    verification: () => ({
      resolver: createResolver(),
      anchors: () => [],
      verifyServer: () => Promise.resolve(ok(null)),
    }),
    openMail: async (id) => {
      state.openings.push(id)
      const keys = value(await vault.run('keys.list', {}))
      if (state.sealed.has(id) && keys.length === 0) return fail('integration.encrypted')
      const raw = sources.get(id) ?? change.source
      const row = await rowsOf([id])
      return raw
        ? ok(await openRaw(id, raw, row.ok ? (row.value[0]?.folderId ?? 1) : 1))
        : fail('mail.not-found')
    },
    newMessageId: () =>
      Promise.resolve(ok(`<transfert-${randomBytes(6).toString('hex')}@medecin.mssante.test>`)),
    transfer: (wish) => {
      if (state.transferError) return Promise.resolve({ ok: false, error: state.transferError })
      transfers.push(wish)
      return Promise.resolve(ok(null))
    },
    rows: rowsOf,
    move: async (id, folderId) => {
      const moved = await vault.run('actions.apply', { wish: { kind: 'move', folderId }, ids: [id] })
      tell()
      return moved
    },
    setFlag: async (id, flag, on) =>
      await vault.run('actions.apply', { wish: { kind: 'flag', flag, on }, ids: [id] }),
    tellRows: () => {
      tell()
      return Promise.resolve()
    },
    tell,
    random: (n) => new Uint8Array(randomBytes(n)),
    now: Date.now,
    firstWait: 60,
    after,
    onFault: (error) => faults.push(error),
  })
  let serial = 0
  const practice = {
    vault,
    integration,
    folder,
    sources,
    faults,
    transfers,
    uploads,
    state,
    /** A message with its body arrives in a folder; a sealed one is encrypted for a key that is not there. */
    receive: async (raw: Uint8Array, folderId = 1, date = Date.now(), sealed = false): Promise<number> => {
      serial += 1
      const parsed = value(parseMessage(raw))
      const mail = await openRaw(0, raw)
      const [id = 0] = value(
        await vault.run('messages.insert', {
          accountId: 1,
          folderId,
          messages: [
            {
              uid: (Date.now() % 1_000_000_000) + serial,
              identity: new Uint8Array(randomBytes(16)),
              date: date + serial,
              from: parsed.from,
              to: parsed.to,
              subject: parsed.subject,
              rawSubject: parsed.subject,
              flags: 0,
              size: raw.byteLength,
              hasAttachments: true,
              trust: 'organisation',
              signed: false,
              encrypted: sealed,
              messageId: parsed.messageId,
              inReplyTo: null,
              references: [],
            },
          ],
          state: null,
        }),
      )
      const [first] = mail.documents
      value(
        await vault.run('messages.storeBodies', {
          bodies: [{ id, raw: null, rawFile: null, rawSize: raw.byteLength }],
          readings: packReadings([
            {
              text: parsed.text,
              indexText: '',
              findings: {
                preview: '',
                hasAttachments: true,
                signed: false,
                encrypted: sealed,
                patient: sealed ? null : (first?.summary.patient ?? null),
                documentLabel: sealed ? null : (first?.summary.label ?? null),
                documentCount: sealed ? 0 : mail.documents.length,
                alert: null,
                report: null,
              },
            },
          ]),
        }),
      )
      sources.set(id, raw)
      if (sealed) state.sealed.add(id)
      integration.mailChanged(value(await rowsOf([id])))
      return id
    },
    /** A key comes that opens every sealed message. */
    importKey: async (): Promise<void> => {
      const fingerprint = 'f'.repeat(64)
      value(await vault.run('certificates.put', { fingerprint, der: new Uint8Array(1), source: 'own' }))
      value(await vault.run('keys.put', { fingerprint, pkcs8: new Uint8Array(1) }))
      integration.rules.look()
    },
    row: async (id: number): Promise<MessageRow> => {
      const [row] = value(await rowsOf([id]))
      if (!row) throw new Error('the message is gone')
      return row
    },
    filings: async () =>
      value(await integration.filings({ filter: 'all', before: null, limit: 200 })).filings,
    /** Waits until something is true, looked at whenever windows were told. */
    until: async <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> => {
      const limit = Date.now() + 100_000
      for (;;) {
        const found = await look()
        if (found !== undefined && found !== false) return found
        if (Date.now() > limit) throw new Error(`${what}: not in time`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, 100)
          function done(): void {
            clearTimeout(timer)
            listeners.delete(done)
            resolve()
          }
          listeners.add(done)
        })
      }
    },
    /** The one filing of a message, once it is in a state. */
    filingIn: (messageId: number, wanted: string, action = 'any') =>
      practice.until(`filing ${wanted}`, async () =>
        (await practice.filings()).find(
          (one) =>
            one.messageId === messageId &&
            one.state === wanted &&
            (action === 'any' || one.action === action),
        ),
      ),
    target: async (place: Parameters<Integration['targets']['save']>[0]['place'], preferred = true) =>
      value(await integration.targets.save({ id: null, name: `Cible ${place.kind}`, place, preferred })),
    close: async (): Promise<void> => {
      await integration.stop()
      await vault.close()
    },
  }
  await integration.start()
  return practice
}
