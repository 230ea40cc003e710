import { expect, it } from 'vitest'
import { storeForTest } from '../store.fixture.ts'
import { checkOperations } from './check.ts'
import { indexMessage } from '../search/index-message.ts'

const context = { now: () => 0 }

it('finds what does not agree in a store, and nothing in a sound one', () => {
  const db = storeForTest()
  const check = () => checkOperations['store.check'](db, {}, context)
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at)
      VALUES (1, 'a@b.test', 'A', 'personal', 'psc', 'h', 1, 'tls', 'h', 1, 'tls', 0);
    INSERT INTO folders (id, account_id, path, name, role) VALUES (7, 1, 'INBOX', 'INBOX', 'inbox');
    INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address, recipients,
      subject, size, body_state) VALUES (1, 1, 7, 1, 1, x'01', 0, '', '', '[]', 's', 1, 1);
    INSERT INTO bodies (message_id, raw, raw_size, text) VALUES (1, x'00', 1, 'mot');`)
  expect(check()).toMatchObject({ bodies: 1, indexMismatches: 1 })
  indexMessage(db, 1, { body: 'mot' })
  expect(check()).toEqual({ damage: [], messages: 1, bodies: 1, indexMismatches: 0, wrongCounts: [] })
  indexMessage(db, 2, { body: 'mot' })
  db.exec('UPDATE folders SET unread = 2')
  expect(check()).toMatchObject({ indexMismatches: 1, wrongCounts: [7] })
  db.exec('DELETE FROM bodies')
  expect(check().indexMismatches).toBe(3)
  db.exec('PRAGMA foreign_keys = OFF; UPDATE messages SET folder_id = 99; PRAGMA foreign_keys = ON')
  expect(check().damage).toEqual(['foreign key of messages'])
})
