import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SqlDatabase } from '../database.ts'
import { indexMessage } from '../search/index-message.ts'
import { storeForTest } from '../store.fixture.ts'
import { threadSubject } from './thread-subjects.ts'
import { assignThread, settleThread } from './threads.ts'

const day = 86_400 * 1_048_576
const patientOf = (name: string): string =>
  JSON.stringify({
    birthName: name,
    usedName: null,
    firstName: 'X',
    sex: 'U',
    birthDate: null,
    ins: null,
    qualified: false,
  })

interface Mail {
  /** Day written; also its id. */
  day: number
  from: string
  to: string
  subject: string
  messageId?: string
  references?: string[]
  patient?: string
}
const populated = (): SqlDatabase => {
  const db = storeForTest()
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at) VALUES (1,'a@x','A','personal','password','h',1,'tls','h',1,'tls',0);
    INSERT INTO folders (id, account_id, path, name, role) VALUES (1,1,'INBOX','INBOX','inbox')`)
  return db
}
const idOf = (mail: Mail): number => (mail.day + 1000) * day
const arrive = (db: SqlDatabase, mail: Mail): void => {
  const message = {
    id: idOf(mail),
    accountId: 1,
    messageId: mail.messageId ?? `${String(mail.day)}@x`,
    inReplyTo: mail.references?.at(-1) ?? null,
    references: mail.references ?? [],
    subject: mail.subject,
    from: { name: '', address: `${mail.from}@x` },
    to: [{ name: '', address: `${mail.to}@x` }],
  }
  const threadId = assignThread(db, message)
  db.prepare(
    `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
       recipients, subject, size) VALUES ($id, 1, 1, $id, $threadId, x'00', 0, '', $from, $to, $subject, 1)`,
  ).run({
    id: message.id,
    threadId,
    from: message.from.address,
    to: JSON.stringify(message.to),
    subject: mail.subject,
  })
  db.prepare(
    `INSERT INTO message_headers (message_id, message_id_header, in_reply_to, reference_ids, raw_subject)
     VALUES ($id, $messageId, $inReplyTo, $references, '')`,
  ).run({
    id: message.id,
    messageId: message.messageId,
    inReplyTo: message.inReplyTo,
    references: JSON.stringify(message.references),
  })
  settleThread(db, message)
  if (mail.patient === undefined) return
  db.prepare('UPDATE messages SET patient = ? WHERE id = ?').run([patientOf(mail.patient), message.id])
  indexMessage(db, message.id, { body: '' })
}
/** Days of each conversation, by its first message. */
const conversations = (db: SqlDatabase): number[][] => {
  const threads = new Map<number, number[]>()
  for (const row of db
    .prepare('SELECT id, thread_id FROM messages ORDER BY id')
    .all<{ id: number; thread_id: number }>())
    threads.set(row.thread_id, [...(threads.get(row.thread_id) ?? []), row.id / day - 1000])
  return [...threads.values()].toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
}
const inEveryOrder = (mails: Mail[]): number[][] => {
  const results = new Set<string>()
  const permute = (left: Mail[], chosen: Mail[]): void => {
    if (left.length > 0) {
      for (const mail of left)
        permute(
          left.filter((other) => other !== mail),
          [...chosen, mail],
        )
      return
    }
    const db = populated()
    for (const mail of chosen) arrive(db, mail)
    results.add(JSON.stringify(conversations(db)))
  }
  permute(mails, [])
  expect([...results]).toHaveLength(1)
  return JSON.parse([...results][0] ?? '[]') as number[][]
}

test('prefixes of answers are taken off in the ways mail programs write them', () => {
  const base = threadSubject('Bilan de M. Leroy').base
  for (const subject of [
    'Re: Bilan de M. Leroy',
    'RE : bilan de m. leroy',
    'Re[2]: TR: Bilan de M. Leroy',
    'Tr : [Service] Bilan  de M. Leroy',
    'Rép. : Bilan de M. Leroy',
    'Fwd: FW: Bilan de M. Leroy',
    'Re: XDM/1.0/DDM+Bilan de M. Leroy',
  ])
    expect(threadSubject(subject), subject).toEqual({ base, answer: true })
  for (const subject of ['[Labo] Bilan de M. Leroy', 'XDM/1.0/DDM+ Bilan de M. Leroy'])
    expect(threadSubject(subject), subject).toEqual({ base, answer: false })
  expect(threadSubject('Réunion: bilan').answer).toBe(false)
  expect(threadSubject('Re: ').base).toBeNull()
})

test('an answer without references joins what it answers, in whatever order they arrive', () => {
  const question = { day: 1, from: 'paul', to: 'anne', subject: 'Avis M. Leroy' }
  const answer = { day: 3, from: 'anne', to: 'paul', subject: 'RE : Avis M. Leroy' }
  const again = { day: 5, from: 'paul', to: 'anne', subject: 'Re: RE : Avis M. Leroy' }
  const referring = { day: 6, from: 'anne', to: 'paul', subject: 'autre chose', references: ['5@x'] }
  expect(inEveryOrder([question, answer, again, referring])).toEqual([[1, 3, 5, 6]])
})

test('the same subject alone joins nothing: not another sender, not much later, not two originals', () => {
  const original = { day: 1, from: 'labo', to: 'anne', subject: 'Résultat de laboratoire' }
  expect(inEveryOrder([original, { ...original, day: 2 }, { ...original, day: 3 }])).toEqual([[1], [2], [3]])
  expect(
    inEveryOrder([original, { day: 2, from: 'paul', to: 'anne', subject: 'Re: Résultat de laboratoire' }]),
  ).toEqual([[1], [2]])
  expect(
    inEveryOrder([original, { day: 40, from: 'anne', to: 'labo', subject: 'Re: Résultat de laboratoire' }]),
  ).toEqual([[1], [40]])
  expect(
    inEveryOrder([
      original,
      { day: 2, from: 'anne', to: 'labo', subject: 'Re: Résultat de laboratoire', references: ['lost@x'] },
    ]),
  ).toEqual([[1], [2]])
})

test('an answer that could belong to two conversations belongs to neither, whichever came first', () => {
  const one = { day: 1, from: 'labo', to: 'anne', subject: 'Résultat de laboratoire', patient: 'A' }
  const two = { ...one, day: 2, patient: 'B' }
  const answer = { day: 3, from: 'anne', to: 'labo', subject: 'Re: Résultat de laboratoire' }
  expect(inEveryOrder([one, two, answer])).toEqual([[1], [2], [3]])
})

test('an answer about somebody else leaves the conversation, unless References say it belongs there', () => {
  const one = { day: 1, from: 'labo', to: 'anne', subject: 'Compte rendu', patient: 'A' }
  const other = { day: 2, from: 'anne', to: 'labo', subject: 'Tr: Compte rendu', patient: 'B' }
  expect(inEveryOrder([one, other])).toEqual([[1], [2]])
  expect(inEveryOrder([one, { ...other, references: ['1@x'] }])).toEqual([[1, 2]])
  expect(inEveryOrder([one, { ...other, patient: 'A' }])).toEqual([[1, 2]])
})

test('of generated mail, no subject ever brings two patients together, and referring mails are never parted', () => {
  const people = fc.constantFrom('anne', 'paul', 'labo')
  const mail = fc.record({
    from: people,
    to: people,
    subject: fc.constantFrom(
      'Résultat de laboratoire',
      'Re: Résultat de laboratoire',
      'TR: Résultat de laboratoire',
      'Re: Bilan',
      'Bilan',
    ),
    patient: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
    refers: fc.option(fc.nat(8), { nil: undefined, freq: 4 }),
    place: fc.integer(),
  })
  fc.assert(
    fc.property(fc.array(mail, { minLength: 2, maxLength: 9 }), (drawn) => {
      const mails = drawn.map(({ refers, patient, place, ...one }, index) => ({
        ...one,
        place,
        day: index,
        ...(patient === undefined ? {} : { patient }),
        ...(refers !== undefined && refers < index ? { references: [`${String(refers)}@x`] } : {}),
      }))
      const db = populated()
      for (const one of mails.toSorted((a, b) => a.place - b.place)) arrive(db, one)
      const found = conversations(db)
      expect(found.flat().toSorted((a, b) => a - b)).toEqual(mails.map((one) => one.day))
      for (const days of found) {
        // Mails that refer to each other, directly or not, count as one whoever they are about.
        const groups = new Map(days.map((one) => [one, one]))
        const rootOf = (one: number): number =>
          groups.get(one) === one ? one : rootOf(groups.get(one) ?? one)
        for (const one of days)
          for (const name of mails[one]?.references ?? []) {
            const referred = Number.parseInt(name, 10)
            expect(days, `${String(one)} refers to ${name}`).toContain(referred)
            groups.set(rootOf(one), rootOf(referred))
          }
        const patients = new Map<number, Set<string>>()
        for (const one of days) {
          const patient = mails[one]?.patient
          if (patient !== undefined)
            patients.set(rootOf(one), (patients.get(rootOf(one)) ?? new Set()).add(patient))
        }
        const sets = [...patients.values()]
        for (const [index, set] of sets.entries())
          for (const other of sets.slice(index + 1))
            expect(
              [...set].every((one) => !other.has(one)),
              JSON.stringify(mails),
            ).toBe(false)
      }
    }),
    { numRuns: 60 },
  )
})
