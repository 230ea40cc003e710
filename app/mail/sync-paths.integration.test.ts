import type { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  folderNames,
  people,
  startOperator,
  type Operator,
  type StoredMessage,
} from '../../test/operator/index.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { value } from './outcome.fixture.ts'

const { anne, paul } = people

const stored = (folder: string, subject: string, hour: number): StoredMessage => {
  const date = new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000)
  const raw = letter(paul.address, anne.address, subject).replace(
    /^Date: .*$/m,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
  )
  return { folder, flags: [], date, raw: Buffer.from(raw) }
}

const rowNamed = (practice: Practice, subject: string) =>
  [...practice.witness.rows.values()].find((row) => row.subject === subject)

/** Looks at every folder now; resolves when all that was on the server at this moment is here. */
const look = async (practice: Practice): Promise<void> => {
  const asked = new Date().toISOString()
  value(await practice.mail.syncNow())
  await practice.witness.until('everything looked at', () => {
    const connection = practice.witness.state.accounts[0]?.connection
    return connection?.state === 'online' && (connection.syncedAt ?? '') >= asked ? true : undefined
  })
}

const folderNamed = async (practice: Practice, name: string) =>
  value(await practice.mail.folders()).find((folder) => folder.name === name && folder.mailbox === null)

const bare = [
  'QRESYNC',
  'CONDSTORE',
  'LIST-STATUS',
  'MOVE',
  'UIDPLUS',
  'IDLE',
  'SPECIAL-USE',
  'LIST-EXTENDED',
]

describe.each([
  { name: 'QRESYNC', without: [] },
  { name: 'CONDSTORE only', without: ['QRESYNC'] },
  { name: 'neither', without: ['QRESYNC', 'CONDSTORE'] },
  { name: 'IMAP4rev1 and little else', without: bare },
])('synchronisation with $name', ({ without }) => {
  let operator: Operator
  let practice: Practice

  beforeAll(async () => {
    operator = await startOperator({ imap: { without } })
    await operator.fill('anne', [
      ...Array.from({ length: 30 }, (_, index) => stored('INBOX', `Lettre ${index}`, index)),
      stored(folderNames.archive, 'Archivée 1', 40),
      stored(folderNames.archive, 'Archivée 2', 41),
      stored('Congrès', 'Programme', 42),
    ])
    practice = await openPractice(operator)
    value(await createAccountFor(practice, 'anne'))
    await practice.witness.until('first sync', () =>
      practice.witness.state.phase === 'idle' ? true : undefined,
    )
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  const other = <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> => operator.mailbox('anne').as(work)

  it('finds every folder by its role', async () => {
    const roles = value(await practice.mail.folders())
      .filter((folder) => folder.mailbox === null)
      .map((folder) => folder.role)
    expect(roles).toEqual(expect.arrayContaining(['inbox', 'sent', 'drafts', 'trash', 'junk', 'archive']))
  })

  it('sees flags set, messages deleted and mail filed by another client', async () => {
    await other(async (client) => {
      await client.mailboxOpen(folderNames.archive)
      await client.messageFlagsAdd('1', ['\\Flagged'])
      await client.mailboxOpen('INBOX')
      await client.messageFlagsAdd('1:3', ['\\Seen'])
      await client.messageDelete('5')
      await client.append('Congrès', letter(paul.address, anne.address, 'Inscription'))
    })
    await look(practice)
    expect(rowNamed(practice, 'Archivée 1')?.flagged).toBe(true)
    expect(rowNamed(practice, 'Lettre 0')?.seen).toBe(true)
    expect(rowNamed(practice, 'Lettre 4')).toBeUndefined()
    expect(rowNamed(practice, 'Inscription')).toBeDefined()
    const inbox = await folderNamed(practice, 'INBOX')
    expect([inbox?.total, inbox?.unread]).toEqual([29, 26])
  })

  it('keeps the row and the body of a message another client moves, both ways', async () => {
    const inbox = await folderNamed(practice, 'INBOX')
    const archive = await folderNamed(practice, folderNames.archive)
    const id = rowNamed(practice, 'Lettre 10')?.id ?? 0
    for (const [from, to, target] of [
      ['INBOX', folderNames.archive, archive],
      [folderNames.archive, 'INBOX', inbox],
    ] as const) {
      await other(async (client) => {
        await client.mailboxOpen(from)
        const found = await client.search({ header: { subject: 'Lettre 10' } }, { uid: true })
        await client.messageMove(String((found || [])[0]), to, { uid: true })
      })
      await look(practice)
      expect(value(await practice.mail.row(id)).folderId).toBe(target?.id)
      expect([...practice.witness.rows.values()].filter((row) => row.subject === 'Lettre 10')).toHaveLength(1)
      expect(value(await practice.vault.run('messages.body', { id }))).not.toBeNull()
    }
  })

  it('keeps two copies two rows', async () => {
    await other(async (client) => {
      await client.mailboxOpen('INBOX')
      const found = await client.search({ header: { subject: 'Lettre 11' } }, { uid: true })
      await client.messageCopy(String((found || [])[0]), 'Congrès', { uid: true })
    })
    await look(practice)
    expect([...practice.witness.rows.values()].filter((row) => row.subject === 'Lettre 11')).toHaveLength(2)
  })

  it('follows a folder under its new name, and takes a deleted one away', async () => {
    const before = await folderNamed(practice, 'Congrès')
    const id = rowNamed(practice, 'Programme')?.id ?? 0
    await other((client) => client.mailboxRename('Congrès', 'Formation'))
    await look(practice)
    const after = await folderNamed(practice, 'Formation')
    expect(after?.id).toBe(before?.id)
    expect(value(await practice.mail.row(id)).folderId).toBe(after?.id)
    await other((client) => client.mailboxDelete('Formation'))
    await look(practice)
    expect(await folderNamed(practice, 'Formation')).toBeUndefined()
    expect(rowNamed(practice, 'Programme')).toBeUndefined()
  })

  it('keeps rows when a folder is made again with the same messages and other numbers', async () => {
    const id = rowNamed(practice, 'Archivée 2')?.id ?? 0
    await other(async (client) => {
      await client.mailboxCreate('Ailleurs')
      await client.mailboxOpen(folderNames.archive)
      await client.messageCopy('1:*', 'Ailleurs')
      await client.mailboxDelete(folderNames.archive)
      await client.mailboxCreate(folderNames.archive)
      await client.mailboxOpen('Ailleurs')
      await client.messageMove('1:*', folderNames.archive)
      await client.mailboxDelete('Ailleurs')
    })
    await look(practice)
    const archive = await folderNamed(practice, folderNames.archive)
    expect(value(await practice.mail.row(id)).folderId).toBe(archive?.id)
    expect([...practice.witness.rows.values()].filter((row) => row.subject === 'Archivée 2')).toHaveLength(1)
  })

  it('moves, marks and deletes itself, and the server agrees', async () => {
    const id = rowNamed(practice, 'Lettre 20')?.id ?? 0
    const trash = value(await practice.mail.folders()).find((folder) => folder.role === 'trash')
    value(await practice.mail.setFlag([id], 'flagged', true))
    value(await practice.mail.move([id], trash?.id ?? 0))
    await operator
      .mailbox('anne')
      .waitFor((one) => one.subject === 'Lettre 20' && one.flags.includes('\\Flagged'), {
        folder: trash?.path ?? '',
      })
    await look(practice)
    expect(rowNamed(practice, 'Lettre 20')).toMatchObject({ id, folderId: trash?.id, pending: false })
  })
})
