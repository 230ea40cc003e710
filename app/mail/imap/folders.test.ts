import { expect, test } from 'vitest'
import { serverFolder, type ListedFolder } from './folders.ts'

const foreign = [{ prefix: 'Partagées/', delimiter: '/' }]
const secretariat = 'secretariat@cabinet-lilas.mssante.test'

const listed = (path: string, flags: readonly string[] = [], specialUse?: string): ListedFolder => {
  const segments = path.split('/')
  return {
    path,
    name: segments.at(-1) ?? '',
    parentPath: segments.slice(0, -1).join('/'),
    flags: new Set(flags),
    ...(specialUse === undefined ? {} : { specialUse }),
  }
}
const read = (path: string, ...more: [flags?: readonly string[], specialUse?: string]) => {
  const { role, mailbox, selectable } = serverFolder(listed(path, ...more), foreign)
  return [role, mailbox, selectable]
}

test('a shared mailbox has its own inbox, drafts, sent and trash, by French or English names', () => {
  const root = `Partagées/${secretariat}`
  expect(read(root)).toEqual(['inbox', secretariat, true])
  expect(read(`${root}/Brouillons`)).toEqual(['drafts', secretariat, true])
  expect(serverFolder({ ...listed(`${root}/x`), name: 'Envoyés'.normalize('NFD') }, foreign).role).toBe(
    'sent',
  )
  expect(read(`${root}/Deleted Items`)).toEqual(['trash', secretariat, true])
  expect(read(`${root}/Ordonnances`)).toEqual(['none', secretariat, true])
  expect(read(`${root}/Ordonnances/Archives`)).toEqual(['none', secretariat, true])
  expect(read(`${root}/Rebut`, [], '\\Junk')).toEqual(['junk', secretariat, true])
})

test('the prefix of a namespace may be in modified UTF-7, as imapflow leaves it', () => {
  const [mailbox, role] = [`Partagées/${secretariat}`, 'inbox']
  for (const prefix of ['Partag&AOk-es/', 'Partagées/'])
    expect(serverFolder(listed(mailbox), [{ prefix, delimiter: '/' }])).toMatchObject({
      role,
      mailbox: secretariat,
    })
  expect(serverFolder(listed('R&D/équipe'), [{ prefix: 'R&-D/', delimiter: '/' }])).toMatchObject({
    mailbox: 'équipe',
  })
})

test('the namespace itself is no folder, whatever the server says of it', () => {
  expect(read('Partagées')).toEqual(['none', null, false])
  expect(read('Partagées', ['\\HasChildren'])).toEqual(['none', null, false])
  expect(read(`Partagées/${secretariat}`, ['\\Noselect'])).toEqual(['inbox', secretariat, false])
})

test('one’s own folders keep the role the server gives, never one guessed here', () => {
  expect(read('INBOX')).toEqual(['inbox', null, true])
  expect(read('Envoyés', [], '\\Sent')).toEqual(['sent', null, true])
  expect(read('Corbeille')).toEqual(['none', null, true])
  expect(read('Partagées avec moi')).toEqual(['none', null, true])
})
