import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openMessage } from './open.ts'
import {
  code,
  contextFor,
  createPeople,
  createPki,
  entity,
  now,
  random,
  signWith,
  trustIn,
  value,
} from './smime.fixture.ts'
import { createSmime } from './smime.ts'

const pki = createPki()
const people = createPeople(pki)
const own = people.confidentiality
const trust = trustIn([people.root.der, people.authority.der])
const contextOf = () =>
  contextFor(trust, 'alix@mss.test', { keys: [{ certificate: own.der, pkcs8: new Uint8Array(own.pkcs8) }] })
const smime = createSmime({ workerEntry: path.join(import.meta.dirname, 'worker.ts') })
afterAll(async () => {
  await smime.stop()
  pki.remove()
})

/** An entity with an attachment of so many bytes. */
const withAttachment = (bytes: number): Uint8Array => {
  const lines = randomBytes(Math.ceil(bytes / 57) * 57)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n')
  return Buffer.from(
    `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}`,
  )
}
const signing = (content: Uint8Array) =>
  smime.sign({
    entity: content,
    certificate: people.signer.der,
    chain: [people.authority.der],
    sign: signWith(people.signer),
    signingTime: now,
    random,
  })

/**
 * The longest turn of the event loop during some work, in milliseconds of this thread's processor time: unlike the time
 * on the wall, it does not depend on what else the machine does.
 */
const kept = async <T>(work: () => Promise<T>): Promise<{ result: T; longest: number }> => {
  let longest = 0
  let over = false
  const watch = async (): Promise<void> => {
    while (!over) {
      const before = process.threadCpuUsage()
      await setImmediate()
      const { user, system } = process.threadCpuUsage(before)
      longest = Math.max(longest, (user + system) / 1000)
    }
  }
  const watching = watch()
  const result = await work()
  over = true
  await watching
  return { result, longest }
}

test('a message with 25 MB is signed, encrypted and opened as a small one is, the loop stays free', async () => {
  const content = withAttachment(25_000_000)
  const signature = await kept(() => signing(content))
  const signed = value(signature.result)
  const sealing = await kept(() => smime.encrypt({ entity: signed, recipients: [own.der], random }))
  const sealed = value(sealing.result)
  const context = contextOf()
  const opening = await kept(() => smime.open(sealed, context))
  const opened = value(opening.result)
  expect(opened.signature).toMatchObject({ status: 'valid', scope: 'message' })
  expect(opened.encryption.status).toBe('decrypted')
  expect(Buffer.compare(opened.content, content)).toBe(0)
  // The caller's keys are the caller's: the thread had copies.
  expect(context.keys[0]?.pkcs8).toEqual(own.pkcs8)

  const turns = [signature, sealing, opening].map(({ longest }) => Math.round(longest))
  // Milliseconds are the bench's business (docs/performance.md): here, far less than the same work in this thread.
  const alone = await kept(() => openMessage(sealed, contextOf()))
  expect(Math.max(...turns), turns.join(', ')).toBeLessThan(alone.longest / 2)
})

test('what is not protected comes back as it is; a big entity that is not canonical is not signed', async () => {
  const content = withAttachment(1_000_000)
  const opened = value(await smime.open(content, contextOf()))
  expect(opened.content).toBe(content)
  expect(opened.signature.status).toBe('none')
  expect(code(await signing(Buffer.concat([content, Buffer.from('\n')])))).toBe('smime.malformed')
  expect(code(await smime.encrypt({ entity: content, recipients: [people.card.der], random }))).toBe(
    'smime.no-recipient-certificate',
  )
  expect(value(await smime.open(entity, contextOf())).content).toBe(entity)
})

/** The collector, which the flag makes reachable. */
const collect = async (): Promise<void> => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round += 1) {
    gc()
    await setImmediate()
  }
}

test('nothing of a message stays in memory once its reader has let go of it, though the thread rests', async () => {
  const sealed = value(
    await smime.encrypt({ entity: withAttachment(8_000_000), recipients: [own.der], random }),
  )
  const read = async (): Promise<string> => {
    const { encryption, content } = value(await smime.open(sealed, contextOf()))
    expect(content.length).toBeGreaterThan(8_000_000)
    return encryption.status
  }
  await collect()
  const before = process.memoryUsage().arrayBuffers
  expect(await read()).toBe('decrypted')
  await collect()
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000)
})

test('an inner layer that does not come off is still there, whole, though the outer ones came off in place', async () => {
  const content = withAttachment(1_000_000)
  const sealed = value(await smime.encrypt({ entity: content, recipients: [own.der], random }))
  const signed = value(await signing(sealed))
  const keyless = { ...contextOf(), keys: [] }
  const opened = value(await smime.open(signed, keyless))
  expect(opened.encryption).toMatchObject({ status: 'failed', error: { code: 'smime.no-key' } })
  expect(opened.signature.status).toBe('valid')
  expect(Buffer.compare(opened.content, sealed)).toBe(0)
  const alone = value(await smime.open(sealed, keyless))
  expect(alone.content).toBe(sealed)
  const twice = value(await smime.encrypt({ entity: sealed, recipients: [own.der], random }))
  expect(Buffer.compare(value(await smime.open(twice, contextOf())).content, sealed)).toBe(0)
})

test('time that is up, a crash and a stop have their codes, and the next message is opened', async () => {
  const content = withAttachment(1_000_000)
  const workerEntry = path.join(import.meta.dirname, 'worker.ts')
  const hurried = createSmime({ workerEntry, limitMilliseconds: 1 })
  expect(code(await hurried.open(content, contextOf()))).toBe('smime.limit')
  await hurried.stop()
  const fickle = createSmime({ workerEntry, idleMilliseconds: 0 })
  for (let time = 0; time < 3; time += 1) expect(code(await fickle.open(content, contextOf()))).toBe('ok')
  const missing = createSmime({ workerEntry: path.join(import.meta.dirname, 'nothing.ts') })
  expect(code(await missing.open(content, contextOf()))).toBe('core.internal')
  const pair = Promise.all([smime.open(content, contextOf()), smime.open(content, contextOf())])
  await smime.stop()
  expect((await pair).map(code)).toEqual(['core.unavailable', 'core.unavailable'])
  expect(code(await smime.open(content, contextOf()))).toBe('ok')
})
