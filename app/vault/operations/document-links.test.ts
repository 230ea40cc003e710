import { expect, test } from 'vitest'
import { exchangeOperations } from './patient-exchanges.ts'
import { context, document, domain, identity, patientStore } from './patients.fixture.ts'
import { selectRows } from './message-rows.ts'

const open = () => {
  const { db, put } = patientStore()
  return {
    put,
    mark: (id: number) => selectRows(db, [id])[0]?.documentMark ?? null,
    links: (messageId: number) =>
      exchangeOperations['patients.ofMessage'](db, { messageId, domain }, context)?.documents[0],
  }
}

test('the same document again says when it came first, by its id or by set and version', () => {
  const { put, mark, links } = open()
  const first = put([document({ documentId: '1.2^a', setId: '1.2^s', version: 1 })])
  const byId = put([document({ documentId: '1.2^a' })])
  const bySet = put([document({ documentId: '1.2^other', setId: '1.2^s', version: 1 })])
  expect([mark(first), mark(byId), mark(bySet)]).toEqual([null, 'duplicate', 'duplicate'])
  expect(links(byId)?.duplicateOf).toMatchObject({ messageId: first, direction: 'received' })
  expect(links(bySet)?.duplicateOf).toMatchObject({ messageId: first })
  expect(links(first)).toMatchObject({ duplicateOf: null, replacedBy: null })
})

test('a copy of the same message in another folder is no duplicate', () => {
  const { put, mark } = open()
  put([document({ documentId: '1.2^a' })], { name: 'one' })
  const copy = put([document({ documentId: '1.2^a' })], { name: 'one', folder: 'archive' })
  expect(mark(copy)).toBeNull()
})

test('a replacement marks the former version, in whatever order they come', () => {
  for (const order of ['older first', 'newer first'] as const) {
    const { put, mark, links } = open()
    const old = () => put([document({ documentId: '1.2^v1', setId: '1.2^s', version: 1 })])
    const next = () =>
      put([document({ documentId: '1.2^v2', setId: '1.2^s', version: 2, replaces: '1.2^v1' })])
    const ids = order === 'older first' ? { old: old(), next: next() } : { next: next(), old: old() }
    expect([mark(ids.old), mark(ids.next)], order).toEqual(['replaced', 'replaces'])
    expect(links(ids.old)?.replacedBy).toMatchObject({ messageId: ids.next, version: 2, samePatient: true })
    expect(links(ids.next)?.replaces).toMatchObject({ messageId: ids.old, version: 1, sameAuthor: true })
    expect(links(ids.next)?.parentUnseen).toBe(false)
  }
})

test('version 2 of a set replaces version 1 without saying so; a parent never seen is told', () => {
  const { put, mark, links } = open()
  const one = put([document({ documentId: '1.2^v1', setId: '1.2^s', version: 1 })])
  const two = put([document({ documentId: '1.2^v2', setId: '1.2^s', version: 2 })])
  expect(mark(one)).toBe('replaced')
  expect(links(two)).toMatchObject({ parentUnseen: false, replaces: { messageId: one } })
  const alone = put([document({ documentId: '1.2^x', replaces: '1.2^never' })])
  expect(mark(alone)).toBe('replaces')
  expect(links(alone)).toMatchObject({ parentUnseen: true, replaces: null })
})

test('a replacement that changes the patient or the author says so', () => {
  const { put, links } = open()
  const old = put([document({ documentId: '1.2^v1' })])
  put([
    document({
      ...{ documentId: '1.2^v2', replaces: '1.2^v1', author: 'Dr Autre', authorId: '810009999999' },
      identity: identity({ ins: null, birthName: 'MARTIN' }),
    }),
  ])
  expect(links(old)?.replacedBy).toMatchObject({ samePatient: false, sameAuthor: false })
})

test('of many versions the latest counts', () => {
  const { put, links } = open()
  const ids = [1, 2, 3].map((version) => put([document({ documentId: `d${version}`, setId: 's', version })]))
  expect(links(ids[0] ?? 0)?.replacedBy).toMatchObject({ messageId: ids[2], version: 3 })
  expect(links(ids[2] ?? 0)?.replaces).toMatchObject({ messageId: ids[1], version: 2 })
})

test('a row tells title, date and author of its first document (MSS/va1.25)', () => {
  const { db, put } = patientStore()
  const id = put([
    document({ title: 'Bilan du 12 novembre', date: '2026-11-12', author: 'Dr Roy', organisation: 'BioVal' }),
    document({ title: 'Autre', documentId: '1.2^other' }),
  ])
  const none = put([])
  const [told, without] = [selectRows(db, [id])[0], selectRows(db, [none])[0]]
  expect(told?.document).toEqual({
    title: 'Bilan du 12 novembre',
    date: '2026-11-12',
    author: 'Dr Roy',
    organisation: 'BioVal',
  })
  expect(without && 'document' in without).toBe(false)
})
