import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { filesBelow, formsOf, openPractice } from './practice.fixture.ts'

// Architecture §7.2 when there is no time to tidy up: the process is killed in the middle of its work.
const { anne, laboratory } = people
const passphrase = 'la salle d’attente est pleine'
/** Fictitious; words that appear nowhere else. */
const words = [
  'Hydrocéphale-quokka',
  'le tapir dort mal',
  'ornithorynque',
  'capybara',
  anne.password,
  passphrase,
]

let operator: Operator
let folder: string
beforeAll(async () => {
  operator = await startOperator()
  folder = await mkdtemp(join(tmpdir(), 'souspli-killed-'))
})
afterAll(async () => {
  await operator.stop()
  await rm(folder, { recursive: true, force: true })
})

it('a killed core leaves nothing readable, but a copy that the next start wipes; no mail is lost', async () => {
  const raw = [
    `From: ${laboratory.address}`,
    `To: ${anne.address}`,
    'Subject: Hydrocéphale-quokka',
    'Date: Sat, 21 Nov 2026 10:00:00 +0100',
    'Message-ID: <fictif@bioval.mssante.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'le tapir dort mal',
    '--b',
    'Content-Type: text/plain',
    'Content-Disposition: attachment; filename=ornithorynque.txt',
    '',
    'capybara '.repeat(20_000),
    '--b--',
    '',
  ].join('\r\n')
  await operator.deliver({ from: laboratory.address, to: anne.address, raw })
  const temporary = join(folder, 'tmp')
  const home = join(folder, 'core')
  await mkdir(temporary)
  const orders = join(folder, 'orders.json')
  const server = { host: operator.imap.host, security: 'starttls' } as const
  const account = {
    address: anne.address,
    displayName: anne.displayName,
    kind: anne.kind,
    imap: { ...server, port: operator.imap.port },
    smtp: { ...server, host: operator.smtp.host, port: operator.smtp.port },
    auth: { kind: 'password', password: anne.password },
  }
  await writeFile(orders, JSON.stringify({ folder: home, policy: operator.policy, passphrase, account }))
  const child = fork(join(import.meta.dirname, 'killed-core.fixture.ts'), [orders], {
    execArgv: [],
    env: { ...process.env, TMPDIR: temporary, SQLITE_TMPDIR: temporary },
  })
  const ended = once(child, 'exit')
  const [message] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the core ended by itself'))),
  ])) as [{ copied: string }]
  const inWork = filesBelow(temporary)
  child.kill('SIGKILL')
  await ended

  const left = [
    ...(await filesBelow(join(home, 'profile'))),
    ...(await filesBelow(temporary)),
    ...(await inWork),
  ]
  expect(left.some(({ path }) => path.endsWith('-wal'))).toBe(true)
  for (const { path, bytes } of left)
    for (const word of words)
      for (const form of formsOf(Buffer.from(word)))
        expect(bytes.includes(form), `${word} in ${path}`).toBe(false)
  // Known and accepted: other programs cannot read a sealed copy. It goes before anything else at the next start.
  expect((await filesBelow(join(home, 'opened'))).map(({ path }) => path)).toEqual([message.copied])

  const practice = await openPractice(operator.policy, { folder: home })
  expect(await filesBelow(practice.opened)).toEqual([])
  await practice.call('session.openWithPassphrase', { passphrase })
  const found = await practice.call('messages.search', {
    text: 'tapir',
    scope: { kind: 'all' },
    before: null,
    limit: 5,
  })
  expect(found.rows.map(({ subject }) => subject)).toEqual(['Hydrocéphale-quokka'])
  expect(await practice.call('drafts.list', null)).toHaveLength(1)
  await practice.stop()
})
