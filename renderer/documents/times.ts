import { dateTime, fullDate } from '../i18n/index.ts'

/** A date as the document gives it: with its time when it has one. */
export const moment = (iso: string): string => (iso.includes('T') ? dateTime(iso) : fullDate(iso))

/** From one to the other; once when they are the same. */
export const period = (start: string | null, end: string | null): string =>
  [start, end]
    .filter((date) => date !== null)
    .map(moment)
    .filter((text, index, all) => all.indexOf(text) === index)
    .join(' – ')
