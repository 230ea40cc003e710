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

  const start = async (answer: Answer) => {
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
    udp.on('message', (query, from) => {
      const told = answer(query, 'udp')
      if (told) udp.send(told, from.port, from.address)
    })
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
    stops.push(() => {
      tcp.close()
      udp.close()
    })
    return createResolver({ servers: [`127.0.0.1:${String(port)}`] })
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
  ] as const)(
    'that %s has not said that there is nothing',
    async (_what, answer) => {
      const resolver = await start(answer)
      expect(await resolver.srv('_imap._tcp.a.test')).toMatchObject({ error: { code: 'net.dns' } })
    },
    20_000,
  )

  it('says that there is nothing', async () => {
    const nothing = await start((query) => reply(query, []))
    expect(await nothing.srv('_imap._tcp.a.test')).toEqual({ ok: true, value: [] })
    const unknown = await start((query) => reply(query, [], 3))
    expect(await unknown.srv('_imap._tcp.a.test')).toEqual({ ok: true, value: [] })
  })
})
