import { expect, test } from 'vitest'
import { storeForTest } from '../store.fixture.ts'
import { keyOperations } from './keys.ts'

const at = (now: number) => ({ now: () => now })
const der = new Uint8Array([1])

test('a key makes its certificate our own, and is forgotten with the addresses of it', () => {
  const db = storeForTest()
  const put = keyOperations['certificates.put']
  put(db, { fingerprint: 'b', der, source: 'import' }, at(2))
  keyOperations['keys.put'](db, { fingerprint: 'b', pkcs8: new Uint8Array([9]) }, at(3))
  put(db, { fingerprint: 'b', der, source: 'signed-mail' }, at(4))
  const [key] = keyOperations['keys.list'](db, {}, at(5))
  expect(key).toMatchObject({ fingerprint: 'b', source: 'own', addedAt: 2 })
  expect([...(key?.pkcs8 ?? [])]).toEqual([9])
  expect(keyOperations['keys.remove'](db, { fingerprint: 'b' }, at(6))).toBe(true)
  expect(keyOperations['keys.remove'](db, { fingerprint: 'b' }, at(6))).toBe(false)
  expect(keyOperations['keys.list'](db, {}, at(6))).toEqual([])
  expect([...(keyOperations['certificates.get'](db, { fingerprint: 'b' }, at(6)) ?? [])]).toEqual([1])
  expect(keyOperations['certificates.get'](db, { fingerprint: 'none' }, at(6))).toBeNull()
  expect(() => {
    keyOperations['keys.put'](db, { fingerprint: 'none', pkcs8: der }, at(7))
  }).toThrow(/FOREIGN KEY/)
})

test('what a correspondent reads is what was stated last, whatever order mail is read in', () => {
  const db = storeForTest()
  keyOperations['certificates.put'](db, { fingerprint: 'a', der, source: 'import' }, at(1))
  const note = (algorithms: string[], statedAt: number) => {
    keyOperations['certificates.noteCapabilities'](db, { fingerprint: 'a', algorithms, statedAt }, at(9))
  }
  const noted = () => keyOperations['certificates.capabilities'](db, { fingerprint: 'a' }, at(9))
  expect(noted()).toEqual([])
  note(['1.2', '1.3'], 20)
  note(['1.4'], 10)
  expect(noted()).toEqual(['1.2', '1.3'])
  note(['1.5'], 30)
  expect(noted()).toEqual(['1.5'])
})

test('an older revocation list never replaces a newer one', () => {
  const db = storeForTest()
  const put = keyOperations['revocation.put']
  const url = 'http://crl.test/a.crl'
  put(db, { url, der: new Uint8Array([2]), thisUpdate: 20, nextUpdate: 30 }, at(1))
  put(db, { url, der: new Uint8Array([1]), thisUpdate: 10, nextUpdate: null }, at(2))
  const kept = keyOperations['revocation.get'](db, { url }, at(3))
  expect(kept && [...kept.der]).toEqual([2])
  expect(kept).toMatchObject({ thisUpdate: 20, nextUpdate: 30, fetchedAt: 1 })
  expect(keyOperations['revocation.get'](db, { url: 'http://other.test' }, at(3))).toBeNull()
})
