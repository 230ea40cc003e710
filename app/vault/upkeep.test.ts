import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { code, passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

const some = async function* (bytes: Uint8Array) {
  yield await Promise.resolve(bytes)
}
const work = (signal = new AbortController().signal) => ({ signal, onProgress: () => undefined })
const server = { host: 'h', port: 1, security: 'starttls' as const }
const account = {
  address: 'a@b.test',
  displayName: 'A',
  kind: 'personal' as const,
  auth: 'psc' as const,
  password: null,
  card: null,
  imap: server,
  smtp: server,
  maxMessageSize: null,
}
const content = {
  from: { name: '', address: 'a@b.test' },
  to: [],
  cc: [],
  bcc: [],
  subject: 'Brouillon fictif',
} as never

test('compaction gives the space of removed content back and stops when asked', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  for (let n = 0; n < 40; n += 1) {
    const text = randomBytes(100_000).toString('hex')
    value(await vault.run('meta.set', { name: `v${String(n)}`, value: text }))
  }
  const full = value(await vault.care.size()).database
  for (let n = 0; n < 40; n += 1) value(await vault.run('meta.set', { name: `v${String(n)}`, value: '' }))
  expect(value(await vault.care.size()).free).toBeGreaterThan(full / 2)
  const stop = new AbortController()
  stop.abort()
  expect(code(await vault.care.compact(work(stop.signal)))).toBe('vault.cancelled')
  const { freed } = value(await vault.care.compact(work()))
  expect(freed).toBeGreaterThan(full / 2)
  expect(value(await vault.care.size())).toMatchObject({ free: 0 })
  expect(statSync(path.join(folder, 'store.db')).size).toBeLessThan(full / 2)
  expect(value(await vault.run('store.check', {})).damage).toEqual([])
})

test('the check finds damaged pages and missing parts beside a working mailbox', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  const written = value(await vault.parts.write(some(randomBytes(100_000))))
  for (let n = 0; n < 30; n += 1) {
    value(await vault.run('meta.set', { name: `v${String(n)}`, value: randomBytes(20_000).toString('hex') }))
  }
  const checking = vault.care.check(work())
  value(await vault.run('meta.set', { name: 'meanwhile', value: 'x' }))
  expect(value(await checking)).toEqual({ damage: [], missingParts: 0 })
  rmSync(path.join(folder, 'parts', written.id))
  expect(value(await vault.care.check(work()))).toEqual({ damage: [], missingParts: 1 })
  await vault.close()
  const file = path.join(folder, 'store.db')
  const { size } = statSync(file)
  const handle = await (await import('node:fs/promises')).open(file, 'r+')
  await handle.write(randomBytes(32), 0, 32, Math.floor(size / 4096 / 2) * 4096 + 900)
  await handle.close()
  value(await vault.open(passphrase))
  expect(value(await vault.care.check(work())).damage.length).toBeGreaterThan(0)
  const closing = vault.care.check(work())
  await vault.close()
  expect(['vault.locked', 'ok']).toContain(code(await closing))
})

test('a rebuilt store has the drafts with their attachments, and the old one stays until it is removed', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  const { recoveryCode } = value(await vault.create(passphrase))
  const { id: accountId } = value(await vault.run('accounts.insert', account)) ?? { id: 0 }
  const bytes = randomBytes(100_000)
  const { id: partFile } = value(await vault.parts.write(some(bytes)))
  const wish = { accountId, kind: 'new' as const, sourceId: null, inReplyTo: null, references: [] }
  const attachments = [{ id: 'x', fileName: 'f', mimeType: 't', size: 100_000, partFile }]
  value(await vault.run('drafts.insert', { ...wish, content, attachments }))
  const rebuilt = value(await vault.care.rebuild({ ...work(), secret: null }))
  expect(rebuilt).toEqual({
    messages: 0,
    drafts: 1,
    outbox: 0,
    actions: 0,
    incomplete: [],
    missingParts: 0,
    unreadable: false,
  })
  for (const round of ['open', 'closed']) {
    if (round === 'closed') {
      const [aside] = vault.care.asides()
      value(await vault.care.removeAside(aside?.id ?? ''))
      await vault.close()
      value(await vault.open({ kind: 'recovery', code: recoveryCode }))
      value(await vault.care.sweep())
    }
    const [draft] = value(await vault.run('drafts.list', {}))
    expect(draft?.content).toMatchObject({ subject: 'Brouillon fictif' })
    const read = value(await vault.parts.readAll(partFile, 1e6))
    expect(Buffer.from(read).equals(bytes)).toBe(true)
  }
  expect(existsSync(path.join(folder, 'store.db'))).toBe(false)
})

test('a store whose database is gone can be rebuilt with its own secret; a wrong one changes nothing', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  await vault.close()
  writeFileSync(path.join(folder, 'store.db'), randomBytes(8192))
  expect(code(await vault.open(passphrase))).toBe('vault.corrupt')
  const before = readdirSync(folder).sort()
  const wrong = { kind: 'passphrase' as const, passphrase: 'une autre phrase de passe' }
  expect(code(await vault.care.rebuild({ ...work(), secret: wrong }))).toBe('vault.passphrase-wrong')
  expect(readdirSync(folder).sort()).toEqual(before)
  expect(value(await vault.care.rebuild({ ...work(), secret: passphrase }))).toMatchObject({
    unreadable: true,
  })
  expect(vault.isOpen()).toBe(true)
  await vault.close()
  value(await vault.open(passphrase))
  expect(vault.care.asides().length).toBe(1)
})
