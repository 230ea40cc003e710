import { expect, it } from 'vitest'
import type { AccountConnection } from '../../app/contract/index.ts'
import { workUnderWay } from './sync-progress.ts'

const half = { accountId: 1, phase: 'bodies', done: 3, total: 9 } as const
const account = (connection: AccountConnection) => [{ id: 1, connection }]
const online: AccountConnection = {
  state: 'online',
  since: '2026-11-22T05:00:00Z',
  syncedAt: null,
  trouble: null,
}

it('is what a connected account still has to do', () => {
  expect(workUnderWay(account(online), [half])).toEqual(half)
  expect(workUnderWay(account({ state: 'connecting', after: null }), [half])).toEqual(half)
  expect(workUnderWay(account(online), [{ ...half, phase: 'idle' }])).toBeUndefined()
  expect(workUnderWay(account(online), [{ ...half, accountId: 2 }])).toBeUndefined()
})

it.each<AccountConnection>([
  { state: 'offline' },
  { state: 'login-required' },
  { state: 'error', error: { code: 'net.closed', retry: 'later' }, retryAt: null },
])('is nothing without a connection: $state', (connection) => {
  expect(workUnderWay(account(connection), [half])).toBeUndefined()
})
