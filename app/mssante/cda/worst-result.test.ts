import { expect, it } from 'vitest'
import type { LabResult } from '../../contract/index.ts'
import { worstResult } from './results.ts'

const result = (label: string, interpretation: string | null, more: Partial<LabResult> = {}): LabResult => ({
  ...{
    label,
    interpretation,
    value: '6,4',
    unit: 'mmol/L',
    number: 6.4,
    loinc: null,
    code: null,
    type: 'PQ',
  },
  ...{ ucum: 'mmol/L', comparator: null, low: null, high: null, translations: [], referenceRange: null },
  ...{ referenceLow: null, referenceHigh: null, ranges: [], date: null, status: null, absent: null },
  ...{ method: null, comment: null, batteries: [], isolate: null, specimen: null, performer: null },
  ...{ mediaIds: [], previous: [] },
  ...more,
})
const worst = (...results: LabResult[]) => {
  const found = worstResult(results)
  return found && [found.level, found.code, found.analyte, found.count]
}

it.each(['AA', 'HH', 'LL'])(
  'BIO/va1.01 BIO/va1.05: %s is critical, told before whatever stands before it',
  (code) => {
    const before = [result('Sodium', 'H'), result('Chlore', 'A'), result('Calcium', 'N')]
    expect(worst(...before, result('Potassium', code))).toEqual(['critical', code, 'Potassium', 1])
  },
)

it('BIO/va1.05: the first of the gravest is named, with how many there are', () => {
  const critical = [result('Potassium', 'HH'), result('Sodium', 'H'), result('Troponine', 'AA')]
  expect(worst(...critical)).toEqual(['critical', 'HH', 'Potassium', 2])
  expect(worst(result('Chlore', 'L'), result('Sodium', 'H'))).toEqual(['abnormal', 'L', 'Chlore', 2])
  expect(worstResult([result('Potassium', 'HH')])?.value).toBe('6,4 mmol/L')
})

it('what is normal, taken back or not done alerts nobody', () => {
  expect(worst(result('Sodium', 'N'), result('Chlore', null))).toBeNull()
  expect(worst(result('Potassium', 'HH', { absent: 'withdrawn' }))).toBeNull()
  expect(worst()).toBeNull()
})
