import { z } from 'zod'
import { call, Nothing } from './service.ts'

/** What was done, as a practitioner would name it (ECO.4.1.1: every processing on a mailbox). */
export const TraceAction = z.enum([
  'session-opened',
  'session-closed',
  'account-added',
  'account-changed',
  'account-removed',
  'connected',
  'login',
  'received',
  'read',
  'searched',
  'printed',
  'saved',
  'flagged',
  'moved',
  'copied',
  'deleted',
  'folder-changed',
  'deposited',
  'drafted',
  'sent',
  'receipt',
  'outbox-changed',
  'exported',
  'imported',
  'patient',
  'record',
  'retention',
  'store-copied',
  'store-replaced',
  'traces-exported',
  'traces-checked',
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
  /**
   * National identifier of the professional whom the card or Pro Santé Connect names; else the addresses of the mailboxes here,
   * else the account of the operating system.
   */
  author: z.string(),
  authorName: z.string(),
  /** How the mailbox was opened. */
  openedBy: z.enum(['card', 'passphrase', 'recovery']),
  /** Account of the operating system and name of the workstation, « user@workstation ». */
  workstation: z.string(),
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

/** What is no tampering in itself, and what somebody who relies on the traces has to know. */
export const TraceNotice = z.discriminatedUnion('kind', [
  /** The clock of the workstation went back before trace `at`: times around it are doubtful. */
  z.object({ kind: z.literal('clock-back'), at: z.number().int() }),
  /** SousPli itself put a backup in the place of the store (trace `at`): what was written after the backup is not in it. */
  z.object({ kind: z.literal('replaced'), at: z.number().int() }),
  /** What the witness had taken down was gone when it was looked for (trace `at`): removed, or the store was brought from elsewhere. */
  z.object({ kind: z.literal('witness-missing'), at: z.number().int() }),
  /** The witness cannot be read or written now. */
  z.object({ kind: z.literal('witness-unavailable') }),
])
export type TraceNotice = z.infer<typeof TraceNotice>

/** What the check of the chain says; `at` is the first trace that does not hold. */
export const TraceChain = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('intact'),
    count: z.number().int(),
    first: z.string().nullable(),
    last: z.string().nullable(),
    /** ISO 8601: when the witness outside the store last took down the end of the chain; null when it never did. */
    witnessed: z.string().nullable(),
    notices: z.array(TraceNotice),
  }),
  z.object({
    state: z.literal('broken'),
    count: z.number().int(),
    /**
     * `changed`: a trace's fields are not those it was written with. `missing`: traces between two, or the first or last ones,
     * are gone. `rewritten`: the chain holds in itself, but is not the one the witness saw. `older`: it ends before what the
     * witness saw, as when an older copy of the store, or another one, was put in its place.
     */
    finding: z.enum(['changed', 'missing', 'rewritten', 'older']),
    at: z.number().int(),
  }),
])
export type TraceChain = z.infer<typeof TraceChain>

/** How a former export compares with the traces that are here. Numbers of traces, the first ones at most. */
export const TraceComparison = z.object({
  /** Traces of the file. */
  count: z.number().int(),
  /** As they are here, to the letter. */
  same: z.number().int(),
  /** Here with another hash: this chain is not the one that was exported. */
  rewritten: z.array(z.number().int()).max(20),
  /** Here, and intact: the file's own line was changed since. */
  edited: z.array(z.number().int()).max(20),
  /** Of the file and not here, though younger than what has been purged. */
  missing: z.array(z.number().int()).max(20),
  /** Of the file, and purged here since. */
  purged: z.number().int(),
})
export type TraceComparison = z.infer<typeof TraceComparison>

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
  /**
   * Compares a former export, uploaded as it was saved, with the traces that are here: what left the workstation cannot be
   * rewritten with it. Error: `traces.not-an-export`.
   */
  'traces.compare': call(z.object({ uploadId: z.string().max(100) }), TraceComparison),
}
export const traceEvents = {
  /** The chain was checked: when the mailbox opens, and when asked. */
  'traces.checked': TraceChain,
}
