import { ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import type { Grants } from './reading/index.ts'
import type { Session } from './session/index.ts'
import type { Storage } from './storage/index.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<
  CoreMethod,
  `storage.${string}` | 'session.inspectBackup' | 'session.restore' | 'session.rebuild'
>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

const nothing = ok(null)

/** The calls of contract/storage.ts. */
export const storageHandlers = (deps: {
  storage: Storage
  vault: Vault
  session: Session
  grants: Grants
}): Handlers => {
  const { storage, session, grants } = deps
  /** A backup that was looked at, until it is restored or another one is. */
  let looked: { grant: string; file: string } | null = null

  return {
    'storage.overview': () => storage.overview(),
    'storage.health': async () => ok(await storage.health()),
    'storage.previewRetention': ({ accountId, months }) => storage.previewRetention(accountId, months),
    'storage.setRetention': ({ accountId, months }) => storage.setRetention(accountId, months),
    'storage.compact': () => storage.compact(),
    'storage.check': () => storage.check(),
    'storage.backup': ({ grant, passphrase }) => {
      const granted = grants.take(grant, ['backup-target'])
      return granted.ok ? storage.backup(granted.value.paths[0] ?? '', passphrase) : granted
    },
    'storage.cancel': () => {
      storage.cancel()
      return nothing
    },
    'storage.removeAside': ({ id }) => storage.removeAside(id),
    'session.inspectBackup': async ({ grant }) => {
      const granted = grants.take(grant, ['backup-source'])
      if (!granted.ok) return granted
      const file = granted.value.paths[0] ?? ''
      const inspected = await deps.vault.care.inspect(file)
      if (inspected.ok) looked = { grant, file }
      return inspected
    },
    'session.restore': ({ grant, unlock, opening }) => {
      const granted =
        looked?.grant === grant ? ok({ paths: [looked.file] }) : grants.take(grant, ['backup-source'])
      if (!granted.ok) return granted
      const file = granted.value.paths[0] ?? ''
      return session.restore(opening, unlock.kind, (secret) => storage.restore({ file, unlock, secret }))
    },
    'session.rebuild': ({ opening }) =>
      session.rebuild(opening, async (secret) => {
        const rebuilt = await storage.rebuild({ secret })
        return rebuilt.ok ? ok(undefined) : rebuilt
      }),
  }
}
