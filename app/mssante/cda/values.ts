import { attribute, type XmlElement } from '../xml/element.ts'

/** `2026-01-12T10:15:00+01:00` where `20260112101500+0100` is meant: written by programs that know another HL7. */
const compactTime = (iso: string): string =>
  iso.replace(
    /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(?=[+-Z]|$)/,
    '$1$2$3$4$5$6',
  )

/**
 * ISO form of an HL7 time (`AAAA`, `AAAAMM`, `AAAAMMJJ`, `AAAAMMJJhhmm[ss][±hhmm]`): as precise as the source, so a birth
 * date stays a date; a month or a day of 00 is not known, the offset of a date says nothing. Null when it is not a time.
 */
export const readTime = (value: string | null): string | null => {
  const match =
    /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,]\d+)?)?)?)?)?)?([+-]\d{2}(?::?\d{2})?|[+-]\d{3}|Z)?$/i.exec(
      compactTime(value?.trim() ?? ''),
    )
  if (!match) return null
  const [, year = '', month = '00', day = '00', hour, minute = '00', second = '00', zone] = match
  if (year === '0000') return null
  if (month === '00') return year
  if (Number(month) > 12) return null
  if (day === '00') return `${year}-${month}`
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (Number(day) > days) return null
  if (!hour) return `${year}-${month}-${day}`
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offsetOf(zone)}`
}

const offsetOf = (zone: string | undefined): string => {
  if (!zone) return ''
  if (/^z$/i.test(zone)) return 'Z'
  const written = zone.slice(1).replace(':', '')
  // `+100`: an hour, its first zero forgotten.
  const digits = written.length === 3 ? `0${written}` : written.padEnd(4, '0')
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`
}

/** `value` attribute of a TS element. */
export const timeOf = (element: XmlElement | null): string | null => readTime(attribute(element, 'value'))

/** `xsi:type` is a QName: `c:PQ` and `PQ` are the same (clinical-documents.md §10). */
export const typeOf = (element: XmlElement | null): string | null =>
  attribute(element, 'type')?.replace(/^.*:/, '') ?? null

/** A decimal number as written in a value attribute, null otherwise. */
export const numberOf = (value: string | null): number | null => {
  if (value === null || !/^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d{1,3})?$/i.test(value)) return null
  const number = Number(value.replace(',', '.'))
  return Number.isFinite(number) ? number : null
}

/** Decimal comma, as French readers expect. */
export const frenchNumber = (value: string): string =>
  /^[+-]?\d+\.\d+$/.test(value) ? value.replace('.', ',') : value

/** An annotation that is the denominator itself (`{1.73_m2}`, `{HPF}`) is part of what is measured: as one writes it. */
const denominator = (annotation: string): string =>
  annotation
    .replaceAll('_', ' ')
    .replace(/(\d)\.(\d)/g, '$1,$2')
    .replace(/\bm2\b/g, 'm²')

/**
 * UCUM unit as printed: `mmol/L`, `10*9/L` → `10⁹/L`, `mL/min/{1.73_m2}` → `mL/min/1,73 m²`; other annotations are
 * dropped, `1` and empty → none.
 */
export const displayUnit = (unit: string | null): string | null => {
  if (!unit || unit === '1') return null
  const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'
  const shown = unit
    .replace(/\/\{([^{}]*)\}/g, (_, annotation: string) => `/${denominator(annotation)}`)
    .replace(/\{[^{}]*\}/g, '')
    .replace(
      /10\*(\d+)/g,
      (_, digits: string) => `10${[...digits].map((d) => superscripts[Number(d)]).join('')}`,
    )
    .replace(/\bu(?=mol|g|L\b|m\b)/g, 'µ')
    .replace(/\[i?u\]/gi, 'UI')
    .trim()
  return shown === '' ? null : shown
}

/** Text of a plain file: UTF-8 when it is valid, else Windows-1252; line ends made `\n`. */
export const plainText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n')
  } catch {
    return new TextDecoder('windows-1252').decode(bytes).replace(/\r\n?/g, '\n')
  }
}
