import { expect, test } from 'vitest'
import { storeForTest } from '../store.fixture.ts'
import type { SqlDatabase } from '../database.ts'
import { resultOperations, storeResults, type FoundResult } from './results.ts'

const context = { now: () => 0 }
const found = (rest: Partial<FoundResult> = {}): FoundResult => ({
  ins: 'A',
  traits: 'DUPONT|MARIE|1978-11-26',
  sex: 'F',
  analyte: 'a:potassium',
  documentId: 'd1',
  setId: null,
  version: null,
  documentLabel: 'CR',
  organisation: null,
  label: 'Potassium',
  loinc: null,
  value: '4,0',
  unit: 'mmol/L',
  number: 4,
  referenceRange: null,
  referenceLow: null,
  referenceHigh: null,
  interpretation: null,
  date: '2026-01-01',
  ...rest,
})

/** A store with one folder of each kind; `put` files a message with results. */
const mailbox = () => {
  const db: SqlDatabase = storeForTest()
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at) VALUES (1, 'a@mss.test', 'A', 'personal', 'psc', 'h', 1, 'tls', 'h', 1, 'tls', 0)`)
  for (const [id, role] of ['', 'inbox', 'trash', 'junk'].entries())
    if (role !== '')
      db.exec(
        `INSERT INTO folders (id, account_id, path, name, role) VALUES (${id}, 1, '${role}', '${role}', '${role}')`,
      )
  let next = 1
  const put = (results: FoundResult[], folder = 1): number => {
    const id = next++
    db.exec(`INSERT INTO messages (id, account_id, folder_id, thread_id, identity, date, from_name, from_address, recipients,
      subject, size) VALUES (${id}, 1, ${folder}, ${id}, x'00', 0, '', '', '[]', '', 0)`)
    storeResults(db, id, results)
    return id
  }
  const ask = (rest: Partial<Parameters<(typeof resultOperations)['results.history']>[1]> = {}) =>
    resultOperations['results.history'](
      db,
      {
        ins: 'A',
        traits: 'DUPONT|MARIE|1978-11-26',
        sex: 'F',
        analytes: null,
        except: null,
        limit: 100,
        ...rest,
      },
      context,
    )
  return { db, put, ask }
}

test('results are found by INS, and by traits what has none', () => {
  const { put, ask } = mailbox()
  put([found()])
  put([found({ ins: null, sex: null, documentId: 'hprim', value: '4,2' })])
  put([found({ ins: null, sex: 'M', documentId: 'brother', value: '4,9' })])
  put([found({ ins: null, traits: 'DUPONT|JEANNE|1978-11-26', documentId: 'other' })])
  expect(ask().map(({ value, matched }) => [value, matched])).toEqual([
    ['4,2', 'traits'],
    ['4,0', 'ins'],
  ])
  expect(ask({ ins: null })).toHaveLength(2)
  expect(ask({ ins: null, sex: null })).toHaveLength(3)
  expect(ask({ traits: null })).toHaveLength(1)
  expect(ask({ analytes: ['a:sodium'] })).toEqual([])
})

test('two people of the same traits are never mixed', () => {
  const { put, ask } = mailbox()
  put([found()])
  put([found({ ins: 'B', documentId: 'b', value: '9,9' })])
  put([found({ ins: null, documentId: 'unknown', value: '5,5' })])
  expect(ask().map(({ value }) => value)).toEqual(['4,0'])
  // Without an INS nobody can say whose they are.
  expect(ask({ ins: null })).toEqual([])
})

test('the last version counts; the document being read is not its own history', () => {
  const { put, ask } = mailbox()
  put([found({ setId: 's', version: 1, value: '1' })])
  put([found({ documentId: 'd2', setId: 's', version: 2, value: '2' })])
  expect(ask().map(({ value }) => value)).toEqual(['2'])
  expect(ask({ except: { documentId: 'd2', setId: 's' } })).toEqual([])
  expect(ask({ except: { documentId: 'd1', setId: null } }).map(({ value }) => value)).toEqual(['2'])
})

test('junk and trash do not count, and a message takes its results along', () => {
  const { db, put, ask } = mailbox()
  const kept = put([found()])
  put([found({ documentId: 'x' })], 2)
  put([found({ documentId: 'y' })], 3)
  expect(ask()).toHaveLength(1)
  storeResults(db, kept, [found({ value: '4,1' }), found({ value: '4,3' })])
  expect(ask().map(({ value }) => value)).toEqual(['4,1', '4,3'])
  db.exec(`DELETE FROM messages WHERE id = ${kept}`)
  expect(ask()).toEqual([])
})
