import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { code, passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

/** A disk of some megabytes of its own; null where mounting one is not allowed. */
const smallDisk = (megabytes: number): string | null => {
  const folder = path.join(temporaryFolder(), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m,mode=700`, 'tmpfs', folder], {
      stdio: 'ignore',
    })
  } catch {
    return null
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return folder
}
const some = async function* (bytes: Uint8Array) {
  yield await Promise.resolve(bytes)
}
const work = { signal: new AbortController().signal, onProgress: () => undefined }

test('on a full disk every write says so, nothing is damaged, and all goes on once there is room', async (context) => {
  const disk = smallDisk(24)
  if (disk === null) return context.skip('mounting a small disk (tmpfs) needs root on this machine')
  const folder = path.join(disk, 'profile')
  mkdirSync(folder)
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  value(await vault.run('meta.set', { name: 'before', value: 'kept' }))
  const filler = path.join(disk, 'another-program.bin')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(bavail * bsize))
  const big = randomBytes(1_000_000).toString('hex')
  expect(code(await vault.run('meta.set', { name: 'big', value: big }))).toBe('vault.disk-full')
  expect(code(await vault.parts.write(some(randomBytes(500_000))))).toBe('vault.disk-full')
  expect(code(await vault.renewRecovery())).toBe('vault.disk-full')
  const target = path.join(disk, 'b.souspli')
  expect(code(await vault.care.backup({ ...work, target, passphrase: null }))).toBe('vault.disk-full')
  expect(code(await vault.care.compact(work))).toBe('vault.disk-full')
  expect(value(await vault.run('meta.get', { name: 'before' }))).toBe('kept')
  rmSync(filler)
  value(await vault.run('meta.set', { name: 'big', value: big }))
  value(await vault.parts.write(some(randomBytes(500_000))))
  expect(value(await vault.care.check(work))).toEqual({ damage: [], missingParts: 0 })
  await vault.close()
  value(await vault.open(passphrase))
  expect(value(await vault.run('meta.get', { name: 'big' }))).toBe(big)
})

test('in a folder that became read-only every write says so, reading goes on, and writing once it may', async (context) => {
  const disk = smallDisk(64)
  if (disk === null) return context.skip('mounting a small disk (tmpfs) needs root on this machine')
  const vault = vaultIn(disk)
  value(await vault.create(passphrase))
  value(await vault.run('meta.set', { name: 'before', value: 'kept' }))
  await vault.close()
  execFileSync('mount', ['-o', 'remount,ro', disk])
  expect(code(await vault.open(passphrase))).toBe('vault.read-only')
  expect(code(await vault.parts.write(some(randomBytes(10))))).toBe('vault.locked')
  execFileSync('mount', ['-o', 'remount,rw', disk])
  value(await vault.open(passphrase))
  expect(value(await vault.run('meta.get', { name: 'before' }))).toBe('kept')
  value(await vault.run('meta.set', { name: 'after', value: 'written' }))
})
