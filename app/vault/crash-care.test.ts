import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { migrations } from './migrations/index.ts'
import { openStore } from './store.ts'
import type { NewSlotSecret, Vault } from './vault.ts'
import { card, passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

const words = passphrase.kind === 'passphrase' ? passphrase.passphrase : ''
const program = path.join(import.meta.dirname, 'crash-care.fixture.ts')

/** Starts the program and kills it `delay` ms after the line `after` came; answers the lines it said. */
const killed = async (args: string[], after: string, delay: number): Promise<string[]> => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const lines: string[] = []
  let timer: NodeJS.Timeout | null = null
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line === after) timer ??= setTimeout(() => child.kill('SIGKILL'), delay)
  }
  if (timer) clearTimeout(timer)
  await exit
  return lines
}

const some = async function* (bytes: Uint8Array) {
  yield await Promise.resolve(bytes)
}
/** A store of some megabytes, closed. */
const store = async (
  folder: string,
  secret: NewSlotSecret = holder,
): Promise<{ vault: Vault; recoveryCode: string }> => {
  const vault = vaultIn(folder)
  const { recoveryCode } = value(await vault.create(secret))
  for (let n = 0; n < 20; n += 1) {
    const text = randomBytes(50_000).toString('hex')
    value(await vault.run('meta.set', { name: `value-${String(n)}`, value: text }))
    value(await vault.parts.write(some(randomBytes(100_000))))
  }
  return { vault, recoveryCode }
}
const sound = async (vault: Vault): Promise<void> => {
  expect(value(await vault.run('store.check', {})).damage).toEqual([])
  expect(value(await vault.run('meta.get', { name: 'value-19' }))?.length).toBe(100_000)
}

const holder = card('2900995266')
const delays = [0, 5, 12, 25, 60]

test('killed while it backs up, the former backup is whole and so is the store', async () => {
  const folder = temporaryFolder()
  const { vault, recoveryCode } = await store(folder)
  const file = path.join(temporaryFolder(), 'b.souspli')
  const wish = { target: file, passphrase: null, signal: AbortSignal.any([]), onProgress: () => undefined }
  value(await vault.care.backup(wish))
  await vault.close()
  for (const delay of delays) {
    await killed(['backup', folder, '', file, recoveryCode], 'step', delay)
    value(await vault.open(holder))
    await sound(vault)
    await vault.close()
    const other = vaultIn(temporaryFolder())
    const unlock = { kind: 'recovery' as const, code: recoveryCode }
    const signal = AbortSignal.any([])
    value(await other.care.restore({ file, unlock, secret: holder, signal, onProgress: () => undefined }))
    await sound(other)
    await other.close()
  }
})

test('killed while it restores, either the former or the restored store opens, and rubbish is swept', async () => {
  const folder = temporaryFolder()
  const { vault, recoveryCode } = await store(folder)
  const file = path.join(temporaryFolder(), 'b.souspli')
  const signal = AbortSignal.any([])
  value(await vault.care.backup({ target: file, passphrase: null, signal, onProgress: () => undefined }))
  await vault.close()
  for (const delay of delays) {
    await killed(['restore', folder, '', file, recoveryCode], 'step', delay)
    value(await vault.open(holder))
    await sound(vault)
    for (const aside of vault.care.asides()) value(await vault.care.removeAside(aside.id))
    value(await vault.care.sweep())
    const names = readdirSync(folder)
    expect(names.filter((name) => /^store.*\.db$/.test(name)).length).toBe(1)
    expect(names.filter((name) => name.startsWith('parts')).length).toBe(1)
    await vault.close()
  }
})

test('killed while it compacts or rebuilds, nothing of what only this store has is lost', async () => {
  for (const work of ['compact', 'rebuild']) {
    const folder = temporaryFolder()
    const { vault, recoveryCode } = await store(folder)
    for (let n = 0; n < 10; n += 1) {
      value(
        await vault.run('meta.set', {
          name: `gone-${String(n)}`,
          value: randomBytes(50_000).toString('hex'),
        }),
      )
      value(await vault.run('meta.set', { name: `gone-${String(n)}`, value: '' }))
    }
    await vault.close()
    for (const delay of delays) {
      await killed([work, folder, '', '', recoveryCode], 'begin', delay)
      value(await vault.open(holder))
      await sound(vault)
      for (const aside of vault.care.asides()) value(await vault.care.removeAside(aside.id))
      value(await vault.care.sweep())
      expect(readdirSync(folder).filter((name) => /^store.*\.db$/.test(name)).length).toBe(1)
      await vault.close()
    }
  }
})

test('killed while key slots change, the passphrase still opens', async () => {
  const folder = temporaryFolder()
  const { vault } = await store(folder, passphrase)
  await vault.close()
  for (const delay of delays) {
    await killed(['slots', folder, words], 'begin', delay)
    value(await vault.open(passphrase))
    expect(vault.slots().map((slot) => slot.kind)).toEqual(['passphrase', 'recovery'])
    await vault.close()
  }
})

test('killed in the midst of a migration, the store is as before or as after, never between', async () => {
  const key = randomBytes(32)
  const seed = temporaryFolder()
  const open = (folder: string, steps = migrations) =>
    openStore({
      path: path.join(folder, 'store.db'),
      key: new Uint8Array(key),
      create: !existsSync(path.join(folder, 'store.db')),
      migrations: steps,
      stopping: () => false,
    })
  const first = value(open(seed))
  first.exec(`INSERT INTO correspondents
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
    SELECT i || '@test', 'nom', 'nom', 1, 2, 3 FROM n`)
  first.close()
  const versions = new Set<number>()
  for (const delay of [0, 20, 60, 120, 200, 300, 500, 3000]) {
    const folder = temporaryFolder()
    cpSync(seed, folder, { recursive: true })
    await killed(['migrate', folder, '', '', key.toString('hex')], 'begin', delay)
    const later = [1, 2].map((step) => ({ version: migrations.length + step, name: 'x', sql: 'SELECT 1' }))
    const db = value(
      openStore({
        path: path.join(folder, 'store.db'),
        key: new Uint8Array(key),
        create: false,
        // As a program of either version sees it: nothing more to do, or the steps to do again.
        migrations: [...migrations, ...later],
        stopping: () => false,
      }),
    )
    expect(db.pragma('quick_check')).toBe('ok')
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE name LIKE 'later_%'").all().length
    const received = db
      .prepare('SELECT min(received) AS low, max(received) AS high FROM correspondents')
      .get()
    expect([
      { tables: 0, received: { low: 1, high: 1 } },
      { tables: 2, received: { low: 3, high: 3 } },
    ]).toContainEqual({ tables, received })
    versions.add(tables)
    db.close()
  }
  expect([...versions].sort()).toEqual([0, 2])
})
