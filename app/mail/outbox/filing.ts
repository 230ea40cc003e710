import { setTimeout as delay } from 'node:timers/promises'
import type { ImapFlow } from 'imapflow'
import { toErrorData, type AppError } from '../../contract/errors.ts'
import type { OutboxChange, StoredOutboxItem, Vault } from '../../vault/index.ts'
import { lockFolder } from '../imap/connection.ts'
import { Failure, must } from '../net/failure.ts'
import { outboxMime } from './sender.ts'

/** Looks for a message whose fate is unknown, as long as a server may need to file it (models.md §9.2.8). */
const lookDelays = [0, 1000, 1000, 2000]

/**
 * The IMAP side of sending, one item per call: files accepted messages in Sent (made where there is none) unless the
 * server already did, and looks there for messages whose fate is unknown before anything may be sent again (models.md
 * §9.2.8–9). True when an item was handled.
 */
export const fileSent = async (
  deps: {
    vault: Vault
    accountId: number
    onChange: (change: OutboxChange | null) => Promise<void>
    /** Milliseconds between two looks, the first included. */
    looks?: readonly number[]
  },
  client: ImapFlow,
  sentPath: string | null,
): Promise<boolean> => {
  const { vault, accountId } = deps
  const settle = async (
    item: StoredOutboxItem,
    state: 'filed' | 'unknown',
    error: AppError | null,
  ): Promise<void> => {
    const change = must(
      await vault.run('outbox.settle', {
        id: item.id,
        state,
        recipients: null,
        error: error ? toErrorData(error) : null,
        nextAttemptAt: item.nextAttemptAt,
      }),
    )
    await deps.onChange(change)
  }
  const unknown = must(await vault.run('outbox.next', { accountId, state: 'unknown' }))
  if (unknown) {
    // Sent again to some: the copy of the first time says nothing about this one.
    const looked = unknown.filedAt === null && sentPath !== null
    const found = looked && (await isIn(client, sentPath, unknown.messageId, deps.looks ?? lookDelays))
    if (found) await settle(unknown, 'filed', null)
    else await settle(unknown, 'unknown', { code: 'outbox.unknown-outcome', retry: 'after-change' })
    return true
  }
  const accepted = must(await vault.run('outbox.next', { accountId, state: 'accepted' }))
  if (!accepted) return false
  if (accepted.filedAt !== null) {
    await settle(accepted, 'filed', accepted.error)
    return true
  }
  const path = sentPath ?? (await createSent(client))
  // The only copy of what was sent stays here until there is a folder for it.
  if (path === null) return false
  const mime = must(await outboxMime(vault, accepted.id))
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
