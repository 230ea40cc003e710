import { expect, it } from 'vitest'
import { fail, ok } from './contract/errors.ts'
import { revocationStore } from './revocation-store.ts'
import { keyOperations } from './vault/operations/keys.ts'
import { storeForTest } from './vault/store.fixture.ts'
import type { Vault } from './vault/index.ts'

const url = 'http://igc.test/ac.crl'
const [published, next] = [new Date('2026-11-21'), new Date('2026-11-28')]

/** A vault that runs what it is asked, and counts. */
const openVault = () => {
  const db = storeForTest()
  const state = { open: true, asked: 0 }
  const run = (name: 'revocation.get' | 'revocation.put', params: unknown) => {
    state.asked += 1
    if (!state.open) return Promise.resolve(fail('vault.locked'))
    return Promise.resolve(ok(Reflect.apply(keyOperations[name], null, [db, params, { now: () => 1 }])))
  }
  return { state, vault: { run, isOpen: () => state.open } as unknown as Vault }
}

it('ECO.1.1.7: what was fetched last is kept in the vault, and found again by whoever opens it', async () => {
  const { vault } = openVault()
  const [one, other] = [new Uint8Array([1, 2]), new Uint8Array([3])]
  expect(await revocationStore(vault).get(url)).toBeNull()
  await revocationStore(vault).put(url, one, published, next)
  await revocationStore(vault).put('http://igc.test/racine.crl', other, published, null)
  const again = await revocationStore(vault).get(url)
  expect([...(again ?? [])]).toEqual([1, 2])
  // Nobody puts an older one in its place.
  await revocationStore(vault).put(url, other, new Date('2026-11-01'), next)
  expect([...((await revocationStore(vault).get(url)) ?? [])]).toEqual([1, 2])
})

it('a locked vault keeps no list and has none', async () => {
  const { vault, state } = openVault()
  await revocationStore(vault).put(url, new Uint8Array([1]), published, next)
  state.open = false
  const before = state.asked
  await revocationStore(vault).put(url, new Uint8Array([2]), next, null)
  expect(state.asked).toBe(before)
  expect(await revocationStore(vault).get(url)).toBeNull()
  state.open = true
  expect([...((await revocationStore(vault).get(url)) ?? [])]).toEqual([1])
})
