import { describe, expect, it } from 'vitest'
import { alertsOf } from './cda/index.ts'
import { interpretationOfFlag, rangeOf, rangeOfText, resultOf, type WrittenResult } from './text-results.ts'

const written = (rest: Partial<WrittenResult>) =>
  resultOf({
    label: 'Analyte',
    code: null,
    type: 'NM',
    value: '',
    unit: '',
    range: null,
    flag: '',
    status: 'F',
    date: null,
    ...rest,
  })

describe('reference ranges written as text', () => {
  it.each([
    ['2.0 - 4.5', '2,0 – 4,5', 2, 4.5],
    ['2,0 à 4,5', '2,0 – 4,5', 2, 4.5],
    ['(3.5-5.1)', '3,5 – 5,1', 3.5, 5.1],
    ['3.5 - 5.1 mmol/L', '3,5 – 5,1', 3.5, 5.1],
    ['3.5 mmol/l - 5.1 mmol/l', '3,5 – 5,1', 3.5, 5.1],
    ['-2 - 2', '-2 – 2', -2, 2],
    ['-2.0 - +3.0', '-2,0 – +3,0', -2, 3],
    ['[2;4[', '[2;4[', 2, 4],
    [']2,5 ; 4]', ']2,5 ; 4]', 2.5, 4],
    ['<5', '< 5', null, 5],
    ['<= 5', '≤ 5', null, 5],
    ['≤5,5', '≤ 5,5', null, 5.5],
    ['>=3', '≥ 3', 3, null],
    ['> 60', '> 60', 60, null],
    ['inf. à 400', '< 400', null, 400],
    ['inférieur ou égal à 5', '≤ 5', null, 5],
    ['sup à 1,03', '> 1,03', 1.03, null],
    ["jusqu'à 5", '≤ 5', null, 5],
    ['150 000 - 400 000', '150 000 – 400 000', 150000, 400000],
    ['5 - 2', '5 - 2', null, null],
    ['négatif', 'négatif', null, null],
    ['H : 13-17 ; F : 12-16', 'H : 13-17 ; F : 12-16', null, null],
  ])('reads %s', (text, shown, low, high) => {
    expect(rangeOfText(text, 'mmol/L')).toMatchObject({ text: shown, low, high })
  })

  it('reads a point as thousands where the value or the unit leaves no doubt, and prints it as it was sent', () => {
    const range = rangeOfText('4.000 - 10.000', '/mm3')
    expect(range).toMatchObject({ text: '4.000 – 10.000', low: 4000, high: 10000 })
    expect(written({ value: '2.920', unit: '/mm3', range })).toMatchObject({ value: '2.920', number: 2920 })
    const bare = rangeOfText('4.000 - 10.000', null)
    expect(written({ value: '2920', range: bare })).toMatchObject({
      referenceLow: 4000,
      referenceHigh: 10000,
    })
    expect(written({ value: '4.123', range: rangeOfText('0.400 - 4.000', 'mUI/L') })).toMatchObject({
      value: '4,123',
      number: 4.123,
    })
    const typed = rangeOf('4000', '10000', null)
    expect(written({ value: '2.920', range: typed })).toMatchObject({ value: '2.920', number: 2920 })
  })
})

describe('values written as text', () => {
  it.each([
    ['6.4', '6,4', 6.4, null, null],
    ['-2.5', '-2,5', -2.5, null, null],
    ['< 0.12  mg/l', '< 0,12', null, '<', 'mg/L'],
    ['>= 1 000', '≥ 1 000', null, '≥', null],
    ['6.4 mmol/L', '6,4', 6.4, null, 'mmol/L'],
    ['2,19 *', '2,19', 2.19, null, null],
    ['1/80', '1/80', null, null, null],
    ['positif', 'positif', null, null, null],
    ['5 à 10 leucocytes', '5 à 10 leucocytes', null, null, null],
  ])('reads %s', (value, shown, number, comparator, unit) => {
    const result = written({ value })
    expect([
      result.value,
      result.number,
      result.comparator,
      result.unit?.replace('/l', '/L') ?? null,
    ]).toEqual([shown, number, comparator, unit])
  })
  it('takes a star for abnormal where no flag says more', () => {
    expect(written({ value: '2,19 *' }).interpretation).toBe('A')
    expect(written({ value: '2,19 *', flag: 'H' }).interpretation).toBe('H')
  })
})

describe('flags', () => {
  it.each([
    ['H', 'H'],
    ['hh', 'HH'],
    ['<', 'L'],
    ['>', 'H'],
    ['N~H', 'H'],
    ['H~AA', 'AA'],
    ['**', 'AA'],
    ['U', null],
    ['', null],
  ])('%s is %s', (flag, code) => {
    expect(interpretationOfFlag(flag)).toBe(code)
  })
  it('« B » is bas in French files and better in HL7', () => {
    expect([interpretationOfFlag('B', 'hprim'), interpretationOfFlag('B', 'hl7')]).toEqual(['L', null])
  })
})

describe('alerts seen by comparing with the range', () => {
  const alerts = (rest: Partial<WrittenResult>) =>
    alertsOf([written(rest)]).map(({ level, code, source }) => [level, code, source])
  it('hold for numbers, for bounds that leave no doubt and for the same value in another unit', () => {
    const range = rangeOfText('10 - 20', 'µmol/L')
    expect(alerts({ value: '25', unit: 'umol/L', range })).toEqual([['abnormal', 'H', 'range']])
    expect(alerts({ value: '> 30', unit: 'umol/L', range })).toEqual([['abnormal', 'H', 'range']])
    expect(alerts({ value: '< 5', unit: 'umol/L', range })).toEqual([['abnormal', 'L', 'range']])
    expect(alerts({ value: '< 15', unit: 'umol/L', range })).toEqual([])
    expect(alerts({ value: '10', unit: 'umol/L', range })).toEqual([])
    const second = written({ value: '54', unit: '%' })
    second.translations.push({ value: '12', number: 12, unit: '/mm3' })
    const other = rangeOfText('1500 - 7500', '/mm3')
    if (other) second.ranges.push(other)
    expect(alertsOf([second])).toMatchObject([{ code: 'L', source: 'range' }])
  })
  it('are silent on what was taken back', () => {
    expect(alerts({ value: '9', flag: 'HH', status: 'W' })).toEqual([])
    expect(written({ value: '9', flag: 'HH', status: 'W' }).absent).toBe('withdrawn')
    expect(written({ status: 'X' }).absent).toBe('not-done')
    expect(written({ status: 'I' }).absent).toBe('pending')
    expect(alerts({ value: '9', flag: 'HH', status: 'C' })).toEqual([['critical', 'HH', 'interpretation']])
  })
})
