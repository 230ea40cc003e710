import { afterEach, describe, expect, it } from 'vitest'
import { errorCodes } from '../../app/contract/index.ts'
import { errorSentence, setLanguage, t } from './index.ts'
import { age, dayGroup, fullDate, listTime, number, size, typedDate } from './formats.ts'
import { initials, patientLine, patientName } from './names.ts'

const now = new Date(2026, 10, 22, 15, 0)
const at = (day: number, hours = 9): string => new Date(2026, 10, day, hours, 31).toISOString()
const n = '\u202f'

afterEach(() => setLanguage('fr'))

describe('dates', () => {
  it('writes dd/mm/yyyy and keeps what is no date', () => {
    expect(fullDate('1978-11-26')).toBe('26/11/1978')
    expect(fullDate('vers 1950')).toBe('vers 1950')
  })
  it('shows the hour of a recent message and the day of an older one', () => {
    expect(listTime(at(22), now)).toBe('09:31')
    expect(listTime(at(21), now)).toBe('09:31')
    expect(listTime(at(2), now)).toBe('02/11')
    expect(listTime('2025-03-04T08:00:00Z', now)).toBe('04/03/2025')
  })
  it('groups by today, yesterday, weekday and month', () => {
    expect(dayGroup(at(22), now)).toEqual({ kind: 'today' })
    expect(dayGroup(at(21, 23), now)).toEqual({ kind: 'yesterday' })
    expect(dayGroup(at(20), now)).toEqual({ kind: 'day', label: 'Vendredi 20 novembre' })
    expect(dayGroup(at(1), now)).toEqual({ kind: 'month', label: 'Novembre 2026' })
  })
  it('counts the birthday itself as a year, the day before not', () => {
    expect(age('1978-11-22', now)).toBe(48)
    expect(age('1978-11-23', now)).toBe(47)
    expect(age('inconnue', now)).toBeNull()
  })
})

describe('numbers', () => {
  it('separates thousands and decimals as the language does', () => {
    expect(number(12345.6)).toBe(`12${n}345,6`)
    setLanguage('en')
    expect(number(12345.6)).toBe('12,345.6')
  })
  it('writes sizes in o, ko, Mo', () => {
    expect(size(512)).toBe(`512${n}o`)
    expect(size(219_136)).toBe(`214${n}ko`)
    expect(size(10_485_760)).toBe(`10${n}Mo`)
    expect(size(1_600_000)).toBe(`1,5${n}Mo`)
  })
})

describe('names', () => {
  const patient = {
    birthName: 'Moreau',
    usedName: 'Roux',
    firstName: 'Claire',
    sex: 'F' as const,
    birthDate: '1969-09-09',
    ins: null,
    qualified: false,
  }
  it('shows birth name first, in capitals, and the used name when it differs', () => {
    expect(patientName(patient)).toBe('MOREAU (ROUX) Claire')
    expect(patientName({ ...patient, usedName: 'MOREAU' })).toBe('MOREAU Claire')
    expect(patientLine(patient)).toBe('MOREAU (ROUX) Claire · F · 09/09/1969')
  })
  it('takes initials without titles', () => {
    expect(initials('Dr Paul BERNARD — Cardiologie')).toBe('PB')
    expect(initials('Laboratoire BioVal — Lyon 3')).toBe('LB')
    expect(initials('')).toBe('?')
  })
})

describe('sentences', () => {
  it('formats plurals in both languages', () => {
    expect(t('mailbox.archived', { count: 1 })).toBe('Message archivé')
    expect(t('mailbox.archived', { count: 3 })).toBe('3 messages archivés')
    setLanguage('en')
    expect(t('mailbox.archived', { count: 3 })).toBe('3 messages archived')
  })
  it('says what happened, what is safe and what to do, with or without details', () => {
    expect(errorSentence({ code: 'card.pin-incorrect', details: { triesLeft: 2 } }).safe).toBe(
      'Il reste 2 essais avant le blocage de la carte.',
    )
    expect(errorSentence({ code: 'card.pin-incorrect' }).safe).toBe('La carte n’est pas bloquée.')
    expect(errorSentence({ code: 'net.unreachable', details: { host: 'imap.x.test' } }).what).toBe(
      'Le serveur imap.x.test est injoignable.',
    )
    expect(errorSentence({ code: 'net.unreachable' }).what).toBe('Le serveur est injoignable.')
  })
  it('has sentences for every code, in both languages, when nothing is known but the code', () => {
    for (const lang of ['fr', 'en'] as const) {
      setLanguage(lang)
      for (const code of errorCodes) {
        const { what, safe, todo } = errorSentence({ code })
        for (const text of [what, safe, todo]) {
          expect(text.trim(), code).not.toBe('')
          expect(text, code).not.toMatch(/[{}]|(?<![\w/])-1\b|undefined/)
          // No French word; in English it is one.
          if (lang === 'fr') expect(text, code).not.toMatch(/\bnone\b/)
        }
      }
    }
  })
})

it('reads dates as they are typed, the day first', () => {
  for (const text of ['26/11/1978', '26-11-1978', ' 26.11.1978 ', '26111978', '1978-11-26'])
    expect(typedDate(text)).toBe('1978-11-26')
  expect(typedDate('1/2/2003')).toBe('2003-02-01')
  for (const text of ['31/02/2000', '26/11/78', '', 'hier', '1/13/2000', '2000-02-31', '31022000'])
    expect(typedDate(text)).toBeNull()
})
