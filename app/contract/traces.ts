import { z } from 'zod'
import { call, Nothing } from './service.ts'

/** What was done, as a practitioner would name it (ECO.4.1.1: every processing on a mailbox). */
export const TraceAction = z.enum([
  'session-opened',
  'session-closed',
  'account-added',
  'account-removed',
  'connected',
  'login',
  'received',
  'read',
  'saved',
  'flagged',
  'moved',
  'copied',
  'deleted',
  'folder-changed',
  'deposited',
  'sent',
  'receipt',
  'outbox-changed',
  'exported',
  'imported',
  'patient',
  'record',
  'retention',
  'traces-exported',
  'traces-purged',
])
export type TraceAction = z.infer<typeof TraceAction>

export const TraceOutcome = z.enum(['ok', 'refused', 'failed', 'unknown'])
export type TraceOutcome = z.infer<typeof TraceOutcome>

/** One functional trace (ECO.4.1.2). Nothing of a message's text or subject is ever in it. */
export const Trace = z.object({
  /** From 1 without holes. */
  seq: z.number().int().positive(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** National identifier of the professional; how the mailbox was opened where there is none. */
  author: z.string(),
  authorName: z.string(),
  /** SousPli did it by itself (synchronisation, retry) in the author's session. */
  automatic: z.boolean(),
  /** Address of the mailbox; null for what concerns all of them. */
  account: z.string().nullable(),
  action: TraceAction,
  /** What it was done to: folder, Message-ID, recipients, server. */
  target: z.string(),
  /** What was asked of the server, without secrets or content; the window's call where no server is asked. */
  request: z.string(),
  /** What the server answered, in its own words. */
  answer: z.string(),
  outcome: TraceOutcome,
  /** Code of the failure (contract/errors.ts), null where there is none. */
  code: z.string().nullable(),
  /** SHA-256, hexadecimal, of the former trace's hash and this trace's fields. */
  hash: z.string(),
})
export type Trace = z.infer<typeof Trace>

/** What the check of the chain says; `at` is the first trace that does not hold. */
export const TraceChain = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('intact'),
    count: z.number().int(),
    first: z.string().nullable(),
    last: z.string().nullable(),
  }),
  z.object({
    state: z.literal('broken'),
    count: z.number().int(),
    /** `changed`: a trace's fields are not those it was written with; `missing`: traces between two, or the last ones, are gone. */
    finding: z.enum(['changed', 'missing']),
    at: z.number().int(),
  }),
])
export type TraceChain = z.infer<typeof TraceChain>

export const TraceFilter = z.object({
  /** ISO 8601; both included. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  actions: z.array(TraceAction).max(40),
  account: z.string().max(320).nullable(),
  outcomes: z.array(TraceOutcome).max(4),
  /** Words, each somewhere in author, target, request, answer or code; case does not count. */
  text: z.string().max(200),
})
export type TraceFilter = z.infer<typeof TraceFilter>

export const traceCalls = {
  /** What the last check of the chain said; null while the first one of this session goes on. */
  'traces.state': call(Nothing, z.object({ chain: TraceChain.nullable(), months: z.number().int() })),
  /** Newest first. `before` is the last `seq` of the former page. */
  'traces.page': call(
    z.object({
      filter: TraceFilter,
      before: z.number().int().positive().nullable(),
      limit: z.number().int().min(1).max(500),
    }),
    z.object({ traces: z.array(Trace), more: z.boolean(), total: z.number().int() }),
  ),
  /** Recomputes the whole chain. */
  'traces.verify': call(Nothing, TraceChain),
  /** The traces of a filter, oldest first, as a CSV file (RFC 4180, UTF-8, semicolons) at an address of bytes. */
  'traces.export': call(
    z.object({ filter: TraceFilter }),
    z.object({ url: z.string(), fileName: z.string(), count: z.number().int() }),
  ),
}
export const traceEvents = {
  /** The chain was checked: when the mailbox opens, and when asked. */
  'traces.checked': TraceChain,
}
