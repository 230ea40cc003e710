import { expect, it } from 'vitest'
import { indexMessage } from '../search/index-message.ts'
import { storeForTest } from '../store.fixture.ts'
import { checkOperations } from './check.ts'
import { storageOperations } from './storage.ts'

const context = { now: () => 0 }
const day = 86_400_000
const now = Date.UTC(2026, 10, 22)

/** One message a day back from now, each with a body of 1000 bytes; every fifth has an attachment, in a file. */
const storeWith = (days: number) => {
  const db = storeForTest()
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at)
      VALUES (1, 'a@b.test', 'A', 'personal', 'psc', 'h', 1, 'tls', 'h', 1, 'tls', 0);
    INSERT INTO folders (id, account_id, path, name, role) VALUES (7, 1, 'INBOX', 'INBOX', 'inbox');`)
  const ids: number[] = []
  for (let back = 1; back <= days; back += 1) {
    const date = now - back * day
    const id = Math.floor(date / 1000) * 1_048_576
    const file = back % 5 === 0 ? back.toString(16).padStart(32, '0') : null
    db.prepare(
      `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
         recipients, subject, size, body_state, has_attachments)
       VALUES (?, 1, 7, ?, 1, x'01', ?, '', '', '[]', 's', 1000, 1, ?)`,
    ).run([id, back, date, file === null ? 0 : 1])
    db.prepare('INSERT INTO bodies (message_id, raw, raw_file, raw_size) VALUES (?, ?, ?, 1000)').run([
      id,
      file === null ? new Uint8Array(10) : null,
      file,
    ])
    indexMessage(db, id, { body: 'mot' })
    ids.push(id)
  }
  db.exec(
    'DELETE FROM index_queue; UPDATE folders SET total = (SELECT count(*) FROM messages), unread = total',
  )
  return { db, ids }
}
const all = <T extends { next: number | null }>(ask: (after: number) => T): T[] => {
  const slices: T[] = []
  for (let after: number | null = 0; after !== null;) {
    const slice: T = ask(after)
    slices.push(slice)
    after = slice.next
  }
  return slices
}

it('adds sizes up by folder, whatever the slices', () => {
  const { db } = storeWith(100)
  for (const limit of [7, 100, 1000]) {
    const slices = all((after) => storageOperations['storage.sizes'](db, { after, limit }, context))
    const total = { messages: 0, bodies: 0, bodyBytes: 0, attachmentBytes: 0 }
    for (const folder of slices.flatMap((slice) => slice.folders)) {
      expect(folder).toMatchObject({ accountId: 1, folderId: 7 })
      total.messages += folder.messages
      total.bodies += folder.bodies
      total.bodyBytes += folder.bodyBytes
      total.attachmentBytes += folder.attachmentBytes
    }
    expect(total).toEqual({ messages: 100, bodies: 100, bodyBytes: 80_000, attachmentBytes: 20_000 })
  }
  const index = all((after) => storageOperations['storage.indexSize'](db, { after, limit: 3 }, context))
  expect(index.reduce((sum, slice) => sum + slice.bytes, 0)).toBeGreaterThan(100)
})

it('lets old bodies go, and never those flagged, waiting, local, quoted or not yet indexed', () => {
  const { db, ids } = storeWith(100)
  const [, , , , , , , , , , ...older] = ids
  const [flagged = 0, waiting = 0, local = 0, quoted = 0, unindexed = 0, deleted = 0] = older.slice(50)
  db.prepare('UPDATE messages SET flags = 2 WHERE id = ?').run([flagged])
  db.prepare('UPDATE messages SET pending = 1 WHERE id = ?').run([waiting])
  db.prepare('UPDATE messages SET uid = NULL WHERE id = ?').run([local])
  db.prepare(
    "INSERT INTO drafts (account_id, kind, source_id, content, saved_at) VALUES (1, 'reply', ?, '{}', 0)",
  ).run([quoted])
  db.prepare('INSERT INTO index_queue (message_id) VALUES (?)').run([unindexed])
  db.prepare('UPDATE messages SET flags = 16 WHERE id = ?').run([deleted])
  const rule = { accountId: 1, before: now - 10.5 * day, limit: 17 }
  const preview = all((after) => storageOperations['retention.preview'](db, { ...rule, after }, context))
  expect(preview.reduce((sum, slice) => sum + slice.messages, 0)).toBe(84)
  const dropped = all((after) => storageOperations['retention.drop'](db, { ...rule, after }, context))
  const gone = dropped.flatMap((slice) => slice.ids)
  expect(gone.length).toBe(84)
  expect(dropped.reduce((sum, slice) => sum + slice.bytes, 0)).toBe(84_000)
  for (const id of [...ids.slice(0, 10), flagged, waiting, local, quoted, unindexed, deleted]) {
    expect(gone).not.toContain(id)
  }
  expect(dropped.flatMap((slice) => slice.files).length).toBeGreaterThan(15)
  expect(db.prepare('SELECT count(*) AS n FROM bodies').get()).toEqual({ n: 16 })
  expect(db.prepare('SELECT count(*) AS n FROM messages WHERE body_state = 3').get()).toEqual({ n: 84 })
  // Still found by a search, and a whole look finds nothing wrong.
  const words = 'SELECT count(*) AS n FROM search WHERE search MATCH ?'
  expect(db.prepare(words).get(['body : mot'])).toEqual({ n: 100 })
  db.exec('UPDATE folders SET total = (SELECT count(*) FROM messages WHERE flags & 16 = 0), unread = total')
  expect(checkOperations['store.check'](db, {}, context)).toMatchObject({ damage: [], indexMismatches: 0 })
})

it('never lets a restored store send what may have left since', () => {
  const { db } = storeWith(1)
  const add = db.prepare(
    `INSERT INTO outbox (account_id, message_id_header, subject, sender, recipients, mime_size, state, queued_at, purpose)
     VALUES (1, ?, 's', 'a@b.test', '[]', 5, ?, 0, ?)`,
  )
  for (const state of ['queued', 'sending', 'accepted', 'refused', 'filed'])
    add.run([`<${state}@b>`, state, 'message'])
  add.run(['<receipt@b>', 'queued', 'receipt'])
  storageOperations['storage.restored'](db, {}, context)
  const states = db.prepare('SELECT state FROM outbox ORDER BY id').all<{ state: string }>()
  expect(states.map((row) => row.state)).toEqual([
    'unknown',
    'unknown',
    'accepted',
    'refused',
    'filed',
    'filed',
  ])
})

it('keeps one rule by account', () => {
  const { db } = storeWith(1)
  const set = (accountId: number, months: number | null) =>
    storageOperations['retention.set'](db, { accountId, months }, context)
  expect(set(9, 12)).toBe(false)
  expect([set(1, 12), set(1, 6)]).toEqual([true, true])
  expect(storageOperations['retention.rules'](db, {}, context)).toEqual([{ accountId: 1, months: 6 }])
  expect(set(1, null)).toBe(true)
  expect(storageOperations['retention.rules'](db, {}, context)).toEqual([])
})
