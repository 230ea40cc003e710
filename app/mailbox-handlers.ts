import type { CoreMethod, Input, Outcome, Output } from './contract/index.ts'
import { senderName, type Mail } from './mail/index.ts'

type Method =
  | Exclude<Extract<CoreMethod, `accounts.${string}`>, 'accounts.cancelLogin' | 'accounts.readP12'>
  | Extract<CoreMethod, `folders.${string}` | `actions.${string}`>
  | Exclude<
      Extract<CoreMethod, `messages.${string}`>,
      'messages.view' | 'messages.search' | 'messages.sorted' | 'messages.facets'
    >
  | 'correspondents.suggest'
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** The calls of a window about accounts, folders, lists and actions: what mail answers by itself. */
export const mailboxHandlers = (mail: Mail): Handlers => ({
  'accounts.list': () => mail.listAccounts(),
  'accounts.discover': ({ address }) => mail.discover(address),
  'accounts.examine': (wish) => mail.examine(wish),
  'accounts.create': (account) => mail.createAccount(account),
  'accounts.login': ({ accountId }) => mail.login(accountId),
  'accounts.useCard': ({ accountId }) => mail.useCard(accountId),
  'accounts.useP12': ({ accountId, p12 }) => mail.useP12(accountId, p12),
  'accounts.update': (wish) => mail.updateAccount(wish),
  'accounts.senderName': ({ kind, label }) => Promise.resolve(senderName(kind, label)),
  'accounts.syncNow': () => mail.syncNow(),
  'accounts.remove': ({ accountId }) => mail.removeAccount(accountId),
  'folders.list': () => mail.folders(),
  'folders.create': (wish) => mail.createFolder(wish),
  'folders.rename': ({ folderId, name }) => mail.renameFolder(folderId, name),
  'folders.delete': ({ folderId }) => mail.deleteFolder(folderId),
  'folders.subscribe': ({ folderId, on }) => mail.subscribeFolder(folderId, on),
  'folders.setRole': ({ accountId, role, folderId }) => mail.setFolderRole(accountId, role, folderId),
  'messages.page': (query) => mail.page(query),
  'messages.thread': ({ id }) => mail.thread(id),
  'messages.setFlag': ({ ids, flag, on }) => mail.setFlag(ids, flag, on),
  'messages.move': ({ ids, folderId }) => mail.move(ids, folderId),
  'messages.delete': ({ ids }) => mail.delete(ids),
  'messages.undo': ({ operationId }) => mail.undo(operationId),
  'actions.prepare': (wish) => mail.actions.prepare(wish),
  'actions.start': ({ actionId }) => mail.actions.start(actionId),
  'actions.discard': ({ actionId }) => mail.actions.discard(actionId),
  'actions.pending': () => mail.actions.pending(),
  'actions.retry': ({ id }) => mail.actions.retry(id),
  'actions.cancel': ({ id }) => mail.actions.cancel(id),
  'actions.dismiss': ({ ids }) => mail.actions.dismiss(ids),
  'correspondents.suggest': ({ text }) => mail.suggest(text),
})
