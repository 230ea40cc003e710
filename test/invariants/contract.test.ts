import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreCalls, ErrorData, fail, type CoreMethod } from '../../app/contract/index.ts'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { inputsOf } from './inputs.fixture.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

// Architecture §7.5 and §7.7, asked of the real core.
const { anne, paul } = people
const methods = Object.keys(coreCalls) as CoreMethod[]
/** These would end the run rather than test it. */
const destructive = new Set<CoreMethod>([
  'session.lock',
  'session.switchTo',
  'session.rebuild',
  'accounts.remove',
])

let operator: Operator
let practice: Practice
let accountId: number

beforeAll(async () => {
  operator = await startOperator()
  // Nobody sits at a browser here: a sign-in that waited for one would outlast the test.
  practice = await openPractice(operator.policy, {
    openExternal: () => Promise.resolve(fail('core.unavailable')),
  })
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

const expectValidAnswer = (
  method: string,
  outcome: Awaited<ReturnType<Practice['core']['invoke']>>,
): void => {
  if (!outcome.ok) {
    expect(ErrorData.strict().safeParse(outcome.error).success, method).toBe(true)
    return
  }
  const parsed = coreCalls[method as CoreMethod].output.safeParse(outcome.value)
  expect(parsed.error?.issues ?? [], method).toEqual([])
}

const json = fc.jsonValue({ maxDepth: 3 })
const correspondents = fc.array(
  fc.record({ name: fc.string({ unit: 'binary' }), address: fc.oneof(fc.string(), fc.emailAddress()) }),
  { maxLength: 3 },
)
/** Inputs near enough to the schemas to get past them now and then. */
const nearly = fc.record(
  {
    id: fc.oneof(fc.integer(), fc.nat(3), json),
    ids: fc.array(fc.integer({ min: -1, max: 2 ** 53 }), { maxLength: 4 }),
    accountId: fc.oneof(fc.nat(3), fc.constant(null), json),
    folderId: fc.oneof(fc.nat(9), fc.constant(null)),
    kind: fc.constantFrom('new', 'reply', 'reply-all', 'forward', 'replace', 'card'),
    sourceId: fc.oneof(fc.nat(), fc.constant(null)),
    flag: fc.constantFrom('seen', 'flagged', 'answered', 'x'),
    on: fc.boolean(),
    text: fc.string(),
    query: fc.string(),
    address: fc.oneof(fc.string(), fc.emailAddress()),
    uploadId: fc.string(),
    passphrase: fc.string(),
    operationId: fc.integer(),
    attachmentId: fc.string(),
    fileName: fc.string(),
    mimeType: fc.string(),
    limit: fc.integer({ min: -5, max: 100 }),
    before: fc.oneof(fc.nat(), fc.constant(null)),
    filter: fc.constantFrom('all', 'unread', 'flagged', 'x'),
    content: fc.record({
      accountId: fc.nat(3),
      to: correspondents,
      cc: correspondents,
      bcc: correspondents,
      subject: fc.string(),
      text: fc.string({ unit: 'binary' }),
      html: fc.oneof(fc.string(), fc.constant(null)),
      sign: fc.boolean(),
      encrypt: fc.boolean(),
      readReceipt: fc.boolean(),
    }),
    pin: fc.constantFrom('', '12', 'abcd'),
    code: fc.string(),
    at: fc.constantFrom('2099-11-22T08:00:00.000Z', '2020-01-01T00:00:00Z', 'demain'),
    delaySeconds: fc.integer({ min: -1, max: 61 }),
    send: fc.boolean(),
    subject: fc.string(),
    grant: fc.string({ minLength: 15, maxLength: 40 }),
    format: fc.constantFrom('eml', 'mbox', 'pdf', 'x'),
    subjectInNames: fc.boolean(),
    labels: fc.constant(null),
    selection: fc.oneof(
      fc.record({ kind: fc.constant('ids'), ids: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }) }),
      fc.record({
        kind: fc.constant('folder'),
        folderId: fc.nat(9),
        filter: fc.constantFrom('all', 'unread'),
      }),
    ),
    source: fc.oneof(
      fc.record({ grant: fc.string({ minLength: 20, maxLength: 64 }) }),
      fc.record({ uploads: fc.constant([{ uploadId: 'none', fileName: 'x.eml' }]) }),
    ),
  },
  {
    requiredKeys: [
      'id',
      'ids',
      'uploadId',
      'passphrase',
      'send',
      'subject',
      'folderId',
      'before',
      'limit',
      'filter',
    ],
  },
)
const inputs = fc.oneof(json, nearly, fc.constant(null), fc.constant(undefined))

/** Answers which methods got past their schema. */
const fuzz = async (names: CoreMethod[], runs: number): Promise<Set<CoreMethod>> => {
  const reached = new Set<CoreMethod>()
  const calls = fc
    .constantFrom(...names)
    .chain((method) =>
      fc.record({ method: fc.constant(method), input: fc.oneof(inputs, inputsOf(coreCalls[method].input)) }),
    )
  await fc.assert(
    fc.asyncProperty(calls, async ({ method, input }) => {
      const outcome = await practice.core.invoke(method, input)
      expectValidAnswer(method, outcome)
      if (outcome.ok || outcome.error.code !== 'contract.invalid-request') reached.add(method)
    }),
    { numRuns: runs, seed: 2026 },
  )
  return reached
}

describe('a core that is not open', () => {
  it('knows the methods of the contract only', async () => {
    for (const method of [
      '',
      'constructor',
      '__proto__',
      'toString',
      'parts.read',
      'vault.run',
      'window.openLink',
    ])
      expect(await practice.core.invoke(method, null)).toMatchObject({
        ok: false,
        error: { code: 'contract.unknown-method' },
      })
  })

  it('answers every method, whatever it is given, and opens nothing', async () => {
    // Creating a store with a fuzzed passphrase is an answer too, but a slow one.
    await fuzz(
      methods.filter((method) => !method.startsWith('session.create')),
      600,
    )
    expect(await practice.call('session.state', null)).toEqual({ phase: 'no-vault' })
  })
})

describe('an open core', () => {
  beforeAll(async () => {
    await practice.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
    accountId = await addMailbox(practice, anne)
  })

  it('answers every method with an error of the contract or a value of its schema, and stays alive', async () => {
    const asked = methods.filter((method) => !destructive.has(method))
    const reached = await fuzz(asked, 4000)
    // PINs are played with a real card elsewhere; an account takes a server.
    const elsewhere = new Set<CoreMethod>(['session.createWithCard', 'session.openWithCard'])
    elsewhere.add('accounts.create')
    expect(asked.filter((method) => !reached.has(method) && !elsewhere.has(method))).toEqual([])
    expect(practice.faults).toEqual([])
    expect((await practice.call('session.state', null)).phase).toBe('open')
  })

  it.each([
    ['an INS mistyped', '190067511300118@patient.mssante.test', 'compose.recipient-outside'],
    ['outside the trust space', 'quelquun@exemple.test', 'compose.recipient-outside'],
    ['a patient the base does not know', '190067511300117@patient.mssante.test', 'compose.patient-unknown'],
    ['a patient who is no qualified INS', 'leo.durand@patient.mssante.test', 'compose.'],
    [
      'a domain that only looks like one',
      `x@${paul.address.split('@')[1] ?? ''}.exemple.test`,
      'compose.recipient-outside',
    ],
  ])('refuses to send %s, even when the window asks', async (_what, address, expected) => {
    const draft = await practice.call('drafts.create', { kind: 'new', accountId, sourceId: null })
    const content = {
      ...draft.content,
      to: [{ name: '', address: paul.address }],
      subject: 'Fictif',
      text: 'Bonjour',
      sign: false,
      encrypt: false,
    }
    for (const where of ['to', 'cc', 'bcc'] as const) {
      await practice.call('drafts.save', {
        id: draft.id,
        content: { ...content, [where]: [...(where === 'to' ? content.to : []), { name: 'Dr', address }] },
      })
      expect(await practice.code('drafts.send', { id: draft.id }), where).toContain(expected)
    }
    expect(await practice.call('outbox.list', null)).toEqual([])
    expect(operator.received).toEqual([])
  })
})
