import { randomBytes } from 'node:crypto'
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { SqlDatabase } from './database.ts'
import { migrations } from './migrations/index.ts'
import { traceOperations } from './operations/traces.ts'
import { rescueBegin, rescueEnd, rescueTable, type Rescued } from './rescue.ts'
import { storeForTest } from './store.fixture.ts'
import { openStore } from './store.ts'
import { temporaryFolder, value } from './vault.fixture.ts'

const key = () => new Uint8Array(Buffer.alloc(32, 9))

/** A store with one of everything that must survive, and many messages of which each has a body. */
const filled = (file: string, messages: number): void => {
  const db = value(openStore({ path: file, key: key(), create: true, migrations, stopping: () => false }))
  db.exec(`
    INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host, smtp_port,
      smtp_security, created_at) VALUES (1, 'a@b.test', 'A', 'personal', 'psc', 'h', 1, 'tls', 'h', 1, 'tls', 0);
    INSERT INTO folders (id, account_id, path, name, role, uidvalidity, uidnext, highestmodseq, synced_from_uid, total)
      VALUES (7, 1, 'INBOX', 'INBOX', 'inbox', '3', 9, '12', 1, 99);
    INSERT INTO retention VALUES (1, 12);
    INSERT INTO meta VALUES ('name', 'value');
    INSERT INTO saved_searches (name, text, scope, position) VALUES ('n', 't', '{}', 1);
    INSERT INTO part_files VALUES ('${'a'.repeat(32)}', 5, 0);
    INSERT INTO drafts (id, account_id, kind, content, saved_at) VALUES (1, 1, 'new', '{}', 0);
    INSERT INTO draft_attachments (id, draft_id, file_name, mime_type, size, part_file, position)
      VALUES ('d', 1, 'f', 'text/plain', 5, '${'a'.repeat(32)}', 1);
    INSERT INTO outbox (account_id, message_id_header, subject, sender, recipients, mime_size, state, queued_at)
      VALUES (1, '<x@b>', 's', 'a@b.test', '[]', 5, 'queued', 0);
  `)
  db.transaction(() => {
    for (let id = 1; id <= messages; id += 1) {
      db.prepare(
        `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
           recipients, subject, size, body_state) VALUES (?, 1, 7, ?, 1, x'01', 0, '', '', '[]', ?, 1, 1)`,
      ).run([id, id === messages ? null : id, 'sujet '.repeat(20)])
      db.prepare('INSERT INTO bodies (message_id, raw, raw_size, text) VALUES (?, ?, 2000, ?)').run([
        id,
        new Uint8Array(randomBytes(2000)),
        'mot',
      ])
      db.prepare('INSERT INTO search (rowid, subject) VALUES (?, ?)').run([id, 'mot'])
    }
  })
  db.prepare(
    `INSERT INTO operations (id, account_id, kind, payload, state, created_at) VALUES (1, 1, 'flag', '{}', 'pending', 0)`,
  ).run()
  db.prepare(
    'INSERT INTO operation_items (operation_id, message_id, folder_id, uid) VALUES (1, 2, 7, 2)',
  ).run()
  const told = {
    author: '8',
    authorName: 'A',
    automatic: false,
    account: null,
    target: '',
    subject: null,
    openedBy: 'card' as const,
    workstation: 'essai@poste-1',
  }
  for (const action of ['read', 'moved'] as const)
    traceOperations['traces.append'](
      db,
      { entries: [{ ...told, at: 0, action, request: 'r', answer: '', outcome: 'ok', code: null }] },
      { now: () => 0 },
    )
  db.close()
}

const rescue = (db: SqlDatabase, file: string): { incomplete: string[]; rescued: Rescued } | null => {
  const tables = rescueBegin(db, { path: file, key: key() })
  if (!tables) return null
  const incomplete = new Set<string>()
  for (const table of tables) {
    for (let after: number | null = null; ;) {
      const slice: ReturnType<typeof rescueTable> = rescueTable(db, { table, after })
      if (slice.incomplete) incomplete.add(table)
      after = slice.next
      if (after === null) break
    }
  }
  return { incomplete: [...incomplete], rescued: rescueEnd(db) }
}
const count = (db: SqlDatabase, table: string) => {
  const counts: Record<string, string> = {
    bodies: 'SELECT count(*) AS n FROM bodies',
    retention: 'SELECT count(*) AS n FROM retention',
    saved: 'SELECT count(*) AS n FROM saved_searches',
    items: 'SELECT count(*) AS n FROM operation_items',
    search: 'SELECT count(*) AS n FROM search',
  }
  return db.prepare(counts[table] ?? '').get<{ n: number }>()?.n
}

test('all that only this workstation has comes over; bodies and the state of folders come from the server', () => {
  const file = path.join(temporaryFolder(), 'store.db')
  filled(file, 1200)
  const db = storeForTest()
  const { incomplete, rescued } = rescue(db, file) ?? {}
  expect(incomplete).toEqual([])
  expect(rescued).toEqual({
    messages: 1200,
    drafts: 1,
    outbox: 1,
    actions: 1,
    parts: ['a'.repeat(32)],
    localBodies: true,
  })
  // The one message that no server has keeps its body.
  expect(count(db, 'bodies')).toBe(1)
  expect(count(db, 'search')).toBe(1)
  expect(count(db, 'retention')).toBe(1)
  expect(count(db, 'saved')).toBe(1)
  expect(count(db, 'items')).toBe(1)
  // The chain of traces goes on from where it was.
  expect(
    traceOperations['traces.check'](db, { from: null, limit: 10, tolerance: 0 }, { now: () => 0 }),
  ).toEqual({
    from: null,
    finding: null,
    at: 2,
    back: null,
  })
  expect(
    db.prepare('SELECT uidvalidity, uidnext, highestmodseq, synced_from_uid, total FROM folders').get(),
  ).toEqual({ uidvalidity: '3', uidnext: null, highestmodseq: null, synced_from_uid: null, total: 1200 })
  expect(db.prepare('SELECT count(*) AS n FROM messages WHERE body_state = 0').get()).toEqual({ n: 1199 })
  expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
})

test('with pages damaged anywhere, whatever can be read comes over and what could not is named', () => {
  let partly = 0
  for (let round = 0; round < 8; round += 1) {
    const file = path.join(temporaryFolder(), 'store.db')
    filled(file, 1200)
    const pages = Math.floor(statSync(file).size / 4096)
    const handle = openSync(file, 'r+')
    // Never the first page: without it there is no key to check and nothing to read.
    for (let n = 0; n < 20; n += 1) {
      const page = 1 + Math.floor(((round * 20 + n + 0.5) / 160) * (pages - 1))
      writeSync(handle, randomBytes(64), 0, 64, page * 4096 + 700)
    }
    closeSync(handle)
    const db = storeForTest()
    const found = rescue(db, file)
    if (!found) continue
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    const accounts = db.prepare('SELECT count(*) AS n FROM accounts').get<{ n: number }>()?.n ?? 0
    if (accounts === 0) expect(found.incomplete).toContain('accounts')
    else if (!found.incomplete.includes('messages')) expect(found.rescued.messages).toBe(1200)
    else {
      partly += 1
      expect(found.rescued.messages).toBeGreaterThan(600)
    }
  }
  expect(partly).toBeGreaterThan(0)
})

test('of a file that is none of ours nothing is expected', () => {
  const file = path.join(temporaryFolder(), 'store.db')
  const handle = openSync(file, 'w')
  writeSync(handle, randomBytes(8192))
  closeSync(handle)
  expect(rescueBegin(storeForTest(), { path: file, key: key() })).toBeNull()
})
