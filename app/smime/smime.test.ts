import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
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

/** The longest time, in milliseconds, that the event loop was kept during some work. */
const kept = async <T>(work: () => Promise<T>): Promise<{ result: T; longest: number }> => {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const result = await work()
  await new Promise((resolve) => setTimeout(resolve, 20))
  delay.disable()
  return { result, longest: delay.max / 1e6 }
}

test('a message with 25 MB is signed, encrypted and opened as a small one is, the loop stays free', async () => {
  const content = withAttachment(25_000_000)
  const signed = value(await signing(content))
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

  const alone = await kept(() => openMessage(sealed, contextOf()))
  expect(opening.longest).toBeLessThan(alone.longest / 2)
  expect(sealing.longest).toBeLessThan(alone.longest / 2)
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

test('time that is up, a crash and a stop have their codes, and the next message is opened', async () => {
  const content = withAttachment(1_000_000)
  const workerEntry = path.join(import.meta.dirname, 'worker.ts')
  const hurried = createSmime({ workerEntry, limitMilliseconds: 1 })
  expect(code(await hurried.open(content, contextOf()))).toBe('smime.limit')
  await hurried.stop()
  const missing = createSmime({ workerEntry: path.join(import.meta.dirname, 'nothing.ts') })
  expect(code(await missing.open(content, contextOf()))).toBe('core.internal')
  const pair = Promise.all([smime.open(content, contextOf()), smime.open(content, contextOf())])
  await smime.stop()
  expect((await pair).map(code)).toEqual(['core.unavailable', 'core.unavailable'])
  expect(code(await smime.open(content, contextOf()))).toBe('ok')
})
