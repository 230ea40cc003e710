import { language } from './language.ts'
import { narrowSpace } from './typography.ts'

const locale = (): string => (language() === 'fr' ? 'fr-FR' : 'en-GB')

const formatters = new Map<string, Intl.DateTimeFormat>()
const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = locale() + JSON.stringify(options)
  let format = formatters.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale(), options)
    formatters.set(key, format)
  }
  return format
}

const parse = (iso: string): Date | null => {
  // A bare date is a calendar day, whatever the time zone.
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso)
  // V8 reads « vers 1950 » as a date; only ISO 8601 is one.
  if (!day && !/^\d{4}-\d{2}-\d{2}T\d{2}:/.test(iso)) return null
  const date = day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : new Date(iso)
  return Number.isNaN(date.getTime()) ? null : date
}

/** dd/mm/yyyy; the text itself when it is not a date. */
export const fullDate = (iso: string): string => {
  const date = parse(iso)
  return date ? dateFormat({ day: '2-digit', month: '2-digit', year: 'numeric' }).format(date) : iso
}

/** 09:31, local time. */
export const clock = (iso: string): string => {
  const date = parse(iso)
  return date ? dateFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date) : iso
}

/** dd/mm/yyyy 09:31. */
export const dateTime = (iso: string): string => (parse(iso) ? `${fullDate(iso)} ${clock(iso)}` : iso)

/** « mardi 24 novembre ». */
export const weekDay = (iso: string): string => {
  const date = parse(iso)
  return date ? dateFormat({ weekday: 'long', day: 'numeric', month: 'long' }).format(date) : iso
}

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

const daysBetween = (date: Date, now: Date): number =>
  Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000)

/** Time of a list row: the clock today and yesterday, the day this year, else the date. */
export const listTime = (iso: string, now: Date): string => {
  const date = parse(iso)
  if (!date) return iso
  if (daysBetween(date, now) <= 1) return clock(iso)
  return date.getFullYear() === now.getFullYear()
    ? dateFormat({ day: '2-digit', month: '2-digit' }).format(date)
    : fullDate(iso)
}

export type DayGroup =
  | { kind: 'today' }
  | { kind: 'yesterday' }
  | { kind: 'day'; label: string }
  | { kind: 'month'; label: string }

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1)

/** Heading a message falls under: today, yesterday, the weekday within a week, else the month. */
export const dayGroup = (iso: string, now: Date): DayGroup => {
  const date = parse(iso) ?? now
  const days = daysBetween(date, now)
  if (days <= 0) return { kind: 'today' }
  if (days === 1) return { kind: 'yesterday' }
  if (days < 7)
    return {
      kind: 'day',
      label: capital(dateFormat({ weekday: 'long', day: 'numeric', month: 'long' }).format(date)),
    }
  return { kind: 'month', label: capital(dateFormat({ month: 'long', year: 'numeric' }).format(date)) }
}

/** Whole years from a birth date (`AAAA-MM-JJ`) to `now`; null when the text is no date. */
export const age = (birthDate: string, now: Date): number | null => {
  const birth = parse(birthDate)
  if (!birth) return null
  const before =
    now.getMonth() < birth.getMonth() ||
    (now.getMonth() === birth.getMonth() && now.getDate() < birth.getDate())
  return now.getFullYear() - birth.getFullYear() - (before ? 1 : 0)
}

/** A number with the language's separators (« 12 345,6 », narrow no-break space). */
export const number = (value: number, maximumFractionDigits = 1): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits }).format(value).replace(/[\u00a0 ]/g, narrowSpace)

/** Bytes as o, ko, Mo, Go (B, KB, MB, GB in English), 1 ko = 1024 octets. */
export const size = (bytes: number): string => {
  const units = language() === 'fr' ? ['o', 'ko', 'Mo', 'Go'] : ['B', 'KB', 'MB', 'GB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${number(value, unit < 2 || value >= 100 ? 0 : 1)}${narrowSpace}${units[unit] ?? ''}`
}

/** Time gone by since an instant: « il y a 12 s ». */
export const since = (iso: string, now: Date): string => {
  const date = parse(iso)
  if (!date) return iso
  const seconds = Math.max(0, Math.round((now.getTime() - date.getTime()) / 1000))
  const relative = new Intl.RelativeTimeFormat(locale(), { style: 'short', numeric: 'auto' })
  const text =
    seconds < 60
      ? relative.format(-seconds, 'second')
      : seconds < 3600
        ? relative.format(-Math.round(seconds / 60), 'minute')
        : relative.format(-Math.round(seconds / 3600), 'hour')
  return text.replace(/(\d)[\u00a0 ]/g, `$1${narrowSpace}`)
}

/**
 * A day as it is typed or pasted, as `AAAA-MM-JJ`: 26/11/1978, 26.11.1978, 26111978 or 1978-11-26, the day first in both
 * languages as dates are shown. Null when it is no day of the calendar.
 */
export const typedDate = (text: string): string | null => {
  const written = text.trim()
  const french =
    /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(written) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(written)
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(written)
  const [year = '', month = '', day = ''] = french ? french.slice(1).toReversed() : (iso?.slice(1) ?? [])
  const date = new Date(Number(year), Number(month) - 1, Number(day))
  const real = date.getMonth() === Number(month) - 1 && date.getDate() === Number(day) && Number(year) > 1850
  return real ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null
}

/** A moment's day here, as `AAAA-MM-JJ`. */
export const isoDay = (date: Date): string =>
  [
    String(date.getFullYear()).padStart(4, '0'),
    String(date.getMonth() + 1).padStart(2, '0'),
    String(date.getDate()).padStart(2, '0'),
  ].join('-')
