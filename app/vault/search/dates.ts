/** A day, a month or a year in the local time of the workstation, by its first instant. */
export interface SearchDate {
  /** Milliseconds. */
  start: number
  /** `AAAA-MM-JJ` of that instant. */
  iso: string
}

const units: Readonly<Record<string, 'day' | 'week' | 'month' | 'year'>> = {
  j: 'day',
  jour: 'day',
  jours: 'day',
  day: 'day',
  days: 'day',
  semaine: 'week',
  semaines: 'week',
  week: 'week',
  weeks: 'week',
  mois: 'month',
  month: 'month',
  months: 'month',
  an: 'year',
  ans: 'year',
  annee: 'year',
  annees: 'year',
  year: 'year',
  years: 'year',
}

/** The unit of a duration, from a folded word; null when it is none. */
export const relativeUnit = (word: string): 'day' | 'week' | 'month' | 'year' | null =>
  Object.hasOwn(units, word) ? (units[word] ?? null) : null

const two = (value: number): string => String(value).padStart(2, '0')

const day = (year: number, month: number, date: number): SearchDate | null => {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || date < 1 || date > 31) return null
  const start = new Date(year, month - 1, date)
  if (start.getMonth() !== month - 1) return null
  return { start: start.getTime(), iso: `${String(year)}-${two(month)}-${two(date)}` }
}

const ago = (now: number, count: number, unit: 'day' | 'week' | 'month' | 'year'): SearchDate | null => {
  const today = new Date(now)
  const [year, month, date] = [today.getFullYear(), today.getMonth(), today.getDate()]
  const wanted =
    unit === 'day' || unit === 'week'
      ? new Date(year, month, date - count * (unit === 'week' ? 7 : 1))
      : // The last day of a shorter month, not the first days of the next one.
        new Date(
          year,
          month - count * (unit === 'year' ? 12 : 1),
          Math.min(date, new Date(year, month - count * (unit === 'year' ? 12 : 1) + 1, 0).getDate()),
        )
  return day(wanted.getFullYear(), wanted.getMonth() + 1, wanted.getDate())
}

const fixed: Readonly<Record<string, number>> = {
  aujourdhui: 0,
  "aujourd'hui": 0,
  today: 0,
  hier: 1,
  yesterday: 1,
  'avant-hier': 2,
}

/**
 * Reads a folded date: jj/mm/aaaa (also with dots or dashes), aaaa-mm-jj, mm/aaaa, aaaa, jj/mm of the year gone by, « hier »,
 * « 3 mois » (ago). Null when it is none.
 */
export const dateOf = (text: string, now: number): SearchDate | null => {
  const value = text.trim()
  if (Object.hasOwn(fixed, value)) return ago(now, fixed[value] ?? 0, 'day')
  const relative = /^(\d{1,3}) ?([a-z]+)$/.exec(value)
  if (relative) {
    const unit = relativeUnit(relative[2] ?? '')
    return unit === null ? null : ago(now, Number(relative[1]), unit)
  }
  const numbers = value.split(/[/.\-]/)
  if (numbers.length > 3 || !numbers.every((one) => /^\d{1,4}$/.test(one))) return null
  const [a = 0, b = 0, c = 0] = numbers.map(Number)
  const [first = ''] = numbers
  if (numbers.length === 1) return first.length === 4 ? day(a, 1, 1) : null
  if (numbers.length === 2) {
    if (first.length === 4) return day(a, b, 1)
    if ((numbers[1] ?? '').length === 4) return day(b, a, 1)
    const today = new Date(now)
    const thisYear = day(today.getFullYear(), b, a)
    return thisYear === null || thisYear.start <= now ? thisYear : day(today.getFullYear() - 1, b, a)
  }
  if (first.length === 4) return day(a, b, c)
  const last = numbers[2] ?? ''
  return last.length === 4 ? day(c, b, a) : last.length === 2 ? day(2000 + c, b, a) : null
}
