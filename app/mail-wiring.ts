import type { CardService } from './card/index.ts'
import {
  ok,
  type AccountId,
  type CoreStart,
  type EventName,
  type EventPayload,
  type MailDelta,
  type Policy,
} from './contract/index.ts'
import {
  createMail,
  createSourceReader,
  type Logins,
  type Mail,
  type PeerVerification,
  type ServerRules,
  type TraceExchange,
} from './mail/index.ts'
import { displaySubject, holdsIns, isHealthFile, lockOf, type TrustSpace } from './mssante/index.ts'
import type { patientMailRules } from './patients-wiring.ts'
import type { createProtection } from './protection/index.ts'
import type { createResources } from './reading/index.ts'
import type { createSearching } from './searching.ts'
import type { createPreferences } from './session/index.ts'
import type { Vault } from './vault/index.ts'

const largestAttachment = 64 * 1024 * 1024

export interface MailWiringDependencies {
  start: CoreStart
  vault: Vault
  card: CardService
  protection: ReturnType<typeof createProtection>
  resources: ReturnType<typeof createResources>
  preferences: ReturnType<typeof createPreferences>
  /** Made after mail, which it reads: asked for when something happens. */
  searching: () => ReturnType<typeof createSearching>
  verification: PeerVerification
  logins: Logins
  rules: ServerRules
  examine: TrustSpace['examine']
  /** Mail has changed: what windows are told of it. */
  onDelta: (delta: MailDelta) => MailDelta
  patientRules: ReturnType<typeof patientMailRules>
  /** Who writes the medical documents of drafts. */
  documents: Parameters<typeof createMail>[0]['documents']
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  random: (length: number) => Uint8Array
  now: () => number
  monotonic: () => number
  /** Takes note of exchanges with servers. */
  trace: TraceExchange
  onFault: (error: unknown) => void
}

/** Headers that go out with every message, whatever it is about. */
export const everyMessageHeaders = (policy: Policy): Record<string, string> =>
  policy.nil === undefined ? {} : { 'X-MSS-NIL': policy.nil }

/** Mail with everything it may not import itself, and what is kept beside it while the mailbox is open. */
export const wireMail = (
  deps: MailWiringDependencies,
): { mail: Mail; isSyncing: () => boolean; forget: () => void } => {
  const { start, vault, protection, resources, preferences, searching, emit } = deps
  const { policy } = start
  const attachmentUrls = new Map<string, string>()
  const syncing = new Set<AccountId>()
  const mail = createMail({
    vault,
    ...deps.verification,
    ...(policy.folderPollSeconds === undefined ? {} : { pollMilliseconds: policy.folderPollSeconds * 1000 }),
    ...deps.logins,
    // A message that asks for more of either is set aside; the worker's heap also bounds the memory of the core.
    reader: createSourceReader({
      entry: start.readingWorker,
      limitMilliseconds: 20_000,
      idleMilliseconds: 10_000,
      heapMebibytes: 128,
    }),
    monotonic: deps.monotonic,
    classify: deps.rules.classify,
    rules: deps.rules,
    examine: deps.examine,
    ...{ isHealthFile, holdsIns, lockOf, displaySubject },
    protect: protection.protect,
    canSign: () => 'token' in deps.card.state(),
    readableContent: async (raw) => {
      const opened = await protection.open(raw, [], new Date(deps.now()))
      return opened.ok ? ok(opened.value.content) : opened
    },
    attachmentUrl: ({ id, partFile, fileName, size }) => {
      const known = attachmentUrls.get(id)
      if (known !== undefined) return known
      const url = resources.keep({
        mimeType: 'application/octet-stream',
        size,
        fileName,
        read: () => vault.parts.readAll(partFile, largestAttachment),
      })
      attachmentUrls.set(id, url)
      return url
    },
    replacePrefix: () => preferences.get().replacePrefix,
    deliveryNotices: () => preferences.get().deliveryNotices,
    hidesSubject: policy.encryptedSubject === 'hidden',
    ...deps.patientRules,
    documents: deps.documents,
    everyMessageHeaders: everyMessageHeaders(policy),
    extraHeaders: (content) => ({
      ...everyMessageHeaders(policy),
      ...deps.patientRules.closingHeader(content),
    }),
    now: deps.now,
    random: deps.random,
    trace: deps.trace,
    onFault: deps.onFault,
    emit: {
      delta: (delta) => {
        emit('mail.delta', deps.onDelta(delta))
        searching().mailChanged()
      },
      accounts: (accounts) => emit('accounts.changed', accounts),
      progress: (progress) => {
        emit('accounts.progress', progress)
        searching().progress(progress)
        if (progress.phase === 'idle') syncing.delete(progress.accountId)
        else syncing.add(progress.accountId)
      },
      outbox: (items) => emit('outbox.changed', items),
      actionProgress: (progress) => emit('actions.progress', progress),
      actionsChanged: (counts) => emit('actions.changed', counts),
    },
  })
  return {
    mail,
    isSyncing: () => syncing.size > 0,
    forget: () => {
      attachmentUrls.clear()
      syncing.clear()
    },
  }
}
