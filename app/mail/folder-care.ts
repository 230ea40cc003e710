import type { ImapFlow } from 'imapflow'
import type { ChosenRole } from '../contract/index.ts'
import { fail, ok, type AppError, type Outcome } from '../contract/errors.ts'
import type { SyncFolder, Vault } from '../vault/index.ts'
import type { AccountRunner } from './accounts/runner.ts'
import type { Announce } from './changes.ts'

export interface FolderCareDependencies {
  vault: Vault
  announce: Announce
  runner: (accountId: number) => AccountRunner | undefined
}

/** Names a server would take for a level, a wildcard or nothing. */
const refusedName = (name: string, delimiter: string): boolean =>
  name.trim() !== name ||
  name === '' ||
  /[\p{Cc}*%]/u.test(name) ||
  (delimiter !== '' && name.includes(delimiter)) ||
  name.toUpperCase() === 'INBOX'

/** Changes to the folders themselves: done on the server at once, then seen in the list (docs/sync.md). */
export const createFolderCare = ({ vault, announce, runner }: FolderCareDependencies) => {
  const find = async (folderId: number): Promise<Outcome<SyncFolder>> => {
    const found = await vault.run('folders.forPass', { id: folderId })
    if (!found.ok) return found
    const folder = found.value?.folder
    return folder ? ok(folder) : fail('folder.not-found')
  }

  /** Does it on the server, then looks at the folder list again. A refusal is the server's last word. */
  const onServer = async <T>(
    accountId: number,
    work: (client: ImapFlow, delimiter: string) => Promise<T>,
  ): Promise<Outcome<T>> => {
    const one = runner(accountId)
    if (!one) return fail('net.unreachable', { retry: 'later' })
    const done = await one.manage((client) => work(client, client.namespace?.delimiter ?? '/'))
    return done.ok ? done : { ok: false, error: said(done.error) }
  }

  const isPlain = (folder: SyncFolder): boolean => folder.role === 'none'

  return {
    create: async (wish: {
      accountId: number
      parentId: number | null
      name: string
    }): Promise<Outcome<{ folderId: number }>> => {
      const parent = wish.parentId === null ? null : await find(wish.parentId)
      if (parent && !parent.ok) return parent
      if (parent && parent.value.accountId !== wish.accountId) return fail('folder.not-found')
      const known = await vault.run('folders.forSync', { accountId: wish.accountId })
      if (!known.ok) return known
      const made = await onServer(wish.accountId, async (client, delimiter) => {
        if (refusedName(wish.name, delimiter)) return fail('folder.name-invalid', { retry: 'after-change' })
        const prefix = parent ? `${parent.value.path}${delimiter}` : (client.namespace?.prefix ?? '')
        const path = `${prefix}${wish.name}`
        if (known.value.some((folder) => folder.path === path)) return fail('folder.exists')
        const created = await client.mailboxCreate(path)
        return created.created ? ok(created.path) : fail('folder.exists')
      })
      if (!made.ok) return made
      if (!made.value.ok) return made.value
      const path = made.value.value
      const now = await vault.run('folders.forSync', { accountId: wish.accountId })
      if (!now.ok) return now
      const folder = now.value.find((one) => one.path === path)
      return folder ? ok({ folderId: folder.id }) : fail('folder.refused')
    },

    rename: async (folderId: number, name: string): Promise<Outcome<null>> => {
      const folder = await find(folderId)
      if (!folder.ok) return folder
      const { path, accountId } = folder.value
      if (!isPlain(folder.value)) return fail('folder.special')
      const done = await onServer(accountId, async (client, delimiter): Promise<Outcome<null>> => {
        if (refusedName(name, delimiter)) return fail('folder.name-invalid', { retry: 'after-change' })
        const above = delimiter === '' ? -1 : path.lastIndexOf(delimiter)
        const next = `${path.slice(0, above + (above < 0 ? 1 : delimiter.length))}${name}`
        if (next === path) return ok(null)
        await client.mailboxRename(path, next)
        const kept = await vault.run('folders.renamed', { id: folderId, path: next, delimiter })
        return kept.ok ? ok(null) : kept
      })
      return done.ok ? done.value : done
    },

    delete: async (folderId: number): Promise<Outcome<null>> => {
      const folder = await find(folderId)
      if (!folder.ok) return folder
      const { path, accountId } = folder.value
      if (!isPlain(folder.value)) return fail('folder.special')
      const known = await vault.run('folders.forSync', { accountId })
      if (!known.ok) return known
      const done = await onServer(accountId, async (client, delimiter): Promise<Outcome<null>> => {
        if (known.value.some((one) => one.path.startsWith(`${path}${delimiter}`)))
          return fail('folder.not-empty')
        await client.mailboxDelete(path)
        return ok(null)
      })
      return done.ok ? done.value : done
    },

    subscribe: async (folderId: number, on: boolean): Promise<Outcome<null>> => {
      const folder = await find(folderId)
      if (!folder.ok) return folder
      const { path } = folder.value
      const done = await onServer(folder.value.accountId, (client) =>
        on ? client.mailboxSubscribe(path) : client.mailboxUnsubscribe(path),
      )
      if (!done.ok) return done
      return done.value ? ok(null) : fail('folder.refused')
    },

    /** The user's choice for a role; told to no server. The list is looked at again when there is a connection. */
    setRole: async (accountId: number, role: ChosenRole, folderId: number | null): Promise<Outcome<null>> => {
      if (folderId !== null) {
        const folder = await find(folderId)
        if (!folder.ok) return folder
        if (folder.value.accountId !== accountId || folder.value.mailbox !== null)
          return fail('folder.not-found')
        if (folder.value.role === 'inbox') return fail('folder.special')
      }
      const chosen = await vault.run('folders.choose', { accountId, role, folderId })
      if (!chosen.ok) return chosen
      await announce({ folderIds: chosen.value })
      runner(accountId)?.syncNow()
      return ok(null)
    },
  }
}

const said = (error: AppError): AppError =>
  error.code.startsWith('imap.') && error.code !== 'imap.protocol' && error.code !== 'imap.busy'
    ? { ...error, code: 'folder.refused', retry: 'no' }
    : error
