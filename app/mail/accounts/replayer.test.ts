import type { ImapFlow } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { ok } from '../../contract/errors.ts'
import { operations } from '../../vault/operations/index.ts'
import { message, queueForTest } from '../../vault/operations/queue.fixture.ts'
import type { Vault } from '../../vault/index.ts'
import { createReplayer, untilAsked } from './replayer.ts'

/** A connection that answers every command as the test says. */
const clientThat = (answer: () => Promise<boolean>): ImapFlow =>
  ({
    usable: true,
    capabilities: new Map([['MOVE', true]]),
    enabled: new Set<string>(),
    mailbox: { path: 'INBOX', uidValidity: 1n },
    noop: () => Promise.resolve(),
    getMailboxLock: () => Promise.resolve({ path: 'INBOX', release: () => undefined }),
    messageFlagsAdd: answer,
    messageFlagsRemove: answer,
    append: answer,
    status: () => Promise.resolve({ uidNext: 7, uidValidity: 1n }),
  }) as unknown as ImapFlow

const refusal = (code: string) =>
  Object.assign(new Error('refused'), { responseStatus: 'NO', serverResponseCode: code })

const setUp = () => {
  const test = queueForTest()
  const table = operations as unknown as Record<string, (...given: unknown[]) => unknown>
  const vault = {
    run: (name: string, params: unknown) => Promise.resolve(ok(table[name]?.(test.db, params, test.context))),
  } as unknown as Vault
  const waits: number[] = []
  const replayer = createReplayer({
    accountId: 1,
    host: 'imap.test',
    vault,
    announce: () => Promise.resolve(),
    folders: () => Promise.resolve(operations['folders.forSync'](test.db, { accountId: 1 }, test.context)),
    now: () => test.clock.time,
    random: (length) => new Uint8Array(length).fill(128),
    wakeIn: (milliseconds) => waits.push(milliseconds),
    onChange: () => undefined,
  })
  return { ...test, replayer, waits }
}
const seen = { kind: 'flag', flag: 'seen', on: true } as const

describe('an action the server does not take', () => {
  it('waits its own time when the server is busy, with all others of the account, and is shown waiting', async () => {
    const { run, inbox, replayer, waits, clock } = setUp()
    const [a = 0, b = 0] = run.insert(inbox, [message(1), message(2)])
    run.apply(seen, [a])
    run.apply(seen, [b])
    let calls = 0
    const busy = clientThat(() => {
      calls += 1
      throw refusal('UNAVAILABLE')
    })
    await replayer.next(busy)
    expect(await replayer.next(busy)).toBeNull()
    expect(calls).toBe(1)
    expect(run.pending().operations[0]).toMatchObject({ error: 'imap.busy', messages: 1 })
    const [first = 0] = waits
    expect(first).toBeGreaterThan(22_000)
    clock.time += first
    await replayer.next(busy)
    const [, second = 0] = waits.filter((wait) => wait > 0)
    expect(second / first).toBeCloseTo(2, 1)
    clock.time += second
    await replayer.next(clientThat(() => Promise.resolve(true)))
    await replayer.next(clientThat(() => Promise.resolve(true)))
    expect(run.pending().operations).toEqual([])
  })

  it('is tried five times when it says no reason, then taken back and told', async () => {
    const { run, inbox, replayer, waits, clock } = setUp()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply(seen, [id])
    const client = clientThat(() => {
      throw refusal('')
    })
    for (let round = 0; round < 5; round++) {
      await replayer.next(client)
      clock.time += waits.at(-1) ?? 0
    }
    expect(waits).toHaveLength(4)
    expect(run.rows([id])[0]).toMatchObject({ seen: false, pending: false })
    expect(run.pending()).toMatchObject({ operations: [], notices: [{ error: 'imap.failed', messages: 1 }] })
  })

  it.each([
    ['NOPERM', 'imap.no-permission'],
    ['OVERQUOTA', 'imap.quota'],
    ['TRYCREATE', 'imap.folder-gone'],
  ])('is taken back at once for %s', async (response, error) => {
    const { run, inbox, replayer } = setUp()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply(seen, [id])
    await replayer.next(
      clientThat(() => {
        throw refusal(response)
      }),
    )
    expect(run.rows([id])[0]).toMatchObject({ seen: false, pending: false })
    expect(run.pending().notices).toMatchObject([{ error }])
  })

  it('stays for the user to decide when it holds the only copy of a message', async () => {
    const { run, inbox, replayer } = setUp()
    const raw = new TextEncoder().encode('Subject: x\r\n\r\nx')
    const findings = {
      preview: '',
      hasAttachments: false,
      signed: false,
      encrypted: false,
      patient: null,
      documentLabel: null,
      documentCount: 0,
      alert: null,
      report: null,
    }
    run.append({
      folderId: inbox,
      messages: [
        {
          message: message(0),
          body: { raw, rawFile: null, rawSize: raw.length, text: '', indexText: '', findings },
        },
      ],
    })
    await replayer.next(
      clientThat(() => {
        throw refusal('OVERQUOTA')
      }),
    )
    expect(run.pending().operations).toMatchObject([
      { kind: 'append', messages: 1, nextAttemptAt: untilAsked, error: 'imap.quota' },
    ])
  })

  it('goes on after the connection is back when the line was cut', async () => {
    const { run, inbox, replayer } = setUp()
    const [id = 0] = run.insert(inbox, [message(1)])
    run.apply(seen, [id])
    const cut = clientThat(() => {
      throw Object.assign(new Error('closed'), { code: 'EConnectionClosed' })
    })
    await expect(replayer.next(cut)).rejects.toThrow('closed')
    await replayer.next(clientThat(() => Promise.resolve(true)))
    expect(run.rows([id])[0]).toMatchObject({ seen: true, pending: false })
    expect(run.pending()).toEqual({ operations: [], notices: [] })
  })
})
