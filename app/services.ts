import { createAccountLogins } from './account-logins.ts'
import type { CardPort } from './card/index.ts'
import { cardHandlers, emitCard } from './card-handlers.ts'
import {
  type CoreMethod,
  type CoreStart,
  type EventName,
  type EventPayload,
  type Input,
  type Outcome,
  type Output,
} from './contract/index.ts'
import { diagnosisHandlers, diagnosisOf, keyStoreWorks } from './diagnosis-handlers.ts'
import { directoryHandlers } from './directory-handlers.ts'
import { wireDirectory } from './directory-wiring.ts'
import { documentWritingHandlers } from './document-writing-handlers.ts'
import { wireDocumentWriting } from './document-writing-wiring.ts'
import { exchangeHandlers, readFonts } from './exchange-handlers.ts'
import { integrationHandlers } from './integration-handlers.ts'
import { wireIntegration } from './integration-wiring.ts'
import { keyHandlers } from './key-handlers.ts'
import { after } from './later.ts'
import { wireMail } from './mail-wiring.ts'
import { createResolver, draftDocuments } from './mail/index.ts'
import { mailboxHandlers } from './mailbox-handlers.ts'
import { inspectionHandlers, openMessage } from './message-opening.ts'
import { createTraceRecorder } from './mssante/index.ts'
import { wireOutgoing } from './outgoing-wiring.ts'
import { patientHandlers } from './patient-handlers.ts'
import { patientMailRules, wirePatients } from './patients-wiring.ts'
import { createProtection, pemOf, readTrustAnchors } from './protection/index.ts'
import { buildPrintedMessage, createGrants, createResources, createUploads } from './reading/index.ts'
import { resultHandlers } from './result-handlers.ts'
import { revocationStore } from './revocation-store.ts'
import { createSearching } from './searching.ts'
import { sendingHandlers } from './sending-handlers.ts'
import { sessionHandlers } from './session-handlers.ts'
import { signInHandlers } from './sign-in-handlers.ts'
import { createPreferences, createSession, preferenceFile, settingsHandlers } from './session/index.ts'
import { createSmime, createTrust, serverIssuerOf } from './smime/index.ts'
import { authorOf, workstationName } from './trace-author.ts'
import { traceWitness } from './trace-witness.ts'
import { tracedReplacements, tracesHandlers } from './traces-handlers.ts'
import { storageHandlers } from './storage-handlers.ts'
import { createStorage } from './storage/index.ts'
import { trustSpaceHandlers } from './trust-space-handlers.ts'
import {
  createSenderNotes,
  recordVerification,
  webVerification,
  wireServerRules,
  wireTrustSpace,
} from './trust-space-wiring.ts'
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

/** One function for each method of the contract. */
export type Handlers = {
  [M in CoreMethod]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>>
}

/** What lives while the mailbox is open: started in order once the store is there, ended together before it closes. */
interface Living {
  start?: () => Promise<unknown> | void
  stop?: () => Promise<unknown> | void
}

/** Milliseconds without anybody at the keyboard. */
const quietAfter = 30_000

/**
 * The composition root: builds every service and passes dependencies by hand. Nothing here decides anything; it only
 * says who gets what (architecture §1). `wipeOpenedFiles` empties the folder of copies opened with other programs.
 */
export const createServices = async (deps: CoreDependencies, wipeOpenedFiles: () => Promise<void>) => {
  const { start, host, emit, random, now } = deps
  const { policy } = start
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
  const { web, signInWeb, fetchRevocation } = await wireOutgoing(policy)
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
    directory: (nationalId) => directory.addressesOf(nationalId),
  })
  const { identity, logins, certificates, watchCard } = createAccountLogins({
    ...{ start, vault, card, anchors, trust, host, now, random, after, emit, onFault: deps.onFault },
    web: signInWeb,
    holder: () => {
      const state = session.state()
      return state.phase === 'open' ? (state.holder?.nationalId ?? null) : null
    },
    onProofs: (concerned, there) => mail.proofsChanged(concerned, there),
  })
  const resources = createResources(random)
  const uploads = createUploads(vault)
  const grants = createGrants(random)
  const serverIssuer = serverIssuerOf(policy)
  const verification = {
    resolver: createResolver({
      ...(policy.dnsServers ? { servers: policy.dnsServers } : {}),
      publicOnly: policy.privateHosts !== true,
    }),
    anchors: () => anchorsPem,
    verifyServer: (peer: { chain: Uint8Array[]; host: string }) =>
      trust.verifyServer({
        ...peer,
        ...(serverIssuer === undefined ? {} : { issuerCommonName: serverIssuer }),
      }),
  }
  const workstation = workstationName()
  const traces = createTraceRecorder({
    vault,
    now,
    after,
    author: () => authorOf(session.state(), identity.state().professional, workstation),
    witness: traceWitness({
      profileFolder: start.profileFolder,
      folder: policy.traceWitnessFolder,
      store: () => vaults.chosen(),
    }),
    months: policy.traceMonths ?? 12,
    onChecked: (chain) => emit('traces.checked', chain),
    onFault: deps.onFault,
  })
  const verifying = {
    ...{ anchors, now, random, resolver: verification.resolver, store: revocationStore(vault) },
    ...{ web, fetch: fetchRevocation },
    revocation: policy.revocation ?? ('prefer' as const),
    environment: policy.environment ?? ('production' as const),
  }
  const trustSpace = wireTrustSpace({
    ...{ vault, policy, now, random, monotonic: deps.monotonic, onFault: deps.onFault },
    verification: await webVerification(verifying, policy.trustSpaceList?.anchors),
    emit: (state) => emit('trustSpace.changed', state),
  })
  const notes = createSenderNotes(trustSpace)
  const rules = await wireServerRules({ ...verifying, trustSpace, policy })
  const { classify } = rules
  const { directory, certificateDirectory } = await wireDirectory({
    ...{ start, vault, vaults, classify, random, now, monotonic: deps.monotonic, onFault: deps.onFault },
    web: (files) => webVerification(verifying, files),
    emit: (state) => emit('directory.changed', state),
  })
  const writing = wireDocumentWriting({
    ...{ start, vault, card, resources, classify, now, random },
    session: () => session.state(),
    signedIn: () => identity.state().professional,
  })
  const { mail, isSyncing, forget } = wireMail({
    trace: (exchange) =>
      traces.record({ ...exchange, automatic: ['connected', 'login', 'received'].includes(exchange.action) }),
    ...{ start, vault, card, protection, resources, preferences, verification, logins, rules },
    examine: trustSpace.examine,
    ...{ emit, random, now, monotonic: deps.monotonic, onFault: deps.onFault },
    onDelta: (delta) => {
      trustSpace.correspondentsChanged()
      patientWiring.mailChanged()
      integration.mailChanged(delta.upserted)
      return notes.delta(delta)
    },
    searching: () => searching,
    patientRules: patientMailRules(policy, classify, () => patientWiring),
    documents: draftDocuments(writing.forMail),
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

  const patientWiring = wirePatients({
    ...{ vault, policy, mail, classify, now, emit, onFault: deps.onFault },
    patientDomain: () => trustSpace.state().patientDomain,
    busy: () => isSyncing() || searching.isAsked(),
  })

  const integration = wireIntegration({
    ...{ vault, policy, mail, protection, smime, uploads, grants, random, now, onFault: deps.onFault },
    ...{ classify, verification: recordVerification(verifying) },
    tellMail: (delta) => emit('mail.delta', notes.delta(delta)),
    tell: (counts) => emit('integration.changed', counts),
    record: traces.record,
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
    isQuiet: () => deps.monotonic() - lastActivity > quietAfter && !isSyncing(),
    emit: {
      task: (task) => emit('storage.task', { task }),
      changed: () => emit('storage.changed', {}),
    },
    onFault: deps.onFault,
  })

  const living: Living[] = [
    { stop: resources.clear },
    { stop: uploads.clear },
    { stop: grants.clear },
    { start: identity.begin, stop: identity.end },
    { stop: certificates.forget },
    { start: trustSpace.start, stop: trustSpace.stop },
    { start: directory.start, stop: directory.stop },
    { start: mail.start, stop: mail.stop },
    { start: exchange.recover, stop: exchange.stop },
    { start: searching.start, stop: searching.stop },
    { start: storage.start, stop: storage.stop },
    { stop: writing.stop },
    { start: patientWiring.start, stop: patientWiring.stop },
    { start: integration.start, stop: integration.stop },
    { stop: () => smime.stop() },
    { stop: forget },
    { stop: wipeOpenedFiles },
  ]

  /** Grows at each lock: what was begun before must leave nothing behind and answer nothing after. */
  let locks = 0
  const session = createSession({
    vaults,
    owners,
    card,
    onOpen: async () => {
      traces.start()
      traces.record({ action: 'session-opened', request: 'session.open' })
      for (const each of living) await each.start?.()
    },
    onClose: async () => {
      locks += 1
      traces.record({ action: 'session-closed', request: 'session.close' })
      await Promise.all(living.map(async (each) => each.stop?.()))
      await traces.stop()
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

  const opening = { mail, exchange, protection, searching, resources }
  const stored = storageHandlers({ storage, vault, session, grants })
  const handlers: Handlers = {
    ...sessionHandlers(session),
    ...cardHandlers(card),
    ...mailboxHandlers(mail),
    'messages.page': async (query) => notes.page(await mail.page(query)),
    'messages.thread': async ({ id }) => notes.rows(await mail.thread(id)),
    ...trustSpaceHandlers({ trustSpace, certificates, uploads, vault }),
    ...signInHandlers({ identity, vault }),
    'messages.view': async ({ id }) =>
      notes.view(
        patientWiring.explained(await openMessage({ ...opening, noteOpened: patientWiring.noteOpened }, id)),
      ),
    ...searching.handlers,
    'messages.search': async (query) => notes.page(await searching.handlers['messages.search'](query)),
    ...resultHandlers({ vault }),
    ...patientHandlers(patientWiring.patients, vault, notes.page),
    ...documentWritingHandlers({ writing, uploads, vault }),
    ...sendingHandlers({ mail, uploads, protectionChecks: protection.check }),
    ...stored,
    ...tracedReplacements(stored, traces),
    ...exchangeHandlers({
      exchange,
      grants,
      takeUpload: uploads.take,
      keep: resources.keep,
      language: () => preferences.get().language,
    }),
    ...tracesHandlers({ traces, vault, uploads, keep: resources.keep, now }),
    ...directoryHandlers({
      ...{
        directory,
        certificateDirectory,
        correspondents: protection.correspondents,
        trust,
        mail,
        classify,
      },
      ...{ vault, uploads, grants, keep: resources.keep, now },
      listsChanged: (lists) => emit('lists.changed', lists),
    }),
    ...keyHandlers({
      ...{ protection, vault, uploads, keep: resources.keep },
      expiringElsewhere: certificates.expiring,
      keysAdded: integration.rules.look,
    }),
    ...integrationHandlers(integration),
    ...inspectionHandlers({ mail, vault, uploads, trust, now }),
    ...settingsHandlers(preferences, (settings) => emit('settings.changed', settings)),
    ...diagnosisHandlers(
      diagnosisOf({
        ...{ start, card, trust, verification, vaults, mail, storage, now, web },
        monotonic: deps.monotonic,
        keyStore: keyStoreWorks({ ...stores.deviceSecret, random }),
        isOpen: () => session.state().phase === 'open',
      }),
      (diagnosis) => emit('diagnosis.progress', diagnosis),
    ),
  }

  return {
    handlers,
    session,
    resources,
    uploads,
    grants,
    /** A window asked something: what runs behind makes way. */
    asked: searching.asked,
    /** Leaves a functional trace. */
    record: traces.record,
    locks: () => locks,
    activity: () => {
      lastActivity = deps.monotonic()
      session.activity()
      identity.activity()
    },
    stop: async () => {
      unsubscribeCard()
      unwatchCard()
      await session.stop()
      await card.stop()
    },
  }
}
