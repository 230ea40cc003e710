import type { CoreMethod, Input, Outcome } from './contract/index.ts'
import type { TraceNote } from './mssante/index.ts'

type Told = Omit<TraceNote, 'request' | 'outcome' | 'code'> & { request?: string }

/**
 * What users do to a mailbox without a server being asked, or before one is: each leaves a functional trace of its own
 * (ECO.4.1.1). Exchanges with servers are told where they happen. Only ids and choices are told, never words of a message.
 */
const traced: { [M in CoreMethod]?: (input: Input<M>) => Told } = {
  'messages.view': ({ id }) => ({ action: 'read', messages: [id] }),
  'accounts.create': ({ address, kind, auth }) => ({
    action: 'account-added',
    account: address.toLowerCase(),
    request: `accounts.create ${kind} ${auth.kind}`,
  }),
  'accounts.remove': ({ accountId }) => ({ action: 'account-removed', target: `#${accountId}` }),
  'accounts.useCard': ({ accountId }) => ({ action: 'login', target: `#${accountId}` }),
  'signIn.start': ({ way }) => ({ action: 'login', request: `signIn.start ${way}` }),
  'signIn.giveCode': ({ address }) => ({ action: 'login', account: address.toLowerCase() }),
  'signIn.signOut': () => ({ action: 'login', request: 'signIn.signOut' }),
  'receipts.answer': ({ id, send }) => ({
    action: 'receipt',
    messages: [id],
    request: `receipts.answer ${send ? 'send' : 'decline'}`,
  }),
  'drafts.send': ({ id }) => ({ action: 'outbox-changed', target: `draft #${id}` }),
  'outbox.retry': ({ id }) => ({ action: 'outbox-changed', target: `outbox #${id}` }),
  'outbox.cancel': ({ id }) => ({ action: 'outbox-changed', target: `outbox #${id}` }),
  'outbox.edit': ({ id }) => ({ action: 'outbox-changed', target: `outbox #${id}` }),
  'outbox.confirm': ({ id }) => ({ action: 'outbox-changed', target: `outbox #${id}` }),
  'outbox.reschedule': ({ id }) => ({ action: 'outbox-changed', target: `outbox #${id}` }),
  'exchange.import': ({ folderId }) => ({ action: 'imported', target: `folder #${folderId}` }),
  'exchange.export': ({ format }) => ({ action: 'exported', request: `exchange.export ${format}` }),
  'storage.setRetention': ({ accountId, months }) => ({
    action: 'retention',
    target: `#${accountId}`,
    request: `storage.setRetention ${months ?? 'all'}`,
  }),
  'integration.file': ({ messageId, targetId, documentIds }) => ({
    action: 'record',
    messages: [messageId],
    request: `integration.file target ${targetId}, ${documentIds.length}`,
  }),
  'integration.transfer': ({ messageId, targetId }) => ({
    action: 'record',
    messages: [messageId],
    request: `integration.transfer target ${targetId}`,
  }),
  'integration.cancel': ({ id }) => ({ action: 'record', target: `#${id}` }),
  'integration.withdraw': ({ id }) => ({ action: 'record', target: `#${id}` }),
  'integration.undo': ({ id }) => ({ action: 'record', target: `#${id}` }),
  'patients.attach': ({ messageId, patientId }) => ({
    action: 'patient',
    messages: [messageId],
    target: `patient #${patientId}`,
  }),
  'patients.detach': ({ messageId, patientId }) => ({
    action: 'patient',
    messages: [messageId],
    target: `patient #${patientId}`,
  }),
  'patients.merge': ({ keep, other }) => ({ action: 'patient', target: `patient #${keep} #${other}` }),
  'patients.decide': ({ proposalId, same }) => ({
    action: 'patient',
    target: `proposal #${proposalId}`,
    request: `patients.decide ${same ? 'same' : 'different'}`,
  }),
  'patients.setOpposition': ({ patientId, kind, opposed }) => ({
    action: 'patient',
    target: `patient #${patientId}`,
    request: `patients.setOpposition ${kind} ${opposed ? 'yes' : 'no'}`,
  }),
  'traces.export': () => ({ action: 'traces-exported' }),
}

/** The trace a call leaves, with how it ended; null when it leaves none. `input` was parsed by the method's own schema. */
export const traceOfCall = (
  method: CoreMethod,
  input: unknown,
  outcome: Outcome<unknown>,
): TraceNote | null => {
  const tell = traced[method] as ((input: unknown) => Told) | undefined
  if (!tell) return null
  const told = tell(input)
  return {
    ...told,
    request: told.request ?? method,
    outcome: outcome.ok ? 'ok' : 'failed',
    code: outcome.ok ? null : outcome.error.code,
  }
}
