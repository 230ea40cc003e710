import type { CoreMethod, Input, Outcome, Output } from './contract/index.ts'
import type { TraceNote } from './mssante/index.ts'

type Told = Omit<TraceNote, 'request' | 'outcome' | 'code'> & { request?: string }
type Tell<M extends CoreMethod> = (input: Input<M>, value: Output<M> | null) => Told

/** Why a call leaves no trace of its own at the dispatch. */
export const untracedBecause = {
  /** The exchange with the server that follows leaves the trace, with the server's answer (app/mail/traced.ts). */
  server: 'traced where the server is asked',
  /** Whoever does it tells: sessions, hand-over to records, stores (app/services.ts, app/integration-wiring.ts). */
  service: 'traced by the service that does it',
  /** Rows, counts and states of what is on the workstation already: opening, printing, saving, exporting leave traces. */
  shown: 'shows what is here, processes nothing',
  /** A question before an act, its preparation or its end: the act leaves the trace. */
  prepared: 'prepares or stops what leaves a trace when it is done',
  /** Cards, keys, certificates, the directory, the trust space, settings, correspondents’ lists. */
  elsewhere: 'concerns no mailbox',
} as const
export type Untraced = keyof typeof untracedBecause

const message = (id: number): Pick<Told, 'subject'> => ({ subject: { kind: 'message', ids: [id] } })
const folder = (id: number): Pick<Told, 'subject'> => ({ subject: { kind: 'folder', ids: [id] } })
const waiting = ({ id }: { id: number }): Told => ({
  action: 'outbox-changed',
  subject: { kind: 'outbox', ids: [id] },
})
const filing = ({ id }: { id: number }): Told => ({
  action: 'record',
  subject: { kind: 'filing', ids: [id] },
})
/** Drafts are saved as they are typed: a quarter of an hour without saving begins another trace. */
const drafted = (id: number): Told => ({
  action: 'drafted',
  subject: { kind: 'draft', ids: [id] },
  folded: `draft ${id}`,
})
const medical = ({ draftId }: { draftId: number }): Told => drafted(draftId)

/**
 * What each call of the contract leaves as a functional trace (ECO.4.1.1: every processing on a mailbox), or why it leaves
 * none here. Only ids and choices are told: never words of a message, of a search or of a person’s name.
 */
export const tracedCalls: { readonly [M in CoreMethod]: Tell<M> | Untraced } = {
  'session.state': 'shown',
  'session.createWithCard': 'service',
  'session.createWithPassphrase': 'service',
  'session.openWithCard': 'service',
  'session.openWithPassphrase': 'service',
  'session.openWithRecovery': 'service',
  'session.lock': 'service',
  'session.switchTo': 'service',
  'session.enrolCard': () => ({ action: 'account-changed' }),
  'session.inspectBackup': 'prepared',
  'session.restore': 'service',
  'session.rebuild': 'service',
  'card.state': 'elsewhere',
  'card.readers': 'elsewhere',
  'card.choose': 'elsewhere',
  'card.login': 'elsewhere',
  'card.close': 'elsewhere',
  'card.pinCare': 'elsewhere',
  'card.changePin': 'elsewhere',
  'card.unblock': 'elsewhere',

  'accounts.list': 'shown',
  'accounts.discover': 'prepared',
  'accounts.examine': 'prepared',
  'accounts.create': ({ address, kind, auth }) => ({
    action: 'account-added',
    account: address.toLowerCase(),
    request: `accounts.create ${kind} ${auth.kind}`,
  }),
  'accounts.useCard': ({ accountId }) => ({ action: 'login', accountId }),
  'accounts.readP12': 'prepared',
  'accounts.useP12': ({ accountId }) => ({ action: 'login', accountId }),
  'accounts.senderName': 'shown',
  'accounts.update': ({ accountId, ...changed }) => ({
    action: 'account-changed',
    accountId,
    request: `accounts.update ${Object.keys(changed).join(' ')}`,
  }),
  'accounts.login': ({ accountId }) => ({ action: 'login', accountId }),
  'accounts.cancelLogin': 'prepared',
  'accounts.syncNow': 'server',
  'accounts.remove': ({ accountId }) => ({ action: 'account-removed', accountId }),
  'signIn.state': 'shown',
  'signIn.start': ({ way }) => ({ action: 'login', request: `signIn.start ${way}` }),
  'signIn.cancel': 'prepared',
  'signIn.signOut': () => ({ action: 'login', request: 'signIn.signOut' }),
  'signIn.askCode': 'prepared',
  'signIn.giveCode': ({ address }) => ({ action: 'login', account: address.toLowerCase() }),

  'folders.list': 'shown',
  'folders.create': 'server',
  'folders.rename': 'server',
  'folders.delete': 'server',
  'folders.subscribe': 'server',
  'folders.setRole': ({ accountId, role, folderId }) => ({
    action: 'folder-changed',
    accountId,
    ...(folderId === null ? {} : folder(folderId)),
    request: `folders.setRole ${role}`,
  }),

  'messages.page': 'shown',
  'messages.sorted': 'shown',
  'messages.facets': 'shown',
  'messages.thread': 'shown',
  'messages.view': ({ id }) => ({ action: 'read', ...message(id) }),
  'messages.setFlag': 'server',
  'messages.move': 'server',
  'messages.delete': 'server',
  'messages.undo': 'server',
  /** That somebody searches, and where; never for what. Words typed one after the other are one search. */
  'messages.search': ({ scope }) => ({
    action: 'searched',
    ...(scope.kind === 'account' ? { accountId: scope.accountId } : {}),
    ...(scope.kind === 'folder' ? folder(scope.folderId) : {}),
    request: `messages.search ${scope.kind}`,
    folded: 'search',
  }),
  'searches.list': 'shown',
  'searches.save': 'elsewhere',
  'searches.rename': 'elsewhere',
  'searches.delete': 'elsewhere',
  'searches.reorder': 'elsewhere',
  'search.indexing': 'shown',
  'results.history': 'shown',
  'inspect.message': ({ source }) =>
    source.kind === 'message' ? { action: 'read', ...message(source.id) } : { action: 'read' },
  'actions.prepare': 'prepared',
  'actions.start': 'server',
  'actions.discard': 'prepared',
  'actions.pending': 'shown',
  'actions.retry': 'server',
  'actions.cancel': 'prepared',
  'actions.dismiss': 'shown',
  'quarantine.list': 'shown',
  'quarantine.retry': ({ id }) => ({ action: 'read', ...message(id) }),
  'receipts.answer': ({ id, send }) => ({
    action: 'receipt',
    ...message(id),
    request: `receipts.answer ${send ? 'send' : 'decline'}`,
  }),

  'drafts.create': ({ kind, accountId, sourceId }, draft) => ({
    action: 'drafted',
    ...(accountId === null ? {} : { accountId }),
    ...(draft === null ? {} : { subject: { kind: 'draft', ids: [draft.id] } }),
    request: `drafts.create ${kind}${sourceId === null ? '' : ` #${sourceId}`}`,
  }),
  'drafts.list': 'shown',
  'drafts.get': 'shown',
  'drafts.save': ({ id }) => drafted(id),
  'drafts.discard': ({ id }) => ({ action: 'drafted', target: `draft #${id}` }),
  'drafts.attach': ({ id }) => drafted(id),
  'drafts.detach': ({ id }) => drafted(id),
  'drafts.check': 'prepared',
  'drafts.send': ({ id }) => ({ action: 'outbox-changed', subject: { kind: 'draft', ids: [id] } }),
  'draftDocuments.get': 'shown',
  'draftDocuments.types': 'shown',
  'draftDocuments.add': medical,
  'draftDocuments.change': medical,
  'draftDocuments.replaceContent': medical,
  'draftDocuments.convert': medical,
  'draftDocuments.remove': medical,
  'documentAuthor.get': 'shown',
  'documentAuthor.set': ({ accountId }) => ({ action: 'account-changed', accountId }),
  'outbox.list': 'shown',
  'outbox.retry': waiting,
  'outbox.cancel': waiting,
  'outbox.edit': waiting,
  'outbox.verify': waiting,
  'outbox.confirm': waiting,
  'outbox.reschedule': waiting,

  'exchange.import': ({ folderId }) => ({ action: 'imported', ...folder(folderId) }),
  'exchange.imports': 'shown',
  'exchange.cancelImport': ({ id }) => ({ action: 'imported', target: `import #${id}` }),
  'exchange.resumeImport': ({ id }) => ({ action: 'imported', target: `import #${id}` }),
  'exchange.forgetImport': 'shown',
  'exchange.refusals': 'shown',
  'exchange.export': ({ format }, state) => ({
    action: 'exported',
    request: `exchange.export ${format}`,
    answer: state === null ? '' : String(state.total),
  }),
  'exchange.cancelExport': ({ id }) => ({ action: 'exported', target: `export #${id}` }),

  'patients.suggest': 'shown',
  'patients.list': 'shown',
  /** A patient’s page shows the exchanges of all mailboxes: looking at it is reading them. */
  'patients.get': ({ id }) => ({ action: 'patient', target: `patient #${id}`, folded: `patient ${id}` }),
  'patients.ofMessage': 'shown',
  'patients.ofAddress': 'shown',
  'patients.create': (_, patient) => ({
    action: 'patient',
    target: patient === null ? '' : `patient #${patient.id}`,
  }),
  'patients.attach': ({ messageId, patientId }) => ({
    action: 'patient',
    ...message(messageId),
    target: `patient #${patientId}`,
  }),
  'patients.detach': ({ messageId, patientId }) => ({
    action: 'patient',
    ...message(messageId),
    target: `patient #${patientId}`,
  }),
  'patients.decide': ({ proposalId, same }) => ({
    action: 'patient',
    target: `proposal #${proposalId}`,
    request: `patients.decide ${same ? 'same' : 'different'}`,
  }),
  'patients.merge': ({ keep, other }) => ({ action: 'patient', target: `patient #${keep} #${other}` }),
  'patients.undo': ({ decisionId }) => ({ action: 'patient', target: `decision #${decisionId}` }),
  'patients.setOpposition': ({ patientId, kind, opposed }) => ({
    action: 'patient',
    target: `patient #${patientId}`,
    request: `patients.setOpposition ${kind} ${opposed ? 'yes' : 'no'}`,
  }),
  'patients.setProfessional': ({ patientId, listed }) => ({
    action: 'patient',
    target: `patient #${patientId}`,
    request: `patients.setProfessional ${listed ? 'add' : 'take off'}`,
  }),

  'integration.targets': 'shown',
  'integration.saveTarget': ({ id }) => ({ action: 'record', target: `target ${id ?? 'new'}` }),
  'integration.removeTarget': ({ id }) => ({ action: 'record', target: `target ${id}` }),
  'integration.testTarget': 'prepared',
  'integration.offers': 'shown',
  'integration.file': ({ messageId, targetId, documentIds }) => ({
    action: 'record',
    ...message(messageId),
    request: `integration.file target ${targetId}, ${documentIds.length}`,
  }),
  'integration.transfer': ({ messageId, targetId }) => ({
    action: 'record',
    ...message(messageId),
    request: `integration.transfer target ${targetId}`,
  }),
  'integration.filings': 'shown',
  'integration.retry': filing,
  'integration.cancel': filing,
  'integration.settle': ({ id, filed }) => ({
    ...filing({ id }),
    request: `integration.settle ${filed ? 'filed' : 'not filed'}`,
  }),
  'integration.withdraw': filing,
  'integration.rules': 'shown',
  'integration.saveRule': ({ id }) => ({ action: 'record', target: `rule ${id ?? 'new'}` }),
  'integration.removeRule': ({ id }) => ({ action: 'record', target: `rule ${id}` }),
  'integration.orderRules': () => ({ action: 'record', target: 'rules' }),
  'integration.tryRule': 'prepared',
  'integration.journal': 'shown',
  'integration.undo': ({ id }) => ({ action: 'record', target: `journal #${id}` }),

  'storage.overview': 'shown',
  'storage.health': 'shown',
  'storage.previewRetention': 'prepared',
  'storage.setRetention': ({ accountId, months }) => ({
    action: 'retention',
    accountId,
    request: `storage.setRetention ${months ?? 'all'}`,
  }),
  'storage.compact': 'elsewhere',
  'storage.check': 'elsewhere',
  'storage.backup': (_, made) => ({
    action: 'store-copied',
    answer: made === null ? '' : `${made.size}`,
  }),
  'storage.cancel': 'prepared',
  'storage.removeAside': ({ id }) => ({ action: 'store-copied', target: `aside ${id}` }),

  'traces.state': 'shown',
  'traces.page': 'shown',
  'traces.verify': 'shown',
  'traces.compare': (_, found) => ({
    action: 'traces-checked',
    answer: found === null ? '' : `${found.same}/${found.count}`,
  }),
  'traces.export': (_, made) => ({
    action: 'traces-exported',
    answer: made === null ? '' : String(made.count),
  }),

  'keys.importP12': 'elsewhere',
  'keys.list': 'elsewhere',
  'keys.remove': 'elsewhere',
  'keys.expiring': 'elsewhere',
  'keys.dismissExpiry': 'elsewhere',
  'certificates.import': 'elsewhere',
  'certificates.correspondents': 'elsewhere',
  'certificates.changes': 'elsewhere',
  'certificates.decide': 'elsewhere',
  'certificates.forget': 'elsewhere',
  'certificates.export': 'elsewhere',
  'diagnosis.run': 'elsewhere',
  'directory.search': 'elsewhere',
  'directory.facets': 'elsewhere',
  'directory.person': 'elsewhere',
  'directory.structure': 'elsewhere',
  'directory.identify': 'elsewhere',
  'directory.verify': 'elsewhere',
  'directory.state': 'elsewhere',
  'directory.update': 'elsewhere',
  'directory.importFile': 'elsewhere',
  'directory.cancel': 'elsewhere',
  'directory.delta': 'elsewhere',
  'directory.setFavourite': 'elsewhere',
  'directory.prefer': 'elsewhere',
  'directory.fetchCertificates': 'elsewhere',
  'correspondents.suggest': 'elsewhere',
  'recipients.suggest': 'elsewhere',
  'lists.all': 'elsewhere',
  'lists.save': 'elsewhere',
  'lists.delete': 'elsewhere',
  'lists.importCsv': 'elsewhere',
  'lists.exportCsv': 'elsewhere',
  'settings.get': 'elsewhere',
  'settings.set': 'elsewhere',
  'trustSpace.state': 'elsewhere',
  'trustSpace.refresh': 'elsewhere',
  'trustSpace.import': 'elsewhere',
  'trustSpace.search': 'elsewhere',
}

/**
 * The trace a call leaves, with how it ended; null when it leaves none. `input` was parsed by the method's own schema,
 * `outcome` is what its handler answered.
 */
export const traceOfCall = (
  method: CoreMethod,
  input: unknown,
  outcome: Outcome<unknown>,
): TraceNote | null => {
  const tell = tracedCalls[method] as ((input: unknown, value: unknown) => Told) | Untraced
  if (typeof tell === 'string') return null
  const told = tell(input, outcome.ok ? outcome.value : null)
  return {
    ...told,
    request: told.request ?? method,
    outcome: outcome.ok ? 'ok' : 'failed',
    code: outcome.ok ? null : outcome.error.code,
  }
}
