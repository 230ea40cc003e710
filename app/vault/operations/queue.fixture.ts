import type { SqlDatabase } from '../database.ts'
import { storeForTest } from '../store.fixture.ts'
import { accountOperations } from './accounts.ts'
import { actionOperations } from './actions.ts'
import { appendOperations } from './appends.ts'
import { folderOperations } from './folders.ts'
import { messageOperations, type NewMessage } from './messages.ts'
import { pendingOperations } from './pending.ts'
import { queueOperations } from './queue.ts'

const server = { host: 'h', port: 1, security: 'starttls' as const }

/** A message as its headers tell, fictitious. */
export const message = (uid: number, change: Partial<NewMessage> = {}): NewMessage => ({
  uid,
  identity: new Uint8Array([uid >> 8, uid & 255]),
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

/** One account with its folders (UIDVALIDITY 1), and the queue's operations bound to them. */
export const queueForTest = (db: SqlDatabase = storeForTest()) => {
  const clock = { time: Date.UTC(2026, 10, 22) }
  const context = { now: () => clock.time }
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
  const folder = (path: string, role: string, mailbox: string | null = null): number =>
    db
      .prepare(
        `INSERT INTO folders (account_id, path, name, role, mailbox, uidvalidity)
         VALUES (1, $path, $path, $role, $mailbox, '1')`,
      )
      .run({ path, role, mailbox }).lastInsertRowid
  const inbox = folder('INBOX', 'inbox')
  const archive = folder('Archive', 'archive')
  const trash = folder('Trash', 'trash')
  const run = {
    apply: (wish: Parameters<(typeof actionOperations)['actions.apply']>[1]['wish'], ids: number[]): number =>
      actionOperations['actions.apply'](db, { wish, ids }, context)?.actionId ?? 0,
    /** Everything of an action, slice by slice; answers how many slices. */
    drive: (id: number): number => {
      for (let slices = 1; ; slices += 1) {
        const state = actionOperations['actions.step'](db, { id }, context)?.progress.state
        if (state !== 'collecting' && state !== 'applying') return slices
      }
    },
    undo: (id: number, waiting = false): number | null => {
      const undoing = actionOperations['actions.undo'](db, { id, waiting }, context)
      if (undoing !== null) run.drive(undoing)
      return undoing
    },
    next: () => queueOperations['queue.next'](db, { accountId: 1 }, context),
    sent: (id: number, ids: number[] | null = null) =>
      queueOperations['queue.sent'](db, { id, ids, mark: null }, context),
    confirm: (
      id: number,
      uids: { id: number; uid: number }[] = [],
      missing: number[] = [],
      ids: number[] | null = null,
    ) => queueOperations['queue.confirm'](db, { id, ids, uids, missing }, context),
    refuse: (id: number, error: Parameters<(typeof queueOperations)['queue.refuse']>[1]['error']) =>
      queueOperations['queue.refuse'](db, { id, ids: null, error }, context),
    insert: (folderId: number, messages: NewMessage[]): number[] =>
      messageOperations['messages.insert'](db, { accountId: 1, folderId, messages, state: null }, context),
    rows: (ids: number[]) => messageOperations['messages.rows'](db, { ids }, context),
    uids: (folderId: number) => messageOperations['messages.uids'](db, { folderId }, context),
    counts: (id: number) => {
      const [one] = folderOperations['folders.byIds'](db, { ids: [id] }, context)
      return [one?.total, one?.unread]
    },
    pending: () => pendingOperations['pending.list'](db, {}, context),
    append: (params: Parameters<(typeof appendOperations)['queue.append']>[1]) =>
      appendOperations['queue.append'](db, params, context),
  }
  return { db, clock, context, folder, inbox, archive, trash, run }
}
