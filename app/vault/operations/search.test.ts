import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SearchScope } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { indexMessage } from '../search/index-message.ts'
import { searchSql } from '../search/select.ts'
import { storeForTest } from '../store.fixture.ts'
import { searchOperations } from './search.ts'

const context = { now: () => Date.UTC(2026, 10, 22, 11) }
const all: SearchScope = { kind: 'all' }
const idOf = (date: number): number => Math.floor(date / 1000) * 1_048_576

interface Added {
  id: number
  folder?: number
  from?: [string, string]
  to?: { name: string; address: string }[]
  copies?: string
  subject?: string
  body?: string
  flags?: number
  attachments?: boolean
  patient?: object
  label?: string
}
const add = (db: SqlDatabase, message: Added): void => {
  const { id, folder = 1, from = ['Expéditeur', 'x@medecin.mssante.test'], to = [], flags = 1 } = message
  db.prepare(
    `INSERT INTO messages (id, account_id, folder_id, uid, thread_id, identity, date, from_name, from_address,
       recipients, subject, size, flags, has_attachments, patient, document_label, body_state)
     VALUES ($id, $account, $folder, $id, $id, x'00', 0, $name, $address, $to, $subject, 1, $flags, $files,
       $patient, $label, 1)`,
  ).run({
    id,
    account: folder === 3 ? 2 : 1,
    folder,
    name: from[0],
    address: from[1],
    to: JSON.stringify(to),
    subject: message.subject ?? '',
    flags,
    files: message.attachments ? 1 : 0,
    patient: message.patient ? JSON.stringify(message.patient) : null,
    label: message.label ?? null,
  })
  db.prepare('INSERT INTO message_headers (message_id, raw_subject) VALUES (?, ?)').run([
    id,
    message.subject ?? '',
  ])
  const body = message.body ?? ''
  db.prepare("INSERT INTO bodies (message_id, raw, raw_size, text) VALUES (?, x'00', 1, ?)").run([id, body])
  indexMessage(db, id, { body, ...(message.copies === undefined ? {} : { copies: message.copies }) })
}
const populated = (): SqlDatabase => {
  const db = storeForTest()
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security, created_at) VALUES (1,'a@x','A','personal','password','h',1,'starttls','h',1,'starttls',0),
      (2,'b@x','B','organisational','password','h',1,'starttls','h',1,'starttls',0)`)
  db.exec(`INSERT INTO folders (id, account_id, path, name, role) VALUES (1,1,'INBOX','INBOX','inbox'),
      (2,1,'Dossiers/Études','Études','none'),(3,2,'INBOX','INBOX','inbox')`)
  return db
}
const finder =
  (db: SqlDatabase, scope: SearchScope = all) =>
  (text: string): number[] =>
    searchOperations['search.query'](db, { text, scope, before: null, limit: 50 }, context).ids
const page = (db: SqlDatabase, text: string) =>
  searchOperations['search.page'](db, { text, scope: all, before: null, limit: 50 }, context)

test('words are found folded, by prefix, in any field, and a grouped number by its digits', () => {
  const db = populated()
  add(db, {
    id: 10,
    from: ['Dr Hélène Œuvrard', 'helene@medecin.mssante.test'],
    subject: 'Œdème aigu',
    body: 'INS 2 60 05 14 118 177 37, née le 14/05/1960',
  })
  const find = finder(db)
  for (const text of [
    'oedeme',
    'ŒDÈ',
    'oe',
    'o',
    'helene aigu',
    '260051411817737',
    '2 60 05 14 118 177',
    '26005',
    'oeuvrard',
    '14/05/1960',
    '14051960',
  ])
    expect(find(text), text).toEqual([10])
  for (const text of ['odeme', 'helene grave', '161', '', 'oex', 'x-oedeme'])
    expect(find(text), text).toEqual([])
  db.exec("UPDATE messages SET subject = 'Remplacé' WHERE id = 10")
  indexMessage(db, 10, { body: '' })
  expect(find('aigu')).toEqual([])
  expect(find('remplace')).toEqual([10])
  searchOperations['search.remove'](db, { ids: [10, 11] }, context)
  expect(find('remplace')).toEqual([])
})

test('what was decrypted for the reader is found, until the policy wants it forgotten', () => {
  const db = populated()
  add(db, { id: 10, subject: 'Bilan', attachments: true })
  add(db, { id: 11, subject: 'Clair' })
  db.exec('UPDATE messages SET encrypted = 1 WHERE id = 10')
  const texts = [{ fileName: 'bilan.pdf', text: 'créatinine fictive' }]
  searchOperations['indexing.storeDecrypted'](db, { id: 10, text: 'sérologie fictive', texts }, context)
  searchOperations['indexing.store'](db, { id: 11, copies: '', texts }, context)
  const find = finder(db)
  expect([find('serologie'), find('creatinine'), find('bilan')]).toEqual([[10], [11, 10], [11, 10]])
  expect(searchOperations['indexing.forgetDecrypted'](db, { limit: 5 }, context)).toBe(1)
  expect(searchOperations['indexing.forgetDecrypted'](db, { limit: 5 }, context)).toBe(0)
  expect([find('serologie'), find('creatinine'), find('bilan')]).toEqual([[], [11], [11, 10]])
})

test('every operator finds what it names and nothing else', () => {
  const db = populated()
  const day = (year: number, month: number, date: number): number =>
    idOf(new Date(year, month - 1, date, 12).getTime())
  const patient = {
    birthName: 'MOREAU',
    usedName: 'LEFÈVRE',
    firstName: 'Claire',
    sex: 'F',
    birthDate: '1960-05-14',
    ins: { matricule: '260051411817737', oid: '1', kind: 'test', keyValid: true },
    qualified: true,
  }
  const [a, b, c, d] = [day(2024, 3, 10), day(2025, 6, 1), day(2026, 10, 2), day(2026, 11, 21)]
  add(db, {
    id: a,
    from: ['Paul Dupont', 'paul@medecin.mssante.test'],
    subject: 'Bilan',
    body: 'compte rendu',
    patient,
    label: 'CR de biologie',
  })
  add(db, {
    id: b,
    to: [{ name: 'Paul Dupont', address: 'paul@x.test' }],
    copies: 'Secrétariat secret@x.test',
    subject: 'Courrier',
    body: 'rendu du compte pj',
    flags: 0,
  })
  add(db, { id: c, folder: 2, subject: 'Dupont', body: 'bilan', attachments: true, flags: 3 })
  add(db, { id: d, folder: 3, subject: 'Autre boîte', body: 'bilan', flags: 2 })
  const find = finder(db)
  const expected: Record<string, number[]> = {
    bilan: [d, c, a],
    'de:dupont': [a],
    'de:paul@medecin': [a],
    'à:dupont': [b],
    'cc:secretariat': [b],
    'sujet:dupont': [c],
    'sujet:bi': [a],
    'patient:moreau': [a],
    'patient:lefevre': [a],
    'patient:14/05/1960': [a],
    'patient:2 60 05 14 118 177 37': [a],
    'patient:260051411': [a],
    'type:biologie': [a],
    '"compte rendu"': [a],
    'compte rendu': [b, a],
    'bilan -de:dupont': [d, c],
    '-bilan': [b],
    '-bilan -rendu': [],
    'a:pj': [c],
    pj: [b],
    'bilan a:pj': [c],
    'bilan -a:pj': [d, a],
    'non lu': [d, b],
    'bilan est:non-lu': [d],
    'est:lu': [c, a],
    'est:suivi': [d, c],
    'bilan est:suivi est:lu': [c],
    'est:lu est:non-lu': [],
    'dans:etudes': [c],
    'dans:inbox': [d, b, a],
    'dans:réception bilan': [d, a],
    '-dans:études bilan': [d, a],
    'dans:inconnu': [],
    'après:2026': [d, c],
    'avant:2025': [a],
    'après:06/2025 avant:2026': [b],
    'après:hier': [d],
    'après:3 mois bilan': [d, c],
    'avant:3 mois bilan': [a],
  }
  for (const [text, ids] of Object.entries(expected)) expect(find(text), text).toEqual(ids)
  expect(finder(db, { kind: 'account', accountId: 1 })('bilan')).toEqual([c, a])
  expect(finder(db, { kind: 'folder', folderId: 2 })('bilan')).toEqual([c])
  expect(finder(db, { kind: 'folder', folderId: 2 })('dans:inbox')).toEqual([])
  expect(finder(db, { kind: 'account', accountId: 2 })('est:suivi')).toEqual([d])
})

test('results come newest first by pages that neither overlap nor leave out', () => {
  const db = populated()
  for (let id = 1; id <= 25; id += 1) add(db, { id, folder: id % 2 === 0 ? 2 : 1, body: 'bilan' })
  const query = searchOperations['search.query']
  const first = query(db, { text: 'bil', scope: all, before: null, limit: 10 }, context)
  expect(first).toEqual({ ids: [25, 24, 23, 22, 21, 20, 19, 18, 17, 16], more: true })
  const last = query(
    db,
    { text: 'bil', scope: { kind: 'folder', folderId: 2 }, before: 6, limit: 10 },
    context,
  )
  expect(last).toEqual({ ids: [4, 2], more: false })
})

test('a prefix of very many words is still complete', () => {
  const db = populated()
  for (let id = 1; id <= 450; id += 1) add(db, { id, body: `prefixe${String(id)}` })
  expect(finder(db)('prefixe')).toHaveLength(50)
  expect(finder(db)('prefixe25').toSorted((a, b) => a - b)).toEqual([
    25, 250, 251, 252, 253, 254, 255, 256, 257, 258, 259,
  ])
  expect(finder(db)('pre').length).toBe(50)
})

test('words of new and of old messages are found as if all were looked for at once', () => {
  const db = populated()
  const month = 2 ** 41
  // Each word here and there in time: whatever is tried first, the newest that match are the answer.
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.nat(60), fc.nat(30), fc.nat(3)), {
        selector: ([when]) => when,
        maxLength: 60,
      }),
      fc.integer({ min: 1, max: 8 }),
      (messages, limit) => {
        db.exec('DELETE FROM messages')
        db.exec('DELETE FROM search')
        for (const [when, word, other] of messages)
          add(db, {
            id: 1 + when * month,
            body: `mot${'abcdefghijklmnopqrstuvwxyzabcde'[word] ?? ''}${String(word)} autre${String(other)}`,
          })
        const query = (text: string) =>
          searchOperations['search.query'](db, { text, scope: all, before: null, limit }, context)
        const expected = (keep: (other: number) => boolean): number[] =>
          messages
            .filter(([, , other]) => keep(other))
            .map(([when]) => 1 + when * month)
            .toSorted((a, b) => b - a)
        expect(query('autr')).toEqual({
          ids: expected(() => true).slice(0, limit),
          more: messages.length > limit,
        })
        expect(query('mot autr').ids).toEqual(expected(() => true).slice(0, limit))
        expect(query('autr -autre1').ids).toEqual(expected((other) => other !== 1).slice(0, limit))
      },
    ),
    { numRuns: 60 },
  )
})

test('a word forgotten with a transaction that failed is learnt again', () => {
  const db = populated()
  expect(() =>
    db.transaction(() => {
      add(db, { id: 1, body: 'amoxicilline' })
      throw new Error('full disk')
    }),
  ).toThrow('full disk')
  add(db, { id: 2, body: 'bilan' })
  add(db, { id: 3, body: 'amoxicilline' })
  expect(finder(db)('amoxi')).toEqual([3])
})

test('an excerpt shows the words where they stand, as written, of the body or of the attachment', () => {
  const db = populated()
  const before = 'Texte sans rapport. '.repeat(40)
  add(db, {
    id: 1,
    body: `${before}Suspicion d’\u0153dème\n\npulmonaire aigu, hôpital. ${before}`,
    attachments: true,
  })
  add(db, { id: 2, body: 'rien ici', attachments: true })
  searchOperations['indexing.store'](
    db,
    { id: 2, copies: '', texts: [{ fileName: 'cr.pdf', text: 'Un OEDÈME des membres' }] },
    context,
  )
  const found = page(db, 'oedeme pulm -grippe')
  expect(found.rows.map((row) => row.id)).toEqual([1])
  const [one] = found.excerpts
  expect(one).toMatchObject({ messageId: 1, field: 'body', fileName: null })
  expect(one?.text).toMatch(/^… .*Suspicion d’œdème pulmonaire aigu, hôpital\..* …$/)
  expect(one?.ranges.map(([start, end]) => one.text.slice(start, end))).toEqual(['œdème', 'pulmonaire'])
  const other = page(db, 'membres').excerpts[0]
  expect(other).toMatchObject({
    messageId: 2,
    field: 'attachment',
    fileName: 'cr.pdf',
    text: 'Un OEDÈME des membres',
  })
  expect(page(db, 'cr.pdf').rows.map((row) => row.id)).toEqual([2])
  expect(page(db, 'de:expediteur').excerpts).toEqual([])
})

test('attachments wait newest first, are tried twice at most, and are taken off once read', () => {
  const db = populated()
  for (const id of [1, 2, 3]) add(db, { id, attachments: id !== 2 })
  const next = () => searchOperations['indexing.next'](db, { limit: 10 }, context)
  expect(next()).toEqual({ ids: [3, 1], waiting: 2 })
  searchOperations['indexing.begin'](db, { id: 3 }, context)
  searchOperations['indexing.begin'](db, { id: 3 }, context)
  expect(next()).toEqual({ ids: [1], waiting: 1 })
  searchOperations['indexing.begin'](db, { id: 1 }, context)
  searchOperations['indexing.store'](
    db,
    { id: 1, copies: 'Zoé', texts: [{ fileName: 'a.pdf', text: 'fracture' }] },
    context,
  )
  expect(next()).toEqual({ ids: [], waiting: 0 })
  expect(finder(db)('fracture')).toEqual([1])
  expect(finder(db)('cc:zoe')).toEqual([1])
})

test('a reading that a lock interrupts, however often, does not set the message aside', () => {
  const db = populated()
  add(db, { id: 3, attachments: true })
  for (let lock = 0; lock < 5; lock += 1) {
    searchOperations['indexing.begin'](db, { id: 3 }, context)
    searchOperations['indexing.release'](db, { id: 3 }, context)
  }
  expect(searchOperations['indexing.next'](db, { limit: 10 }, context).ids).toContain(3)
})

test('no input makes MATCH fail', () => {
  const db = populated()
  add(db, { id: 1, body: 'a b c' })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.string({ unit: fc.constantFrom(...'ab"-*:()§ ^{}«»é1/') }),
      ),
      (text) => {
        page(db, text)
      },
    ),
    { numRuns: 300 },
  )
})

test('with 5000 messages, lists and searches walk an index and never sort', () => {
  const db = populated()
  db.transaction(() => {
    for (let id = 1; id <= 5000; id += 1)
      add(db, { id, folder: (id % 2) + 1, body: `compte rendu mot${String(id)}` })
  })
  const plan = (sql: string, params: Record<string, string | number>): string =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all<{ detail: string }>(params)
      .map((row) => row.detail)
      .join('\n')
  const common = { before: 4000, from: 0, limit: 50 }
  const states = [{ kind: 'attachment' }, { kind: 'flagged' }, { kind: 'unread' }] as const
  for (const wanted of [true, false])
    for (const unwanted of wanted ? [false] : [true, false])
      for (const folders of ['all', 'one', 'several'] as const)
        for (let chosen = 0; chosen < 27; chosen += 1) {
          const shape = {
            wanted,
            unwanted,
            folders,
            states: states.flatMap(({ kind }, index) => {
              const how = Math.floor(chosen / 3 ** index) % 3
              return how === 0 ? [] : [{ kind, negated: how === 2 }]
            }),
          }
          const text = plan(searchSql(shape), {
            ...common,
            ...(wanted || unwanted ? { match: '"compte"' } : {}),
            ...(folders === 'one' ? { folder: 1 } : {}),
            ...(folders === 'several' ? { folders: '[1,2]' } : {}),
          })
          expect(text, JSON.stringify(shape)).not.toContain('TEMP B-TREE FOR ORDER')
          if (wanted) expect(text).toMatch(/^SCAN search VIRTUAL TABLE INDEX/)
        }
  const list = plan(
    'SELECT * FROM messages WHERE folder_id = $folder AND id < $before ORDER BY id DESC LIMIT 50',
    {
      folder: 1,
      before: 4000,
    },
  )
  expect(list).toBe('SEARCH messages USING INDEX messages_by_folder (folder_id=? AND id<?)')
  const unread = plan(
    'SELECT * FROM messages WHERE folder_id = $folder AND id < $before AND flags & 1 = 0 ORDER BY id DESC LIMIT 50',
    { folder: 1, before: 4000 },
  )
  expect(unread).toBe('SEARCH messages USING INDEX messages_unread (folder_id=? AND id<?)')
})
