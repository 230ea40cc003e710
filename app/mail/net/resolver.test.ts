import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeName, record } from '../../../test/operator/dns.ts'
import { createResolver } from './resolver.ts'

const srv = (name: string, target: string, priority = 0): Buffer => {
  const data = Buffer.alloc(6)
  data.writeUInt16BE(priority, 0)
  data.writeUInt16BE(143, 4)
  return record(name, 33, Buffer.concat([data, encodeName(target)]))
}
/** A reply to a query; `flags` beside « response, recursion available ». */
const reply = (query: Buffer, answers: readonly Buffer[], flags = 0): Buffer => {
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180 | flags, 2)
  head.writeUInt16BE(answers.length, 6)
  head.writeUInt32BE(0, 8)
  const end = query.indexOf(0, 12) + 5
  return Buffer.concat([head, query.subarray(12, end), ...answers])
}

type Answer = (query: Buffer, by: 'udp' | 'tcp') => Buffer | null

describe('a DNS server', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  const start = async (answer: Answer, patience?: number, late = 0) => {
    const tcp = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes: Buffer) => {
        const told = answer(bytes.subarray(2), 'tcp')
        if (!told) return
        const length = Buffer.alloc(2)
        length.writeUInt16BE(told.length)
        socket.end(Buffer.concat([length, told]))
      })
    })
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    const address = tcp.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const udp = createSocket('udp4')
    let stopped = false
    udp.on('message', (query, from) => {
      const told = answer(query, 'udp')
      if (told) setTimeout(() => stopped || udp.send(told, from.port, from.address), late)
    })
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
    stops.push(() => {
      stopped = true
      tcp.close()
      udp.close()
    })
    const server = `127.0.0.1:${String(port)}`
    return { server, ...createResolver({ servers: [server], ...(patience ? { patience } : {}) }) }
  }

  it('is asked again by TCP where its answer was cut', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      srv('_imap._tcp.a.test', `mail${String(index)}.a.test`, index),
    )
    const resolver = await start((query, by) =>
      by === 'udp' ? reply(query, [], 0x0200) : reply(query, many),
    )
    const found = await resolver.srv('_imap._tcp.a.test')
    expect(found.ok && found.value.length).toBe(60)
    expect(found.ok && found.value[0]?.host).toBe('mail0.a.test')
  })

  it('may give another name for the one asked for', async () => {
    const resolver = await start((query) =>
      reply(query, [
        record('_imap._tcp.a.test', 5, encodeName('_imap._tcp.operateur.test')),
        srv('_imap._tcp.operateur.test', 'imap.operateur.test'),
      ]),
    )
    expect(await resolver.srv('_imap._tcp.a.test')).toMatchObject({
      value: [{ host: 'imap.operateur.test' }],
    })
  })

  it.each([
    ['refuses', (query: Buffer) => reply(query, [], 5)],
    ['fails', (query: Buffer) => reply(query, [], 2)],
    ['does not know the kind of question', (query: Buffer) => reply(query, [], 4)],
  ] as const)('that %s has not said that there is nothing', async (_what, answer) => {
    const resolver = await start(answer)
    expect(await resolver.srv('_imap._tcp.a.test')).toMatchObject({ error: { code: 'net.dns' } })
  })

  it('says that there is nothing', async () => {
    const nothing = await start((query) => reply(query, []))
    expect(await nothing.srv('_imap._tcp.a.test')).toEqual({ ok: true, value: [] })
    const unknown = await start((query) => reply(query, [], 3))
    expect(await unknown.srv('_imap._tcp.a.test')).toEqual({ ok: true, value: [] })
  })

  describe('that is not at its best', () => {
    const patience = 1000
    const one = (query: Buffer) => reply(query, [srv('_imap._tcp.a.test', 'imap.a.test')])
    const question = '_imap._tcp.a.test'
    const found = { value: [{ host: 'imap.a.test' }] }
    const timed = async <T>(work: Promise<T>): Promise<{ answer: T; took: number }> => {
      const from = performance.now()
      const answer = await work
      return { answer, took: performance.now() - from }
    }

    it('is given up within the time a question may take, names and services alike', async () => {
      let sent = 0
      const silent = await start(() => {
        sent += 1
        return null
      }, patience)
      const { answer, took } = await timed(Promise.all([silent.srv(question), silent.lookup('a.test')]))
      expect(answer.map((each) => !each.ok && each.error.code)).toEqual(['net.dns', 'net.dns'])
      expect(took).toBeGreaterThanOrEqual(patience * 0.9)
      // c-ares alone would double its wait with each try, and begin again with the next name.
      expect(took).toBeLessThan(patience * 2)
      expect(sent).toBe(3 * 4)
    })

    it('may answer late: the first question still counts after others were sent', async () => {
      const slow = await start(one, patience, patience * 0.6)
      expect(await slow.srv(question)).toMatchObject(found)
      const empty = await start((query) => reply(query, [], 3), patience, patience * 0.6)
      expect(await empty.srv(question)).toEqual({ ok: true, value: [] })
    })

    it('may lose questions', async () => {
      let seen = 0
      const lossy = await start((query) => ((seen += 1) % 3 === 0 ? one(query) : null), patience)
      expect(await lossy.srv(question)).toMatchObject(found)
      expect(seen).toBe(3)
    })

    it('leaves its place to the next, at once when it fails', async () => {
      const silent = await start(() => null)
      const failing = await start((query) => reply(query, [], 2))
      const good = await start(one)
      const servers = [failing.server, good.server]
      expect(await createResolver({ servers, patience: 60_000 }).srv(question)).toMatchObject(found)
      const second = createResolver({ servers: [silent.server, good.server], patience })
      expect(await second.srv(question)).toMatchObject(found)
    })
  })
})
