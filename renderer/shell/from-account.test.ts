import { expect, it } from 'vitest'
import type { Account, Folder } from '../../app/contract/index.ts'
import { accounts as some, folders as known } from '../testing/fixture-people.ts'
import { fromAccount, usualAccount } from './from-account.ts'

const [account] = some(new Date(2026, 10, 22))
const [folder] = known
if (!account || !folder) throw new Error('no fixtures')
const personal: Account = { ...account, id: 1, kind: 'personal', address: 'anne@medecin.test' }
const service: Account = { ...account, id: 2, kind: 'organisational', address: 'cardio@chu.test' }
const ordinary: Account = { ...account, id: 3, kind: 'generic', address: 'anne@exemple.test' }
const accounts = [ordinary, service, personal]
const own: Folder = { ...folder, id: 10, accountId: 1, mailbox: null }
const shared: Folder = { ...folder, id: 11, accountId: 1, mailbox: 'Cardio@chu.test' }
const theirs: Folder = { ...folder, id: 12, accountId: 3, mailbox: null }
const folders = [own, shared, theirs]
const from = (where: Folder | undefined, sourceId: number | null, place?: Folder) =>
  fromAccount({
    ...{ accounts, folders, folder: where, sourceId },
    source: place && { accountId: place.accountId, folderId: place.id },
  })

it('is the mailbox one reads, for a new message', () => {
  expect(from(own, null)).toBe(1)
  expect(from(shared, null)).toBe(2)
  expect(from(theirs, null)).toBe(3)
  expect(from(undefined, null)).toBe(1)
})

it('is the one a message came to, for an answer, whatever folder was open when it was found', () => {
  expect(from(shared, 5, own)).toBe(1)
  expect(from(theirs, 5, shared)).toBe(2)
  expect(from(shared, 5, theirs)).toBe(3)
  expect(from(undefined, 5, theirs)).toBe(3)
})

it('is left to the core for a message that no list shows', () => {
  expect(from(shared, 5)).toBeNull()
  expect(from(theirs, 5)).toBeNull()
})

it('is never an ordinary mailbox where there is another', () => {
  expect(usualAccount(accounts)?.id).toBe(1)
  expect(usualAccount([ordinary, service])?.id).toBe(2)
  expect(usualAccount([ordinary])?.id).toBe(3)
  expect(usualAccount([])).toBeUndefined()
})
