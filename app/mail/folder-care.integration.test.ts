import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderNames, people, startOperator, type Operator } from '../../test/operator/index.ts'
import { createAccountFor, openPractice, type Practice } from './mail.fixture.ts'
import { code, value } from './outcome.fixture.ts'

const { secretary } = people

describe('folders of an account, on a real Dovecot', () => {
  let operator: Operator
  let practice: Practice
  let accountId = 0

  const folders = async () => value(await practice.mail.folders())
  const named = async (name: string) =>
    (await folders()).find((folder) => folder.name === name && folder.mailbox === null)
  const onServer = async () => (await operator.mailbox('anne').folders()).map(({ path }) => path)

  beforeAll(async () => {
    operator = await startOperator()
    practice = await openPractice(operator)
    accountId = value(await createAccountFor(practice, 'anne')).id
    await practice.witness.until('rights and room', () =>
      practice.witness.state.accounts[0]?.quota ? true : undefined,
    )
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  it('say how much room the mailbox has', () => {
    const quota = practice.witness.state.accounts[0]?.quota
    expect(quota?.limit).toBe(2 * 2 ** 30)
    expect(quota?.used).toBeLessThan(2 ** 20)
  })

  it('say what the user may do in a shared mailbox, and everything in his own', async () => {
    const shared = (await folders()).find((folder) => folder.mailbox === secretary.address)
    expect(shared?.rights).toMatchObject({
      read: true,
      seen: true,
      flag: true,
      insert: true,
      remove: true,
      create: false,
      deleteFolder: false,
      administer: false,
    })
    expect((await named('INBOX'))?.rights.administer).toBe(true)
  })

  it('are made, at the top and below another', async () => {
    const { folderId } = value(
      await practice.mail.createFolder({ accountId, parentId: null, name: 'Réseau é&' }),
    )
    value(await practice.mail.createFolder({ accountId, parentId: folderId, name: '2026' }))
    expect(await onServer()).toEqual(expect.arrayContaining(['Réseau é&', 'Réseau é&/2026']))
    expect((await named('Réseau é&'))?.subscribed).toBe(true)
    expect(code(await practice.mail.createFolder({ accountId, parentId: null, name: 'Réseau é&' }))).toBe(
      'folder.exists',
    )
  })

  it.each(['', ' a', 'a/b', 'a*', 'inbox', 'a\r\nb'])('refuse the name %j', async (name) => {
    expect(code(await practice.mail.createFolder({ accountId, parentId: null, name }))).toBe(
      'folder.name-invalid',
    )
  })

  it('keep their row under a new name, with those below', async () => {
    const before = await named('Réseau é&')
    const below = await named('2026')
    value(await practice.mail.renameFolder(before?.id ?? 0, 'Réseau'))
    expect((await named('Réseau'))?.id).toBe(before?.id)
    expect(await named('2026')).toMatchObject({ id: below?.id, path: 'Réseau/2026' })
    expect(await onServer()).toEqual(expect.arrayContaining(['Réseau', 'Réseau/2026']))
  })

  it('can be left and joined', async () => {
    const id = (await named('Réseau'))?.id ?? 0
    value(await practice.mail.subscribeFolder(id, false))
    expect((await named('Réseau'))?.subscribed).toBe(false)
    value(await practice.mail.subscribeFolder(id, true))
    expect((await named('Réseau'))?.subscribed).toBe(true)
  })

  it('are deleted from below upwards, never those with a role', async () => {
    const trash = await named(folderNames.trash)
    expect(code(await practice.mail.deleteFolder(trash?.id ?? 0))).toBe('folder.special')
    const top = await named('Réseau')
    expect(code(await practice.mail.deleteFolder(top?.id ?? 0))).toBe('folder.not-empty')
    value(await practice.mail.deleteFolder((await named('2026'))?.id ?? 0))
    value(await practice.mail.deleteFolder(top?.id ?? 0))
    expect(await onServer()).not.toContain('Réseau')
    expect(await named('Réseau')).toBeUndefined()
  })

  it('take the role the user gives them, for good', async () => {
    const { folderId } = value(
      await practice.mail.createFolder({ accountId, parentId: null, name: 'Poubelle' }),
    )
    value(await practice.mail.setFolderRole(accountId, 'trash', folderId))
    await practice.restart()
    await practice.witness.until('connected', () =>
      practice.witness.state.accounts[0]?.connection.state === 'online' ? true : undefined,
    )
    const trash = (await folders()).filter((folder) => folder.role === 'trash' && folder.mailbox === null)
    expect(trash.map(({ name }) => name)).toEqual(['Poubelle'])
  })

  it('need the server to change', async () => {
    await practice.mail.stop()
    expect(code(await practice.mail.createFolder({ accountId, parentId: null, name: 'Hors ligne' }))).toBe(
      'net.unreachable',
    )
  })
})
