import type { IndexedDocument, PatientExchange } from '../../app/contract/index.ts'

/** What of a patient's exchanges is shown, and in which order (SC.CDA/INT.04). */
export interface TimelineFilter {
  /** A document's label, one of the groups, or everything. */
  type: { kind: 'all' } | { kind: 'patient' } | { kind: 'message' } | { kind: 'document'; label: string }
  author: string | null
  period: 'all' | 'month' | 'year'
  order: 'date' | 'type'
}

export const wholeTimeline: TimelineFilter = {
  type: { kind: 'all' },
  author: null,
  period: 'all',
  order: 'date',
}

const days = { month: 30, year: 365 } as const

/** Who wrote an exchange: authors of its documents, else its sender. */
export const authorsOf = ({ row, documents }: PatientExchange): string[] => {
  const authors = documents.flatMap(({ author }) => author ?? [])
  return authors.length > 0 ? authors : [row.from.name || row.from.address]
}

const typeKey = ({ row, documents }: PatientExchange): string =>
  documents[0]?.label ?? (row.trust === 'patient' ? '\u{10fffd}' : '\u{10fffe}')

const isShown = (exchange: PatientExchange, filter: TimelineFilter, now: Date): boolean => {
  const { row, documents, source } = exchange
  if (filter.author !== null && !authorsOf(exchange).includes(filter.author)) return false
  if (
    filter.period !== 'all' &&
    now.getTime() - new Date(row.date).getTime() > days[filter.period] * 86_400_000
  )
    return false
  switch (filter.type.kind) {
    case 'all':
      return true
    case 'patient':
      return source === 'address' || row.trust === 'patient'
    case 'message':
      return documents.length === 0
    case 'document': {
      const { label } = filter.type
      return documents.some((document) => document.label === label)
    }
  }
}

/** The exchanges a filter shows: newest first, or by type with the newest first in each. */
export const shownExchanges = (
  exchanges: readonly PatientExchange[],
  filter: TimelineFilter,
  now: Date,
): PatientExchange[] => {
  const shown = exchanges.filter((exchange) => isShown(exchange, filter, now))
  if (filter.order === 'date') return shown
  return shown.toSorted((a, b) => typeKey(a).localeCompare(typeKey(b), 'fr') || b.row.id - a.row.id)
}

/** Document types with how many exchanges carry them, most frequent first. */
export const typesOf = (exchanges: readonly PatientExchange[]): { label: string; count: number }[] => {
  const counts = new Map<string, number>()
  for (const { documents } of exchanges)
    for (const label of new Set(documents.map((document: IndexedDocument) => document.label)))
      counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || a.label.localeCompare(b.label, 'fr'))
}
