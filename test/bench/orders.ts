import { z } from 'zod'
import { NewAccount, Policy } from '../../app/contract/index.ts'

const Programs = z.object({
  vaultWorker: z.string(),
  smimeWorker: z.string(),
  readingWorker: z.string(),
  indexingWorker: z.string(),
  directoryWorker: z.string(),
  card: z.string(),
})

/** What the program under measure is told, one order at a time; each is answered by `Answers` of the same name. */
export const Order = z.discriminatedUnion('order', [
  z.object({ order: z.literal('start'), folder: z.string(), policy: Policy, programs: Programs }),
  z.object({ order: z.literal('create'), passphrase: z.string() }),
  z.object({
    order: z.literal('first-sync'),
    code: z.string(),
    account: NewAccount,
    messages: z.number(),
    inbox: z.number(),
  }),
  /** With `sync` false, the server is not waited for (there is none). */
  z.object({ order: z.literal('open-passphrase'), passphrase: z.string(), sync: z.boolean().optional() }),
  z.object({ order: z.literal('open-recovery'), code: z.string(), sync: z.boolean().optional() }),
  /** Fills the store of a locked session directly; `maildir` gets the same messages. */
  z.object({
    order: z.literal('fill'),
    code: z.string(),
    messages: z.number(),
    maildir: z.string().nullable(),
  }),
  z.object({ order: z.literal('resync') }),
  z.object({ order: z.literal('views'), count: z.number(), seed: z.number() }),
  z.object({ order: z.literal('searches'), texts: z.array(z.string()) }),
  z.object({ order: z.literal('counts') }),
  /** On the store alone, without a core: the session must be locked. */
  z.object({ order: z.literal('store-searches'), texts: z.array(z.string()), code: z.string() }),
  z.object({ order: z.literal('lock') }),
  z.object({ order: z.literal('stop') }),
])
export type Order = z.infer<typeof Order>

const Times = z.array(z.number())
/** Milliseconds everywhere. */
export const Answers = {
  start: z.object({ cardProcess: z.number().nullable() }),
  create: z.object({ recoveryCode: z.string() }),
  'first-sync': z.object({
    listed: z.number(),
    readable: z.number(),
    headers: z.number(),
    full: z.number(),
    newestListedFirst: z.boolean(),
    delay: z.object({ p50: z.number(), p99: z.number(), max: z.number(), over50: z.number() }),
  }),
  'open-passphrase': z.object({ opened: z.number(), listed: z.number(), synced: z.number() }),
  'open-recovery': z.object({ opened: z.number(), listed: z.number(), synced: z.number() }),
  /** Seconds. */
  fill: z.object({ seconds: z.number(), tidied: z.number() }),
  resync: z.object({ milliseconds: z.number() }),
  views: z.object({ times: Times, size: z.number() }),
  searches: z.object({ times: Times, found: z.number() }),
  counts: z.object({ total: z.number(), inbox: z.number(), unread: z.number() }),
  'store-searches': z.object({ times: Times, found: z.number(), withoutBody: z.number() }),
  lock: z.null(),
  stop: z.null(),
} as const
export type Answer<O extends keyof typeof Answers> = z.infer<(typeof Answers)[O]>
