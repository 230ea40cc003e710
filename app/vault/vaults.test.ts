import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createOwners } from './owners.ts'
import { card, code, keyStore, passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'
import type { VaultDeps } from './vault.ts'
import { createVaults } from './vaults.ts'

const depsIn = (folder: string, deviceSecret: VaultDeps['deviceSecret'] = keyStore()): VaultDeps => ({
  folder,
  workerEntry: path.join(import.meta.dirname, 'worker.ts'),
  random: (n) => new Uint8Array(randomBytes(n)),
  now: () => Date.parse('2026-11-22T08:00:00Z'),
  deviceSecret,
})
const vaultsIn = (folder: string) => {
  const vaults = createVaults(depsIn(folder))
  onTestFinished(() => vaults.vault.close())
  return vaults
}

describe('the stores of a workstation', () => {
  test('a profile of one store is what it always was; a colleague’s lies beside it', async () => {
    const folder = temporaryFolder()
    const before = vaultIn(folder)
    value(await before.create(card('290')))
    value(await before.run('meta.set', { name: 'whose', value: 'Anne' }))
    await before.close()

    const vaults = vaultsIn(folder)
    expect(vaults.list().map(({ id }) => id)).toEqual(['first'])
    value(await vaults.vault.open(card('290')))
    expect(value(await vaults.vault.run('meta.get', { name: 'whose' }))).toBe('Anne')
    expect(code(vaults.chooseNew())).toBe('vault.busy')
    await vaults.vault.close()

    const id = value(vaults.chooseNew())
    expect(vaults.vault.exists()).toBe(false)
    value(await vaults.vault.create(card('777')))
    expect(value(await vaults.vault.run('meta.get', { name: 'whose' }))).toBeNull()
    expect(code(vaults.choose('first'))).toBe('vault.busy')
    await vaults.vault.close()
    expect(readdirSync(path.join(folder, 'stores'))).toEqual([id])

    const again = vaultsIn(folder)
    expect(again.list().map(({ slots }) => slots[0]?.cardSerial)).toEqual(['290', '777'])
    expect(code(again.choose('0123456789abcdef'))).toBe('vault.not-found')
    value(again.choose(id))
    expect(code(await again.vault.open(card('290')))).toBe('vault.no-slot')
    value(await again.vault.open(card('777')))
  })

  test('a creation that failed leaves nothing, and a store is never discarded', async () => {
    const folder = temporaryFolder()
    const vaults = vaultsIn(folder)
    value(await vaults.vault.create(passphrase))
    await vaults.vault.close()
    const id = value(vaults.chooseNew())
    expect(code(await vaults.vault.create({ kind: 'passphrase', passphrase: 'court' }))).toBe(
      'vault.passphrase-weak',
    )
    await vaults.discard(id)
    expect(existsSync(path.join(folder, 'stores', id))).toBe(false)
    value(await vaults.vault.create(passphrase))
    await vaults.vault.close()
    await vaults.discard(id)
    await vaults.discard('first')
    expect(vaults.list().map((one) => one.id)).toEqual(['first', id])
  })
})

describe('whose store it is', () => {
  test('is known after a restart by the national identifier, which the disk does not tell', async () => {
    const folder = temporaryFolder()
    const owners = createOwners(depsIn(folder))
    value(await owners.load())
    expect(owners.storeOf('899700000101')).toBeNull()
    value(await owners.remember('first', '899700000101'))
    value(await owners.remember('0123456789abcdef', '899700000202'))
    const again = createOwners(depsIn(folder))
    value(await again.load())
    expect(again.storeOf('899700000202')).toBe('0123456789abcdef')
    expect(again.storeOf('899700000303')).toBeNull()
    const text = readFileSync(path.join(folder, 'owners.json'), 'utf8')
    expect(text).not.toMatch(/8?99700000[12]0[12]/)
  })

  test('is forgotten with the key of the system’s key store, and learnt again', async () => {
    const folder = temporaryFolder()
    value(await createOwners(depsIn(folder)).remember('first', '899700000101'))
    const store = keyStore()
    store.state.lost = true
    const owners = createOwners(depsIn(folder, store))
    expect(code(await owners.load())).toBe('vault.device-secret-lost')
    expect(owners.storeOf('899700000101')).toBeNull()
    store.state.lost = false
    value(await owners.remember('first', '899700000101'))
    expect(owners.storeOf('899700000101')).toBe('first')
  })

  test.each(['', 'null', '{"format":"souspli-owners"}', 'x'.repeat(70_000)])(
    'a damaged index is an empty one',
    async (text) => {
      const folder = temporaryFolder()
      writeFileSync(path.join(folder, 'owners.json'), text)
      const owners = createOwners(depsIn(folder))
      value(await owners.load())
      expect(owners.storeOf('899700000101')).toBeNull()
      value(await owners.remember('first', '899700000101'))
      expect(owners.storeOf('899700000101')).toBe('first')
    },
  )
})
