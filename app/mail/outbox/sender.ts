import { setTimeout as delay } from 'node:timers/promises'
import { toErrorData, type AppError, type Outcome } from '../../contract/errors.ts'
import type { OutboxChange, StoredAccount, StoredOutboxItem, Vault } from '../../vault/index.ts'
import { createBell, retryDelay } from '../accounts/backoff.ts'
import type { AskCredentials } from '../net/credentials.ts'
import { Failure, must } from '../net/failure.ts'
import type { PeerVerification } from '../net/peer.ts'
import { connection, submission, type TraceExchange } from '../traced.ts'
import { openSubmission, type Submission, type SubmissionSession } from './submission.ts'

export interface SenderDependencies {
  account: StoredAccount
  vault: Vault
  verification: PeerVerification
  credentials: AskCredentials
  /** Why a message that waited may no longer leave, to those who have not got it; null when it may. Errors: vault.*. */
  barred: (item: StoredOutboxItem) => Promise<Outcome<AppError | null>>
  now: () => number
  random: (length: number) => Uint8Array
  /** The outbox changed, and perhaps rows. */
  onChange: (change: OutboxChange | null) => Promise<void>
  /** A message was accepted or its fate is unknown: the IMAP side files it or looks for it. */
  onSettled: () => void
  /** Whether delivery is to be reported, not only its failure. */
  deliveryNotices: () => boolean
  /** Milliseconds a server may take to answer; its own default when absent. */
  replyTimeout?: number
  /** Takes note of what is asked of the server. */
  trace?: TraceExchange
}

export interface Sender {
  /** Something new is in the outbox. */
  wake: () => void
  /** What stood in the way may be over (logged in, network back): every wait for another try ends. */
  hurry: () => void
  stop: () => Promise<void>
}

const largestMime = 256 * 1024 * 1024
/** When only the user can change something, it is tried again after so long all the same. */
const afterUser = 3_600_000
/** No wait is longer, so that a clock that is set forward is noticed; milliseconds. */
const longestSleep = 60_000

/** Sends what is queued for one account when it is due, one message at a time, oldest first. */
export const startSender = (deps: SenderDependencies): Sender => {
  const { vault, account } = deps
  const aborter = new AbortController()
  const bell = createBell()
  /** Connections that failed one after the other: tries are spaced for the account, not for each message. */
  let failures = 0

  const settle = async (
    item: StoredOutboxItem,
    result: {
      state: StoredOutboxItem['state']
      error: AppError | null
      recipients?: StoredOutboxItem['recipients'] | null
      at?: number
    },
  ): Promise<void> => {
    const change = must(
      await vault.run('outbox.settle', {
        id: item.id,
        state: result.state,
        recipients: result.recipients ?? null,
        error: result.error ? toErrorData(result.error) : null,
        nextAttemptAt: result.at ?? null,
      }),
    )
    await deps.onChange(change)
  }

  /** Back to the queue: later by itself, or in an hour when only the user can change something. Returns the wait. */
  const postpone = async (
    item: StoredOutboxItem,
    error: AppError,
    attempt: number,
    recipients: StoredOutboxItem['recipients'] | null = null,
  ): Promise<number> => {
    const wait = retryDelay(error, attempt, deps.random) ?? afterUser
    await settle(item, { state: 'queued', error, recipients, at: deps.now() + wait })
    return wait
  }

  const submit = async (
    session: SubmissionSession,
    item: StoredOutboxItem,
    mime: Uint8Array,
  ): Promise<Submission> => {
    const to = item.recipients.filter((one) => one.accepted === null).map((one) => one.address)
    if (item.purpose === 'message')
      return await session.send(
        { from: item.sender, to, id: item.envelopeId, success: deps.deliveryNotices() },
        mime,
      )
    // RFC 8098 wants no return path; a submission server may insist on its user's.
    const bare = await session.send({ from: '', to, id: null, success: false }, mime)
    return bare.kind === 'refused' && bare.error.code === 'smtp.sender-refused'
      ? await session.send({ from: item.sender, to, id: null, success: false }, mime)
      : bare
  }

  /** The functional trace of a submission. */
  const tell = (item: StoredOutboxItem, size: number, result: Submission): void => {
    const told = 'recipients' in result && result.recipients !== null ? result.recipients : item.recipients
    deps.trace?.(
      submission(
        account.address,
        { from: item.sender, messageId: item.messageId, size },
        told,
        result.kind,
        'error' in result ? result.error : null,
      ),
    )
  }

  const conclude = async (item: StoredOutboxItem, result: Submission): Promise<void> => {
    switch (result.kind) {
      case 'accepted': {
        const refused = result.recipients.find((recipient) => recipient.accepted === false)
        const putOff = result.recipients.some((recipient) => recipient.accepted === null)
        const busy: AppError = { code: 'smtp.busy', retry: 'later', details: { host: account.smtp.host } }
        await settle(item, {
          state: 'accepted',
          recipients: result.recipients,
          error: refused
            ? { code: 'smtp.recipient-refused', retry: 'after-change', details: { address: refused.address } }
            : putOff
              ? busy
              : null,
          ...(putOff ? { at: deps.now() + (retryDelay(busy, item.attempts, deps.random) ?? afterUser) } : {}),
        })
        deps.onSettled()
        return
      }
      case 'refused':
        await settle(item, { state: 'refused', recipients: result.recipients, error: result.error })
        return
      case 'later':
        await postpone(item, result.error, item.attempts, result.recipients)
        return
      case 'unknown':
        await settle(item, { state: 'unknown', error: null })
        deps.onSettled()
    }
  }

  /** Returns how long to leave the server alone, 0 to go on. */
  const sendOne = async (item: StoredOutboxItem): Promise<number> => {
    const mime = await outboxMime(vault, item.id)
    if (!mime.ok || mime.value === null) {
      // Damaged or lost on this disk: never sent in part, and told.
      const error = mime.ok ? { code: 'vault.corrupt' as const, retry: 'no' as const } : mime.error
      await settle(item, { state: 'refused', error })
      return 0
    }
    const barred = item.purpose === 'message' ? must(await deps.barred(item)) : null
    if (barred) {
      await settle(item, { state: 'refused', error: barred })
      return 0
    }
    const opened = await openSubmission(
      deps.verification,
      account.smtp,
      account.address,
      deps.credentials,
      aborter.signal,
      deps.replyTimeout,
    )
    if (aborter.signal.aborted) return 0
    deps.trace?.(connection(account.address, account.smtp, 'SMTP', opened.ok ? null : opened.error))
    if (!opened.ok) {
      failures += 1
      return await postpone(item, opened.error, failures - 1)
    }
    failures = 0
    const session = opened.value
    try {
      must(await vault.run('accounts.setMaxMessageSize', { id: account.id, size: session.maxMessageSize }))
      if (session.maxMessageSize !== null && mime.value.byteLength > session.maxMessageSize) {
        await settle(item, { state: 'refused', error: { code: 'smtp.too-large', retry: 'after-change' } })
        return 0
      }
      // The user may have taken it back, or put it off, while we connected.
      if (!must(await vault.run('outbox.begin', { id: item.id }))) return 0
      await deps.onChange(null)
      const result = await submit(session, item, mime.value)
      tell(item, mime.value.byteLength, result)
      await conclude(item, result)
    } finally {
      session.close()
    }
    return 0
  }

  const sleep = async (): Promise<void> => {
    const at = await vault.run('outbox.wakeAt', { accountId: account.id })
    if (!at.ok) return
    const wait = at.value === null ? null : Math.min(longestSleep, Math.max(50, at.value - deps.now()))
    await bell.wait(wait)
  }

  const run = async (): Promise<void> => {
    while (!aborter.signal.aborted) {
      const next = await vault.run('outbox.next', { accountId: account.id, state: 'queued' })
      if (!next.ok) return // The vault is closing.
      if (!next.value) {
        await sleep()
        continue
      }
      try {
        const pause = await sendOne(next.value)
        if (pause > 0 && !aborter.signal.aborted) await bell.wait(pause)
      } catch (cause) {
        if (aborter.signal.aborted) return
        const error: AppError =
          cause instanceof Failure ? cause.outcome : { code: 'core.internal', retry: 'later', cause }
        if (error.code === 'vault.locked') return
        // Whatever went wrong here, nobody may send this again by itself before its fate is known.
        await vault.run('outbox.doubt', { id: next.value.id, error: toErrorData(error) })
        await deps.onChange(null)
        await bell.wait(10_000)
      }
    }
  }
  const running = run()

  return {
    wake: bell.ring,
    hurry: () => {
      void vault.run('outbox.hurry', { accountId: account.id }).then(bell.ring)
    },
    stop: async () => {
      aborter.abort()
      bell.ring()
      await Promise.race([running, delay(800, undefined, { ref: false })])
    },
  }
}

/** The exact bytes of an item; null when there are none left. */
export const outboxMime = async (vault: Vault, id: number): Promise<Outcome<Uint8Array | null>> => {
  const stored = await vault.run('outbox.mime', { id })
  if (!stored.ok) return stored
  if (stored.value?.mime) return { ok: true, value: stored.value.mime }
  if (!stored.value?.mimeFile) return { ok: true, value: null }
  return await vault.parts.readAll(stored.value.mimeFile, largestMime)
}
