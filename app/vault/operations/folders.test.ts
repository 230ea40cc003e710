import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSqlcipher } from '../database.ts'
import { migrations } from '../migrations/index.ts'
import { accountOperations } from './accounts.ts'
import { folderListOperations } from './folder-list.ts'
import { folderRights } from './folder-rights.ts'
import { folderOperations, type ServerFolder } from './folders.ts'
import { messageOperations, type NewMessage } from './messages.ts'
import { vanishedOperations } from './vanished.ts'

const minute = 60_000

const listed = (name: string, change: Partial<ServerFolder> = {}): ServerFolder => ({
  path: name,
  name,
  parentPath: null,
  role: name === 'INBOX' ? 'inbox' : 'none',
  mailbox: null,
  selectable: true,
  subscribed: true,
  status: {
    uidvalidity: '1',
    uidnext: 100,
    messages: 1,
    unseen: 0,
    highestmodseq: null,
    mailboxId: null,
  },
  ...change,
})

const message = (uid: number, identity: number): NewMessage => ({
  uid,
  identity: new Uint8Array([identity]),
  date: Date.UTC(2026, 0, 1),
  from: { name: 'Paul', address: 'paul@b.test' },
  to: [],
  subject: 'Lettre',
  rawSubject: 'Lettre',
  flags: 0,
  size: 10,
  hasAttachments: false,
  trust: 'unknown',
  signed: false,
  encrypted: false,
  messageId: null,
  inReplyTo: null,
  references: [],
})

const open = () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'souspli-folders-')), 'store.db')
  const db = openSqlcipher(file, new Uint8Array(randomBytes(32)), () => false)
  db.transaction(() => {
    for (const { sql } of migrations) db.exec(sql)
  })
  const clock = { at: Date.UTC(2026, 0, 2) }
  const context = { now: () => clock.at }
  const server = { host: 'h', port: 1, security: 'tls' as const }
  const account = {
    address: 'anne@b.test',
    displayName: 'Anne',
    kind: 'personal' as const,
    auth: 'password' as const,
    password: 'p',
    card: null,
    imap: server,
    smtp: server,
    maxMessageSize: null,
  }
  accountOperations['accounts.insert'](db, account, context)
  const reconcile = (folders: ServerFolder[], renamed: { id: number; path: string }[] | null = null) =>
    folderListOperations['folders.reconcile'](db, { accountId: 1, folders, renamed }, context)
  const first = reconcile([listed('INBOX'), listed('Congrès')])
  const [inbox = 0, other = 0] = first.folderIds
  for (const id of [inbox, other])
    folderOperations['folders.saveState'](
      db,
      { id, state: { uidvalidity: '1', uidnext: 50, highestmodseq: null, syncedFromUid: 1, serverTotal: 0 } },
      context,
    )
  const insert = (folderId: number, messages: NewMessage[]) =>
    messageOperations['messages.insert'](db, { accountId: 1, folderId, messages, state: null }, context)
  const vanish = (folderId: number, uids: number[]) =>
    vanishedOperations['messages.vanish'](db, { folderId, uids }, context)
  const forget = () => vanishedOperations['messages.forget'](db, { accountId: 1 }, context)
  const rows = (ids: number[]) => messageOperations['messages.rows'](db, { ids }, context)
  const list = () => folderOperations['folders.list'](db, {}, context)
  return { db, context, clock, inbox, other, reconcile, insert, vanish, forget, rows, list }
}

describe('a message another client moves', () => {
  it('is the same row when it leaves first', () => {
    const { inbox, other, insert, vanish, rows } = open()
    const [id = 0] = insert(inbox, [message(1, 7)])
    vanish(inbox, [1])
    expect(rows([id])).toEqual([])
    expect(insert(other, [message(9, 7)])).toEqual([id])
    expect(rows([id])[0]?.folderId).toBe(other)
  })

  it('is the same row when it is seen there first', () => {
    const { clock, inbox, other, insert, vanish, rows } = open()
    const [id = 0] = insert(inbox, [message(1, 7)])
    clock.at += 24 * 60 * minute
    const [copy = 0] = insert(other, [message(9, 7)])
    expect(copy).not.toBe(id)
    const { removal } = vanish(inbox, [1])
    expect(removal.ids).toEqual([copy])
    expect(rows([id, copy]).map((row) => [row.id, row.folderId])).toEqual([[id, other]])
  })

  it('is forgotten when it turns up nowhere, not before', () => {
    const { clock, inbox, insert, vanish, forget } = open()
    const [id = 0] = insert(inbox, [message(1, 7)])
    vanish(inbox, [1])
    clock.at += 9 * minute
    expect(forget().ids).toEqual([])
    clock.at += 2 * minute
    expect(forget().ids).toEqual([id])
  })

  it('does not give its place to a younger row that leaves again', () => {
    const { clock, inbox, other, insert, vanish, rows } = open()
    const [id = 0] = insert(other, [message(1, 7)])
    clock.at += minute
    const [younger = 0] = insert(inbox, [message(9, 7)])
    vanish(inbox, [9])
    expect(rows([id, younger]).map((row) => [row.id, row.folderId])).toEqual([[id, other]])
  })

  it('is not taken for a copy made long ago', () => {
    const { clock, inbox, other, insert, vanish, rows } = open()
    const [id = 0] = insert(inbox, [message(1, 7)])
    const [copy = 0] = insert(other, [message(9, 7)])
    clock.at += 60 * minute
    vanish(inbox, [1])
    expect(rows([id, copy]).map((row) => row.id)).toEqual([copy])
  })

  it('leaves two copies that vanish together two vanished rows', () => {
    const { clock, inbox, insert, vanish, forget } = open()
    const ids = insert(inbox, [message(1, 7), message(2, 7)])
    vanish(inbox, [1, 2])
    clock.at += 11 * minute
    expect(forget().ids.toSorted()).toEqual(ids.toSorted())
  })
})

describe('the folder list', () => {
  it('asks for proof before it takes a new name for a known folder', () => {
    const { other, reconcile, insert, list } = open()
    insert(other, [message(1, 7)])
    const now = [listed('INBOX'), listed('Formation')]
    const question = reconcile(now)
    expect(question.candidates.map(({ id, path, samples }) => [id, path, samples.length])).toEqual([
      [other, 'Formation', 1],
    ])
    expect(list().map(({ path }) => path)).toEqual(['Congrès', 'INBOX'])
    reconcile(now, [{ id: other, path: 'Formation' }])
    expect(list().map(({ id, path, total }) => [id, path, total])).toContainEqual([other, 'Formation', 1])
  })

  it('hides a folder that is gone; its messages are found again elsewhere', () => {
    const { inbox, other, reconcile, insert, rows, list, clock, forget, db } = open()
    const [id = 0] = insert(other, [message(1, 7)])
    const { removedFolders } = reconcile([listed('INBOX')])
    expect(removedFolders).toEqual([other])
    expect(list().map(({ path }) => path)).toEqual(['INBOX'])
    expect(insert(inbox, [message(8, 7)])).toEqual([id])
    expect(rows([id])[0]?.folderId).toBe(inbox)
    clock.at += 11 * minute
    forget()
    expect(
      db
        .prepare('SELECT path FROM folders')
        .all<{ path: string }>()
        .map((one) => one.path),
    ).toEqual(['INBOX'])
  })

  it('takes a folder back under its old name', () => {
    const { other, reconcile, list } = open()
    reconcile([listed('INBOX')])
    const again = reconcile([listed('INBOX'), listed('Congrès')])
    expect(again.folderIds).toEqual([other])
    expect(list()).toHaveLength(2)
  })

  it('gives a role to the folder the user chose, and only to it', () => {
    const { db, context, other, reconcile, list } = open()
    const served = [listed('INBOX'), listed('Congrès'), listed('Trash', { role: 'trash' })]
    reconcile(served)
    folderListOperations['folders.choose'](db, { accountId: 1, role: 'trash', folderId: other }, context)
    const trash = () => list().flatMap(({ id, role }) => (role === 'trash' ? [id] : []))
    expect(trash()).toEqual([other])
    reconcile(served)
    expect(trash()).toEqual([other])
    folderListOperations['folders.choose'](db, { accountId: 1, role: 'trash', folderId: null }, context)
    reconcile(served)
    expect(list().find(({ role }) => role === 'trash')?.path).toBe('Trash')
  })

  it('says what the rights of RFC 4314 and RFC 2086 allow', () => {
    expect(folderRights('lr')).toMatchObject({ read: true, seen: false, insert: false, remove: false })
    expect(folderRights('lrswid')).toMatchObject({ remove: true, expunge: true, administer: false })
    expect(folderRights(null)).toMatchObject({ insert: true, administer: true })
  })
})
