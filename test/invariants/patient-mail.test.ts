import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DraftContent } from '../../app/contract/index.ts'
import { letterAbout, mailWith } from '../e2e/patient-letters.ts'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { insKey, patientNamed } from '../operator/seed/patients.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

// Ways around the rules of Mon espace santé, taken through the contract as a window could: the engine holds them, not the window
// (ECO.2.2.6, MSS/va1.20, ENS-2, architecture §7.7).
const { anne, paul, patient: leo } = people
const local = leo.address.split('@')[0] ?? ''
const domain = leo.address.split('@')[1] ?? ''

/** A patient’s address whose key is right, of nobody the base knows. */
const addressed = (number: string): string => `${number}${insKey(number)}@${domain}`
const nobody = addressed('2770763220829')

let operator: Operator
let practice: Practice
let accountId = 0
let leoId = 0

type People = Pick<DraftContent, 'to' | 'cc' | 'bcc'>
const who = (address: string, name = '') => ({ name, address })

/** The outcome of sending: the code of the refusal, or `sent`. */
const send = async (
  recipients: Partial<People>,
  options: {
    confirmed?: string[]
    sourceId?: number
    kind?: 'reply' | 'reply-all' | 'forward'
    keep?: boolean
  } = {},
): Promise<string> => {
  const draft = await practice.call('drafts.create', {
    kind: options.kind ?? 'new',
    accountId,
    sourceId: options.sourceId ?? null,
  })
  const content = { ...draft.content, subject: 'Essai fictif', text: 'Bonjour', ...recipients }
  await practice.call('drafts.save', { id: draft.id, content })
  const code = await practice.code('drafts.send', {
    id: draft.id,
    confirmedPatients: options.confirmed ?? [],
  })
  if (code !== 'ok' && options.keep !== true) await practice.call('drafts.discard', { id: draft.id })
  return code
}
const toPatients = () =>
  operator.received.filter(({ to }) => to.some((one) => one.toLowerCase().includes('@patient.')))

const rowOf = async (subject: string): Promise<number> => {
  let id = 0
  await vi.waitFor(
    async () => {
      for (const folder of await practice.call('folders.list', null)) {
        const page = await practice.call('messages.page', {
          ...{ folderId: folder.id, before: null, limit: 20, filter: 'all' },
        })
        id = page.rows.find((row) => row.subject === subject)?.id ?? id
      }
      expect(id).not.toBe(0)
    },
    { timeout: 60_000, interval: 100 },
  )
  return id
}

const text = (from: string, to: string, subject: string, more: string[] = []): string =>
  [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${subject.replaceAll(/\W+/g, '-')}@essai>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...more,
    '',
    'Bonjour.',
    '',
  ].join('\r\n')

beforeAll(async () => {
  operator = await startOperator()
  const letter = await letterAbout(patientNamed('DURAND'), { created: new Date(Date.now() - 3_600_000) })
  await operator.deliver({ from: paul.address, to: anne.address, raw: await mailWith(letter, new Date()) })
  const stranger = addressed('1900675113002')
  for (const [from, to, subject, more] of [
    [leo.address, anne.address, 'Du patient', []],
    [paul.address, `${anne.address}, ${leo.address}`, 'En copie', []],
    [paul.address, anne.address, 'Piège', [`Reply-To: ${leo.address}`]],
    [stranger, anne.address, 'Inconnu', []],
  ] as [string, string, string, string[]][])
    await operator.deliver({ from, to: anne.address, raw: text(from, to, subject, more) })
  practice = await openPractice(operator.policy)
  await practice.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
  accountId = await addMailbox(practice, anne)
  await vi.waitFor(
    async () => {
      const { patients } = await practice.call('patients.list', {
        text: '',
        sort: 'name',
        offset: 0,
        limit: 10,
      })
      leoId = patients.find(({ birthName, mail }) => birthName === 'DURAND' && mail.address !== null)?.id ?? 0
      expect(leoId).not.toBe(0)
    },
    { timeout: 60_000, interval: 100 },
  )
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

describe('an address of Mon espace santé', () => {
  const wrongKey = `${local.slice(0, 13)}${local.endsWith('17') ? '18' : '17'}@${domain}`

  it('is refused unless the base builds it, wherever it stands and however it is written (ECO.2.2.6)', async () => {
    const cases: [string, Partial<People>, string][] = [
      ['typed', { to: [who(nobody)] }, 'compose.patient-unknown'],
      ['in copy', { to: [who(paul.address)], cc: [who(nobody)] }, 'compose.patient-unknown'],
      ['in blind copy', { to: [who(paul.address)], bcc: [who(nobody)] }, 'compose.patient-unknown'],
      ['wrong key', { to: [who(wrongKey)] }, 'compose.recipient-outside'],
      ['plus address', { to: [who(`${local}+suivi@${domain}`)] }, 'compose.recipient-outside'],
      [
        'dots',
        { to: [who(`${local.slice(0, 5)}.${local.slice(5)}@${domain}`)] },
        'compose.recipient-outside',
      ],
      ['sub-domain', { to: [who(`${local}@x.${domain}`)] }, 'compose.recipient-outside'],
      ['look-alike', { to: [who(`${local}@patіent.mssante.test`)] }, 'compose.address-invalid'],
      ['full-width figures', { to: [who(`１${local.slice(1)}@${domain}`)] }, 'compose.recipient-outside'],
    ]
    for (const [name, recipients, code] of cases)
      expect(await send(recipients, { confirmed: [nobody, leo.address] }), name).toBe(code)
    // What is no single address at all.
    for (const address of [
      `${paul.address}, ${leo.address}`,
      `<${leo.address}>`,
      `${paul.address};${leo.address}`,
      `${paul.address}\r\nBcc: ${leo.address}`,
      `"${local}"@${domain}`,
      `${leo.address}\u0000`,
    ])
      expect(await send({ to: [who(address)] }), JSON.stringify(address)).not.toBe('ok')
    expect(toPatients()).toEqual([])
  })

  it('of a patient of the base leaves only once that very address is confirmed', async () => {
    for (const address of [leo.address, leo.address.toUpperCase(), `${local}@${domain.toUpperCase()}`]) {
      expect(await send({ to: [who(address)] })).toBe('compose.patient-unconfirmed')
      expect(await send({ to: [who(address)] }, { confirmed: [paul.address, nobody] })).toBe(
        'compose.patient-unconfirmed',
      )
      expect(await send({ to: [who(paul.address)], bcc: [who(address)] })).toBe('compose.patient-unconfirmed')
    }
    // A name that says something else changes nothing.
    expect(await send({ to: [who(leo.address, `Paul BERNARD <${paul.address}>`)] })).toBe(
      'compose.patient-unconfirmed',
    )
    for (const kind of ['reply', 'reply-all'] as const)
      for (const subject of ['Du patient', 'En copie', 'Piège'])
        if (!(kind === 'reply' && subject === 'En copie'))
          expect(await sendAnswer(subject, kind), `${kind} ${subject}`).toBe('compose.patient-unconfirmed')
    expect(await sendAnswer('Inconnu', 'reply')).toBe('compose.patient-unconfirmed')
    expect(toPatients()).toEqual([])
    expect(await send({ to: [who(leo.address.toUpperCase())] }, { confirmed: [leo.address] })).toBe('ok')
    await expect.poll(() => toPatients().length, { timeout: 60_000 }).toBe(1)
  })

  it('is never written to against the opposition, by any way (MSS/va1.20)', async () => {
    await practice.call('patients.setOpposition', {
      ...{ patientId: leoId, kind: 'patient-mail', opposed: true, note: 'fictive' },
    })
    const forms = [
      leo.address,
      leo.address.toUpperCase(),
      `${local}@${domain}.`,
      ` ${leo.address} `,
      `${local}@${domain.toUpperCase()}.`,
    ]
    for (const address of forms)
      for (const recipients of [
        { to: [who(address)] },
        { to: [who(paul.address)], cc: [who(address)] },
        { to: [who(paul.address)], bcc: [who(address, 'Dr Paul BERNARD')] },
      ])
        expect(await send(recipients, { confirmed: [...forms, address.trim()] }), address).toMatch(
          /^compose\.(patient-refused|address-invalid|patient-unknown)$/,
        )
    for (const kind of ['reply', 'reply-all'] as const)
      for (const subject of ['Du patient', 'Piège'])
        expect(await sendAnswer(subject, kind, [leo.address]), `${kind} ${subject}`).toBe(
          'compose.patient-refused',
        )
    expect(await sendAnswer('En copie', 'reply-all', [leo.address])).toBe('compose.patient-refused')
    expect(toPatients()).toHaveLength(1)
  })
})

const sendAnswer = async (
  subject: string,
  kind: 'reply' | 'reply-all',
  confirmed: string[] = [],
): Promise<string> => {
  const draft = await practice.call('drafts.create', { kind, accountId, sourceId: await rowOf(subject) })
  const code = await practice.code('drafts.send', { id: draft.id, confirmedPatients: confirmed })
  if (code !== 'ok') await practice.call('drafts.discard', { id: draft.id })
  return code
}
