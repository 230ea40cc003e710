import { z } from 'zod'
import { AccountId } from './accounts.ts'
import { PinEntry } from './card.ts'
import { Grant } from './exchange.ts'
import { FolderId } from './mail.ts'
import { call, Nothing } from './service.ts'

const Bytes = z.number().int().min(0)
const Count = z.number().int().min(0)
const When = z.string()

/** What a folder holds on this workstation. */
export const FolderSize = z.object({
  folderId: FolderId,
  messages: Count,
  /** Messages whose body is here. */
  bodies: Count,
  bodyBytes: Bytes,
  attachmentBytes: Bytes,
})

export const AccountSize = FolderSize.omit({ folderId: true }).extend({
  accountId: AccountId,
  /** Its share of the index, by number of messages. */
  indexBytes: Bytes,
  folders: z.array(FolderSize),
  /** Months bodies stay here; null keeps them for ever. */
  months: z.number().int().nullable(),
})
export type AccountSize = z.infer<typeof AccountSize>

/** What the last look over the whole store found. */
export const StoreVerdict = z.object({
  at: When,
  sound: z.boolean(),
  /** Parts of the store with damage: how many. */
  damaged: Count,
  /** Separate files that are missing. */
  missingParts: Count,
})
export type StoreVerdict = z.infer<typeof StoreVerdict>

/** A long work on the store; one at a time. */
export const StorageTask = z.object({
  kind: z.enum(['backup', 'restore', 'check', 'compact', 'rebuild', 'retention']),
  done: Count,
  total: Count,
})
export type StorageTask = z.infer<typeof StorageTask>

/** What a rebuild carried over and what could not be read. */
export const Rebuilt = z.object({
  at: When,
  messages: Count,
  drafts: Count,
  outbox: Count,
  actions: Count,
  /** Kinds of rows of which some could not be read. */
  incomplete: z.array(z.string()),
  missingParts: Count,
  /** Nothing of the old store could be read: mailboxes have to be added again. */
  unreadable: z.boolean(),
})
export type Rebuilt = z.infer<typeof Rebuilt>

/** What a user is told of without asking. */
export const StorageHealth = z.object({
  /** Free bytes; null when the system does not say. */
  free: Bytes.nullable(),
  /** Too little is left to go on for long. */
  low: z.boolean(),
  /** The last look over the whole store found damage. */
  damaged: z.boolean(),
})
export type StorageHealth = z.infer<typeof StorageHealth>

export const StorageOverview = StorageHealth.extend({
  database: Bytes,
  /** Unused bytes that compaction gives back. */
  reclaimable: Bytes,
  parts: Bytes,
  index: Bytes,
  /** When sizes by mailbox were added up; null until the first time. */
  measuredAt: When.nullable(),
  accounts: z.array(AccountSize),
  lastCheck: StoreVerdict.nullable(),
  lastBackup: z.object({ at: When, size: Bytes, name: z.string() }).nullable(),
  lastRebuild: Rebuilt.nullable(),
  /** Former stores kept by a restoration or a rebuild. */
  asides: z.array(z.object({ id: z.string(), at: When, size: Bytes })),
  task: StorageTask.nullable(),
})
export type StorageOverview = z.infer<typeof StorageOverview>

/** How the user proves who he is to open a store, old or new. */
const Opening = z.discriminatedUnion('kind', [
  PinEntry.extend({ kind: z.literal('card') }),
  z.object({ kind: z.literal('passphrase'), passphrase: z.string().min(1).max(512) }),
  z.object({ kind: z.literal('recovery'), code: z.string().min(1).max(200) }),
])
export type Opening = z.infer<typeof Opening>

const Months = z.number().int().min(1).max(600)

export const storageCalls = {
  /** Adds sizes up when that was not done lately: some seconds for a large mailbox, in slices. */
  'storage.overview': call(Nothing, StorageOverview),
  'storage.health': call(Nothing, StorageHealth),
  /** What a rule would let go of now; flagged, unsent and local messages never count. */
  'storage.previewRetention': call(
    z.object({ accountId: AccountId, months: Months }),
    z.object({ messages: Count, bytes: Bytes }),
  ),
  /** Sets the rule and applies it in the background; null keeps everything (what was let go of comes back when opened). */
  'storage.setRetention': call(z.object({ accountId: AccountId, months: Months.nullable() }), Nothing),
  /** `vault.busy` while another long work runs; `vault.cancelled` after `storage.cancel`. */
  'storage.compact': call(Nothing, z.object({ freed: Bytes })),
  'storage.check': call(Nothing, StoreVerdict),
  /** Writes the backup the user chose a place for; the recovery code opens it, and the passphrase given here. */
  'storage.backup': call(
    z.object({ grant: Grant, passphrase: z.string().min(1).max(512).nullable() }),
    z.object({ size: Bytes, at: When }),
  ),
  'storage.cancel': call(Nothing, Nothing),
  'storage.removeAside': call(z.object({ id: z.string().max(20) }), Nothing),
  /** What a chosen backup says of itself; also before the store is open. The grant stays good for `session.restore`. */
  'session.inspectBackup': call(
    z.object({ grant: Grant }),
    z.object({
      createdAt: When,
      size: Bytes,
      ways: z.array(z.enum(['passphrase', 'recovery'])),
      /** Of the store of this workstation: its card and passphrase go on opening it. */
      sameStore: z.boolean(),
    }),
  ),
  /**
   * Puts a backup in the place of the store. From a closed one it is opened; from an open one the session locks, to be
   * opened again. `opening` is how the store will be opened here: needed for a store that is not this workstation's.
   */
  'session.restore': call(
    z.object({
      grant: Grant,
      unlock: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('passphrase'), passphrase: z.string().min(1).max(512) }),
        z.object({ kind: z.literal('recovery'), code: z.string().min(1).max(200) }),
      ]),
      opening: z
        .discriminatedUnion('kind', [
          PinEntry.extend({ kind: z.literal('card') }),
          z.object({ kind: z.literal('passphrase'), passphrase: z.string().min(1).max(512) }),
        ])
        .nullable(),
    }),
    Nothing,
  ),
  /** A new store filled from the server, after what only this workstation has was carried over. Null when it is open. */
  'session.rebuild': call(z.object({ opening: Opening.nullable() }), Nothing),
}
export const storageEvents = {
  /** Progress of the long work under way; null when it ended. */
  'storage.task': z.object({ task: StorageTask.nullable() }),
  /** Sizes, rules or results changed: to be asked for again. */
  'storage.changed': z.object({}),
}
