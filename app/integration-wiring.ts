import { everyMessageHeaders } from './mail-wiring.ts'
import {
  fail,
  ok,
  type MailDelta,
  type Outcome,
  type Policy,
  type QueueCounts,
  type TrustClass,
} from './contract/index.ts'
import { createIntegration, type Integration, type OpenedMail, type TryResult } from './integration/index.ts'
import { after } from './later.ts'
import { decodePart, parseMessage, parseReport, type Mail, type PeerVerification } from './mail/index.ts'
import type { TraceRecorder } from './mssante/index.ts'
import type { createProtection } from './protection/index.ts'
import { messageDocuments, readContent, type Grants, type Uploads } from './reading/index.ts'
import type { Smime } from './smime/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'
import type { Vault } from './vault/index.ts'

export interface IntegrationWiring {
  vault: Vault
  policy: Policy
  mail: Mail
  protection: ReturnType<typeof createProtection>
  smime: Smime
  uploads: Uploads
  grants: Grants
  verification: (anchors: string) => PeerVerification
  /** Who an address is, by the list of the trust space as it is now. */
  classify: (address: string) => TrustClass
  random: (length: number) => Uint8Array
  now: () => number
  tellMail: (delta: MailDelta) => void
  tell: (counts: QueueCounts) => void
  /** Takes note of what was handed over and what was answered. */
  record: TraceRecorder['record']
  onFault: (error: unknown) => void
}

/** Bytes of a p12 file. */
const largestKeyFile = 1024 * 1024

/** A message as patient records are given it: decrypted, its documents found. `integration.encrypted` when it cannot be read. */
const openMail =
  ({
    vault,
    mail,
    protection,
    classify,
  }: Pick<IntegrationWiring, 'vault' | 'mail' | 'protection' | 'classify'>) =>
  async (id: number): Promise<Outcome<OpenedMail>> => {
    const row = await mail.row(id)
    if (!row.ok) return row
    const accounts = await vault.run('accounts.list', {})
    if (!accounts.ok) return accounts
    const account = accounts.value.find((one) => one.id === row.value.accountId)
    if (!account) return fail('account.not-found')
    const raw = await mail.rawMessage(id)
    if (!raw.ok) return raw
    const outer = parseMessage(raw.value)
    if (!outer.ok) return outer
    const opened = await protection.open(raw.value, [row.value.from.address], new Date(row.value.date))
    if (!opened.ok) return opened
    if (opened.value.encryption.status === 'failed')
      return fail('integration.encrypted', { retry: 'after-change' })
    const content = opened.value.content === raw.value ? outer : readContent(opened.value)
    if (!content.ok) return content
    const { from, replyTo, messageId, subject } = outer.value
    const [reply] = replyTo
    const parts = new Map(content.value.attachments.map((part) => [part.path, part]))
    return ok({
      id,
      accountId: row.value.accountId,
      folderId: row.value.folderId,
      date: Date.parse(row.value.date),
      mail: {
        messageId,
        // Under a hidden subject, the one that was protected.
        subject: content.value.subject === '' ? subject : content.value.subject,
        body: content.value.text,
        sender: from,
        recipient: {
          name: account.displayName,
          address: account.address,
          organisation: account.kind !== 'personal',
        },
        replyTo: reply?.address ?? null,
      },
      trust: classify(from.address),
      signature: opened.value.signature.status,
      own: parseReport(outer.value) !== null || from.address.toLowerCase() === account.address.toLowerCase(),
      documents: (await messageDocuments(content.value)).documents,
      part: (partId) => {
        const part = parts.get(partId)
        return part ? decodePart(content.value.raw, part) : null
      },
    })
  }

const traceOutcomes = {
  filed: 'ok',
  transferred: 'ok',
  refused: 'refused',
  unknown: 'unknown',
  waiting: 'failed',
} as const

/** What a record answered, as a trace keeps it (ECO.4.1.2): codes, never words of a document. */
const answerOf = ({ state, faults, error }: TryResult): string =>
  [state, ...faults.flatMap(({ code }) => (code === null ? [] : [String(code)])), error?.code ?? '']
    .filter(Boolean)
    .join(' ')

/** Patient records, with everything app/integration may not import itself. */
export const wireIntegration = (deps: IntegrationWiring): Integration => {
  const { vault, policy, mail, uploads, grants } = deps
  return createIntegration({
    vault,
    policy,
    importP12: (bytes, passphrase) => deps.smime.importP12(bytes, passphrase),
    takeUpload: (uploadId) => uploadedBytes({ uploads, vault }, uploadId, largestKeyFile),
    takeFolder: (grant) => {
      const granted = grants.take(grant, ['record-folder'])
      return granted.ok ? ok(granted.value.paths[0] ?? '') : granted
    },
    verification: deps.verification,
    openMail: openMail(deps),
    newMessageId: mail.transfers.newMessageId,
    transfer: (wish) => mail.transfers.send({ ...wish, extra: everyMessageHeaders(policy) }),
    rows: mail.rows,
    move: (messageId, folderId) => mail.move([messageId], folderId),
    setFlag: (messageId, flag, on) => mail.setFlag([messageId], flag, on),
    tellRows: async (ids) => {
      const rows = await mail.rows(ids)
      if (rows.ok) deps.tellMail({ folders: [], removedFolders: [], upserted: rows.value, removed: [] })
    },
    tell: deps.tell,
    trace: ({ id, action, messageId, reference }, { name, place }, result) =>
      deps.record({
        action: 'record',
        automatic: true,
        target: name,
        ...(messageId === null ? {} : { subject: { kind: 'message', ids: [messageId] } }),
        request: `${place.kind} ${action} #${String(id)} ${reference ?? ''}`.trim(),
        answer: answerOf(result),
        outcome: traceOutcomes[result.state],
        code: result.error?.code ?? null,
      }),
    random: deps.random,
    now: deps.now,
    after,
    onFault: deps.onFault,
  })
}
