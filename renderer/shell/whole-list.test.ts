import { expect, it } from 'vitest'
import { plainOrder } from '../data/index.ts'
import { wholeList } from './whole-list.ts'

const folder = { id: 7 }

it('takes a folder under its filter, or a search, as a whole', () => {
  expect(wholeList({ search: null, folder, filter: 'unread', order: plainOrder })).toEqual({
    kind: 'folder',
    folderId: 7,
    filter: 'unread',
  })
  const sorted = { ...plainOrder, sort: 'patient', descending: false } as const
  expect(wholeList({ search: null, folder, filter: 'all', order: sorted })).not.toBeNull()
  const search = { text: 'dupont', scope: { kind: 'all' } } as const
  expect(wholeList({ search, folder, filter: 'all', order: plainOrder })).toEqual({
    kind: 'search',
    ...search,
  })
})

it('never takes the rest of a folder for a list narrowed to a patient, nor every inbox', () => {
  const narrowed = { ...plainOrder, patientId: 3 }
  expect(wholeList({ search: null, folder, filter: 'all', order: narrowed })).toBeNull()
  expect(wholeList({ search: null, folder: undefined, filter: 'all', order: plainOrder })).toBeNull()
})
