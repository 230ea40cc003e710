import type { Account, SyncProgress } from '../../app/contract/index.ts'

/** The work under way, of accounts that are connected: what a lost connection left half done is no longer under way. */
export const workUnderWay = (
  accounts: readonly Pick<Account, 'id' | 'connection'>[],
  progress: Iterable<SyncProgress>,
): SyncProgress | undefined => {
  const connected = new Set(
    accounts
      .filter(({ connection }) => ['online', 'connecting'].includes(connection.state))
      .map(({ id }) => id),
  )
  return [...progress].find((one) => one.phase !== 'idle' && connected.has(one.accountId))
}
