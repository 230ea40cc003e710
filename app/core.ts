import { mkdir, rm } from 'node:fs/promises'
import { createAccountLogins } from './account-logins.ts'
import type { CardPort } from './card/index.ts'
import { cardHandlers, emitCard } from './card-handlers.ts'
import {
  coreCalls,
  fail,
  ok,
  toErrorData,
  type CoreMethod,
  type CoreStart,
  type ErrorData,
  type EventName,
  type EventPayload,
  type Input,
  type Outcome,
  type OutcomeData,
  type Output,
  type PathUse,
} from './contract/index.ts'
import { createMail, createResolver, createSourceReader } from './mail/index.ts'
import { createTrustClassifier, displaySubject } from './mssante/index.ts'
import { createProtection, fetchRevocation, pemOf, readTrustAnchors } from './protection/index.ts'
import {
  buildPrintedMessage,
  createGrants,
  createPartFiles,
  createResources,
  createUploads,
  type Resource,
} from './reading/index.ts'
import { diagnosisHandlers, diagnosisOf, keyStoreWorks } from './diagnosis-handlers.ts'
import { exchangeHandlers, readFonts } from './exchange-handlers.ts'
import { keyHandlers } from './key-handlers.ts'
import { after } from './later.ts'
import { mailboxHandlers } from './mailbox-handlers.ts'
import { inspectionHandlers, openMessage } from './message-opening.ts'
import { createSearching } from './searching.ts'
import { sendingHandlers } from './sending-handlers.ts'
import { sessionHandlers } from './session-handlers.ts'
import { revocationStore } from './revocation-store.ts'
import { createPreferences, createSession, preferenceFile, settingsHandlers } from './session/index.ts'
import { createSmime, createTrust } from './smime/index.ts'
import { createStorage } from './storage/index.ts'
import { storageHandlers } from './storage-handlers.ts'
import { createOwners, createVaults } from './vault/index.ts'
import { workstationCard } from './workstation-card.ts'

/** What the desktop does for the core. */
export interface CoreHost {
  /** Starts the card process afresh, killing a running one. */
  startCardProcess: () => Promise<CardPort>
  openExternal: (url: string) => Promise<Outcome<unknown>>
  protectSecret: (bytes: Uint8Array) => Promise<Outcome<Uint8Array>>
  unprotectSecret: (bytes: Uint8Array) => Promise<Outcome<Uint8Array>>
}

export interface CoreDependencies {
  start: CoreStart
  host: CoreHost
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  random: (length: number) => Uint8Array
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds, monotonic. */
  monotonic: () => number
  /** Something failed that nobody waits for; it goes to the technical log, without its message. */
  onFault: (error: unknown) => void
}

export interface Core {
  /** A window's call: input parsed, answer plain data. */
  invoke: (method: string, input: unknown) => Promise<OutcomeData>
  findPart: (url: string) => Outcome<Resource>
  upload: (chunk: {
    uploadId: string
    index: number
    bytes: Uint8Array
    last: boolean
  }) => Promise<Outcome<null>>
  savePart: (url: string, path: string) => Promise<Outcome<null>>
  /** Names paths the user chose in main's dialog, for one import or export. */
  grantPaths: (use: PathUse, paths: string[]) => Outcome<string>
  /** Copies a part to the private folder and answers the copy's path. */
  copyPart: (url: string, fileName: string) => Promise<Outcome<string>>
  power: (event: 'suspend' | 'resume' | 'lock-screen') => Promise<void>
  activity: () => void
  stop: () => Promise<void>
}

type Handlers = { [M in CoreMethod]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

const nothing = ok(null)
/** Milliseconds without anybody at the keyboard. */
const quietAfter = 30_000
const largestAttachment = 64 * 1024 * 1024
const lockedError: ErrorData = { code: 'vault.locked', retry: 'after-login' }

/**
 * The composition root: builds every service and passes dependencies by hand. Nothing here decides anything; it only
 * says who gets what (architecture §1).
 */
export const createCore = async (deps: CoreDependencies): Promise<Core> => {
  const { start, host, emit, random, now } = deps
  const { policy } = start
  await mkdir(start.profileFolder, { recursive: true, mode: 0o700 })
  // A copy that another program holds open (Windows) stays until the next lock or start; neither may fail for it.
  const wipeOpenedFiles = (): Promise<void> =>
    rm(start.openedFolder, { recursive: true, force: true, maxRetries: 2 }).catch(deps.onFault)
  await wipeOpenedFiles()

  const preferences = createPreferences(preferenceFile(start.profileFolder, deps.onFault))
  const stores = {
    folder: start.profileFolder,
    workerEntry: start.vaultWorker,
    random,
    now,
    deviceSecret: { protect: host.protectSecret, unprotect: host.unprotectSecret },
  }
  const vaults = createVaults(stores)
  const { vault } = vaults
  const owners = createOwners(stores)
  const anchors = await readTrustAnchors(policy.trustAnchors ?? [])
  const trust = createTrust({
    anchors,
    environment: policy.environment ?? 'production',
    now,
    fetch: fetchRevocation,
    random,
    store: revocationStore(vault),
    revocation: policy.revocation ?? 'prefer',
  })
  const card = workstationCard({ host, policy, vaults, owners, trust, now, after })
  const anchorsPem = anchors.map(pemOf)
  const smime = createSmime({ workerEntry: start.smimeWorker })
  const protection = createProtection({
    vault,
    card,
    smime,
    trust,
    anchors,
    now: () => new Date(now()),
    random,
  })
  const { identity, logins, watchCard } = createAccountLogins({ start, card, anchors, host, now, random })
  const classify = createTrustClassifier(policy.trustSpace)
  const resources = createResources(random)
  const uploads = createUploads(vault)
  const grants = createGrants(random)
  const attachmentUrls = new Map<string, string>()
  const syncing = new Set<number>()

  // A message that asks for more of either is set aside; the worker's heap also bounds the memory of the core.
  const reader = createSourceReader({
    entry: start.readingWorker,
    limitMilliseconds: 20_000,
    idleMilliseconds: 10_000,
    heapMebibytes: 128,
  })

  const verification = {
    resolver: createResolver(policy.dnsServers ? { servers: policy.dnsServers } : {}),
    anchors: () => anchorsPem,
    verifyServer: (peer: { chain: Uint8Array[]; host: string }) =>
      trust.verifyServer({
        ...peer,
        ...(policy.serverIssuer === undefined ? {} : { issuerCommonName: policy.serverIssuer }),
      }),
  }
  const mail = createMail({
    vault,
    ...verification,
    ...(policy.folderPollSeconds === undefined ? {} : { pollMilliseconds: policy.folderPollSeconds * 1000 }),
    resolver: createResolver(policy.dnsServers ? { servers: policy.dnsServers } : {}),
    anchors: () => anchorsPem,
    verifyServer: (peer) =>
      trust.verifyServer({
        ...peer,
        ...(policy.serverIssuer === undefined ? {} : { issuerCommonName: policy.serverIssuer }),
      }),
    ...logins,
    reader,
    monotonic: deps.monotonic,
    classify,
    displaySubject,
    protect: protection.protect,
    canSign: () => 'token' in card.state(),
    readableContent: async (raw) => {
      const opened = await protection.open(raw, [], new Date(now()))
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
    extraHeaders: (): Record<string, string> => (policy.nil === undefined ? {} : { 'X-MSS-NIL': policy.nil }),
    now,
    random,
    onFault: deps.onFault,
    emit: {
      delta: (delta) => {
        emit('mail.delta', delta)
        searching.mailChanged()
      },
      accounts: (accounts) => emit('accounts.changed', accounts),
      progress: (progress) => {
        emit('accounts.progress', progress)
        searching.progress(progress)
        if (progress.phase === 'idle') syncing.delete(progress.accountId)
        else syncing.add(progress.accountId)
      },
      outbox: (items) => emit('outbox.changed', items),
      actionProgress: (progress) => emit('actions.progress', progress),
      actionsChanged: (counts) => emit('actions.changed', counts),
    },
  })

  const searching = createSearching({
    vault,
    indexingWorker: start.indexingWorker,
    indexDecrypted: policy.indexDecrypted ?? true,
    storedSource: mail.storedSource,
    emit,
    onFault: deps.onFault,
    monotonic: deps.monotonic,
  })

  const exchange = mail.exchange({
    printed: async (row, raw) => {
      const opened = await protection.open(raw, [row.from.address], new Date(row.date))
      return opened.ok ? buildPrintedMessage(row, raw, opened.value) : opened
    },
    printWorker: start.printWorker,
    fonts: () => readFonts(start.printFonts),
    tellImport: (state) => emit('exchange.import', state),
    tellExport: (state) => emit('exchange.export', state),
  })

  /** When the user last did something, and which mailboxes are being synchronised: the store's care waits for neither. */
  let lastActivity = deps.monotonic()
  const storage = createStorage({
    vault,
    now,
    after,
    isQuiet: () => deps.monotonic() - lastActivity > quietAfter && syncing.size === 0,
    emit: {
      task: (task) => emit('storage.task', { task }),
      changed: () => emit('storage.changed', {}),
    },
    onFault: deps.onFault,
  })

  /** Grows at each lock: what was begun before must leave nothing behind and answer nothing after. */
  let locks = 0
  const session = createSession({
    vaults,
    owners,
    card,
    onOpen: async () => {
      await mail.start()
      await exchange.recover()
      searching.start()
      storage.start()
    },
    onClose: async () => {
      locks += 1
      resources.clear()
      attachmentUrls.clear()
      uploads.clear()
      grants.clear()
      exchange.stop()
      storage.stop()
      syncing.clear()
      identity.end()
      await Promise.all([mail.stop(), searching.stop(), smime.stop(), wipeOpenedFiles()])
    },
    emit: (state) => {
      emit('session.changed', state)
      card.refresh()
    },
    onFault: deps.onFault,
    now: deps.monotonic,
    lockAfterMinutes: () => preferences.get().lockAfterMinutes,
    removal: { policy, date: now, after },
  })
  const unsubscribeCard = emitCard(card, emit)
  const unwatchCard = watchCard(mail.cardChanged)

  const handlers: Handlers = {
    ...sessionHandlers(session),
    ...cardHandlers(card),
    ...mailboxHandlers(mail),
    'accounts.cancelLogin': () => {
      identity.cancel()
      return nothing
    },
    'messages.view': ({ id }) => openMessage({ mail, exchange, protection, searching, resources }, id),
    ...searching.handlers,
    ...sendingHandlers({ mail, uploads, protectionChecks: protection.check }),
    ...storageHandlers({ storage, vault, session, grants }),
    ...exchangeHandlers({
      exchange,
      grants,
      takeUpload: uploads.take,
      keep: resources.keep,
      language: () => preferences.get().language,
    }),
    ...keyHandlers({ protection, vault, uploads, keep: resources.keep }),
    ...inspectionHandlers({ mail, vault, uploads, trust, now }),
    ...settingsHandlers(preferences, (settings) => emit('settings.changed', settings)),
    ...diagnosisHandlers(
      diagnosisOf({
        ...{ start, card, trust, verification, vaults, mail, storage, now },
        monotonic: deps.monotonic,
        keyStore: keyStoreWorks({ ...stores.deviceSecret, random }),
        isOpen: () => session.state().phase === 'open',
      }),
      (diagnosis) => emit('diagnosis.progress', diagnosis),
    ),
  }

  /** What a locked session may still answer. */
  const beforeOpening = (method: CoreMethod): boolean =>
    // A card is cared for before it opens anything.
    /^(session|settings|diagnosis|card)\./.test(method) && method !== 'card.login'

  const readPart = async (url: string): Promise<Outcome<Uint8Array>> => {
    const resource = resources.find(url)
    return resource.ok ? resource.value.read() : resource
  }
  const partFiles = createPartFiles({
    openedFolder: start.openedFolder,
    random,
    read: readPart,
    watch: () => {
      const lock = locks
      return () => lock === locks && session.state().phase === 'open'
    },
  })

  return {
    invoke: async (method, input) => {
      if (!Object.hasOwn(coreCalls, method))
        return { ok: false, error: { code: 'contract.unknown-method', retry: 'no' } }
      const name = method as CoreMethod
      const parsed = coreCalls[name].input.safeParse(input)
      if (!parsed.success) return { ok: false, error: { code: 'contract.invalid-request', retry: 'no' } }
      if (!beforeOpening(name) && session.state().phase !== 'open') return { ok: false, error: lockedError }
      // The schema of this very method parsed the input; the compiler cannot follow the pairing.
      const handler = handlers[name] as (input: unknown) => Promise<Outcome<unknown>> | Outcome<unknown>
      searching.asked()
      const lock = locks
      const outcome = await handler(parsed.data)
      if (lock !== locks && !beforeOpening(name)) {
        // A view finished after the lock would have published its parts again.
        resources.clear()
        return { ok: false, error: lockedError }
      }
      return outcome.ok ? outcome : { ok: false, error: toErrorData(outcome.error) }
    },
    findPart: (url) => resources.find(url),
    upload: (chunk) =>
      session.state().phase === 'open'
        ? uploads.add(chunk)
        : Promise.resolve(fail('vault.locked', { retry: 'after-login' })),
    savePart: partFiles.save,
    grantPaths: (use, paths) =>
      // A backup is restored before there is a store, too.
      use === 'backup-source' || session.state().phase === 'open'
        ? ok(grants.give(use, paths))
        : fail('vault.locked', { retry: 'after-login' }),
    copyPart: partFiles.copy,
    power: async (event) => {
      if (event !== 'resume') await session.lock('system')
    },
    activity: () => {
      lastActivity = deps.monotonic()
      session.activity()
    },
    stop: async () => {
      unsubscribeCard()
      unwatchCard()
      await session.stop()
      await card.stop()
    },
  }
}
