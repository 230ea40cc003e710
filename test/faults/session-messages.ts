import type { OutboxState } from '../../app/contract/index.ts'
import type { Action, Place } from './actions.ts'

/** Everything the windows of a session could see. */
export interface Snapshot {
  messages: { subject: string; place: Place; pending: boolean }[]
  outbox: { subject: string; state: OutboxState; error: string | null }[]
  drafts: { name: string; text: string }[]
}

/** What a session that is going to be killed tells. */
export type FromSession =
  | { told: 'open' }
  | { told: 'working' }
  | { told: 'begin'; action: Action }
  | { told: 'done'; action: Action }
  | { told: 'snapshot'; snapshot: Snapshot }

export type ToSession =
  | { ask: 'snapshot' }
  /** Do what users do until killed; the session ends itself at this event, if any. */
  | { ask: 'work'; killAtEvent: number | null }
