import { readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { value } from './outcome.fixture.ts'

const { anne, paul } = people

describe('a mailbox restored from a backup', () => {
  let operator: Operator
  let practice: Practice

  beforeAll(async () => {
    operator = await startOperator()
    for (const subject of ['Un', 'Deux', 'Trois'])
      await operator.deliver({
        from: paul.address,
        to: anne.address,
        raw: letter(paul.address, anne.address, subject),
      })
    practice = await openPractice(operator)
    value(await createAccountFor(practice, 'anne'))
    await practice.witness.until('first sync', () =>
      practice.witness.state.phase === 'idle' && practice.witness.rows.size === 3 ? true : undefined,
    )
  })
  afterAll(async () => {
    await practice.close()
    await operator.stop()
  })

  /** The same UIDVALIDITY, and messages numbered again from 1 in another order, the first one lost. */
  const restore = async (): Promise<void> => {
    const maildir = join(operator.folder, 'dovecot/mail', anne.address, 'Maildir')
    const names = await readdir(maildir)
    for (const name of names.filter((one) => one.startsWith('dovecot.index')))
      await rm(join(maildir, name), { recursive: true })
    const list = join(maildir, 'dovecot-uidlist')
    const [header = '', ...lines] = (await readFile(list, 'utf8')).trimEnd().split('\n')
    const kept = lines.slice(1).toReversed()
    const lost = /:(.*)$/.exec(lines[0] ?? '')?.[1] ?? 'none'
    for (const sub of ['cur', 'new'])
      for (const name of await readdir(join(maildir, sub)))
        if (name.startsWith(lost)) await rm(join(maildir, sub, name))
    const numbered = kept.map((line, index) => line.replace(/^\d+/, String(index + 1)))
    await writeFile(list, `${[header.replace(/ N\d+/, ' N3'), ...numbered].join('\n')}\n`)
  }

  it('keeps every row by what its message is, whatever its new number', async () => {
    const before = new Map([...practice.witness.rows.values()].map((row) => [row.subject, row.id]))
    await practice.mail.stop()
    const validity = () => practice.vault.run('folders.forSync', { accountId: 1 })
    const [inbox] = value(await validity())
    await restore()
    practice.witness.state.phase = ''
    await practice.restart()
    await practice.witness.until('the lost one leaves', () =>
      practice.witness.state.phase === 'idle' && practice.witness.rows.size === 2 ? true : undefined,
    )
    const [again] = value(await validity())
    expect(again?.uidvalidity).toBe(inbox?.uidvalidity)
    expect(again?.uidnext).toBe(3)
    const left = [...practice.witness.rows.values()].map((row) => [row.subject, row.id])
    expect(left.toSorted()).toEqual([...before].filter(([subject]) => subject !== 'Un').toSorted())
    const uids = value(await practice.vault.run('messages.uids', { folderId: again?.id ?? 0 }))
    expect(uids).toEqual([1, 2])
  })
})
