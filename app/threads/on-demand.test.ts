import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { createThreadOnDemand, type ThreadOnDemand } from './index.ts'

interface Said {
  word: string
  steps?: SharedArrayBuffer
}
let opened = 0
let thread: ThreadOnDemand<Said, string>
const create = (limitMilliseconds = 30_000, idleMilliseconds = 10_000): void => {
  opened = 0
  thread = createThreadOnDemand<Said, string>({
    open: () => {
      opened += 1
      return new Worker(join(import.meta.dirname, 'echo-worker.fixture.ts'), { env: {}, execArgv: [] })
    },
    limitMilliseconds,
    idleMilliseconds,
  })
}
afterEach(() => thread.stop())
const say = (word: string) => thread.ask(() => Promise.resolve({ message: { word }, transfer: [] }))

test('one thread answers all messages, in order, each prepared when its turn has come', async () => {
  create()
  const order: string[] = []
  const asked = ['un', 'deux', 'trois'].map((word) =>
    thread
      .ask(() => {
        order.push(`prepare ${word}`)
        return Promise.resolve({ message: { word }, transfer: [] })
      })
      .then((reply) => {
        order.push(`answer ${word}`)
        return reply
      }),
  )
  expect(await Promise.all(asked)).toEqual(
    ['un', 'deux', 'trois'].map((answer) => ({ kind: 'answered', answer })),
  )
  expect(opened).toBe(1)
  expect(order.indexOf('prepare deux')).toBeLessThan(order.indexOf('prepare trois'))
  expect(order.filter((one) => one.startsWith('answer'))).toEqual([
    'answer un',
    'answer deux',
    'answer trois',
  ])
})

test('a fall and an exit are told to who waits, the next message has a new thread', async () => {
  create()
  expect(await say('fall')).toMatchObject({ kind: 'lost', cause: { message: 'a fault' } })
  expect(await say('exit')).toMatchObject({ kind: 'lost' })
  expect(await say('fine')).toEqual({ kind: 'answered', answer: 'fine' })
  expect(opened).toBe(3)
})

test('what takes too long is ended; what advances is not', async () => {
  create(1_000)
  // The start of the thread is no part of it.
  await expect.poll(() => say('here')).toMatchObject({ kind: 'answered' })
  const steps = new SharedArrayBuffer(8)
  let seen = -1
  const goesOn = (): boolean => {
    const before = seen
    seen = Atomics.load(new Int32Array(steps), 0)
    return seen !== before
  }
  expect(
    await thread.ask(() => Promise.resolve({ message: { word: 'advance', steps }, transfer: [] }), {
      goesOn,
    }),
  ).toEqual({ kind: 'answered', answer: 'advance' })
  expect(await say('hang')).toEqual({ kind: 'late' })
})

test('a stop answers what runs and what waits, and tells what was prepared in vain', async () => {
  create()
  await say('here')
  const unsent: string[] = []
  const hanging = say('hang')
  const waiting = say('never')
  await thread.stop()
  expect(await hanging).toEqual({ kind: 'stopped' })
  expect(await waiting).toEqual({ kind: 'stopped' })
  const slow = Promise.withResolvers<{ message: Said; transfer: [] }>()
  const prepared = thread.ask(() => slow.promise, { unsent: ({ message }) => unsent.push(message.word) })
  await Promise.resolve()
  const stopping = thread.stop()
  slow.resolve({ message: { word: 'secret' }, transfer: [] })
  await stopping
  expect(await prepared).toEqual({ kind: 'stopped' })
  expect(unsent).toEqual(['secret'])
  expect(await say('again')).toEqual({ kind: 'answered', answer: 'again' })
})

test('the thread goes when it has had nothing to do, and comes back', async () => {
  create(30_000, 0)
  for (const word of ['un', 'deux']) {
    expect(await say(word)).toEqual({ kind: 'answered', answer: word })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(opened).toBe(2)
})

test('a message that cannot be prepared is the asker’s own, and holds nobody up', async () => {
  create()
  await expect(thread.ask(() => Promise.reject(new Error('no fonts')))).rejects.toThrow('no fonts')
  expect(await say('next')).toEqual({ kind: 'answered', answer: 'next' })
})
