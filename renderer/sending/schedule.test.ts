import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOf, fieldsOf, offeredDays, offeredMinutes, scheduleChoices } from './schedule.ts'

const kinds = (now: Date): string[] => scheduleChoices(now).map((choice) => choice.kind)

describe('dates proposed for sending later', () => {
  it('are tonight while it is day, tomorrow, and Monday before a week-end', () => {
    expect(kinds(new Date(2026, 10, 18, 10))).toEqual(['tonight', 'tomorrow'])
    expect(kinds(new Date(2026, 10, 18, 18, 30))).toEqual(['tomorrow'])
    expect(kinds(new Date(2026, 10, 20, 20))).toEqual(['tomorrow', 'monday'])
    expect(kinds(new Date(2026, 10, 22, 10))).toEqual(['tonight', 'tomorrow'])
    const monday = scheduleChoices(new Date(2026, 10, 21, 20)).at(-1)?.at
    expect([monday?.getDay(), monday?.getHours()]).toEqual([1, 8])
  })
  it('are always to come', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(2026, 0), max: new Date(2030, 0), noInvalidDate: true }), (now) => {
        for (const { at } of scheduleChoices(now)) expect(at.getTime()).toBeGreaterThan(now.getTime())
      }),
    )
  })
  it('go through the lists and back, whatever the season', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(2026, 0), max: new Date(2030, 0), noInvalidDate: true }), (now) => {
        const back = dateOf(fieldsOf(now))
        // Half an hour at most, and the hour that summer time repeats.
        expect(Math.abs(now.getTime() - back.getTime())).toBeLessThan(2 * 3_600_000)
        expect(offeredDays(now)).toContain(fieldsOf(now).day)
        expect(offeredMinutes).toContain(fieldsOf(now).minutes)
      }),
    )
    expect(dateOf(fieldsOf(new Date(2026, 10, 24, 8, 5)))).toEqual(new Date(2026, 10, 24, 8, 0))
  })
})
