import { describe, expect, it } from 'vitest'
import type { SqlDatabase } from '../database.ts'
import { storeForTest } from '../store.fixture.ts'
import { accountOperations } from './accounts.ts'
import { folderListOperations } from './folder-list.ts'
import { folderOperations } from './folders.ts'
import { messageOperations, type NewMessage } from './messages.ts'
import { vanishedOperations } from './vanished.ts'

const clock = { time: Date.UTC(2026, 10, 22) }
const context = { now: () => clock.time }
const server = { host: 'h', port: 1, security: 'starttls' as const }

const storeWithFolders = (
  shared: readonly (readonly [path: string, role: 'inbox' | 'trash'])[] = [],
): { db: SqlDatabase; inbox: number; archive: number; trash: number; more: number[] } => {
  const db = storeForTest()
  accountOperations['accounts.insert'](
    db,
    {
      address: 'a@b.test',
      displayName: 'A',
      kind: 'personal',
      auth: 'psc',
      password: null,
      card: null,
      imap: server,
      smtp: server,
      maxMessageSize: null,
    },
    context,
  )
  const folder = (path: string, role: 'inbox' | 'archive' | 'trash', mailbox: string | null = null) => ({
    path,
    name: path,
    parentPath: null,
    role,
    mailbox,
    selectable: true,
    subscribed: true,
    status: null,
  })
  const { folderIds } = folderListOperations['folders.reconcile'](
    db,
    {
      accountId: 1,
      folders: [folder('INBOX', 'inbox'), folder('Archive', 'archive'), folder('Trash', 'trash')].concat(
        shared.map(([path, role]) => folder(path, role, 'team@b.test')),
      ),
      renamed: null,
    },
    context,
  )
  const [inbox = 0, archive = 0, trash = 0, ...more] = folderIds
  return { db, inbox, archive, trash, more }
}

const message = (uid: number, change: Partial<NewMessage> = {}): NewMessage => ({
  uid,
  identity: new Uint8Array([uid]),
  date: Date.UTC(2026, 0, 1),
  from: { name: 'Paul', address: 'paul@b.test' },
  to: [],
  subject: `message ${uid}`,
  rawSubject: `message ${uid}`,
  flags: 0,
  size: 100,
  hasAttachments: false,
  trust: 'professional',
  signed: false,
  encrypted: false,
  messageId: `<${uid}@t>`,
  inReplyTo: null,
  references: [],
  ...change,
})

const insert = (db: SqlDatabase, folderId: number, messages: NewMessage[]): number[] =>
  messageOperations['messages.insert'](db, { accountId: 1, folderId, messages, state: null }, context)

const rows = (db: SqlDatabase, ids: number[]) => messageOperations['messages.rows'](db, { ids }, context)
const threadOf = (db: SqlDatabase, id = 0) => rows(db, [id])[0]?.threadId
const countsOf = (db: SqlDatabase, id: number) => {
  const [folder] = folderOperations['folders.byIds'](db, { ids: [id] }, context)
  return [folder?.total, folder?.unread]
}

describe('messages', () => {
  it('have ids that grow with their date, also within one second', () => {
    const { db, inbox } = storeWithFolders()
    const late = insert(db, inbox, [message(1, { date: 5_000_000 }), message(2, { date: 5_000_400 })])
    const early = insert(db, inbox, [message(3, { date: 4_000_000 })])
    expect(late[1]).toBe((late[0] ?? 0) + 1)
    expect(late[0]).toBe(5000 * 2 ** 20)
    expect(early[0]).toBeLessThan(late[0] ?? 0)
  })

  it('are added once, and counted', () => {
    const { db, inbox } = storeWithFolders()
    insert(db, inbox, [message(1), message(2, { flags: 1 })])
    expect(insert(db, inbox, [message(1), message(2)])).toEqual([])
    expect(countsOf(db, inbox)).toEqual([2, 1])
  })

  it('keep their id and body when UIDVALIDITY changes; the rest leaves', () => {
    const { db, inbox } = storeWithFolders()
    const [first = 0, second = 0] = insert(db, inbox, [message(1), message(2)])
    folderOperations['folders.invalidate'](db, { id: inbox, uidvalidity: '9' }, context)
    const orphans = folderOperations['folders.forPass'](db, { id: inbox }, context)?.orphans ?? []
    expect(orphans).toEqual([first, second])
    expect(insert(db, inbox, [message(70, { identity: new Uint8Array([2]) })])).toEqual([second])
    vanishedOperations['messages.dropOrphans'](db, { folderId: inbox, ids: orphans }, context)
    const later = { now: () => context.now() + 3_600_000 }
    expect(vanishedOperations['messages.forget'](db, { accountId: 1 }, later).ids).toEqual([first])
    expect(messageOperations['messages.uids'](db, { folderId: inbox }, context)).toEqual([70])
  })

  it('with the same headers and size stay two messages', () => {
    const { db, inbox } = storeWithFolders()
    const same = { identity: new Uint8Array([7]), messageId: null }
    expect(insert(db, inbox, [message(1, same), message(2, same)])).toHaveLength(2)
  })
})

describe('the list of all mailboxes (ERGO/va1.08)', () => {
  it('has the messages of every inbox by date, page by page, and of no other folder', () => {
    const { db, inbox, archive, trash } = storeWithFolders()
    accountOperations['accounts.insert'](
      db,
      {
        address: 'service@b.test',
        displayName: 'Service',
        kind: 'organisational',
        auth: 'psc',
        password: null,
        card: null,
        imap: server,
        smtp: server,
        maxMessageSize: null,
      },
      context,
    )
    const { folderIds } = folderListOperations['folders.reconcile'](
      db,
      {
        accountId: 2,
        folders: [
          {
            ...{ path: 'INBOX', name: 'INBOX', parentPath: null, role: 'inbox', mailbox: null },
            ...{ selectable: true, subscribed: true, status: null },
          },
        ],
        renamed: null,
      },
      context,
    )
    const day = (of: number): Partial<NewMessage> => ({ date: Date.UTC(2026, 0, of) })
    insert(db, inbox, [message(1, day(1)), message(3, { ...day(3), flags: 1 })])
    insert(db, archive, [message(9, day(9))])
    insert(db, trash, [message(8, day(8))])
    messageOperations['messages.insert'](
      db,
      {
        ...{ accountId: 2, folderId: folderIds[0] ?? 0, state: null },
        messages: [message(2, { ...day(2), identity: new Uint8Array([22]) }), message(4, day(4))],
      },
      context,
    )
    const page = (before: number | null, filter: 'all' | 'unread') =>
      messageOperations['messages.page'](db, { folderId: null, before, limit: 3, filter }, context)
    const told = (list: ReturnType<typeof page>) => [
      list.more,
      list.rows.map(({ accountId, subject }) => `${accountId}: ${subject}`),
    ]
    const first = page(null, 'all')
    expect(told(first)).toEqual([true, ['2: message 4', '1: message 3', '2: message 2']])
    expect(told(page(first.rows.at(-1)?.id ?? 0, 'all'))).toEqual([false, ['1: message 1']])
    expect(told(page(null, 'unread'))).toEqual([false, ['2: message 4', '2: message 2', '1: message 1']])
  })
})

describe('conversations', () => {
  const question = message(1, { messageId: '<q@t>' })
  const answer = message(2, { messageId: '<a@t>', inReplyTo: '<q@t>', references: ['<q@t>'] })
  const thanks = message(3, { messageId: '<t@t>', references: ['<q@t>', '<a@t>'] })

  it.each([
    ['in order', [question, answer, thanks]],
    ['newest first', [thanks, answer, question]],
    ['the middle last', [question, thanks, answer]],
  ])('are found %s', (_order, list) => {
    const { db, inbox } = storeWithFolders()
    const ids = list.flatMap((one) => insert(db, inbox, [one]))
    expect(new Set(ids.map((id) => threadOf(db, id))).size).toBe(1)
  })

  it('join when a message ties two together, and only then', () => {
    const { db, inbox } = storeWithFolders()
    const [one] = insert(db, inbox, [message(1, { messageId: '<x@t>' })])
    const [two] = insert(db, inbox, [message(2, { messageId: '<y@t>' })])
    expect(threadOf(db, one)).not.toBe(threadOf(db, two))
    insert(db, inbox, [message(3, { references: ['<x@t>', '<y@t>'] })])
    expect(threadOf(db, one)).toBe(threadOf(db, two))
  })
})
