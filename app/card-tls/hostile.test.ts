import { readFileSync } from 'node:fs'
import { createSecureContext, TLSSocket } from 'node:tls'
import { duplexPair, Transform, type Duplex } from 'node:stream'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ok } from '../contract/errors.ts'
import {
  addonPath,
  cps3,
  cps4,
  credentialOf,
  freshCardTls,
  handshakeThreads,
  makeTestKeys,
  requestOver,
  type TestKeys,
} from './card-tls.fixture.ts'

interface Damage {
  /** Position among the bytes of the server, from the start. */
  at: number
  how: 'flip' | 'insert' | 'drop' | 'end'
  value: number
}

const damage = fc.record({
  // Most of it in the plain part: hello, certificate, key exchange.
  at: fc.oneof(fc.nat(200), fc.nat(3_000)),
  how: fc.constantFrom<Damage['how'][]>('flip', 'flip', 'flip', 'insert', 'drop', 'end'),
  value: fc.integer({ min: 1, max: 255 }),
})

/** A line that damages what passes. */
const damaging = (damages: readonly Damage[]): Transform => {
  let passed = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      const bytes: number[] = []
      for (const [index, byte] of chunk.entries()) {
        const hit = damages.find(({ at }) => at === passed + index)
        if (hit?.how === 'end') {
          this.push(Buffer.from(bytes))
          this.push(null)
          return
        }
        if (hit?.how === 'insert') bytes.push(hit.value)
        if (hit?.how !== 'drop') bytes.push(hit?.how === 'flip' ? byte ^ hit.value : byte)
      }
      passed += chunk.length
      if (!this.writableEnded && !this.readableEnded) callback(null, Buffer.from(bytes))
    },
  })
}

/** The first flight of a TLS 1.2 server, the last byte of its signature (in ServerKeyExchange, 12) changed. */
const withoutKey = (flight: Buffer): Buffer => {
  const forged = Buffer.from(flight)
  // Where each byte of the messages is, behind the headers of records.
  const places: number[] = []
  for (let at = 0; at < flight.length;) {
    const end = at + 5 + flight.readUInt16BE(at + 3)
    for (at += 5; at < end; at += 1) places.push(at)
  }
  const byte = (index: number): number => flight[places[index] ?? 0] ?? 0
  for (let at = 0; at < places.length;) {
    const end = at + 4 + (byte(at + 1) << 16) + (byte(at + 2) << 8) + byte(at + 3)
    if (byte(at) === 12) forged[places[end - 1] ?? 0] = byte(end - 1) ^ 1
    at = end
  }
  expect(forged.equals(flight)).toBe(false)
  return forged
}

/** Reads so many bytes, or to the end, the error or some silence. */
const drain = (socket: Duplex, bytes: number, silence: number): Promise<Buffer> =>
  new Promise((resolve) => {
    const heard: Buffer[] = []
    let length = 0
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(Buffer.concat(heard))
    }
    const timer = setTimeout(done, silence)
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk)
      length += chunk.length
      if (length >= bytes) done()
      else timer.refresh()
    })
    socket.on('error', done)
    socket.on('end', done)
    socket.on('close', done)
  })

describe.skipIf(addonPath === null)('bytes of a hostile server', () => {
  let keys: TestKeys
  let context: ReturnType<typeof createSecureContext>
  const greeting = Buffer.alloc(2_000, 'bonjour ')
  beforeAll(() => {
    keys = makeTestKeys()
    context = createSecureContext({
      key: readFileSync(keys.ecServer.keyFile),
      cert: readFileSync(keys.ecServer.certFile),
      ca: readFileSync(keys.rsaClient.certFile),
    })
  })
  afterEach(async () => {
    await expect.poll(handshakeThreads).toBe(0)
  })
  afterAll(() => keys.remove())

  test('a real handshake, damaged anywhere: an outcome, and never a signature for a server not judged', async () => {
    const cardTls = freshCardTls()
    const run = async (damages: Damage[], schemes: typeof cps3, port: number): Promise<number> => {
      const [near, far] = duplexPair()
      const server = new TLSSocket(far, {
        isServer: true,
        secureContext: context,
        requestCert: true,
        rejectUnauthorized: false,
      })
      server.on('error', () => undefined)
      server.on('secure', () => server.write(greeting))
      const [inner, outer] = duplexPair()
      near.pipe(damaging(damages)).pipe(outer)
      outer.pipe(near)
      let judged = false
      const verifyServer = async (chain: Uint8Array[]) => {
        expect(chain.length).toBeGreaterThan(0)
        judged = true
        return ok(null)
      }
      const credential = credentialOf(keys.rsaClient, schemes, async () => {
        expect(judged).toBe(true)
        return ok(null)
      })
      // What is not damaged comes, however long it takes.
      const patience = damages.length === 0 ? 60_000 : 100
      const more = { verifyServer, port, handshakeMilliseconds: patience }
      const outcome = await cardTls.connect(requestOver(inner, credential, more))
      let length = -1
      if (outcome.ok) {
        const heard = await drain(outcome.value, greeting.length, patience)
        expect(greeting.subarray(0, heard.length).equals(heard)).toBe(true)
        length = heard.length
      } else {
        expect(outcome.error.code).toMatch(/^(tls|net)\./)
        expect(inner.destroyed).toBe(true)
      }
      for (const stream of [near, far, outer, server]) stream.destroy()
      return length
    }
    for (const schemes of [cps3, cps4]) expect(await run([], schemes, 0)).toBe(greeting.length)
    let port = 0
    let stopped = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(cps3, cps4),
        // Some with a session to go on with.
        fc.boolean(),
        async (damages, schemes, known) => {
          if ((await run(damages, schemes, known ? 0 : (port += 1))) < greeting.length) stopped += 1
        },
      ),
      { numRuns: 60 },
    )
    expect(stopped).toBeGreaterThan(30)
  })

  test('who shows a certificate without its key gets no signature', async () => {
    const [near, far] = duplexPair()
    const server = new TLSSocket(far, { isServer: true, secureContext: context, requestCert: true })
    server.on('error', () => undefined)
    const [inner, outer] = duplexPair()
    outer.pipe(near)
    let flight = Buffer.alloc(0)
    let judged = 0
    near.on('data', (bytes: Buffer) => {
      flight = Buffer.concat([flight, bytes])
      // ServerHelloDone ends the first flight of TLS 1.2.
      if (!flight.subarray(-4).equals(Buffer.from([14, 0, 0, 0]))) return
      outer.write(withoutKey(flight))
    })
    const credential = credentialOf(keys.rsaClient, cps3)
    const verifyServer = async () => ok((judged += 1))
    const outcome = await freshCardTls().connect(requestOver(inner, credential, { verifyServer }))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'tls.handshake' } })
    expect(judged).toBe(1)
    expect(credential.asked).toEqual([])
    for (const stream of [near, far, outer, server]) stream.destroy()
  })

  test('records of nonsense', async () => {
    const record = fc
      .tuple(
        fc.constantFrom(20, 21, 22, 23, 24, 128),
        fc.constantFrom(0x0301, 0x0303, 0x0304, 0x0002),
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          // A message of the handshake: its type, a length that may lie, a body.
          fc
            .tuple(fc.nat(25), fc.nat(400), fc.uint8Array({ maxLength: 300 }))
            .map(([type, length, body]) =>
              Buffer.concat([Buffer.from([type, 0, length >> 8, length & 255]), body]),
            ),
        ),
      )
      .map(([type, version, body]) =>
        Buffer.concat([
          Buffer.from([type, version >> 8, version & 255, body.length >> 8, body.length & 255]),
          body,
        ]),
      )
    const cardTls = freshCardTls()
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (records, end) => {
          const [near, far] = duplexPair()
          far.resume()
          far.write(Buffer.concat(records))
          if (end) far.end()
          const outcome = await cardTls.connect(requestOver(near, null, { handshakeMilliseconds: 30 }))
          expect(outcome.ok).toBe(false)
          far.destroy()
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a flood of records that never ends the handshake ends by itself', async () => {
    const [near, far] = duplexPair()
    far.resume()
    let sent = 0
    const empty = Buffer.concat(Array<Buffer>(1_000).fill(Buffer.from([22, 3, 3, 0, 0])))
    const pour = (): void => {
      while (!far.destroyed && !near.destroyed && far.write(empty)) sent += empty.length
    }
    far.on('drain', pour)
    pour()
    const outcome = await freshCardTls().connect(requestOver(near, null, { handshakeMilliseconds: 1_000 }))
    expect(outcome).toMatchObject({ ok: false })
    expect(sent).toBeLessThan(10_000_000)
    far.destroy()
  })
})
