/** Stores that earlier versions of the program left, killed while this one brings them up to date. */
import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { migrations } from '../../app/vault/migrations/index.ts'
import type { SqlDatabase } from '../../app/vault/database.ts'
import { nodeFs } from '../../app/vault/durable-file.ts'
import { writeSlotFile } from '../../app/vault/slot-file.ts'
import { makeRecoverySlot } from '../../app/vault/slots.ts'
import { openStore } from '../../app/vault/store.ts'
import { brokenIn, readProfile, schemaVersion } from './inspect.ts'
import { letter, seededWord } from './letters.ts'
import type { Moment } from './moments.ts'
import { deviceSecret, profileVault } from './profile.ts'
import type { Mark } from './trace.ts'

const messageCount = 3000
/** The last version of the schema whose rows are written here by hand. */
const writtenVersion = 2

/** What no later version may lose or change. */
const kept = [
  'SELECT id, address, password FROM accounts ORDER BY id',
  'SELECT id, path, uidvalidity FROM folders ORDER BY id',
  'SELECT id, account_id, folder_id, uid, identity, date, subject, flags, size FROM messages ORDER BY id',
  'SELECT message_id, message_id_header, raw_subject FROM message_headers ORDER BY message_id',
  'SELECT message_id, raw FROM bodies ORDER BY message_id',
  'SELECT id, account_id, kind, state FROM operations ORDER BY id',
  'SELECT id, message_id_header, subject, sender, mime, state FROM outbox ORDER BY id',
  'SELECT id, account_id, content FROM drafts ORDER BY id',
] as const

const digest = (db: SqlDatabase): string => {
  const hash = createHash('sha256')
  for (const sql of kept)
    for (const row of db.prepare(sql).all())
      for (const value of Object.values(row) as unknown[])
        hash.update(value instanceof Uint8Array ? value : `${String(value)}\0`)
  return hash.digest('hex')
}

const write = (db: SqlDatabase): void => {
  db.exec(`INSERT INTO accounts VALUES (1, 'paul.bernard@medecin.mssante.test', 'Dr Fictif', 'personal', 'password',
    'secret', 'imap.test', 143, 'starttls', 'smtp.test', 587, 'starttls', NULL, 0)`)
  for (const [id, path, role] of [
    [1, 'INBOX', 'inbox'],
    [2, 'Archives', 'archive'],
    [3, 'Corbeille', 'trash'],
  ] as const)
    db.prepare(
      `INSERT INTO folders (id, account_id, path, name, role, uidvalidity, uidnext, highestmodseq, synced_from_uid)
       VALUES (?, 1, ?, ?, ?, '17', 100000, '9', 1)`,
    ).run([id, path, path, role])
  for (let index = 1; index <= messageCount; index++) {
    const id = (1_780_000_000 + index * 60) * 2 ** 20
    const subject = `Lettre ${index}`
    const raw = Buffer.from(letter(subject, 'paul.bernard@medecin.mssante.test', 300 + ((index * 37) % 2000)))
    db.prepare(
      `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
         recipients, subject, flags, size, body_state)
       VALUES ($id, 1, $folder, $uid, $id, $identity, $date, '', 'resultats@bioval.mssante.test', '[]', $subject,
         $flags, $size, 1)`,
    ).run({
      id,
      folder: 1 + (index % 3),
      uid: index,
      identity: createHash('sha256').update(raw).digest(),
      date: (1_780_000_000 + index * 60) * 1000,
      subject,
      flags: index % 4,
      size: raw.length,
    })
    db.prepare('INSERT INTO message_headers VALUES (?, ?, NULL, ?, ?)').run([
      id,
      `<${index}@fictif.test>`,
      '[]',
      subject,
    ])
    db.prepare('INSERT INTO thread_ids VALUES (1, ?, ?)').run([`<${index}@fictif.test>`, id])
    db.prepare("INSERT INTO bodies VALUES (?, ?, NULL, ?, 'patient fictif')").run([id, raw, raw.length])
    db.prepare(
      "INSERT INTO search (rowid, correspondents, subject, body) VALUES (?, 'bioval', ?, 'patient')",
    ).run([id, subject])
    if (index % 100 === 0) {
      const item = { id, folderId: 1 + (index % 3), uid: index, uidvalidity: '17' }
      db.prepare(
        "INSERT INTO operations (account_id, kind, payload, state, created_at) VALUES (1, 'flag', ?, 'pending', 0)",
      ).run([JSON.stringify({ kind: 'flag', bit: 2, on: true, items: [item] })])
      db.prepare('UPDATE messages SET pending = 1 WHERE id = ?').run([id])
      db.prepare(
        `INSERT INTO outbox (account_id, message_id_header, subject, sender, recipients, mime, mime_size, state, queued_at)
         VALUES (1, ?, ?, 'paul.bernard@medecin.mssante.test', '[]', ?, ?, 'queued', 0)`,
      ).run([`<envoi-${index}@fictif.test>`, `Envoi ${index}`, raw, raw.length])
      db.prepare("INSERT INTO drafts (account_id, kind, content, saved_at) VALUES (1, 'new', ?, 0)").run([
        JSON.stringify({ subject, text: seededWord }),
      ])
    }
  }
  db.exec(`UPDATE folders SET total = (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 16 = 0),
    unread = (SELECT count(*) FROM messages WHERE folder_id = folders.id AND flags & 17 = 0)`)
}

interface OldStore {
  folder: string
  code: string
  digest: string
  /** Milliseconds to bring it up to date. */
  duration: number
}

const made = new Map<string, Promise<OldStore>>()

/** A profile whose store is of this version of the schema, with mail, queued actions, an outbox and drafts. */
const makeOldStore = async (folder: string, version: number): Promise<OldStore> => {
  const profile = join(folder, 'profile')
  await mkdir(join(profile, 'parts'), { recursive: true })
  const dataKey = new Uint8Array(randomBytes(32))
  const id = randomBytes(16).toString('hex')
  const deps = { random: (length: number) => new Uint8Array(randomBytes(length)), now: () => 0, deviceSecret }
  const { slot, code } = makeRecoverySlot(deps, id, dataKey)
  const content = {
    format: 'souspli-vault' as const,
    version: 1 as const,
    id,
    slots: [slot],
    database: 'store.db',
    parts: 'parts',
  }
  await writeSlotFile(nodeFs, join(profile, 'vault.json'), content)
  const open = (upTo: number, create: boolean): SqlDatabase => {
    const opened = openStore({
      path: join(profile, 'store.db'),
      key: dataKey,
      create,
      migrations: migrations.slice(0, upTo),
      stopping: () => false,
    })
    if (!opened.ok) throw new Error(opened.error.code)
    return opened.value
  }
  const first = Math.min(version, writtenVersion)
  const db = open(first, true)
  db.transaction(() => write(db))
  const before = digest(db)
  db.close()
  if (version > first) open(version, false).close()
  const copy = join(folder, 'timing')
  await cp(profile, copy, { recursive: true })
  const vault = profileVault(copy)
  const started = performance.now()
  const opened = await vault.open({ kind: 'recovery', code })
  const duration = performance.now() - started
  await vault.close()
  if (!opened.ok) throw new Error(`a store of version ${version} does not open: ${opened.error.code}`)
  await rm(copy, { recursive: true })
  return { folder, code, digest: before, duration }
}

/** Killed while a store of an earlier version is brought up to date: nothing of it is lost. */
export const migrationMoment = async (moment: Moment): Promise<{ traces: Mark[][]; wrong: string }> => {
  const { dice, folder } = moment
  const version = 1 + dice.whole(migrations.length - 1)
  const home = join(folder, '..', `version-${version}`)
  const known = made.get(home) ?? makeOldStore(home, version)
  made.set(home, known)
  const old = await known
  await rm(folder, { recursive: true, force: true })
  await cp(home, folder, { recursive: true })
  const profile = join(folder, 'profile')
  const secret = { kind: 'recovery', code: old.code } as const
  const traces: Mark[][] = []
  for (let kills = 1 + dice.whole(3); kills > 0; kills--) {
    const later = dice.whole(Math.round(old.duration * 1200))
    const trace = await moment.killOnce(
      'migration',
      { on: 'op', match: 'open', at: 1, later, still: false },
      old.code,
    )
    const left = await schemaVersion(profile, secret)
    traces.push([...trace, { kind: 'op', what: `schema ${left}, from ${version} to ${migrations.length}` }])
  }
  const vault = profileVault(profile, moment.programs)
  const opened = await vault.open(secret)
  await vault.close()
  if (!opened.ok) return { traces, wrong: `the store does not open: ${opened.error.code}` }
  const after = await readProfile(profile, secret, digest)
  if (after !== old.digest) return { traces, wrong: `a store of version ${version} has changed` }
  return { traces, wrong: await brokenIn(profile, secret) }
}
