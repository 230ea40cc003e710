import type { DirectoryEntry, DirectoryStructure, MailboxType } from '../../app/contract/index.ts'
import { fullDate, t } from '../i18n/index.ts'

/** « Cardiologie » for a physician of that specialty, else the profession; null for a service. */
export const tradeOf = (entry: Pick<DirectoryEntry, 'profession' | 'specialty'>): string | null =>
  entry.specialty?.label ?? entry.profession?.label ?? null

export const structureName = (structure: DirectoryStructure | null): string | null =>
  structure?.tradeName ?? structure?.name ?? null

/** « Cardiologie · Hôpital des Lilas · LYON »: what tells two people of one name apart. */
export const entryLine = (entry: DirectoryEntry): string =>
  [
    tradeOf(entry),
    entry.nationalId === null ? null : structureName(entry.structure),
    entry.nationalId === null ? null : entry.service,
    entry.structure?.town ?? null,
  ]
    .filter((part) => part !== null && part !== '')
    .join(' · ')

export const typeName = (type: MailboxType): string => t(`directory.type-${type}`)

/** « Plus dans l’annuaire depuis le 20/11/2026 ». */
export const goneWords = (goneSince: string): string =>
  t('directory.goneSince', { date: fullDate(goneSince) })

/** The same where room is short. */
export const goneShort = (goneSince: string): string =>
  t('directory.goneShort', { date: fullDate(goneSince) })

/** RPPS as it is read: « 10 123 456 789 »; other identifiers as they are. */
export const rppsOf = (nationalId: string): string | null =>
  /^8\d{11}$/.test(nationalId) ? nationalId.slice(1) : null
