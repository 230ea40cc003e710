import type { TraceAction } from '../../app/contract/index.ts'

/** Kinds of traces as the filter offers them. */
export const traceGroups = ['all', 'sending', 'reading', 'filing', 'patients', 'access', 'care'] as const
export type TraceGroup = (typeof traceGroups)[number]

/** Actions of a kind; none for all of them. */
export const actionsOf: Readonly<Record<TraceGroup, readonly TraceAction[]>> = {
  all: [],
  sending: ['sent', 'outbox-changed', 'receipt'],
  reading: ['received', 'read', 'saved'],
  filing: ['flagged', 'moved', 'copied', 'deleted', 'deposited', 'folder-changed'],
  patients: ['patient', 'record'],
  access: ['session-opened', 'session-closed', 'account-added', 'account-removed', 'connected', 'login'],
  care: ['exported', 'imported', 'retention', 'traces-exported', 'traces-purged'],
}
