import { describe, expect, it } from 'vitest'
import { markOf } from './marks.ts'
import { isTestIdentity, spacedMatricule } from '../traits.ts'

const value = (interpretation: string | null, number: number | null = null) => ({
  interpretation,
  number,
  referenceLow: 3.5,
  referenceHigh: 5.1,
})

describe('markOf', () => {
  it('is loud for HH, LL and AA only', () => {
    for (const code of ['HH', 'LL', 'AA']) expect(markOf(value(code)).level).toBe('critical')
    for (const code of ['H', 'L', 'A', 'I', 'R']) expect(markOf(value(code)).level).toBe('abnormal')
    for (const code of ['N', 'S', 'toString']) expect(markOf(value(code)).level).toBe('normal')
  })
  it('compares with the range when there is no interpretation', () => {
    expect(markOf(value(null, 6.4))).toEqual({ level: 'abnormal', direction: 'up', code: null, word: 'high' })
    expect(markOf(value(null, 3))).toMatchObject({ direction: 'down', word: 'low' })
    expect(markOf(value(null, 4)).word).toBeNull()
    expect(markOf(value(null)).word).toBeNull()
  })
  it('marks a bound or an interval only where all it can be is outside, in the unit of the range (BIO/va1.06)', () => {
    const word = (more: object) => markOf({ ...value(null), ...more }).word
    expect(word({ comparator: '>', number: 6 })).toBe('high')
    expect(word({ comparator: '>', number: 4 })).toBeNull()
    expect(word({ comparator: '≥', low: 5.2 })).toBe('high')
    expect(word({ comparator: '<', number: 3 })).toBe('low')
    expect(word({ comparator: '≤', number: 4 })).toBeNull()
    expect(word({ low: 5.2, high: 6 })).toBe('high')
    expect(word({ low: 5, high: 6 })).toBeNull()
    expect(word({ low: 3, high: 3.4 })).toBe('low')
    expect(word({ low: 3, high: 4 })).toBeNull()
    const range = { text: '3,5 – 5,1', low: 3.5, high: 5.1, interpretation: null, condition: null }
    const inUnit = (unit: string) => word({ number: 6.4, unit, ranges: [{ ...range, unit: 'mmol/L' }] })
    expect([inUnit('mmol/L'), inUnit('mg/L')]).toEqual(['high', null])
    // Taken back by the laboratory.
    expect(markOf({ ...value('HH', 9), absent: 'withdrawn' }).level).toBe('normal')
  })
  it('keeps a code it cannot explain, and says what the range says', () => {
    expect(markOf(value('POS'))).toEqual({ level: 'normal', direction: null, code: 'POS', word: 'positive' })
    expect(markOf(value('XYZ'))).toEqual({ level: 'normal', direction: null, code: 'XYZ', word: null })
    expect(markOf(value('XYZ', 9))).toMatchObject({ level: 'abnormal', code: 'XYZ', word: 'high' })
  })
  it('trusts the interpretation over the range', () => {
    expect(markOf(value('N', 9)).word).toBeNull()
  })
})

describe('INS', () => {
  it('is spaced as it is read aloud', () => {
    expect(spacedMatricule('190067511300117').replaceAll('\u00a0', ' ')).toBe('1 90 06 75 113 001 17')
    expect(spacedMatricule('2800620').length).toBe(7)
  })
  it('tells test identities', () => {
    expect(isTestIdentity({ matricule: '', oid: '', kind: 'test', keyValid: true })).toBe(true)
    expect(isTestIdentity({ matricule: '', oid: '', kind: 'nir', keyValid: true })).toBe(false)
    expect(isTestIdentity(null)).toBe(false)
  })
})
