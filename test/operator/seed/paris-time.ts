/** Dates as the seeded people write them: wall clock of Europe/Paris, whatever the machine's zone. */
const zone = 'Europe/Paris'

const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: zone,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

interface WallClock {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}

function readWallClock(date: Date): WallClock {
  const parts = new Map(wallClock.formatToParts(date).map((part) => [part.type, part.value]))
  const read = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    year: read('year').padStart(4, '0'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  }
}

function offsetMinutes(date: Date): number {
  const c = readWallClock(date)
  const asUtc = Date.UTC(+c.year, +c.month - 1, +c.day, +c.hour, +c.minute, +c.second)
  return Math.round((asUtc - Math.floor(date.getTime() / 1000) * 1000) / 60_000)
}

function offset(date: Date, separator: '' | ':' = ''): string {
  const minutes = offsetMinutes(date)
  const sign = minutes < 0 ? '-' : '+'
  const abs = Math.abs(minutes)
  return `${sign}${String(Math.floor(abs / 60)).padStart(2, '0')}${separator}${String(abs % 60).padStart(2, '0')}`
}

/** The instant of a wall-clock time on the Paris day of `day`, `daysAgo` days before it. */
export function atParis(day: Date, daysAgo: number, hour: number, minute: number, second = 0): Date {
  const c = readWallClock(day)
  const guess = new Date(Date.UTC(+c.year, +c.month - 1, +c.day - daysAgo, hour, minute, second))
  return new Date(guess.getTime() - offsetMinutes(guess) * 60_000)
}

/** `20261122093100+0100`: HL7 timestamp to the second with offset (clinical-documents.md §4). */
export function hl7Time(date: Date): string {
  const c = readWallClock(date)
  return `${c.year}${c.month}${c.day}${c.hour}${c.minute}${c.second}${offset(date)}`
}

/** `20261122083100`: the same instant in UTC, as XDS metadata want it (§3.3). */
export function xdsTime(date: Date): string {
  return date.toISOString().replace(/\D/g, '').slice(0, 14)
}

/** `20261122`. */
export function compactDay(date: Date): string {
  return hl7Time(date).slice(0, 8)
}

/** `22/11/2026`. */
export function frenchDay(date: Date): string {
  const c = readWallClock(date)
  return `${c.day}/${c.month}/${c.year}`
}

/** `22/11/2026 à 09:31`. */
export function frenchMoment(date: Date): string {
  const c = readWallClock(date)
  return `${frenchDay(date)} à ${c.hour}:${c.minute}`
}

/** RFC 5322 date: `Sun, 22 Nov 2026 09:31:00 +0100`. */
export function mailDate(date: Date): string {
  const c = readWallClock(date)
  const day = new Date(Date.UTC(+c.year, +c.month - 1, +c.day))
  const weekday = day.toUTCString().slice(0, 3)
  const month = day.toUTCString().slice(8, 11)
  return `${weekday}, ${c.day} ${month} ${c.year} ${c.hour}:${c.minute}:${c.second} ${offset(date)}`
}

/** 0 is Sunday. */
export function parisWeekday(date: Date): number {
  const c = readWallClock(date)
  return new Date(Date.UTC(+c.year, +c.month - 1, +c.day)).getUTCDay()
}
