import type { Draft, OutboxItem } from '../../contract/index.ts'
import { fail, ok, type ErrorCode, type Outcome } from '../../contract/errors.ts'
import type { OutboxChange, StoredOutboxItem, Vault } from '../../vault/index.ts'

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** The window's form of an outbox item. */
export const outboxItem = (item: StoredOutboxItem): OutboxItem => ({
  id: item.id,
  accountId: item.accountId,
  state: item.state,
  subject: item.subject,
  recipients: item.recipients,
  queuedAt: iso(item.queuedAt),
  attempts: item.attempts,
  nextAttemptAt: item.nextAttemptAt === null ? null : iso(item.nextAttemptAt),
  error: item.error,
  receipt: item.purpose === 'receipt',
  due: item.dueAt === null || item.dueKind === null ? null : { at: iso(item.dueAt), kind: item.dueKind },
  editable: item.editable,
})

export interface OutboxDependencies {
  vault: Vault
  draft: (id: number) => Promise<Outcome<Draft>>
  onChange: (change: OutboxChange | null) => Promise<void>
  /** The senders, or what looks in Sent, have something to do. */
  wake: () => void
  now: () => number
}

/** What windows may ask of the outbox. Decisions about an item in another state fail with `outbox.not-found`. */
export const createOutbox = (deps: OutboxDependencies) => {
  const { vault } = deps
  const decide = async (done: Outcome<boolean>): Promise<Outcome<null>> => {
    if (!done.ok) return done
    if (!done.value) return fail('outbox.not-found')
    await deps.onChange(null)
    deps.wake()
    return ok(null)
  }
  const changed = async <T extends OutboxChange>(
    done: Outcome<T | null>,
    otherwise: ErrorCode,
  ): Promise<Outcome<T>> => {
    if (!done.ok) return done
    if (done.value === null) return fail(otherwise)
    await deps.onChange(done.value)
    return ok(done.value)
  }
  return {
    list: async (): Promise<Outcome<OutboxItem[]>> => {
      const items = await vault.run('outbox.list', {})
      return items.ok ? ok(items.value.map(outboxItem)) : items
    },
    /** Another try, asked by the user: to those alone who have not got it. */
    retry: async (id: number): Promise<Outcome<null>> => decide(await vault.run('outbox.requeue', { id })),
    /** Looks in Sent once more for a message of unknown outcome. */
    verify: async (id: number): Promise<Outcome<null>> => decide(await vault.run('outbox.verify', { id })),
    /** The user knows that a message of unknown outcome has left. */
    confirm: async (id: number): Promise<Outcome<null>> => decide(await vault.run('outbox.confirm', { id })),
    /** `compose.date-past` when the new date is over. */
    reschedule: async (id: number, at: string): Promise<Outcome<null>> => {
      const time = Date.parse(at)
      if (!(time > deps.now())) return fail('compose.date-past', { retry: 'after-change' })
      return await decide(await vault.run('outbox.reschedule', { id, at: time }))
    },
    /** Gives a message up. */
    cancel: async (id: number): Promise<Outcome<null>> => {
      const done = await changed(await vault.run('outbox.cancel', { id }), 'outbox.not-found')
      return done.ok ? ok(null) : done
    },
    /** Gives the draft back as it was, attachments too; `outbox.too-late` when it has left or is leaving. */
    edit: async (id: number): Promise<Outcome<Draft>> => {
      const done = await changed(await vault.run('outbox.edit', { id }), 'outbox.too-late')
      return done.ok ? await deps.draft(done.value.draftId) : done
    },
  }
}
