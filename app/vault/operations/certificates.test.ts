import { expect, test } from 'vitest'
import { storeForTest } from '../store.fixture.ts'
import { certificateOperations, type CertificateUses } from './certificates.ts'
import { keyOperations } from './keys.ts'

const at = (now: number) => ({ now: () => now })
const address = 'alix@mss.test'

const history = () => {
  const db = storeForTest()
  const see = (
    fingerprint: string,
    options: { seenAt?: number; notBefore?: number; uses?: CertificateUses; own?: boolean } = {},
  ) => {
    const { seenAt = 100, notBefore = 50, uses = 'both', own = false } = options
    const source = own ? 'own' : 'signed-mail'
    keyOperations['certificates.put'](db, { fingerprint, der: new Uint8Array([1]), source }, at(1))
    const given = { address, fingerprint, uses, source, seenAt, notBefore } as const
    return certificateOperations['certificates.see'](db, given, at(1))
  }
  const decide = (fingerprint: string, take: boolean) =>
    certificateOperations['certificates.decide'](db, { address, fingerprint, take }, at(500))
  const rows = () => certificateOperations['certificates.forAddress'](db, { address }, at(1))
  const states = () =>
    Object.fromEntries(rows().map(({ fingerprint, state, uses }) => [fingerprint, `${state} ${uses}`]))
  return { db, see, decide, rows, states }
}

test('nothing replaces a known certificate by itself; taken, the new one does, and the old one stays', () => {
  const { see, decide, rows, states } = history()
  expect(see('a')).toBe('current')
  expect(see('b', { seenAt: 200, notBefore: 150 })).toBe('changed')
  expect(see('b', { seenAt: 300, notBefore: 150 })).toBe('changed')
  expect(decide('b', true)).toBe(true)
  expect(states()).toEqual({ a: 'former both', b: 'current both' })
  const [b, a] = rows()
  expect(b).toMatchObject({ firstSeen: 200, lastSeen: 300, replacedBy: null, decidedAt: 500 })
  expect(a).toMatchObject({ replacedBy: 'b', decidedAt: 500 })
  // Mail of before, read again, changes nothing.
  expect(see('a', { seenAt: 90 })).toBe('former')
  // The former one can be preferred again.
  decide('a', true)
  expect(states()).toEqual({ a: 'current both', b: 'former both' })
})

test('a refused certificate stays refused; what is not known cannot be decided', () => {
  const { see, decide, states } = history()
  see('a')
  see('b', { seenAt: 200, notBefore: 150 })
  expect(decide('b', false)).toBe(true)
  expect(see('b', { seenAt: 300, notBefore: 150 })).toBe('refused')
  expect(states()).toEqual({ a: 'current both', b: 'refused both' })
  expect(decide('c', true)).toBe(false)
})

test('an older certificate in older mail is history; an older one in new mail is a change', () => {
  const { see, states } = history()
  see('a', { seenAt: 200, notBefore: 150 })
  expect(see('old', { seenAt: 60, notBefore: 20 })).toBe('former')
  expect(see('back', { seenAt: 300, notBefore: 20 })).toBe('changed')
  expect(see('predated', { seenAt: 60, notBefore: 160 })).toBe('changed')
  expect(states()).toMatchObject({ a: 'current both', old: 'former both' })
})

test('signing and encrypting are apart: one does not replace the other, and one of both keeps what is left', () => {
  const { see, decide, states } = history()
  expect(see('s', { uses: 'sign' })).toBe('current')
  expect(see('e', { uses: 'encrypt' })).toBe('current')
  expect(see('e2', { uses: 'encrypt', seenAt: 200, notBefore: 150 })).toBe('changed')
  decide('e2', true)
  expect(states()).toEqual({ s: 'current sign', e: 'former encrypt', e2: 'current encrypt' })
  see('both', { seenAt: 300, notBefore: 160 })
  decide('both', true)
  expect(states()).toMatchObject({ s: 'former sign', e2: 'former encrypt', both: 'current both' })
  see('s2', { uses: 'sign', seenAt: 400, notBefore: 170 })
  decide('s2', true)
  expect(states()).toMatchObject({ both: 'current encrypt', s2: 'current sign' })
})

test('one’s own certificates replace nothing and wait for nobody', () => {
  const { see, states } = history()
  expect(see('a', { own: true })).toBe('current')
  expect(see('b', { own: true })).toBe('current')
  expect(see('c')).toBe('current')
  expect(states()).toEqual({ a: 'current both', b: 'current both', c: 'current both' })
})

test('with the known certificate forgotten, what waited has nothing left to replace', () => {
  const { db, see, states } = history()
  see('a')
  see('b', { seenAt: 200, notBefore: 150 })
  const forget = (fingerprint: string) =>
    certificateOperations['certificates.forget'](db, { address, fingerprint }, at(1))
  expect(forget('a')).toBe(true)
  expect(forget('a')).toBe(false)
  expect(states()).toEqual({ b: 'current both' })
})

test('correspondents are listed with what changed first, found by text, without one’s own', () => {
  const { db, see } = history()
  see('mine', { own: true })
  const list = (text: string) =>
    certificateOperations['certificates.correspondents'](db, { text, limit: 10 }, at(1)).map(
      (one) => one.address,
    )
  expect(list('')).toEqual([])
  see('a')
  keyOperations['certificates.put'](
    db,
    { fingerprint: 'z', der: new Uint8Array([1]), source: 'import' },
    at(1),
  )
  certificateOperations['certificates.see'](
    db,
    { address: 'aaa@mss.test', fingerprint: 'z', uses: 'both', source: 'import', seenAt: 1, notBefore: 1 },
    at(1),
  )
  expect(list('')).toEqual(['aaa@mss.test', address])
  see('b', { seenAt: 200, notBefore: 150 })
  expect(list('')).toEqual([address, 'aaa@mss.test'])
  expect(list('ALIX')).toEqual([address])
})
