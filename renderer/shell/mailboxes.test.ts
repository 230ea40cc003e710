import { describe, expect, it } from 'vitest'
import type { Folder } from '../../app/contract/index.ts'
import { accounts, folders } from '../testing/fixture-people.ts'
import { isSetAside, mailboxesOf } from './mailboxes.ts'

const now = new Date(2026, 10, 22, 15)
const [anyFolder] = folders
if (!anyFolder) throw new Error('no folder')
const shared = (id: number, mailbox: string, role: Folder['role'], name: string): Folder => ({
  ...anyFolder,
  id,
  accountId: 1,
  path: `Partagées/${mailbox}/${name}`,
  name,
  parentPath: 'Partagées',
  role,
  mailbox,
  total: 1,
  unread: 1,
})

describe('isSetAside', () => {
  it('is what is not subscribed, but never a folder with a role', () => {
    const inbox = shared(90, 'soins@lilas.test', 'inbox', 'soins@lilas.test')
    const plain = shared(93, 'soins@lilas.test', 'none', 'Protocoles')
    expect(isSetAside({ ...inbox, subscribed: false })).toBe(false)
    expect(isSetAside({ ...plain, subscribed: false })).toBe(true)
    expect(isSetAside({ ...plain, subscribed: true })).toBe(false)
  })
})

describe('mailboxesOf', () => {
  it('sets shared mailboxes apart from the account they are shared with', () => {
    const boxes = mailboxesOf(accounts(now), [
      shared(90, 'soins@lilas.test', 'inbox', 'soins@lilas.test'),
      shared(92, 'accueil@lilas.test', 'trash', 'Corbeille'),
      shared(91, 'accueil@lilas.test', 'inbox', 'accueil@lilas.test'),
      ...folders.filter((folder) => folder.mailbox === null),
    ])
    expect(boxes.map((box) => [box.kind, box.address])).toEqual([
      ['personal', 'anne.martin@medecin.mssante.test'],
      ['organisational', 'secretariat@cabinet-lilas.mssante.test'],
      ['organisational', 'accueil@lilas.test'],
      ['organisational', 'soins@lilas.test'],
    ])
    expect(boxes[0]?.folders.every((folder) => folder.mailbox === null && folder.accountId === 1)).toBe(true)
    expect(boxes[2]?.folders.map((folder) => folder.id)).toEqual([91, 92])
  })
})
