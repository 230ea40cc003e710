import { expect, it } from 'vitest'
import { message, queueForTest } from './queue.fixture.ts'
import { queueOperations } from './queue.ts'

it('a clock set back does not put off what waits for another try, and leaves what waits for the user', () => {
  const { db, inbox, run, clock, context } = queueForTest()
  const [a = 0] = run.insert(inbox, [message(1)])
  run.apply({ kind: 'flag', flag: 'seen', on: true }, [a])
  const first = run.next()
  const id = first?.id ?? 0
  queueOperations['queue.retryAt'](db, { id, at: clock.time + 60_000, error: 'imap.failed' }, context)
  expect(run.next()).toBeNull()
  clock.time -= 365 * 24 * 3600 * 1000
  expect(run.next()?.id).toBe(id)
  queueOperations['queue.retryAt'](db, { id, at: 8.64e15, error: 'imap.quota' }, context)
  expect(run.next()).toBeNull()
})
