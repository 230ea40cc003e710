import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { FromCore, HostRequest, ToCore } from '../app/contract/index.ts'
import { createCardProcess } from './card-process.ts'
import { startCoreProcess } from './core-process.ts'
import type { ForkedProcess } from './core-process.ts'

interface FakeProcess extends EventEmitter {
  sent: ToCore[]
  ports: unknown[]
  killed: boolean
}

const createFake = (): FakeProcess & ForkedProcess => {
  const fake = Object.assign(new EventEmitter(), {
    sent: [] as ToCore[],
    ports: [] as unknown[],
    killed: false,
    postMessage: (message: unknown, ports: unknown[] = []) => {
      fake.sent.push(message as ToCore)
      fake.ports.push(...ports)
    },
    kill: () => {
      fake.killed = true
      fake.emit('exit', 1)
      return true
    },
  })
  return fake
}

const unavailable = { ok: false, error: { code: 'core.unavailable', retry: 'later' } }

const setUp = (
  onHostRequest: (request: HostRequest) => Promise<never> = () => Promise.reject(new Error('none')),
) => {
  const processes: (FakeProcess & ForkedProcess)[] = []
  const events: [string, unknown][] = []
  const lost = vi.fn()
  let time = 0
  const core = startCoreProcess({
    fork: () => {
      const fake = createFake()
      processes.push(fake)
      return fake
    },
    start: {
      profileFolder: '/p',
      openedFolder: '/o',
      policy: {},
      vaultWorker: '/w',
      smimeWorker: '/s',
      cardTlsAddon: '/t',
      readingWorker: '/r',
      indexingWorker: '/i',
      directoryWorker: '/d',
      printWorker: '/p',
      writingWorker: '/w',
      printFonts: '/f',
      version: '0.0.0',
    },
    onEvent: (name, payload) => events.push([name, payload]),
    onHostRequest,
    onLost: lost,
    now: () => time,
    log: () => undefined,
  })
  const last = () => {
    const process = processes.at(-1)
    if (process === undefined) throw new Error('no process')
    return process
  }
  const say = (message: FromCore) => last().emit('message', message)
  const sent = (kind: ToCore['kind']) => last().sent.filter((message) => message.kind === kind)
  const pass = (ms: number) => {
    time += ms
  }
  return { core, processes, events, lost, last, say, sent, pass }
}

describe('the core process', () => {
  it('is told to start first; calls wait until it is ready', async () => {
    const { core, last, say, sent } = setUp()
    const answer = core.invoke('settings.get', null)
    expect(last().sent.map(({ kind }) => kind)).toEqual(['start'])
    say({ kind: 'ready' })
    expect(sent('invoke')).toMatchObject([{ id: 1, method: 'settings.get', input: null }])
    say({ kind: 'reply', id: 1, outcome: { ok: true, value: 7 } })
    expect(await answer).toEqual({ ok: true, value: 7 })
  })

  it('fails everything pending when it dies, and starts again', async () => {
    const { core, processes, lost, last, say } = setUp()
    say({ kind: 'ready' })
    const call = core.invoke('settings.get', null)
    const head = core.openPart('souspli-part://00/')
    last().emit('exit', 1)
    expect(await call).toEqual(unavailable)
    expect((await head).head).toEqual(unavailable)
    expect(processes).toHaveLength(2)
    expect(lost).toHaveBeenCalledWith(true)
    const after = core.invoke('settings.get', null)
    say({ kind: 'ready' })
    say({ kind: 'reply', id: 3, outcome: { ok: true, value: null } })
    expect(await after).toEqual({ ok: true, value: null })
  })

  it('fails a chunk being pulled when it dies', async () => {
    const { core, last, say } = setUp()
    say({ kind: 'ready' })
    const opening = core.openPart('souspli-part://00/')
    say({ kind: 'part-head', id: 1, head: { ok: true, mimeType: 'image/png', size: null, fileName: null } })
    const chunk = (await opening).pull()
    last().emit('exit', 1)
    expect(await chunk).toEqual(unavailable)
  })

  it('is not started a fifth time within a minute, and then answers at once', async () => {
    const { core, processes, lost, last } = setUp()
    for (let count = 0; count < 4; count++) last().emit('exit', 1)
    expect(processes).toHaveLength(4)
    expect(lost).toHaveBeenLastCalledWith(false)
    expect(await core.invoke('settings.get', null)).toEqual(unavailable)
    expect(await core.upload({ uploadId: 'a', index: 0, bytes: new Uint8Array(), last: true })).toEqual(
      unavailable,
    )
  })

  it('may die now and then', () => {
    const { processes, last, pass } = setUp()
    for (let count = 0; count < 10; count++) {
      pass(60_000)
      last().emit('exit', 1)
    }
    expect(processes).toHaveLength(11)
  })

  it('is answered when what it asks of the desktop fails', async () => {
    const { say, sent } = setUp()
    say({ kind: 'ready' })
    say({ kind: 'host', id: 9, request: { op: 'restart-card' } })
    await expect.poll(() => sent('host-reply')).toHaveLength(1)
    expect(sent('host-reply')).toMatchObject([{ id: 9, outcome: { error: { code: 'core.internal' } } }])
  })

  it('stops when asked, and is killed when it does not', async () => {
    const { core, processes, last, say, sent } = setUp()
    say({ kind: 'ready' })
    const stopping = core.stop(60_000)
    expect(sent('stop')).toHaveLength(1)
    last().emit('exit', 0)
    await stopping
    expect(processes).toHaveLength(1)
    const stubborn = setUp()
    await stubborn.core.stop(0)
    expect(stubborn.last().killed).toBe(true)
    expect(stubborn.processes).toHaveLength(1)
  })
})

describe('the card process', () => {
  it('is replaced on request, each with a port of its own for the core; only a death unasked is told', () => {
    const processes: (FakeProcess & ForkedProcess)[] = []
    const given: unknown[] = []
    const onExit = vi.fn()
    let channels = 0
    const card = createCardProcess({
      fork: () => {
        const fake = createFake()
        processes.push(fake)
        return fake
      },
      newChannel: () => ({ port1: `core ${++channels}`, port2: `card ${channels}` }) as never,
      onPort: (port) => given.push(port),
      onExit,
    })
    card.restart()
    card.restart()
    expect(given).toEqual(['core 1', 'core 2'])
    expect(processes.map((one) => [one.killed, one.ports])).toEqual([
      [true, ['card 1']],
      [false, ['card 2']],
    ])
    expect(onExit).not.toHaveBeenCalled()
    processes[1]?.emit('exit', 139)
    expect(onExit).toHaveBeenCalledWith(139)
    card.stop()
    expect(onExit).toHaveBeenCalledTimes(1)
  })
})
