import { describe, expect, it } from 'vitest'
import type { PatientExchange } from '../../app/contract/index.ts'
import { messagesOf } from '../testing/fixture-messages.ts'
import { shownExchanges, wholeTimeline } from './timeline-filter.ts'

const now = new Date('2026-11-22T12:00:00Z')
const [model] = messagesOf(1, now, 1)
if (!model) throw new Error('the canned mailbox is empty')

const exchange = (
  id: number,
  daysAgo: number,
  document: { label: string; author: string | null } | null,
  change: Partial<PatientExchange> = {},
): PatientExchange => ({
  row: {
    ...model,
    id,
    date: new Date(now.getTime() - daysAgo * 86_400_000).toISOString(),
    from: { ...model.from, name: 'Secrétariat fictif' },
    trust: 'professional',
  },
  direction: 'received',
  source: 'document',
  documents: document
    ? [
        {
          messageId: id,
          id: `${id}`,
          kind: 'cda-n1',
          title: document.label,
          typeCode: null,
          date: null,
          organisation: null,
          version: null,
          alert: null,
          warnings: [],
          duplicateOf: null,
          replacedBy: null,
          replaces: null,
          parentUnseen: false,
          ...document,
        },
      ]
    : [],
  ...change,
})

/** Newest first, as the core gives them. */
const exchanges = [
  exchange(6, 1, { label: 'Lettre de liaison', author: 'Dr Essai' }),
  exchange(5, 2, null),
  exchange(4, 10, { label: 'Échographie', author: 'Dr Fictif' }),
  exchange(3, 20, null, { source: 'address' }),
  exchange(2, 60, { label: 'Lettre de liaison', author: 'Dr Fictif' }),
  exchange(1, 800, { label: 'Échographie', author: 'Dr Essai' }),
]
const shown = (filter: Partial<typeof wholeTimeline>): number[] =>
  shownExchanges(exchanges, { ...wholeTimeline, ...filter }, now).map(({ row }) => row.id)

describe('the exchanges of a patient (SC.CDA/INT.04)', () => {
  it('are sorted by date, newest first, or by document type, the newest first in each', () => {
    expect(shown({})).toEqual([6, 5, 4, 3, 2, 1])
    // « É » stands with « E », and messages without a document come after all types.
    expect(shown({ order: 'type' })).toEqual([4, 1, 6, 2, 5, 3])
  })
  it('are narrowed to one document type, to messages alone, or to what the patient wrote', () => {
    expect(shown({ type: { kind: 'document', label: 'Lettre de liaison' } })).toEqual([6, 2])
    expect(shown({ type: { kind: 'message' } })).toEqual([5, 3])
    expect(shown({ type: { kind: 'patient' } })).toEqual([3])
  })
  it('are narrowed to an author, who is the sender where there is no document, and to a period', () => {
    expect(shown({ author: 'Dr Fictif' })).toEqual([4, 2])
    expect(shown({ author: 'Secrétariat fictif' })).toEqual([5, 3])
    expect(shown({ period: 'month' })).toEqual([6, 5, 4, 3])
    expect(shown({ period: 'year', order: 'type', author: 'Dr Essai' })).toEqual([6])
  })
})
