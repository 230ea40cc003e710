import { describe, expect, test } from 'vitest'
import { createConnection, type CardClock, type CardPort } from './connection.ts'

const makePort = (): CardPort & { sent: unknown[]; receive(message: unknown): void; closed(): boolean } => {
  const sent: unknown[] = []
  let receive: (message: unknown) => void = () => undefined
  let tellClosed: () => void = () => undefined
  let closed = false
  return {
    sent,
    post: (message) => sent.push(message),
    onMessage: (listener) => {
      receive = listener
    },
    onClose: (listener) => {
      tellClosed = listener
    },
    close: () => {
      closed = true
      tellClosed()
    },
    receive: (message) => {
      receive(message)
    },
    closed: () => closed,
  }
}

const makeClock = (): CardClock & { fire(): void; armed(): number } => {
  const timers = new Set<() => void>()
  return {
    after: (_milliseconds, run) => {
      timers.add(run)
      return () => timers.delete(run)
    },
    fire: () => {
      for (const run of [...timers]) run()
    },
    armed: () => timers.size,
  }
}

const look = { op: 'look' } as const
const nothingNew = { ok: true, value: { sight: null } }

describe('a connection to the card process', () => {
  test('sends the next request only after the answer to the former', async () => {
    const port = makePort()
    const connection = createConnection(port, makeClock(), () => 1000)
    const first = connection.call(look)
    const second = connection.call({ op: 'logout', insertion: 1 })
    expect(port.sent).toEqual([{ id: 1, request: look }])
    port.receive({ id: 1, outcome: nothingNew })
    expect(await first).toEqual(nothingNew)
    expect(port.sent).toHaveLength(2)
    port.receive({ id: 2, outcome: { ok: true, value: null } })
    expect((await second).ok).toBe(true)
  })

  test('arms the watchdog for the running request alone, and closes the port when it fires', async () => {
    const port = makePort()
    const clock = makeClock()
    let lost = 0
    const connection = createConnection(port, clock, () => 1000)
    connection.onLost(() => (lost += 1))
    const first = connection.call(look)
    const second = connection.call(look)
    expect(clock.armed()).toBe(1)
    clock.fire()
    expect(await first).toMatchObject({ ok: false, error: { code: 'card.timeout', retry: 'later' } })
    expect(await second).toMatchObject({ ok: false, error: { code: 'card.process-lost' } })
    expect(port.closed()).toBe(true)
    expect(lost).toBe(1)
    expect(await connection.call(look)).toMatchObject({ ok: false, error: { code: 'card.process-lost' } })
  })

  test('refuses a reply of the wrong shape, and drops a process that talks out of turn', async () => {
    const port = makePort()
    const connection = createConnection(port, makeClock(), () => 1000)
    const wrong = connection.call({
      op: 'sign',
      insertion: 1,
      purpose: 'signature',
      scheme: 'rsa_pkcs1_sha256',
      digest: new Uint8Array(32),
    })
    port.receive({ id: 1, outcome: { ok: true, value: { signature: 'text' } } })
    expect(await wrong).toMatchObject({ ok: false, error: { code: 'contract.invalid-reply' } })
    const stray = connection.call(look)
    port.receive({ id: 1, outcome: nothingNew })
    expect(await stray).toMatchObject({ ok: false, error: { code: 'card.process-lost' } })
    expect(port.closed()).toBe(true)
  })
})
