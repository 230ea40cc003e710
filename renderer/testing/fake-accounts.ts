import type { Folder, Input, Method } from '../../app/contract/index.ts'
import { accounts as makeAccounts, organisationCertificate } from './fixture-people.ts'
import { reply, refuse, type FakePart, type FakeWorld } from './fake-world.ts'

/** Mailboxes and their folders. */
export const fakeAccounts = ({ scenario, now, emit, newId, accounts, folders }: FakeWorld): FakePart => {
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'accounts.list':
        return reply(method, accounts)
      case 'accounts.discover':
        return given<'accounts.discover'>().address.includes('inconnu')
          ? refuse('account.discovery-failed')
          : reply(method, {
              address: given<'accounts.discover'>().address,
              source: 'srv',
              tried: [],
              generic: false,
              imap: { host: 'imap.operateur.mssante.test', port: 143, security: 'starttls' },
              smtp: { host: 'smtp.operateur.mssante.test', port: 587, security: 'starttls' },
              auth:
                scenario.card === 'no-card'
                  ? ['psc', 'card', 'password-otp', 'password']
                  : ['card', 'psc', 'p12', 'password-otp', 'password'],
            })
      case 'accounts.examine':
        return reply(method, {
          ...given<'accounts.examine'>(),
          source: 'manual',
          tried: [],
          generic: false,
          auth: ['card', 'password'],
        })
      case 'accounts.senderName': {
        const { kind, label } = given<'accounts.senderName'>()
        const family = label.familyName.toLocaleUpperCase('fr')
        const parts =
          kind === 'personal' || kind === 'generic'
            ? [label.title, label.givenName, family, label.entity]
            : [label.entity]
        const missing =
          kind === 'personal'
            ? label.givenName === '' || family === ''
            : label.entity === '' && kind !== 'generic'
        return missing ? refuse('account.label-invalid') : reply(method, parts.filter(Boolean).join('_'))
      }
      case 'accounts.readP12':
        return given<'accounts.readP12'>().passphrase === 'faux'
          ? refuse('p12.wrong-passphrase')
          : reply(method, { ...organisationCertificate(now), p12: 'fictif' })
      case 'accounts.update': {
        const { accountId, ...changes } = given<'accounts.update'>()
        const account = accounts.find(({ id }) => id === accountId)
        if (!account) return refuse('account.not-found')
        if (changes.label !== undefined) account.label = changes.label
        if (changes.replyTo !== undefined) account.replyTo = changes.replyTo
        if (changes.kind !== undefined) account.kind = changes.kind
        emit('accounts.changed', [...accounts])
        return reply(method, account)
      }
      case 'accounts.useP12':
        return reply(method, null)
      case 'accounts.create': {
        const account = makeAccounts(now)[0]
        if (!account) return refuse('core.internal')
        accounts.push(account)
        emit('accounts.changed', [...accounts])
        emit('accounts.progress', { accountId: 1, phase: 'headers', done: 184, total: 312 })
        return reply(method, account)
      }
      case 'folders.create': {
        const { accountId, parentId, name: folderName } = given<'folders.create'>()
        const like = folders.find((one) =>
          parentId === null ? one.accountId === accountId : one.id === parentId,
        )
        if (!like) return refuse('folder.not-found')
        if (folders.some((one) => one.name === folderName)) return refuse('folder.exists')
        const made: Folder = {
          ...like,
          id: 1000 + newId(),
          name: folderName,
          path: folderName,
          role: 'none',
          total: 0,
          unread: 0,
        }
        folders.push(made)
        emit('mail.delta', { folders: [made], removedFolders: [], upserted: [], removed: [] })
        return reply(method, { folderId: made.id })
      }
      case 'folders.rename':
      case 'folders.subscribe': {
        const wish = input as Partial<Input<'folders.rename'> & Input<'folders.subscribe'>>
        const found = folders.find((one) => one.id === wish.folderId)
        if (!found) return refuse('folder.not-found')
        if (wish.name !== undefined) found.name = wish.name
        if (wish.on !== undefined) found.subscribed = wish.on
        emit('mail.delta', { folders: [found], removedFolders: [], upserted: [], removed: [] })
        return reply(method, null)
      }
      case 'folders.delete': {
        const { folderId } = given<'folders.delete'>()
        emit('mail.delta', { folders: [], removedFolders: [folderId], upserted: [], removed: [] })
        return reply(method, null)
      }
      case 'folders.setRole':
        return reply(method, null)
      case 'folders.list':
        return scenario.listError ? refuse('core.unavailable') : reply(method, folders)
      default:
        return null
    }
  }
}
