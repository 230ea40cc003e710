import { expect, test } from 'vitest'
import { storeForTest } from '../store.fixture.ts'
import { favouriteOperations } from './favourites.ts'

const at = (now: number) => ({ now: () => now })

test('favourites are kept in the order they were made, each address once', () => {
  const db = storeForTest()
  const set = favouriteOperations['favourites.set']
  set(db, { address: 'B@mss.test', name: 'B', on: true }, at(1))
  set(db, { address: 'a@mss.test', name: 'A', on: true }, at(2))
  set(db, { address: 'b@mss.test', name: 'Bernard', on: true }, at(3))
  expect(favouriteOperations['favourites.list'](db, {}, at(4))).toEqual([
    { address: 'b@mss.test', name: 'Bernard' },
    { address: 'a@mss.test', name: 'A' },
  ])
  set(db, { address: 'B@MSS.test', name: '', on: false }, at(5))
  expect(favouriteOperations['favourites.list'](db, {}, at(6))).toHaveLength(1)
})

test('a person has one preferred address, until none', () => {
  const db = storeForTest()
  const set = favouriteOperations['preferred.set']
  set(db, { nationalId: '8997', address: 'A@mss.test' }, at(1))
  set(db, { nationalId: '8997', address: 'b@mss.test' }, at(2))
  const list = () => favouriteOperations['preferred.list'](db, {}, at(3))
  expect(list()).toEqual([{ nationalId: '8997', address: 'b@mss.test' }])
  set(db, { nationalId: '8997', address: null }, at(4))
  expect(list()).toEqual([])
})

test('a list is replaced whole, keeps its order, and has a name of its own', () => {
  const db = storeForTest()
  const save = favouriteOperations['lists.save']
  const members = ['c', 'a', 'b'].map((name) => ({ name, address: `${name}@mss.test` }))
  const first = save(db, { id: null, name: 'Équipe', members }, at(1))
  expect(save(db, { id: null, name: 'equipe', members: [] }, at(2))).toBeNull()
  expect(save(db, { id: 99, name: 'Autre', members: [] }, at(2))).toBeNull()
  const all = () => favouriteOperations['lists.all'](db, {}, at(3))
  expect(all()).toEqual([{ id: first, name: 'Équipe', members }])
  expect(save(db, { id: first, name: 'EQUIPE', members: members.slice(1) }, at(4))).toBe(first)
  expect(all()).toEqual([{ id: first, name: 'EQUIPE', members: members.slice(1) }])
  favouriteOperations['lists.delete'](db, { id: first ?? 0 }, at(5))
  expect(all()).toEqual([])
})
