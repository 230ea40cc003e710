import { z } from 'zod'
import { AccountId } from './accounts.ts'
import { ErrorCode, ErrorData } from './errors.ts'
import { Flag, FolderId, FolderRole, ListFilter, MessageId, OperationId } from './mail.ts'
import { SearchScope } from './search.ts'
import { call, Nothing } from './service.ts'

/** Which messages: some, a whole folder under a filter, or everything a search finds; no list of 50,000 ids ever crosses. */
export const ActionSelection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ids'), ids: z.array(MessageId).min(1).max(1000) }),
  z.object({ kind: z.literal('folder'), folderId: FolderId, filter: ListFilter }),
  z.object({ kind: z.literal('search'), text: z.string().min(1).max(200), scope: SearchScope }),
])
export type ActionSelection = z.infer<typeof ActionSelection>

/** What to do with them. */
export const ActionWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flag'), flag: Flag, on: z.boolean() }),
  z.object({ kind: z.literal('move'), folderId: FolderId }),
  /** To the trash; from the trash, for good. */
  z.object({ kind: z.literal('delete') }),
  /** Empties a trash or junk folder: cannot be undone once the server was told. */
  z.object({ kind: z.literal('delete-for-good') }),
])
export type ActionWish = z.infer<typeof ActionWish>

/** How far an action on many messages is on this workstation; the server is told behind. */
export const ActionProgress = z.object({
  actionId: OperationId,
  /** The action that is being taken back, when this is an undo. */
  undoes: OperationId.nullable(),
  total: z.number().int(),
  done: z.number().int(),
  state: z.enum(['choosing', 'running', 'done', 'stopped']),
})
export type ActionProgress = z.infer<typeof ActionProgress>

const NamedFolder = z.object({ name: z.string(), role: FolderRole })

const Action = z.object({
  accountId: AccountId,
  kind: z.enum(['seen', 'flagged', 'answered', 'forwarded', 'move', 'delete-for-good', 'append']),
  /** For flags: set, not cleared. */
  on: z.boolean(),
  /** Where the messages are on the server; null when in several folders, or gone. */
  folder: NamedFolder.nullable(),
  /** Where a move or an append takes them. */
  target: NamedFolder.nullable(),
  messages: z.number().int(),
})

/** Something done here the server does not know yet. */
export const PendingAction = Action.extend({
  id: OperationId,
  /** Messages it had at first. */
  total: z.number().int(),
  /** ISO 8601, UTC. */
  since: z.string(),
  state: z.enum(['waiting', 'sending', 'delayed', 'blocked']),
  error: ErrorData.nullable(),
  /** When it is tried again; null when at once, or never by itself (`blocked`). */
  nextTryAt: z.string().nullable(),
})
export type PendingAction = z.infer<typeof PendingAction>

/** An action the server refused, or that came too late: the view went back. Kept until it was read. */
export const ActionNotice = Action.extend({
  id: OperationId,
  code: ErrorCode,
  /** The first subjects. */
  subjects: z.array(z.string()),
  at: z.string(),
})
export type ActionNotice = z.infer<typeof ActionNotice>

export const PendingActions = z.object({
  /** Oldest first, at most 200. */
  actions: z.array(PendingAction),
  /** How many there are. */
  count: z.number().int(),
  notices: z.array(ActionNotice),
})
export type PendingActions = z.infer<typeof PendingActions>

export const actionCalls = {
  /** Freezes the messages meant and counts them; nothing is changed yet. */
  'actions.prepare': call(
    z.object({ selection: ActionSelection, wish: ActionWish }),
    z.object({ actionId: OperationId, total: z.number().int() }),
  ),
  /** Does what was prepared, in slices; `actions.progress` tells. `messages.undo` stops it and takes it back. */
  'actions.start': call(z.object({ actionId: OperationId }), Nothing),
  /** Forgets what was prepared. */
  'actions.discard': call(z.object({ actionId: OperationId }), Nothing),
  'actions.pending': call(Nothing, PendingActions),
  /** Tries a delayed or blocked action again now. */
  'actions.retry': call(z.object({ id: OperationId }), Nothing),
  /** Takes back what of a queued action the server was not told of. */
  'actions.cancel': call(z.object({ id: OperationId }), Nothing),
  /** These notices were read. */
  'actions.dismiss': call(z.object({ ids: z.array(OperationId).min(1).max(200) }), Nothing),
}

export const actionEvents = {
  'actions.progress': ActionProgress,
  /** How many actions wait, are in trouble, and how many notices are unread. */
  'actions.changed': z.object({
    waiting: z.number().int(),
    blocked: z.number().int(),
    notices: z.number().int(),
  }),
}
