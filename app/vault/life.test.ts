import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Outcome } from '../contract/errors.ts'
import { nodeFs, type VaultFs } from './durable-file.ts'
import type { Vault } from './vault.ts'
import { code, passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

const some = async function* (text: string) {
  yield await Promise.resolve(Buffer.from(text))
}
const indexed = (count: number, words: string) => ({
  messages: Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    body: `${words} ${String(index)} ${randomBytes(400).toString('hex')}`,
  })),
})

test('no seeded word can be read in any file of the folder, open or closed', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  const words = ['Anatole-Fictif', 'glycemie-fictive', 'holder-fictif', 'piece-jointe-fictive']
  value(await vault.create(passphrase))
  value(await vault.run('meta.set', { name: 'holder', value: 'holder-fictif' }))
  value(await vault.run('search.index', indexed(50, 'Anatole-Fictif glycemie-fictive')))
  value(await vault.parts.write(some('piece-jointe-fictive '.repeat(10_000))))
  const check = (): number => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    for (const file of files) {
      const bytes = readFileSync(path.join(file.parentPath, file.name)).toString('latin1').toLowerCase()
      for (const word of [...words, passphrase.kind === 'passphrase' ? passphrase.passphrase : '']) {
        for (const form of [
          word,
          Buffer.from(word, 'utf16le').toString('latin1'),
          Buffer.from(word).toString('base64'),
        ]) {
          expect(bytes.includes(form.toLowerCase()), `${word} in ${file.name}`).toBe(false)
        }
      }
    }
    return files.length
  }
  // vault.json, profile.lock, store.db, its -wal and -shm, one part
  expect(check()).toBeGreaterThanOrEqual(6)
  await vault.close()
  expect(check()).toBe(4)
})

test('closing under load ends within a second, and what was acknowledged is there again', async () => {
  const vault = vaultIn(temporaryFolder())
  value(await vault.create(passphrase))
  value(await vault.run('meta.set', { name: 'acknowledged', value: 'yes' }))
  const closings: number[] = []
  // One that takes longer may be the machine’s doing: the best of three is the product’s.
  for (let turn = 0; turn < 3 && !(Math.min(...closings) < 1000); turn += 1) {
    const long = vault.run('search.index', indexed(100_000, 'lourd'))
    const queued: Promise<Outcome<unknown>>[] = []
    for (let n = 0; n < 500; n += 1) queued.push(vault.run('meta.set', { name: `n${String(n)}`, value: 'x' }))
    const start = performance.now()
    await vault.close()
    closings.push(performance.now() - start)
    expect(vault.isOpen()).toBe(false)
    expect(code(await long)).toBe('vault.locked')
    for (const one of queued) expect(code(await one)).toBe('vault.locked')
    value(await vault.open(passphrase))
  }
  expect(value(await vault.run('meta.get', { name: 'acknowledged' }))).toBe('yes')
  expect(value(await vault.run('meta.get', { name: 'n0' }))).toBeNull()
  const found = await vault.run('search.query', {
    text: 'lourd',
    scope: { kind: 'all' },
    before: null,
    limit: 1,
  })
  expect(value(found).ids).toEqual([])
  // Where even that is more, the machine is too busy for a clock: the work that was cut takes far longer there.
  const best = Math.min(...closings)
  const start = performance.now()
  if (best >= 1000) value(await vault.run('search.index', indexed(100_000, 'lourd')))
  expect(best, closings.join(', ')).toBeLessThan(Math.max(1000, (performance.now() - start) / 2))
})

test('operations run in the order asked, a failing one leaves no trace and stops nothing', async () => {
  const vault = vaultIn(temporaryFolder())
  value(await vault.create(passphrase))
  const first = vault.run('meta.set', { name: 'a', value: '1' })
  const failing = vault.run('keys.put', { fingerprint: 'none', pkcs8: new Uint8Array(1) })
  const last = vault.run('meta.get', { name: 'a' })
  expect(code(await first)).toBe('ok')
  expect(code(await failing)).toBe('core.internal')
  expect(value(await last)).toBe('1')
  expect(value(await vault.run('keys.list', {}))).toEqual([])
})

const fileNames = (folder: string): string[] => readdirSync(path.join(folder, 'parts'))

test('part files nothing refers to are swept after the next opening, others stay', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  const stray = value(await vault.parts.write(some('stray')))
  expect(fileNames(folder)).toEqual([stray.id])
  await vault.close()
  value(await vault.open(passphrase))
  const fresh = value(await vault.parts.write(some('fresh')))
  value(await vault.care.sweep())
  expect(fileNames(folder)).toEqual([fresh.id])
  const removed = value(await vault.parts.write(some('removed')))
  value(await vault.parts.remove([removed.id]))
  expect(code(await vault.parts.read(removed.id))).toBe('vault.not-found')
})

const withFailure = (failing: (file: string) => boolean, errno: string): VaultFs => ({
  ...nodeFs,
  rename: async (from, to) => {
    if (failing(String(to))) throw Object.assign(new Error(errno), { code: errno })
    await nodeFs.rename(from, to)
  },
})

test('a disk that is full while the key slots are written changes nothing', async () => {
  const folder = temporaryFolder()
  let full = true
  const fs = withFailure((file) => full && file.endsWith('vault.json'), 'ENOSPC')
  const vault: Vault = vaultIn(folder, { fs })
  expect(code(await vault.create(passphrase))).toBe('vault.disk-full')
  expect(vault.isOpen()).toBe(false)
  expect(vault.exists()).toBe(false)
  full = false
  const { recoveryCode } = value(await vault.create(passphrase))
  full = true
  expect(code(await vault.renewRecovery())).toBe('vault.disk-full')
  full = false
  await vault.close()
  value(await vault.open({ kind: 'recovery', code: recoveryCode }))
})
