import type { MessageRow } from '../../app/contract/index.ts'
import { dayGroup, t } from '../i18n/index.ts'

export interface DayGroupRows {
  id: string
  label: string
  rows: MessageRow[]
}

/** Cuts a list, newest first, into today, yesterday, the days of the week and months. */
export const groupByDay = (rows: readonly MessageRow[], now: Date): DayGroupRows[] => {
  const groups: DayGroupRows[] = []
  for (const row of rows) {
    const group = dayGroup(row.date, now)
    const label =
      group.kind === 'today'
        ? t('mailbox.today')
        : group.kind === 'yesterday'
          ? t('mailbox.yesterday')
          : group.label
    const last = groups.at(-1)
    if (last?.label === label) last.rows.push(row)
    else groups.push({ id: '', label, rows: [row] })
  }
  // React Aria's layout keeps a section's old height while its id stays: the id says what is inside.
  for (const group of groups)
    group.id = `${group.label}:${group.rows[0]?.id}:${group.rows.at(-1)?.id}:${group.rows.length}`
  return groups
}
