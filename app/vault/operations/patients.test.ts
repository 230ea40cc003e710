import { expect, test } from 'vitest'
import { messageOrderOperations } from './message-order.ts'
import { patientDecisionOperations } from './patient-decisions.ts'
import { exchangeOperations } from './patient-exchanges.ts'
import { patientOperations } from './patients.ts'
import { context, document, domain, identity, patientStore } from './patients.fixture.ts'
import { removeMessages, selectRows } from './message-rows.ts'

type Store = ReturnType<typeof patientStore>['db']

const listed = (db: Store, text = '', sort: 'name' | 'recent' = 'name') =>
  patientOperations['patients.find'](
    db,
    { text, sort, toCompare: false, offset: 0, limit: 50, domain },
    context,
  )
const names = (db: Store, text = '') =>
  listed(db, text).patients.map((one) => `${one.birthName} ${one.firstName}`)
const exchanges = (db: Store, id: number) =>
  exchangeOperations['patients.exchanges'](db, { id, domain, limit: 100 }, context)
const decisions = (db: Store, id: number) =>
  patientDecisionOperations['patients.decisions'](db, { id, domain }, context)
const only = (db: Store): number => {
  const [one, ...others] = listed(db).patients
  expect(others).toEqual([])
  return one?.id ?? 0
}

test('the same matricule, authority and traits are one patient, whatever else differs', () => {
  const { db, put } = patientStore()
  put([document({ identity: identity({ usedName: 'MARTIN' }) })])
  put([document({ identity: identity({ usedName: 'BERNARD', ipps: ['42^^^&1.2.3'] }) })])
  put([], { from: `278113512151889@${domain}`, trust: 'patient' })
  const [one, ...others] = listed(db).patients
  expect(others).toEqual([])
  // The latest message says which name is used today.
  expect(one).toMatchObject({ usedName: 'BERNARD', ipps: ['42^^^&1.2.3'], messageCount: 3, documentCount: 2 })
  expect(exchanges(db, one?.id ?? 0)?.exchanges.map(({ source }) => source)).toEqual([
    'address',
    'document',
    'document',
  ])
})

test.each([
  ['spelling', { ins: null, birthName: 'LE GOFF' }, { ins: null, birthName: 'LE-GOFF' }],
  ['same-ins-other-traits', {}, { birthDate: '1978-11-27' }],
  ['same-traits-no-ins', {}, { ins: null }],
  [
    'same-traits-other-ins',
    {},
    {
      ins: {
        matricule: '278113512151987',
        oid: '1.2.250.1.213.1.4.8',
        kind: 'nir' as const,
        keyValid: false,
      },
    },
  ],
  [
    'nia-to-nir',
    {
      ins: { matricule: '278113512151889', oid: '1.2.250.1.213.1.4.9', kind: 'nia' as const, keyValid: true },
    },
    {
      ins: { matricule: '278119912151855', oid: '1.2.250.1.213.1.4.8', kind: 'nir' as const, keyValid: true },
    },
  ],
  ['used-name', { ins: null, usedName: 'MARTIN' }, { ins: null, birthName: 'MARTIN' }],
  ['used-name', { usedName: 'MARTIN' }, { birthName: 'MARTIN' }],
  ['spelling', { birthName: 'LE GOFF' }, { birthName: 'LE-GOFF' }],
  ['same-ins-other-traits', {}, { firstName: 'Marie-Claude' }],
  ['same-ins-other-traits', {}, { sex: 'M' as const }],
  [
    'other-authority',
    {},
    {
      ins: {
        matricule: '278113512151889',
        oid: '1.2.250.1.213.1.4.10',
        kind: 'nir' as const,
        keyValid: true,
      },
    },
  ],
  ['same-names-other-sex', { ins: null }, { ins: null, sex: 'M' as const }],
  ['first-name', { ins: null }, { ins: null, firstName: 'MarieClaude' }],
  ['first-name', {}, { ins: null, firstName: 'MarieClaude' }],
] as const)('near identities are proposed (%s), never joined', (reason, one, other) => {
  const { db, put } = patientStore()
  put([document({ identity: identity(one) })])
  put([document({ identity: identity(other) })])
  const { patients, proposals } = listed(db)
  expect([patients.length, proposals]).toEqual([2, 1])
  expect(decisions(db, patients[0]?.id ?? 0)?.proposals.map((proposal) => proposal.reason)).toEqual([reason])
})

test('people who only share a name, or a birth date, are not compared', () => {
  const { db, put } = patientStore()
  put([document()])
  put([document({ identity: identity({ ins: null, birthDate: '1950-01-02' }) })])
  put([document({ identity: identity({ ins: null, birthName: 'MARTIN' }) })])
  expect(listed(db)).toMatchObject({ total: 3, proposals: 0 })
})

test('a used name heard of later makes a proposal, and none that was decided comes back', () => {
  const { db, put } = patientStore()
  put([document({ identity: identity({ ins: null, birthName: 'MARTIN' }) })])
  put([document({ identity: identity({ ins: null }) })])
  expect(listed(db).proposals).toBe(0)
  put([document({ identity: identity({ ins: null, usedName: 'MARTIN' }) })])
  expect(listed(db).proposals).toBe(1)
  const [one] = listed(db).patients
  const [proposal] = decisions(db, one?.id ?? 0)?.proposals ?? []
  expect(proposal?.reason).toBe('used-name')
  const decided = { proposalId: proposal?.id ?? 0, same: false, keep: null }
  patientDecisionOperations['patients.decide'](db, decided, context)
  put([document({ identity: identity({ ins: null, usedName: 'BERNARD' }) })])
  put([document({ identity: identity({ ins: null, usedName: 'MARTIN' }) })])
  expect(listed(db)).toMatchObject({ total: 2, proposals: 0 })
})

test('twins, and a child named as another of the same day, are no proposals', () => {
  const { db, put } = patientStore()
  for (const firstName of ['Léa', 'Léo', 'Zoé'])
    put([document({ identity: identity({ ins: null, firstName }) })])
  put([document({ identity: identity({ ins: null, firstName: 'Léa', birthName: 'DUPONTEL' }) })])
  expect(listed(db)).toMatchObject({ total: 4, proposals: 0 })
})

test('the list to compare holds both sides, until they are joined', () => {
  const { db, put } = patientStore()
  put([document()])
  put([document({ identity: identity({ ins: null }) })])
  put([document({ identity: identity({ ins: null, birthName: 'PETIT' }) })])
  const toCompare = () =>
    patientOperations['patients.find'](
      db,
      { text: '', sort: 'name', toCompare: true, offset: 0, limit: 50, domain },
      context,
    )
  expect(toCompare()).toMatchObject({ total: 2, patients: [{}, {}] })
  const [one, other] = toCompare().patients.map(({ id }) => id)
  patientDecisionOperations['patients.merge'](db, { keep: one ?? 0, other: other ?? 0 }, context)
  expect(toCompare()).toMatchObject({ total: 0, patients: [] })
  expect(listed(db).total).toBe(2)
  expect(listed(db, '', 'recent').total).toBe(2)
})

test('identities joined by the user show all exchanges, and come apart as they were', () => {
  const { db, put } = patientStore()
  const first = put([document()])
  const second = put([document({ identity: identity({ ins: null }) })])
  const [one, other] = listed(db).patients.map(({ id }) => id)
  const [proposal] = decisions(db, one ?? 0)?.proposals ?? []
  patientDecisionOperations['patients.decide'](
    db,
    { proposalId: proposal?.id ?? 0, same: true, keep: one ?? 0 },
    context,
  )
  expect(only(db)).toBe(one)
  expect(listed(db).proposals).toBe(0)
  expect(exchanges(db, other ?? 0)?.exchanges.map(({ row }) => row.id)).toEqual([second, first])
  const [made] = decisions(db, one ?? 0)?.decisions ?? []
  expect(made).toMatchObject({ action: 'merged', undoable: true })
  expect(patientDecisionOperations['patients.undo'](db, { decisionId: made?.id ?? 0 }, context)).toEqual([])
  expect(listed(db)).toMatchObject({ total: 2, proposals: 1 })
  expect(exchanges(db, one ?? 0)?.exchanges).toHaveLength(1)
  // Once is enough.
  expect(patientDecisionOperations['patients.undo'](db, { decisionId: made?.id ?? 0 }, context)).toBeNull()
})

test('two people the user told apart are not proposed again', () => {
  const { db, put } = patientStore()
  put([document()])
  put([document({ identity: identity({ ins: null }) })])
  const [one] = listed(db).patients
  const [proposal] = decisions(db, one?.id ?? 0)?.proposals ?? []
  patientDecisionOperations['patients.decide'](
    db,
    { proposalId: proposal?.id ?? 0, same: false, keep: null },
    context,
  )
  put([document({ identity: identity({ ins: null }) })])
  expect(listed(db)).toMatchObject({ total: 2, proposals: 0 })
  expect(decisions(db, one?.id ?? 0)?.decisions.map(({ action }) => action)).toEqual(['kept-apart'])
})

test('a message without identity is attached by hand, shown in its row, and let go again', () => {
  const { db, put } = patientStore()
  put([document()])
  const bare = put([])
  const copy = put([], { name: 'message 2', folder: 'archive' })
  const patientId = only(db)
  const attach = (on: boolean) =>
    patientDecisionOperations['patients.attach'](db, { messageId: bare, patientId, on }, context)
  expect(attach(true)).toEqual([bare, copy])
  expect(attach(true)).toBeNull()
  expect(selectRows(db, [bare])[0]?.patient).toMatchObject({ birthName: 'DUPONT', firstName: 'Marie' })
  expect(exchanges(db, patientId)?.exchanges.map(({ source }) => source)).toEqual(['manual', 'document'])
  expect(attach(false)).toEqual([bare, copy])
  expect(selectRows(db, [bare])[0]?.patient).toBeNull()
  expect(exchanges(db, patientId)?.exchanges).toHaveLength(1)
  const [, attached] = decisions(db, patientId)?.decisions ?? []
  expect(attached).toMatchObject({ action: 'attached', about: 'Message 2' })
})

test('a patient known later names the messages that came from the own address', () => {
  const { db, put } = patientStore()
  const asked = put([], { from: `278113512151889@${domain}`, trust: 'patient' })
  expect(selectRows(db, [asked])[0]?.patient).toBeNull()
  put([document()])
  expect(selectRows(db, [asked])[0]?.patient).toMatchObject({ birthName: 'DUPONT' })
})

test('an address that two identities share is nobody’s until they are compared', () => {
  const { db, put } = patientStore()
  put([document()])
  put([document({ identity: identity({ birthDate: '1978-11-27' }) })])
  const asked = put([], { from: `278113512151889@${domain}`, trust: 'patient' })
  const of = exchangeOperations['patients.ofMessage'](db, { messageId: asked, domain }, context)
  expect(of?.patients).toEqual([])
  expect(of?.candidates).toHaveLength(2)
  expect(listed(db).patients.every((one) => one.sharesMatricule)).toBe(true)
})

test('junk, trash and drafts are no exchanges', () => {
  const { db, put } = patientStore()
  put([document()], { folder: 'junk' })
  put([document()], { folder: 'trash' })
  const sent = put([document()], { folder: 'sent', from: 'anne@mss.test', to: 'paul@mss.test' })
  expect(exchanges(db, only(db))?.exchanges.map(({ row, direction }) => [row.id, direction])).toEqual([
    [sent, 'sent'],
  ])
})

test('patients are found by names, birth date in any French form, matricule and IPP', () => {
  const { db, put } = patientStore()
  put([document({ identity: identity({ usedName: 'LEFÈVRE', ipps: ['004512^^^&1.2.3'] }) })])
  put([document({ identity: identity({ ins: null, birthName: "LE GOFF-D'ARCY", firstName: 'Jean-Éric' }) })])
  for (const text of ['dupont', 'MARIE dup', 'lefevre', '26/11/1978 marie', '26111978 dup', '26-11-1978 lef'])
    expect(names(db, text), text).toEqual(['DUPONT Marie'])
  for (const text of ['26/11/78 dup', 'dupont 26 11 1978', 'dup 26.11.78', '261178 dupont', '26 11 78 marie'])
    expect(names(db, text), text).toEqual(['DUPONT Marie'])
  for (const text of ['2 78 11 35 121', '278113512151889', '004512'])
    expect(names(db, text), text).toEqual(['DUPONT Marie'])
  for (const text of ['goff', 'legoff', "d'arcy", 'eric', 'jean-éric'])
    expect(names(db, text), text).toEqual(["LE GOFF-D'ARCY Jean-Éric"])
  expect(names(db, 'dupont jean')).toEqual([])
  expect(names(db, "50%' OR 1")).toEqual([])
})

test('oppositions hold for the person, are dated once, and can be lifted and restored', () => {
  const { db, put } = patientStore()
  put([document()])
  const patientId = only(db)
  const [first, later] = [context.now(), context.now() + 86_400_000]
  const set = (opposed: boolean, at: number, of = patientId, note = 'au cabinet') =>
    patientDecisionOperations['patients.setOpposition'](
      db,
      { patientId: of, kind: 'patient-mail', opposed, note },
      { now: () => at },
    )
  const held = () => listed(db).patients.map(({ oppositions }) => oppositions)
  set(true, first)
  expect(held()).toEqual([[{ kind: 'patient-mail', since: first, note: 'au cabinet' }]])
  // Said again with other words: since the first time.
  set(true, later, patientId, 'par téléphone')
  expect(held()).toEqual([[{ kind: 'patient-mail', since: first, note: 'par téléphone' }]])
  set(false, later)
  expect(held()).toEqual([[]])
  const [lifted] = decisions(db, patientId)?.decisions ?? []
  patientDecisionOperations['patients.undo'](db, { decisionId: lifted?.id ?? 0 }, { now: () => later })
  expect(held()).toEqual([[{ kind: 'patient-mail', since: first, note: 'par téléphone' }]])
  // Of two identities that the user finds to be one person, whichever it was said of, and lifted of.
  put([document({ identity: identity({ ins: null }) })])
  const other = listed(db).patients.find(({ id }) => id !== patientId)?.id ?? 0
  expect(other).toBeGreaterThan(0)
  expect(
    patientDecisionOperations['patients.merge'](db, { keep: other, other: patientId }, context),
  ).not.toBeNull()
  expect(held()).toEqual([[{ kind: 'patient-mail', since: first, note: 'par téléphone' }]])
  set(false, later, other)
  expect(held()).toEqual([[]])
})

test('professionals of the care come from mail and documents; the user adds and takes off (LABEL.06)', () => {
  const { db, put } = patientStore()
  put([document()])
  const patientId = only(db)
  const of = () => exchanges(db, patientId)?.professionals.map(({ name, rpps }) => [name, rpps])
  expect(of()).toEqual([
    ['paul@mss.test', null],
    ['Dr Paul BERNARD', '10001234567'],
  ])
  const set = (listed: boolean, name: string, address: string | null) =>
    patientDecisionOperations['patients.setProfessional'](
      db,
      { patientId, listed, name, address, role: null, organisation: null, rpps: null },
      context,
    )
  set(true, 'Sophie CARON', 'sophie@mss.test')
  set(false, 'paul@mss.test', 'paul@mss.test')
  expect(of()).toEqual([
    ['Dr Paul BERNARD', '10001234567'],
    ['Sophie CARON', null],
  ])
})

test('the list sorts and filters by patient, type, date and read state (ERGO/va1.05)', () => {
  const { db, put } = patientStore()
  const marie = put([document({ label: 'Ordonnance' })])
  const bare = put([])
  const arnaud = put([document({ identity: identity({ ins: null, birthName: 'ARNAUD' }), label: 'CR' })])
  db.exec(`UPDATE messages SET flags = 1 WHERE id = ${marie};
    UPDATE messages SET patient = json_object('birthName', 'DUPONT', 'firstName', 'Marie') WHERE id = ${marie};
    UPDATE messages SET patient = json_object('birthName', 'ARNAUD', 'firstName', 'Marie') WHERE id = ${arnaud}`)
  const sorted = (more: Partial<Parameters<(typeof messageOrderOperations)['messages.sorted']>[1]>) =>
    messageOrderOperations['messages.sorted'](
      db,
      {
        ...{
          folderId: 1,
          filter: 'all',
          sort: 'date',
          descending: true,
          patientId: null,
          documentLabel: null,
          unread: null,
        },
        ...{ from: null, before: null, offset: 0, limit: 50 },
        ...more,
      },
      context,
    ).rows.map((row) => row.id)
  expect(sorted({ sort: 'patient', descending: false })).toEqual([arnaud, marie, bare])
  expect(sorted({ sort: 'patient' })).toEqual([marie, arnaud, bare])
  expect(sorted({ sort: 'type', descending: false })).toEqual([arnaud, marie, bare])
  expect(sorted({ sort: 'unread', descending: false })).toEqual([arnaud, bare, marie])
  expect(sorted({ documentLabel: 'Ordonnance' })).toEqual([marie])
  expect(sorted({ unread: true })).toEqual([arnaud, bare])
  expect(sorted({ from: Date.UTC(2026, 0, 2), before: Date.UTC(2026, 0, 3) })).toEqual([bare])
  const [first] = listed(db, 'dupont').patients
  expect(sorted({ patientId: first?.id ?? 0 })).toEqual([marie])
  const facets = messageOrderOperations['messages.facets'](db, { folderId: 1 }, context)
  expect(facets.documentLabels).toEqual([
    { label: 'CR', count: 1 },
    { label: 'Ordonnance', count: 1 },
  ])
  expect(facets.patients.map((one) => one.birthName)).toEqual(['ARNAUD', 'DUPONT'])
})

test('every inbox sorts and filters as one list, without the other folders (ERGO/va1.05, ERGO/va1.08)', () => {
  const { db, put } = patientStore()
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at)
    VALUES (2, 'cabinet@mss.test', 'Cabinet', 'organisational', 'psc', 'h', 1, 'tls', 'h', 1, 'tls', 0);
    INSERT INTO folders (id, account_id, path, name, role) VALUES (21, 2, 'INBOX', 'INBOX', 'inbox')`)
  const named = (birthName: string) =>
    put([document({ identity: identity({ ins: null, birthName }), label: birthName })])
  const [zoe, archived, arnaud] = [named('ZOE'), named('MARTIN'), named('ARNAUD')]
  const place = (id: number, folderId: number, patient: string): void =>
    db.exec(`UPDATE messages SET folder_id = ${folderId},
      patient = json_object('birthName', '${patient}', 'firstName', 'Marie') WHERE id = ${id}`)
  place(zoe, 1, 'ZOE')
  place(archived, 5, 'MARTIN')
  place(arnaud, 21, 'ARNAUD')
  db.exec(`UPDATE messages SET flags = 1 WHERE id = ${zoe}`)
  const wish = {
    sort: 'patient',
    descending: false,
    patientId: null,
    documentLabel: null,
    unread: null,
  } as const
  const every = { folderId: null, ...wish, from: null, before: null, offset: 0, limit: 50 }
  const ids = (filter: 'all' | 'unread'): number[] =>
    messageOrderOperations['messages.sorted'](db, { ...every, filter }, context).rows.map((row) => row.id)
  expect(ids('all')).toEqual([arnaud, zoe])
  expect(ids('unread')).toEqual([arnaud])
  const facets = messageOrderOperations['messages.facets'](db, { folderId: null }, context)
  expect(facets.documentLabels.map(({ label }) => label)).toEqual(['ARNAUD', 'ZOE'])
  expect(facets.patients.map((one) => one.birthName).toSorted()).toEqual(['ARNAUD', 'ZOE'])
})

test('a patient stays when all messages have gone', () => {
  const { db, put } = patientStore()
  const id = put([document()])
  removeMessages(db, [id])
  expect(listed(db).patients[0]).toMatchObject({ messageCount: 0, documentCount: 0, lastAt: null })
})
