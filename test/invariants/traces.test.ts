import fc from 'fast-check'
import { readdir, readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreCalls, ok, type CoreMethod, type Trace, type TraceFilter } from '../../app/contract/index.ts'
import { traceOfCall, tracedCalls, untracedBecause } from '../../app/traced-calls.ts'
import { inputsOf } from './inputs.fixture.ts'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

// ECO.4.1.1 and ECO.4.1.2 on the real core, with real servers: what a day's work leaves in the traces.
const { anne, paul } = people
/** Fictitious; words that appear nowhere else. */
const content = { subject: 'Hydrocéphale-quokka', text: 'le tapir dort mal', answer: 'ornithorynque guéri' }
const passphrase = 'la salle d’attente est pleine'
const everything: TraceFilter = { from: null, to: null, actions: [], account: null, outcomes: [], text: '' }

let operator: Operator
let practice: Practice

const traces = async (filter: Partial<TraceFilter> = {}): Promise<Trace[]> => {
  const page = await practice.call('traces.page', {
    filter: { ...everything, ...filter },
    before: null,
    limit: 500,
  })
  return page.traces.reverse()
}
const tracesOf = async (action: Trace['action']): Promise<Trace[]> => traces({ actions: [action] })

beforeAll(async () => {
  operator = await startOperator()
  await operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: Buffer.from(
      [
        `From: ${paul.address}`,
        `To: ${anne.address}`,
        `Subject: =?utf-8?B?${Buffer.from(content.subject).toString('base64')}?=`,
        'Date: Sat, 21 Nov 2026 10:00:00 +0100',
        'Message-ID: <trace-fictive@medecin.mssante.test>',
        '',
        content.text,
        '',
      ].join('\r\n'),
    ),
  })
  practice = await openPractice(operator.policy)
  await practice.call('session.createWithPassphrase', { passphrase })
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

it('tells who did what to a mailbox, what was asked of the server and what it answered, and never what messages say', async () => {
  await expect(addMailbox(practice, { ...anne, password: 'pas-le-bon' })).rejects.toThrow('auth.failed')
  const accountId = await addMailbox(practice, anne)
  const row = await new Promise<{ id: number; folderId: number }>((resolve) => {
    void practice.until('mail.delta', ({ upserted }) => {
      const one = upserted.find((message) => message.subject === content.subject)
      if (one) resolve(one)
      return one !== undefined
    })
  })
  await practice.call('messages.view', { id: row.id })
  // What is typed letter by letter is one search; that there was one is all that is told of it.
  for (const text of ['quok', 'quokka'])
    await practice.call('messages.search', { text, scope: { kind: 'all' }, before: null, limit: 10 })
  practice.core.printed('message', row.id)
  await practice.call('messages.setFlag', { ids: [row.id], flag: 'flagged', on: true })
  const archive = (await practice.call('folders.list', null)).find(({ role }) => role === 'archive')
  await practice.call('messages.move', { ids: [row.id], folderId: archive?.id ?? 0 })
  const draft = await practice.call('drafts.create', { kind: 'new', accountId, sourceId: null })
  for (const _ of [1, 2])
    await practice.call('drafts.save', {
      id: draft.id,
      content: {
        ...draft.content,
        to: [{ name: '', address: paul.address }],
        subject: content.subject,
        text: content.answer,
      },
    })
  await practice.call('drafts.send', { id: draft.id })
  await practice.until('outbox.changed', (items) => items.some(({ state }) => state === 'filed'))
  await expect.poll(async () => (await tracesOf('moved')).length).toBe(1)

  const all = await traces()
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1))
  // Nobody's card, nobody signed in: the account of the workstation until there is a mailbox, then whose mailbox it is.
  const workstation = `${userInfo().username}@${hostname()}`
  expect(new Set(all.map(({ author }) => author))).toEqual(new Set([workstation, anne.address]))
  expect(all.at(-1)).toMatchObject({ author: anne.address, openedBy: 'passphrase', workstation })
  expect(all[0]).toMatchObject({ action: 'session-opened', outcome: 'ok', account: null })
  expect(await tracesOf('account-added')).toMatchObject([
    { account: anne.address, outcome: 'failed', code: 'auth.failed', automatic: false },
    { account: anne.address, outcome: 'ok', code: null },
  ])
  expect(await tracesOf('connected')).toContainEqual(
    expect.objectContaining({
      account: anne.address,
      target: `${operator.imap.host}:${operator.imap.port}`,
      request: 'IMAP STARTTLS',
      outcome: 'ok',
      automatic: true,
    }),
  )
  const logins = await tracesOf('login')
  expect(logins.length).toBeGreaterThan(0)
  expect(
    logins.every(({ request, answer }) => /^(LOGIN|AUTHENTICATE)/.test(request) && answer.startsWith('OK')),
  ).toBe(true)
  expect(await tracesOf('received')).toContainEqual(
    expect.objectContaining({ target: 'INBOX', request: expect.stringContaining('UID FETCH') as string }),
  )
  expect(await tracesOf('read')).toMatchObject([
    { target: '<trace-fictive@medecin.mssante.test>', account: anne.address, automatic: false },
  ])
  expect(await tracesOf('searched')).toMatchObject([{ request: 'messages.search all', target: '' }])
  expect(await tracesOf('printed')).toMatchObject([
    {
      target: '<trace-fictive@medecin.mssante.test>',
      account: anne.address,
      request: 'window.print message',
    },
  ])
  expect(await tracesOf('drafted')).toMatchObject([
    { request: 'drafts.create new', target: `draft #${draft.id}`, account: anne.address },
    { request: 'drafts.save', target: `draft #${draft.id}`, account: anne.address },
  ])
  expect(await tracesOf('flagged')).toContainEqual(
    expect.objectContaining({
      target: 'INBOX',
      request: expect.stringMatching(/UID STORE \d+ \+FLAGS.*Flagged/i) as string,
    }),
  )
  expect(await tracesOf('moved')).toMatchObject([
    {
      target: 'INBOX',
      request: expect.stringMatching(/^UID MOVE \d+ /) as string,
      answer: expect.stringMatching(/^OK/) as string,
    },
  ])
  expect(await tracesOf('sent')).toMatchObject([
    {
      account: anne.address,
      automatic: false,
      target: expect.stringContaining(paul.address) as string,
      request: expect.stringMatching(
        /^MAIL FROM:<anne\.martin@.*RCPT TO:<paul\.bernard@.*DATA \{\d+\}$/,
      ) as string,
      answer: expect.stringContaining('250') as string,
      outcome: 'ok',
    },
  ])
  expect(await tracesOf('deposited')).toMatchObject([
    { target: 'Envoyés', request: expect.stringMatching(/^APPEND .*\{\d+\}/) as string, outcome: 'ok' },
  ])
  const words = JSON.stringify(all)
  for (const secret of [
    ...Object.values(content),
    passphrase,
    anne.password,
    'pas-le-bon',
    'quokka',
    'ornithorynque',
  ])
    expect(words).not.toContain(secret)
})

it('is exported as a table that holds the same, and says that it was', async () => {
  const made = await practice.call('traces.export', { filter: { ...everything, actions: ['sent'] } })
  expect(made).toMatchObject({
    count: 1,
    fileName: expect.stringMatching(/^souspli-traces-.*\.csv$/) as string,
  })
  const resource = practice.core.findPart(made.url)
  const bytes = resource.ok ? await resource.value.read() : resource
  const [head, line] = bytes.ok ? Buffer.from(bytes.value).toString('utf8').split('\r\n') : []
  expect(head).toContain('seq;at;author;')
  expect(line).toContain(paul.address)
  expect(await tracesOf('traces-exported')).toMatchObject([{ outcome: 'ok', answer: '1' }])

  // What left the workstation stands against what is here.
  const upload = async (uploadId: string, table: Uint8Array) => {
    await practice.core.upload({ uploadId, index: 0, bytes: table, last: true })
    return practice.call('traces.compare', { uploadId })
  }
  const table = bytes.ok ? Buffer.from(bytes.value) : Buffer.alloc(0)
  const agreed = { count: 1, same: 1, rewritten: [], edited: [], missing: [], purged: 0 }
  expect(await upload('former', table)).toEqual(agreed)
  const edited = Buffer.from(table.toString('utf8').replace(paul.address, 'somebody@else.test'))
  expect(await upload('edited', edited)).toMatchObject({ same: 0, edited: [expect.any(Number) as number] })
})

it('keeps the chain over a lock, whose traces it holds too', async () => {
  await practice.call('session.lock', { reason: 'user' })
  expect(await practice.code('traces.page', { filter: everything, before: null, limit: 10 })).toBe(
    'vault.locked',
  )
  await practice.call('session.openWithPassphrase', { passphrase })
  const chain = await practice.call('traces.verify', null)
  // A year, where the policy says nothing.
  expect(await practice.call('traces.state', null)).toMatchObject({ chain, months: 12 })
  expect(chain).toMatchObject({ state: 'intact', notices: [], witnessed: expect.any(String) as string })
  const files = (await readdir(practice.profile)).filter((name) => name.startsWith('trace-witness'))
  expect(files).toEqual(['trace-witness-first.txt'])
  const witness = await readFile(join(practice.profile, files[0] ?? ''), 'utf8')
  expect(witness.trim().split('\n').length).toBeGreaterThanOrEqual(2)
  expect(witness).toMatch(/^(\d{4}-\d\d-\d\dT[\d:.]+Z;\d+;[0-9a-f]{64}\n)+$/)
  expect((await tracesOf('session-closed')).length).toBe(1)
  expect((await tracesOf('session-opened')).length).toBe(2)
  expect(practice.faults).toEqual([])
})

it('a backup that SousPli restores is told, and is no tampering', async () => {
  const file = join(practice.profile, '..', 'sauvegarde.souspli')
  const granted = async (use: 'backup-target' | 'backup-source'): Promise<string> => {
    const grant = practice.core.grantPaths(use, [file])
    return grant.ok ? grant.value : grant.error.code
  }
  await practice.call('storage.backup', { grant: await granted('backup-target'), passphrase: null })
  await practice.call('session.lock', { reason: 'user' })
  await practice.call('session.openWithPassphrase', { passphrase })
  await practice.call('traces.verify', null)
  await practice.call('session.lock', { reason: 'user' })
  await practice.call('session.restore', {
    grant: await granted('backup-source'),
    unlock: { kind: 'passphrase', passphrase },
    opening: null,
  })
  const [replaced] = await tracesOf('store-replaced')
  expect(replaced).toMatchObject({ request: 'session.restore', outcome: 'ok', account: null })
  expect(await practice.call('traces.verify', null)).toMatchObject({
    state: 'intact',
    notices: [{ kind: 'replaced', at: replaced?.seq }],
  })
  expect(practice.faults).toEqual([])
})

describe('every call of the contract', () => {
  const methods = Object.keys(coreCalls) as CoreMethod[]

  it('leaves a trace, or says why not', () => {
    expect(Object.keys(tracedCalls).toSorted()).toEqual(methods.toSorted())
    for (const method of methods) {
      const decision = tracedCalls[method]
      if (typeof decision === 'string') expect(untracedBecause[decision], method).toBeTruthy()
    }
  })

  /** The same input with each free text of it replaced by words that nothing else says; choices stay. */
  const marked = (method: CoreMethod, input: unknown): unknown => {
    const accepts = (candidate: unknown): boolean => coreCalls[method].input.safeParse(candidate).success
    const walk = (value: unknown, rebuild: (part: unknown) => unknown): unknown => {
      if (typeof value === 'string')
        return ['quokka', 'quokka@essai.test', '2026-01-01'].find((word) => accepts(rebuild(word))) ?? value
      if (Array.isArray(value))
        return value.map((part: unknown, index) =>
          walk(part, (changed) => rebuild(value.map((one: unknown, at) => (at === index ? changed : one)))),
        )
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(
          Object.entries(value).map(([key, part]) => [
            key,
            walk(part, (changed) => rebuild({ ...value, [key]: changed })),
          ]),
        )
      return value
    }
    return walk(input, (changed) => changed)
  }
  /** Of which mailbox it is. */
  const saysAddress = new Set<CoreMethod>(['accounts.create', 'signIn.giveCode'])
  /** Names that the store gave. */
  const saysName = new Set<CoreMethod>(['storage.removeAside', 'integration.saveTarget'])

  it.each(methods.filter((method) => typeof tracedCalls[method] !== 'string'))(
    '%s tells nothing that was typed',
    (method) => {
      for (const drawn of fc.sample(inputsOf(coreCalls[method].input), { numRuns: 30, seed: 7 })) {
        const parsed = coreCalls[method].input.safeParse(marked(method, drawn))
        if (!parsed.success) continue
        const trace = traceOfCall(method, parsed.data, ok(null))
        const { account, ...rest } = trace ?? {}
        if (!saysAddress.has(method)) expect(account ?? '').not.toContain('quokka')
        if (!saysName.has(method)) expect(JSON.stringify(rest)).not.toContain('quokka')
      }
    },
  )
})
