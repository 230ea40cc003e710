import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { unpackReadings } from '../../vault/index.ts'
import { value } from '../outcome.fixture.ts'
import { createSourceReader, type SourceReader } from './reader.ts'

const message = (subject: string): Uint8Array =>
  new TextEncoder().encode(`From: a@b.test\r\nSubject: ${subject}\r\n\r\nBonjour ${subject}.\r\n`)

let reader: SourceReader
const start = (entry: string, limitMilliseconds = 20_000): SourceReader =>
  (reader = createSourceReader({
    entry: path.join(import.meta.dirname, entry),
    limitMilliseconds,
    idleMilliseconds: 10_000,
    heapMebibytes: 64,
  }))
afterEach(() => reader.stop())

const read = async (subjects: string[]) => {
  const { readings, quarantined } = value(await reader.read(subjects.map(message)))
  return { quarantined, readings: unpackReadings(readings) }
}

describe('a message that brings the reading worker down', () => {
  it.each([
    ['by a fault', 'fault', 20_000],
    ['by ending it', 'exit', 20_000],
    ['by its memory', 'without limit', 20_000],
    ['by its time', 'without end', 1_500],
  ])('%s is set aside alone, the others are read', async (_how, subject, limit) => {
    start('bomb-worker.fixture.ts', limit)
    const { quarantined, readings } = await read(['un', subject, 'trois', subject, 'cinq'])
    expect(quarantined).toEqual([1, 3])
    expect(readings.map(({ error }) => error)).toEqual([
      null,
      'mail.quarantined',
      null,
      'mail.quarantined',
      null,
    ])
    expect(readings.map(({ findings }) => findings.preview)).toEqual([
      'Bonjour un.',
      '',
      'Bonjour trois.',
      '',
      'Bonjour cinq.',
    ])
    expect((await read(['six'])).readings[0]?.text).toContain('Bonjour six.')
  })

  it('is the only one in its batch: nothing is left to read', async () => {
    start('bomb-worker.fixture.ts')
    expect((await read(['fault'])).quarantined).toEqual([0])
  })
})

it('says that a source is too large to be read', async () => {
  start('../../reading-worker.ts')
  const { readings } = value(await reader.read([null, message('deux')]))
  expect(unpackReadings(readings).map(({ error }) => error)).toEqual(['mime.limit', null])
})

it('gives a worker longer to start than a message to be read', async () => {
  start('slow-worker.fixture.ts', 400)
  expect((await read(['un', 'deux'])).readings.map(({ error }) => error)).toEqual([null, null])
})

it('blames no message for a worker that cannot start', async () => {
  start('no-such-worker.ts')
  expect(await reader.read([message('un')])).toMatchObject({ ok: false, error: { code: 'core.internal' } })
})

it('answers what waits when it is stopped, and starts again', async () => {
  start('bomb-worker.fixture.ts')
  const waiting = [reader.read([message('without end')]), reader.read([message('deux')])]
  await reader.stop()
  for (const outcome of await Promise.all(waiting))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'core.unavailable' } })
  expect((await read(['trois'])).quarantined).toEqual([])
})
