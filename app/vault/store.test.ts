import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { SqlDatabase } from './database.ts'
import { storeError } from './failure.ts'
import { migrations, type Migration } from './migrations/index.ts'
import { applicationId, openStore } from './store.ts'
import { code, temporaryFolder, value } from './vault.fixture.ts'

const key = () => new Uint8Array(Buffer.alloc(32, 7))
const storeAt = (
  file: string,
  how: { create?: boolean; steps?: readonly Migration[]; key?: Uint8Array } = {},
) =>
  openStore({
    path: file,
    key: how.key ?? key(),
    create: how.create ?? false,
    migrations: how.steps ?? migrations,
    stopping: () => false,
  })
const schemaOf = (db: SqlDatabase): string[] =>
  db
    .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'search_%' ORDER BY name")
    .all<{ sql: string }>()
    .map((row) => row.sql)

test('the settings of the store are those the architecture asks for', () => {
  const db = value(storeAt(path.join(temporaryFolder(), 'store.db'), { create: true }))
  const settings = [
    'journal_mode',
    'synchronous',
    'auto_vacuum',
    'application_id',
    'user_version',
    'trusted_schema',
  ]
  const more = ['temp_store', 'foreign_keys', 'cell_size_check', 'secure_delete']
  expect(Object.fromEntries([...settings, ...more].map((name) => [name, db.pragma(name)]))).toEqual({
    journal_mode: 'wal',
    synchronous: 2,
    auto_vacuum: 2,
    application_id: applicationId,
    user_version: migrations.length,
    trusted_schema: 0,
    temp_store: 2,
    foreign_keys: 1,
    cell_size_check: 1,
    secure_delete: 1,
  })
  db.close()
})

test('from every earlier version the same schema is reached, with the rows kept', () => {
  // One invented step more, so that the path from the newest real version is walked too.
  const version = migrations.length + 1
  const steps = [...migrations, { version, name: 'test', sql: 'CREATE TABLE later (a TEXT) STRICT' }]
  const folder = temporaryFolder()
  const fresh = value(storeAt(path.join(folder, 'fresh.db'), { create: true, steps }))
  const expected = schemaOf(fresh)
  fresh.close()
  for (let from = 1; from < steps.length; from += 1) {
    const file = path.join(folder, `${String(from)}.db`)
    const old = value(storeAt(file, { create: true, steps: steps.slice(0, from) }))
    old.exec("INSERT INTO correspondents VALUES ('a@test', 'A', 'a', 1, 2, 3)")
    old.close()
    const current = value(storeAt(file, { steps }))
    expect(current.pragma('user_version')).toBe(steps.length)
    expect(schemaOf(current)).toEqual(expected)
    expect(current.prepare('SELECT count(*) AS n FROM correspondents').get()).toEqual({ n: 1 })
    expect(current.pragma('integrity_check')).toBe('ok')
    current.close()
  }
})

test('accounts made before there were card accounts keep their login and their folders', () => {
  const file = path.join(temporaryFolder(), 'store.db')
  const old = value(storeAt(file, { create: true, steps: migrations.slice(0, 9) }))
  old.exec(`INSERT INTO accounts (address, display_name, kind, auth, password, imap_host, imap_port, imap_security,
      smtp_host, smtp_port, smtp_security, created_at)
    VALUES ('a@b.test', 'A', 'personal', 'password', 'p', 'h', 1, 'tls', 'h', 1, 'tls', 0);
    INSERT INTO folders (account_id, path, name, role) VALUES (1, 'INBOX', 'INBOX', 'inbox');`)
  old.close()
  const db = value(storeAt(file))
  expect(db.prepare('SELECT auth, password, card FROM accounts').all()).toEqual([
    { auth: 'password', password: 'p', card: null },
  ])
  expect(db.prepare('SELECT account_id AS account FROM folders').all()).toEqual([{ account: 1 }])
  const login = db.prepare('UPDATE accounts SET auth = $auth')
  expect(login.run({ auth: 'card' }).changes).toBe(1)
  expect(() => login.run({ auth: 'telepathy' })).toThrow(/CHECK/)
  db.close()
})

test('migrations are numbered without holes', () => {
  expect(migrations.map((step) => step.version)).toEqual(migrations.map((_, index) => index + 1))
})

test('a failing migration leaves the version before it, whole', () => {
  const file = path.join(temporaryFolder(), 'store.db')
  value(storeAt(file, { create: true })).close()
  const version = migrations.length + 1
  const broken = {
    version,
    name: 'broken',
    sql: 'CREATE TABLE half (a TEXT); CREATE TABLE accounts (a TEXT)',
  }
  expect(code(storeAt(file, { steps: [...migrations, broken] }))).toBe('core.internal')
  const db = value(storeAt(file))
  expect(db.pragma('user_version')).toBe(migrations.length)
  expect(db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'half'").get()).toEqual({ n: 0 })
  db.close()
})

test('a newer file, a wrong key and a stranger’s file are told apart', () => {
  const folder = temporaryFolder()
  const file = path.join(folder, 'store.db')
  const newer = { version: migrations.length + 1, name: 'newer', sql: 'CREATE TABLE newer (a TEXT) STRICT' }
  value(storeAt(file, { create: true, steps: [...migrations, newer] })).close()
  const refused = storeAt(file)
  expect(refused).toMatchObject({
    ok: false,
    error: { code: 'vault.from-future', details: { version: newer.version, supported: migrations.length } },
  })
  expect(code(storeAt(file, { key: new Uint8Array(randomBytes(32)) }))).toBe('vault.wrong-key')
  const stranger = path.join(folder, 'stranger.db')
  const db = value(storeAt(stranger, { create: true }))
  db.pragma('application_id = 1')
  db.close()
  expect(code(storeAt(stranger))).toBe('vault.corrupt')
})

test('a flipped bit in any page is reported as corrupt by what reads it, never as data', () => {
  const file = path.join(temporaryFolder(), 'store.db')
  const db = value(storeAt(file, { create: true }))
  db.transaction(() => {
    const insert = db.prepare("INSERT INTO correspondents VALUES (?, 'nom', 'nom', 1, 2, 3)")
    for (let n = 0; n < 2000; n += 1) insert.run([`personne-${String(n)}@test`])
  })
  db.close()
  const pages = Math.floor(statSync(file).size / 4096)
  const sound = readFileSync(file)
  const found = new Set<string>()
  for (let page = 0; page < pages; page += 7) {
    writeFileSync(file, sound)
    const handle = openSync(file, 'r+')
    const offset = page * 4096 + 1000
    writeSync(handle, Buffer.from([(sound[offset] ?? 0) ^ 4]), 0, 1, offset)
    closeSync(handle)
    const opened = storeAt(file)
    const seen = ((): string => {
      if (!opened.ok) return opened.error.code
      try {
        opened.value.pragma('integrity_check(1)')
        const rows = opened.value.prepare('SELECT * FROM correspondents').all()
        const tables = ['messages', 'outbox', 'drafts', 'bodies', 'operations', 'folders', 'accounts']
        for (const table of tables) opened.value.prepare(`SELECT * FROM ${table}`).all()
        return rows.length === 2000 ? 'unread' : 'data lost'
      } catch (error) {
        return code(storeError(error))
      } finally {
        opened.value.close()
      }
    })()
    const expected = page === 0 ? ['vault.wrong-key'] : ['vault.corrupt', 'unread']
    expect(expected, `page ${String(page)}`).toContain(seen)
    found.add(seen)
  }
  expect(found).toContain('vault.corrupt')
})
