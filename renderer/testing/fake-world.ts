import type {
  Account,
  ErrorData,
  EventName,
  EventPayload,
  Folder,
  MessageRow,
  Method,
  OutcomeData,
  Output,
} from '../../app/contract/index.ts'
import type { Scenario } from './scenarios.ts'

/** What the parts of the fake core share. */
export interface FakeWorld {
  scenario: Scenario
  now: Date
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  newId: () => number
  accounts: Account[]
  folders: Folder[]
  rows: Map<number, MessageRow>
}

/** One part of the fake core: its answer, or null when the call is for another part. */
export type FakePart = (method: Method, input: unknown) => OutcomeData | null

export const fakeError = (code: ErrorData['code'], details?: ErrorData['details']): ErrorData => ({
  code,
  retry: 'later',
  ...(details ? { details } : {}),
})

export const reply = <M extends Method>(_method: M, value: Output<M>): OutcomeData => ({ ok: true, value })

export const refuse = (code: ErrorData['code'], details?: ErrorData['details']): OutcomeData => ({
  ok: false,
  error: fakeError(code, details),
})
