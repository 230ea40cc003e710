const paris = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Paris',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** Digits of a moment, in Paris: `20240104160527`. */
const parisDigits = (milliseconds: number): string => {
  const part = (type: string): string =>
    paris.formatToParts(milliseconds).find((one) => one.type === type)?.value ?? ''
  return `${part('year')}${part('month')}${part('day')}${part('hour')}${part('minute')}${part('second')}`
}

/** A moment to the second, in UTC, as XDS writes it. */
export const xdsTime = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace(/\D/g, '')

const asUtc = (digits: string): number =>
  Date.UTC(
    Number(digits.slice(0, 4)),
    Number(digits.slice(4, 6)) - 1,
    Number(digits.slice(6, 8)),
    Number(digits.slice(8, 10)),
    Number(digits.slice(10, 12)),
    Number(digits.slice(12, 14)),
  )

/** A moment to the second with its offset in France, as HL7 writes it: `20240104160527+0100`. */
export const hl7Time = (milliseconds: number): string => {
  const digits = parisDigits(milliseconds)
  const minutes = Math.round((asUtc(digits) - milliseconds) / 60_000)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${digits}${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}${two(Math.abs(minutes) % 60)}`
}

/** `AAAA-MM-JJ` as HL7 writes a day. */
export const hl7Day = (day: string): string => day.replaceAll('-', '')

/** The day of a moment, in France: `AAAA-MM-JJ`. */
export const dayOf = (milliseconds: number): string =>
  parisDigits(milliseconds).replace(/^(\d{4})(\d\d)(\d\d).*/, '$1-$2-$3')

/** An HL7 time as XDS writes it: in UTC when it has an offset, else as it is; empty for none. */
export const xdsFromHl7 = (value: string | null): string => {
  const match = /^(\d{4}(?:\d\d){0,5})(?:\.\d+)?(?:([+-])(\d\d)(\d\d))?$/.exec(value ?? '')
  const digits = match?.[1]
  if (!digits) return ''
  if (!match[2] || digits.length < 12) return digits
  const offset = (Number(match[3]) * 60 + Number(match[4])) * (match[2] === '-' ? -60_000 : 60_000)
  return xdsTime(asUtc(digits.padEnd(14, '0')) - offset)
}
