import type {
  ActionNotice,
  ActionProgress,
  ActionSelection,
  ActionWish,
  EventPayload,
  PendingAction,
  PendingActions,
} from '../contract/index.ts'
import { ErrorCode, fail, ok, type Outcome } from '../contract/errors.ts'
import { flagBits, type PendingOperation, type StoredNotice, type Vault } from '../vault/index.ts'
import { untilAsked } from './accounts/replayer.ts'
import type { Announce } from './changes.ts'

export interface ActionDependencies {
  vault: Vault
  announce: Announce
  /** Ids a search finds, newest first, older than `before`. */
  searchIds: (
    selection: Extract<ActionSelection, { kind: 'search' }>,
    before: number | null,
  ) => Promise<Outcome<{ ids: number[]; more: boolean }>>
  /** There is something for the server. */
  wake: () => void
  emit: {
    actionProgress: (progress: ActionProgress) => void
    actionsChanged: (counts: EventPayload<'actions.changed'>) => void
  }
  onFault: (error: unknown) => void
}

/** Windows hear of the queue at most so often, milliseconds. */
const quiet = 250

/**
 * What a user does to messages, one or fifty thousand: applied here in slices between which the store answers others, queued
 * for the server, taken back as one.
 */
export const createActions = (deps: ActionDependencies) => {
  const { vault } = deps
  const running = new Map<number, Promise<Outcome<null>>>()
  let stopped = false
  let telling: NodeJS.Timeout | undefined

  const tellCounts = async (): Promise<void> => {
    const counts = await vault.run('pending.count', {})
    if (counts.ok && !stopped) deps.emit.actionsChanged(counts.value)
  }
  const changed = (): void => {
    telling ??= setTimeout(() => {
      telling = undefined
      tellCounts().catch(deps.onFault)
    }, quiet)
  }

  const acted = async (change: Parameters<Announce>[0]): Promise<void> => {
    await deps.announce(change)
    deps.wake()
    changed()
  }

  const apply = async (wish: ActionWish, ids: number[]): Promise<Outcome<number>> => {
    const applied = await vault.run('actions.apply', { wish, ids })
    if (!applied.ok) return applied
    if (applied.value === null) return ok(0)
    await acted(applied.value.change)
    return ok(applied.value.actionId)
  }

  /** Steps an action until it waits for the user or is over. */
  const drive = async (id: number): Promise<Outcome<{ total: number }>> => {
    for (;;) {
      const step = await vault.run('actions.step', { id })
      if (!step.ok) return step
      if (step.value === null || stopped) return fail('mail.not-found')
      const { progress, change } = step.value
      if (change.ids.length > 0 || change.folderIds.length > 0) await acted(change)
      const { wish, total, done, state } = progress
      deps.emit.actionProgress({
        actionId: id,
        undoes: wish.kind === 'undo' ? wish.of : null,
        total,
        done,
        state:
          state === 'collecting' || state === 'chosen'
            ? 'choosing'
            : state === 'applying'
              ? 'running'
              : state === 'done'
                ? 'done'
                : 'stopped',
      })
      if (state !== 'collecting' && state !== 'applying') return ok({ total })
    }
  }

  const run = (id: number): void => {
    const work = drive(id).then((outcome) => (outcome.ok ? ok(null) : outcome))
    running.set(id, work)
    work
      .then((outcome) => {
        if (!outcome.ok && outcome.error.code !== 'vault.locked' && outcome.error.code !== 'mail.not-found')
          deps.onFault(outcome.error)
      })
      .catch(deps.onFault)
      .finally(() => running.delete(id))
  }

  const prepare = async (params: {
    selection: ActionSelection
    wish: ActionWish
  }): Promise<Outcome<{ actionId: number; total: number }>> => {
    const begun = await vault.run('actions.begin', params)
    if (!begun.ok) return begun
    const actionId = begun.value
    if (params.selection.kind === 'search') {
      const chosen = await chooseFound(actionId, params.selection)
      if (!chosen.ok) return chosen
    }
    const driven = await drive(actionId)
    return driven.ok ? ok({ actionId, total: driven.value.total }) : driven
  }

  const chooseFound = async (
    id: number,
    selection: Extract<ActionSelection, { kind: 'search' }>,
  ): Promise<Outcome<null>> => {
    let before: number | null = null
    for (;;) {
      const found: Outcome<{ ids: number[]; more: boolean }> = await deps.searchIds(selection, before)
      if (!found.ok) return found
      const { ids, more } = found.value
      const last = !more || ids.length === 0
      const added = await vault.run('actions.choose', { id, ids, last })
      if (!added.ok) return added
      if (last) return ok(null)
      before = ids.at(-1) ?? null
    }
  }

  /** Takes an action back; on few messages it is over when this answers. */
  const undo = async (id: number, waiting: boolean): Promise<Outcome<null>> => {
    const begun = await vault.run('actions.undo', { id, waiting })
    if (!begun.ok) return begun
    if (begun.value === null) return fail('mail.cannot-undo')
    const driven = await drive(begun.value)
    return driven.ok ? ok(null) : driven
  }

  const cancel = async (id: number): Promise<Outcome<null>> => {
    const actionId = await vault.run('pending.actionOf', { id })
    if (!actionId.ok) return actionId
    if (actionId.value === null) return ok(null)
    for (let more = true; more;) {
      const dropped = await vault.run('pending.dropAppends', { id, limit: 100 })
      if (!dropped.ok) return dropped
      if (dropped.value.removal.ids.length > 0) await acted(dropped.value)
      more = dropped.value.more
    }
    if (actionId.value === 0) {
      changed()
      return ok(null)
    }
    return await undo(actionId.value, true)
  }

  const pending = async (): Promise<Outcome<PendingActions>> => {
    const [list, counts] = await Promise.all([vault.run('pending.list', {}), vault.run('pending.count', {})])
    if (!list.ok) return list
    if (!counts.ok) return counts
    return ok({
      actions: list.value.operations.map(pendingAction),
      count: counts.value.waiting,
      notices: list.value.notices.map(notice),
    })
  }

  return {
    apply,
    prepare,
    start: async (actionId: number): Promise<Outcome<null>> => {
      const started = await vault.run('actions.start', { id: actionId })
      if (!started.ok) return started
      if (!started.value) return fail('mail.not-found')
      run(actionId)
      return ok(null)
    },
    discard: async (actionId: number): Promise<Outcome<null>> => {
      const gone = await vault.run('actions.discard', { id: actionId })
      return gone.ok ? ok(null) : gone
    },
    undo: (actionId: number): Promise<Outcome<null>> => undo(actionId, false),
    pending,
    retry: async (id: number): Promise<Outcome<null>> => {
      const again = await vault.run('pending.retry', { id })
      if (!again.ok) return again
      deps.wake()
      changed()
      return ok(null)
    },
    cancel,
    dismiss: async (ids: number[]): Promise<Outcome<null>> => {
      const gone = await vault.run('pending.dismiss', { ids })
      if (!gone.ok) return gone
      changed()
      return ok(null)
    },
    /** The queue moved on. */
    changed,
    /** Goes on with what a crash or a lock cut. */
    resume: async (): Promise<Outcome<null>> => {
      stopped = false
      const left = await vault.run('actions.unfinished', {})
      if (!left.ok) return left
      for (const id of left.value) run(id)
      changed()
      return ok(null)
    },
    stop: async (): Promise<void> => {
      stopped = true
      clearTimeout(telling)
      telling = undefined
      await Promise.allSettled(running.values())
    },
  }
}

const kindOf = ({ kind, bits }: { kind: PendingOperation['kind']; bits: number }): PendingAction['kind'] => {
  if (kind === 'move' || kind === 'append') return kind
  if (kind === 'expunge') return 'delete-for-good'
  if (bits === flagBits.seen) return 'seen'
  if (bits === flagBits.flagged) return 'flagged'
  return bits === flagBits.answered ? 'answered' : 'forwarded'
}

const folderView = (folder: PendingOperation['folder']): PendingAction['folder'] =>
  folder && { name: folder.name, role: folder.role as 'none' }

/** Codes are stored as text; one this version does not know is a refusal without a reason. */
const codeOf = (stored: string): ErrorCode => ErrorCode.safeParse(stored).data ?? 'imap.failed'

const pendingAction = (op: PendingOperation): PendingAction => {
  const blocked = op.nextAttemptAt !== null && op.nextAttemptAt >= untilAsked
  const delayed = op.nextAttemptAt !== null && !blocked
  return {
    id: op.id,
    accountId: op.accountId,
    kind: kindOf(op),
    on: op.on,
    folder: folderView(op.folder),
    target: folderView(op.target),
    messages: op.messages,
    total: op.total,
    since: new Date(op.createdAt).toISOString(),
    state: blocked ? 'blocked' : delayed ? 'delayed' : op.sent ? 'sending' : 'waiting',
    error: op.error === null ? null : { code: codeOf(op.error), retry: blocked ? 'after-change' : 'later' },
    nextTryAt: delayed && op.nextAttemptAt !== null ? new Date(op.nextAttemptAt).toISOString() : null,
  }
}

const notice = (stored: StoredNotice): ActionNotice => ({
  id: stored.id,
  accountId: stored.accountId,
  kind: kindOf(stored),
  on: stored.on,
  folder: folderView(stored.folder),
  target: folderView(stored.target),
  messages: stored.messages,
  code: codeOf(stored.error),
  subjects: stored.subjects,
  at: new Date(stored.createdAt).toISOString(),
})
