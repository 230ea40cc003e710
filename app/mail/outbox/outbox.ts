import { setTimeout as delay } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'
import type { OutboxItem } from '../../contract/index.ts'
import { fail, ok, toErrorData, type AppError, type Outcome } from '../../contract/errors.ts'
import type { StoredAccount, StoredOutboxItem, Vault } from '../../vault/index.ts'
import { createBell, retryDelay } from '../accounts/backoff.ts'
import { lockFolder } from '../imap/connection.ts'
import type { AskCredentials } from '../net/credentials.ts'
import { Failure, must } from '../net/failure.ts'
import type { PeerVerification } from '../net/peer.ts'
import { openSubmission } from './submission.ts'

export interface SenderDependencies {
  account: StoredAccount
  vault: Vault
  verification: PeerVerification
  credentials: AskCredentials
  now: () => number
  random: (length: number) => Uint8Array
  onChange: () => Promise<void>
  /** A message was accepted or its fate is unknown: the IMAP side files it or looks for it. */
  onSettled: () => void
}

export interface Sender {
  wake: () => void
  stop: () => Promise<void>
}

const largestMime = 256 * 1024 * 1024
/** Looks for a message whose fate is unknown, as long as a server may need to file it (models.md §9.2.8). */
const lookDelays = [0, 1000, 1000, 2000]

/** The window's form of an outbox item. */
export const outboxItem = (item: StoredOutboxItem): OutboxItem => ({
  id: item.id,
  accountId: item.accountId,
  state: item.state,
  subject: item.subject,
  recipients: item.recipients,
  queuedAt: new Date(item.queuedAt).toISOString(),
  attempts: item.attempts,
  nextAttemptAt: item.nextAttemptAt === null ? null : new Date(item.nextAttemptAt).toISOString(),
  error: item.error,
})

/** Sends what is queued for one account, one message at a time, oldest first. */
export const startSender = (deps: SenderDependencies): Sender => {
  const { vault, account } = deps
  const aborter = new AbortController()
  const bell = createBell()

  const settle = async (
    item: StoredOutboxItem,
    result: {
      state: StoredOutboxItem['state']
      error: AppError | null
      recipients?: StoredOutboxItem['recipients']
      at?: number
    },
  ): Promise<void> => {
    must(
      await vault.run('outbox.settle', {
        id: item.id,
        state: result.state,
        recipients: result.recipients ?? null,
        error: result.error ? toErrorData(result.error) : null,
        nextAttemptAt: result.at ?? null,
      }),
    )
    await deps.onChange()
  }

  /** Back to the queue: later by itself, or in an hour when only the user can change something. */
  const postpone = async (item: StoredOutboxItem, error: AppError): Promise<void> => {
    const wait = retryDelay(error, item.attempts, deps.random) ?? 3_600_000
    await settle(item, { state: 'queued', error, at: deps.now() + wait })
  }

  const sendOne = async (item: StoredOutboxItem): Promise<void> => {
    const mime = await outboxMime(vault, item.id)
    if (mime === null) return
    const opened = await openSubmission(
      deps.verification,
      account.smtp,
      account.address,
      deps.credentials,
      aborter.signal,
    )
    if (!opened.ok) {
      await postpone(item, opened.error)
      return
    }
    const session = opened.value
    try {
      must(await vault.run('accounts.setMaxMessageSize', { id: account.id, size: session.maxMessageSize }))
      if (session.maxMessageSize !== null && mime.byteLength > session.maxMessageSize) {
        await settle(item, { state: 'refused', error: { code: 'smtp.too-large', retry: 'after-change' } })
        return
      }
      if (!must(await vault.run('outbox.begin', { id: item.id }))) return
      await deps.onChange()
      const to = item.recipients.map((recipient) => recipient.address)
      const id = item.messageId.replace(/[<>]/g, '')
      const result = await session.send({ from: item.sender, to, id }, mime)
      if (result.kind === 'accepted') {
        const refused = result.recipients.find((recipient) => recipient.accepted === false)
        await settle(item, {
          state: 'accepted',
          recipients: result.recipients,
          error: refused
            ? { code: 'smtp.recipient-refused', retry: 'after-change', details: { address: refused.address } }
            : null,
        })
        deps.onSettled()
      } else if (result.kind === 'refused')
        await settle(item, { state: 'refused', recipients: result.recipients, error: result.error })
      else if (result.kind === 'later') await postpone({ ...item, attempts: item.attempts + 1 }, result.error)
      else {
        await settle(item, { state: 'unknown', error: null })
        deps.onSettled()
      }
    } finally {
      session.close()
    }
  }

  const run = async (): Promise<void> => {
    while (!aborter.signal.aborted) {
      const next = await vault.run('outbox.next', { accountId: account.id, state: 'queued' })
      if (!next.ok) return // The vault is closing.
      if (!next.value) {
        await bell.wait(10_000)
        continue
      }
      try {
        await sendOne(next.value)
      } catch (cause) {
        if (aborter.signal.aborted) return
        const error: AppError =
          cause instanceof Failure ? cause.outcome : { code: 'core.internal', retry: 'later', cause }
        if (error.code === 'vault.locked') return
        // Whatever went wrong here, nobody may send this again by itself before its fate is known.
        await vault.run('outbox.doubt', { id: next.value.id, error: toErrorData(error) })
        await deps.onChange()
        await bell.wait(10_000)
      }
    }
  }
  const running = run()

  return {
    wake: bell.ring,
    stop: async () => {
      aborter.abort()
      bell.ring()
      await Promise.race([running, delay(800, undefined, { ref: false })])
    },
  }
}

const outboxMime = async (vault: Vault, id: number): Promise<Uint8Array | null> => {
  const stored = must(await vault.run('outbox.mime', { id }))
  if (stored?.mime) return stored.mime
  if (!stored?.mimeFile) return null
  return must(await vault.parts.readAll(stored.mimeFile, largestMime))
}

/**
 * The IMAP side of sending, one item per call: files accepted messages in Sent (made where there is none) unless the
 * server already did, and looks there for messages whose fate is unknown before anything may be sent again (models.md §9.2.8–9). True when an item was
 * handled.
 */
export const fileSent = async (
  deps: { vault: Vault; accountId: number; onChange: () => Promise<void> },
  client: ImapFlow,
  sentPath: string | null,
): Promise<boolean> => {
  const { vault, accountId } = deps
  const settle = async (
    item: StoredOutboxItem,
    state: 'filed' | 'unknown',
    error: AppError | null,
  ): Promise<void> => {
    const file = must(
      await vault.run('outbox.settle', {
        id: item.id,
        state,
        recipients: null,
        error: error ? toErrorData(error) : null,
        nextAttemptAt: null,
      }),
    )
    if (file !== null) must(await vault.parts.remove([file]))
    await deps.onChange()
  }
  const unknown = must(await vault.run('outbox.next', { accountId, state: 'unknown' }))
  if (unknown) {
    const found = sentPath !== null && (await isIn(client, sentPath, unknown.messageId, lookDelays))
    if (found) await settle(unknown, 'filed', null)
    else await settle(unknown, 'unknown', { code: 'outbox.unknown-outcome', retry: 'after-change' })
    return true
  }
  const accepted = must(await vault.run('outbox.next', { accountId, state: 'accepted' }))
  if (!accepted) return false
  const path = sentPath ?? (await createSent(client))
  // The only copy of what was sent stays here until there is a folder for it.
  if (path === null) return false
  const mime = await outboxMime(vault, accepted.id)
  if (mime !== null && !(await isIn(client, path, accepted.messageId, [0]))) {
    const appended = await client.append(path, Buffer.from(mime), ['\\Seen'], new Date(accepted.queuedAt))
    if (!appended) throw new Failure({ code: client.usable ? 'imap.failed' : 'net.closed', retry: 'later' })
  }
  await settle(accepted, 'filed', accepted.error)
  return true
}

/** A Sent folder where the server has none, by the name every client takes for it; null when it refuses. */
const createSent = async (client: ImapFlow): Promise<string | null> => {
  try {
    return (await client.mailboxCreate('Sent')).path
  } catch (cause) {
    if (!client.usable) throw cause
    return null
  }
}

const isIn = async (
  client: ImapFlow,
  path: string,
  messageId: string,
  delays: readonly number[],
): Promise<boolean> => {
  const lock = await lockFolder(client, path)
  try {
    for (const milliseconds of delays) {
      if (milliseconds > 0) await delay(milliseconds)
      await client.noop()
      const found = await client.search({ header: { 'message-id': messageId } }, { uid: true })
      if (Array.isArray(found) && found.length > 0) return true
    }
    return false
  } finally {
    lock.release()
  }
}

/** What windows may ask of the outbox. */
export const createOutbox = (deps: { vault: Vault; onChange: () => Promise<void>; wake: () => void }) => {
  const { vault } = deps
  return {
    list: async (): Promise<Outcome<OutboxItem[]>> => {
      const items = await vault.run('outbox.list', {})
      return items.ok ? ok(items.value.map(outboxItem)) : items
    },
    /** Another try, asked by the user. `outbox.not-found` when the item is gone or on its way. */
    retry: async (id: number): Promise<Outcome<null>> => {
      const done = await vault.run('outbox.requeue', { id })
      if (!done.ok) return done
      if (!done.value) return fail('outbox.not-found')
      await deps.onChange()
      deps.wake()
      return ok(null)
    },
    /** Gives a message up. `outbox.not-found` when it is gone or on its way. */
    cancel: async (id: number): Promise<Outcome<null>> => {
      const done = await vault.run('outbox.cancel', { id })
      if (!done.ok) return done
      if (!done.value.cancelled) return fail('outbox.not-found')
      if (done.value.file !== null) await vault.parts.remove([done.value.file])
      await deps.onChange()
      return ok(null)
    },
  }
}
