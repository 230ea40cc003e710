import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  folderNames,
  people,
  startOperator,
  type Operator,
  type StoredMessage,
} from '../../test/operator/index.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul, secretary } = people

const old = (index: number): StoredMessage => {
  const date = new Date(Date.UTC(2026, 0, 1) + index * 3_600_000)
  const raw = letter(paul.address, anne.address, `Courrier ${index}`).replace(
    /^Date: .*$/m,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
  )
  return { folder: 'INBOX', flags: index % 2 === 0 ? ['\\Seen'] : [], date, raw: Buffer.from(raw) }
}

describe('an account against a real Dovecot', () => {
  let operator: Operator
  let practice: Practice

  beforeAll(async () => {
    operator = await startOperator()
    await operator.fill(
      'anne',
      Array.from({ length: 250 }, (_, index) => old(index)),
    )
    practice = await openPractice(operator)
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  it('refuses a wrong password and stores nothing', async () => {
    expect(code(await createAccountFor(practice, 'anne', 'faux'))).toBe('auth.failed')
    expect(value(await practice.mail.listAccounts())).toEqual([])
  })

  it('is created by its address alone and shows the newest headers first', async () => {
    const account = value(await createAccountFor(practice, 'anne'))
    expect(account.address).toBe(anne.address)
    await practice.witness.until('all headers', () => (seeded(practice).length === 250 ? true : undefined))
    const subjects = seeded(practice)
    expect(subjects.indexOf('Courrier 249')).toBeLessThan(100)
    expect(subjects.indexOf('Courrier 1')).toBeGreaterThan(99)
    const inbox = value(await practice.mail.folders()).find((folder) => folder.role === 'inbox')
    expect(inbox?.total).toBe((await operator.mailbox('anne').list()).length)
    const shared = value(await practice.mail.folders()).filter((folder) => folder.mailbox !== null)
    expect(shared.map(({ name, role, mailbox }) => [name, role, mailbox])).toEqual([
      [secretary.address, 'inbox', secretary.address],
      [folderNames.drafts, 'drafts', secretary.address],
      [folderNames.trash, 'trash', secretary.address],
      [folderNames.sent, 'sent', secretary.address],
    ])
    const page = value(
      await practice.mail.page({ folderId: inbox?.id ?? 0, before: null, limit: 50, filter: 'all' }),
    )
    expect(page.rows.map((row) => row.date)).toEqual(
      page.rows
        .map((row) => row.date)
        .toSorted()
        .toReversed(),
    )
    expect(page.more).toBe(true)
  })

  it('knows the folders by their roles', async () => {
    const roles = value(await practice.mail.folders()).map((folder) => folder.role)
    expect(roles).toEqual(expect.arrayContaining(['inbox', 'sent', 'drafts', 'trash', 'junk', 'archive']))
  })

  it('downloads bodies, byte for byte, and finds their words', async () => {
    await practice.witness.until('bodies', () => (practice.witness.state.phase === 'idle' ? true : undefined))
    const row = [...practice.witness.rows.values()].find((one) => one.subject === 'Courrier 12')
    const raw = value(await practice.mail.rawMessage(row?.id ?? 0))
    expect(Buffer.from(raw).equals(Buffer.from(await sourceOf(operator, 'Courrier 12')))).toBe(true)
    const everywhere = { text: 'courrier 12', scope: { kind: 'all' }, before: null, limit: 50 } as const
    expect(value(await practice.vault.run('search.query', everywhere)).ids).toContain(row?.id)
  })

  it('shows new mail by IDLE within seconds', async () => {
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, 'Arrivé'),
    })
    await practice.witness.until('new mail', () => rowNamed(practice, 'Arrivé'))
  })

  it('sets a flag here at once, then on the server', async () => {
    const row = rowNamed(practice, 'Arrivé')
    await practice.mail.setFlag([row?.id ?? 0], 'flagged', true)
    expect(rowNamed(practice, 'Arrivé')).toMatchObject({ flagged: true, pending: true })
    await operator
      .mailbox('anne')
      .waitFor((message) => message.subject === 'Arrivé' && message.flags.includes('\\Flagged'))
    await practice.witness.until('confirmed', () =>
      rowNamed(practice, 'Arrivé')?.pending === false ? true : undefined,
    )
  })

  it('moves, undoes the move, and deletes to the trash', async () => {
    const id = rowNamed(practice, 'Arrivé')?.id ?? 0
    const archive = value(await practice.mail.folders()).find((folder) => folder.role === 'archive')
    const operation = value(await practice.mail.move([id], archive?.id ?? 0))
    await operator.mailbox('anne').waitFor((m) => m.subject === 'Arrivé', { folder: folderNames.archive })
    value(await practice.mail.undo(operation))
    await operator.mailbox('anne').waitFor((m) => m.subject === 'Arrivé')
    value(await practice.mail.delete([id]))
    await operator.mailbox('anne').waitFor((m) => m.subject === 'Arrivé', { folder: folderNames.trash })
    await practice.witness.until('settled', () =>
      practice.witness.rows.get(id)?.pending === false ? true : undefined,
    )
    const trash = value(await practice.mail.folders()).find((folder) => folder.role === 'trash')
    expect(value(await practice.mail.row(id)).folderId).toBe(trash?.id)
    expect([...practice.witness.rows.values()].filter((row) => row.subject === 'Arrivé')).toHaveLength(1)
  })

  it('goes on by itself after the server was away', async () => {
    await operator.imapDown()
    const { state } = practice.witness
    await practice.witness.until('error shown', () =>
      state.accounts[0]?.connection.state === 'error' ? true : undefined,
    )
    state.connections.length = 0
    // Each try says what the last one failed of, until one succeeds: no banner comes and goes.
    await operator.imapUp()
    value(await practice.mail.syncNow())
    await practice.witness.until('online', () =>
      state.accounts[0]?.connection.state === 'online' ? true : undefined,
    )
    const tries = state.connections.filter((one) => one.state === 'connecting')
    expect(tries).not.toEqual([])
    for (const one of tries) expect(one.after).not.toBeNull()
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, 'Après'),
    })
    await practice.witness.until('mail after the cut', () => rowNamed(practice, 'Après'))
  })

  it('keeps a message whose new number this view has not seen yet', async () => {
    await practice.mail.stop()
    const id = rowNamed(practice, 'Après')?.id ?? 0
    const archive = value(await practice.mail.folders()).find((folder) => folder.role === 'archive')?.id ?? 0
    // As after a move of the other connection: the server named the UID, this one has not been told of it.
    const moved = value(await practice.vault.run('queue.move', { ids: [id], folderId: archive }))
    value(await practice.vault.run('queue.sent', { id: moved.operationId, ids: null, mark: null }))
    value(
      await practice.vault.run('queue.confirm', {
        id: moved.operationId,
        ids: null,
        uids: [{ id, uid: 900_000 }],
        missing: [],
      }),
    )
    practice.witness.state.phase = ''
    await practice.restart()
    await practice.witness.until('all folders visited', () =>
      practice.witness.state.phase === 'idle' ? true : undefined,
    )
    expect(value(await practice.mail.row(id)).folderId).toBe(archive)
  })

  it('stops within a second and works offline from the vault', async () => {
    const stops: number[] = []
    // One that takes longer may be the machine’s doing: the best of three is the product’s.
    for (let turn = 0; turn < 3 && !(Math.min(...stops) < 1000); turn += 1) {
      if (turn > 0) await practice.restart()
      const before = performance.now()
      await practice.mail.stop()
      stops.push(performance.now() - before)
    }
    expect(Math.min(...stops), stops.join(', ')).toBeLessThan(1000)
    const id = rowNamed(practice, 'Courrier 12')?.id ?? 0
    expect(code(await practice.mail.rawMessage(id))).toBe('ok')
  })
})

const seeded = (practice: Practice): string[] =>
  practice.witness.order.map((row) => row.subject).filter((subject) => subject.startsWith('Courrier '))

const rowNamed = (practice: Practice, subject: string) =>
  [...practice.witness.rows.values()].find((row) => row.subject === subject)

const sourceOf = async (operator: Operator, subject: string): Promise<Buffer> => {
  const mailbox = operator.mailbox('anne')
  const message = (await mailbox.list()).find((one) => one.subject === subject)
  return await mailbox.source(message?.uid ?? 0)
}
