import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storeForTest } from '../store.fixture.ts'
import { indexMessage, searchOperations, searchSql } from './search.ts'

const context = { now: () => 0 }
const search = searchOperations['search.query']

const addMessage = (db: ReturnType<typeof storeForTest>, id: number, folder: number): void => {
  db.prepare(
    `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
       recipients, subject, size) VALUES (?, 1, ?, ?, ?, x'00', ?, 'n', 'a', '[]', 's', 1)`,
  ).run([id, folder, id, id, id])
}
const populated = () => {
  const db = storeForTest()
  db.exec(`INSERT INTO accounts VALUES (1,'a@x','A','personal','password',NULL,'h',1,'starttls','h',1,'starttls',NULL,0);
    INSERT INTO folders (id, account_id, path, name, role) VALUES (1,1,'INBOX','INBOX','inbox'),(2,1,'Sent','Sent','sent')`)
  return db
}

test('words are found folded, by prefix, in any column, and a grouped number by its digits', () => {
  const db = populated()
  indexMessage(db, 10, {
    correspondents: 'Dr Hélène Œuvrard',
    subject: 'Œdème aigu',
    body: 'INS 2 60 05 14 118 177 37',
  })
  const ids = (text: string) => search(db, { text, folderId: null, before: null, limit: 10 }, context).ids
  for (const text of [
    'oedeme',
    'ŒDÈ',
    'helene aigu',
    '260051411817737',
    '2 60 05 14 118 177',
    '26005',
    'oeuvrard',
  ]) {
    expect(ids(text), text).toEqual([10])
  }
  for (const text of ['odeme', 'helene grave', '161', '']) expect(ids(text), text).toEqual([])
  indexMessage(db, 10, { correspondents: '', subject: 'Remplacé', body: '' })
  expect(ids('oedeme')).toEqual([])
  expect(ids('remplace')).toEqual([10])
  searchOperations['search.remove'](db, { ids: [10, 11] }, context)
  expect(ids('remplace')).toEqual([])
})

test('results come newest first by pages, in one folder or in all', () => {
  const db = populated()
  for (let id = 1; id <= 25; id += 1) addMessage(db, id, id % 2 === 0 ? 2 : 1)
  searchOperations['search.index'](
    db,
    {
      messages: Array.from({ length: 25 }, (_, i) => ({
        id: i + 1,
        correspondents: '',
        subject: 'bilan',
        body: '',
      })),
    },
    context,
  )
  const first = search(db, { text: 'bil', folderId: null, before: null, limit: 10 }, context)
  expect(first).toEqual({ ids: [25, 24, 23, 22, 21, 20, 19, 18, 17, 16], more: true })
  const last = search(db, { text: 'bil', folderId: 2, before: 6, limit: 10 }, context)
  expect(last).toEqual({ ids: [4, 2], more: false })
})

test('no input makes MATCH fail', () => {
  const db = populated()
  indexMessage(db, 1, { correspondents: 'a', subject: 'b', body: 'c' })
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      search(db, { text, folderId: null, before: null, limit: 5 }, context)
    }),
  )
})

test('with 5000 messages, lists and searches walk an index and never sort', () => {
  const db = populated()
  db.transaction(() => {
    for (let id = 1; id <= 5000; id += 1) {
      addMessage(db, id, (id % 2) + 1)
      indexMessage(db, id, {
        correspondents: `c${String(id % 50)}`,
        subject: 'compte rendu',
        body: `mot${String(id)}`,
      })
    }
  })
  const plan = (sql: string, params: Record<string, string | number>): string =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all<{ detail: string }>(params)
      .map((row) => row.detail)
      .join('\n')
  const common = { match: '"compte"*', before: 4000, limit: 50 }
  const everywhere = plan(searchSql.everywhere, common)
  expect(everywhere).toMatch(/^SCAN search VIRTUAL TABLE INDEX/)
  expect(everywhere).not.toContain('TEMP B-TREE')
  const inFolder = plan(searchSql.inFolder, { ...common, folderId: 1 })
  expect(inFolder).toMatch(/^SCAN search VIRTUAL TABLE INDEX/)
  expect(inFolder).toContain('SEARCH messages USING INTEGER PRIMARY KEY')
  expect(inFolder).not.toContain('TEMP B-TREE')
  const list = plan(
    'SELECT * FROM messages WHERE folder_id = $folder AND id < $before ORDER BY id DESC LIMIT 50',
    {
      folder: 1,
      before: 4000,
    },
  )
  expect(list).toBe('SEARCH messages USING INDEX messages_by_folder (folder_id=? AND id<?)')
  const unread = plan(
    'SELECT * FROM messages WHERE folder_id = $folder AND id < $before AND flags & 1 = 0 ORDER BY id DESC LIMIT 50',
    { folder: 1, before: 4000 },
  )
  expect(unread).toBe('SEARCH messages USING INDEX messages_unread (folder_id=? AND id<?)')
})
