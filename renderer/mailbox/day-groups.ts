import type { MessageRow } from '../../app/contract/index.ts'
import { dayGroup, patientLine, t } from '../i18n/index.ts'

export interface DayGroupRows {
  id: string
  label: string
  rows: MessageRow[]
}

/** What a list is cut by: its order. */
export type GroupBy = 'date' | 'patient' | 'type' | 'sender' | 'unread'

const headingOf = (row: MessageRow, by: GroupBy, now: Date): string => {
  switch (by) {
    case 'patient':
      return row.patient ? patientLine(row.patient) : t('patients.none')
    case 'type':
      return row.documentLabel ?? t('patients.none')
    case 'sender':
      return row.from.name || row.from.address
    case 'unread':
      return t(row.seen ? 'patients.listRead' : 'patients.listUnread')
    case 'date': {
      const group = dayGroup(row.date, now)
      if (group.kind === 'today') return t('mailbox.today')
      return group.kind === 'yesterday' ? t('mailbox.yesterday') : group.label
    }
  }
}

/** Cuts a list in its order under headings: today, yesterday, the days of the week and months; or patients, types, senders. */
export const groupByDay = (rows: readonly MessageRow[], now: Date, by: GroupBy = 'date'): DayGroupRows[] => {
  const groups: DayGroupRows[] = []
  for (const row of rows) {
    const label = headingOf(row, by, now)
    const last = groups.at(-1)
    if (last?.label === label) last.rows.push(row)
    else groups.push({ id: '', label, rows: [row] })
  }
  // React Aria's layout keeps a section's old height while its id stays: the id says what is inside.
  for (const group of groups)
    group.id = `${group.label}:${group.rows[0]?.id}:${group.rows.at(-1)?.id}:${group.rows.length}`
  return groups
}
