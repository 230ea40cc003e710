import { RefreshCw } from 'lucide-react'
import { invoke } from '../client/index.ts'
import { accountStore, indexingStore, progressStore, useNow, useStore } from '../data/index.ts'
import { IconButton, showError } from '../design/index.ts'
import { number, since, t } from '../i18n/index.ts'
import { workUnderWay } from './sync-progress.ts'

/** Sync in one line: up to date, working, offline, or in trouble; a button asks for news at once. */
export const StatusLine = () => {
  const accounts = useStore(accountStore)
  const working = workUnderWay(accounts, useStore(progressStore).values())
  const indexing = useStore(indexingStore)
  const now = useNow()
  const connections = accounts.map((account) => account.connection)
  const online = connections.flatMap((one) => (one.state === 'online' ? [one.syncedAt] : []))
  // Not up to date before every account has been looked at once.
  const oldest = online.includes(null) ? null : (online.flatMap((at) => at ?? []).toSorted()[0] ?? null)
  const pieces = { done: number(indexing.done), total: number(indexing.done + indexing.waiting) }
  const [tone, text, title] = working
    ? ['work', t('shell.syncing', { done: number(working.done), total: number(working.total) })]
    : connections.some((one) => one.state === 'error' || (one.state === 'connecting' && one.after !== null))
      ? ['alert', t('shell.syncTrouble')]
      : connections.some((one) => one.state === 'login-required')
        ? ['warn', t('shell.syncLogin')]
        : connections.some((one) => one.state === 'connecting')
          ? ['work', t('shell.connecting')]
          : connections.some((one) => one.state === 'offline')
            ? ['warn', t('shell.offline')]
            : oldest === null
              ? ['work', t('shell.connecting')]
              : indexing.waiting > 0
                ? ['ok', t('search.indexingShort', pieces), t('search.indexingTitle', pieces)]
                : ['ok', t('shell.upToDate', { since: since(oldest, now) })]
  return (
    <>
      <span className="status-dot" data-tone={tone} aria-hidden="true" />
      <span className="status-text" role="status" title={title}>
        {text}
      </span>
      <IconButton
        label={t('shell.syncNow')}
        size="small"
        onPress={() => {
          void invoke('accounts.syncNow', null).then((asked) => {
            if (!asked.ok) showError(asked.error)
          })
        }}
      >
        <RefreshCw aria-hidden="true" />
      </IconButton>
    </>
  )
}
