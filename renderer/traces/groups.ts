import type { TraceAction } from '../../app/contract/index.ts'

/** Kinds of traces as the filter offers them. */
export const traceGroups = ['all', 'sending', 'reading', 'filing', 'patients', 'access', 'care'] as const
export type TraceGroup = (typeof traceGroups)[number]

/** Actions of a kind; none for all of them. */
export const actionsOf: Readonly<Record<TraceGroup, readonly TraceAction[]>> = {
  all: [],
  sending: ['drafted', 'sent', 'outbox-changed', 'receipt'],
  reading: ['received', 'read', 'searched', 'printed', 'saved'],
  filing: ['flagged', 'moved', 'copied', 'deleted', 'deposited', 'folder-changed'],
  patients: ['patient', 'record'],
  access: [
    'session-opened',
    'session-closed',
    'account-added',
    'account-changed',
    'account-removed',
    'connected',
    'login',
  ],
  care: [
    'exported',
    'imported',
    'retention',
    'store-copied',
    'store-replaced',
    'traces-exported',
    'traces-checked',
    'traces-purged',
  ],
}
