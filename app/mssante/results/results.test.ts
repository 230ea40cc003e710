import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PatientSummary } from '../../contract/index.ts'
import { analyteKey, analyteOfKey, analytes } from './analytes.ts'
import { buildHistory, type StoredResult } from './history.ts'
import { patientKeys } from './patient-keys.ts'
import { conversionOf, convert, quantityOf } from './units.ts'

const named = (label: string, unit: string | null = null, loinc: string | null = null) => ({
  label,
  unit,
  loinc,
})

describe('units', () => {
  const brought = (value: number, from: string, to: string, analyte: string | null = null): number | null => {
    const conversion = conversionOf(from, to, analyte === null ? null : analyteOfKey(`a:${analyte}`))
    return conversion && convert(value, conversion)
  }
  test.each([
    [1, 'g/L', 'mmol/L', 'glucose', 5.551],
    [5.5, 'mmol/L', 'g/L', 'glucose', 0.9909],
    [100, 'mg/dL', 'mmol/L', 'glucose', 5.551],
    [113, 'µmol/L', 'mg/L', 'creatinine', 12.78],
    [2, 'g/L', 'mmol/L', 'cholesterol', 5.173],
    [14, 'g/dL', 'mmol/L', 'hemoglobin', 8.688],
    [5, 'meq/L', 'mmol/L', 'calcium', 2.5],
    [4, 'meq/L', 'mmol/L', 'potassium', 4],
    [53, 'mmol/mol', '%', 'hba1c', 7],
    [7, '%', 'mmol/mol', 'hba1c', 53],
    [30, 'ng/mL', 'nmol/L', 'vitamin-d', 74.88],
    [3, 'mg/L', 'mg/dL', null, 0.3],
    [5, '10⁹/L', 'G/L', null, 5],
    [5000, '/mm³', '10⁹/L', null, 5],
    [5, '10³/mm³', 'G/L', null, 5],
    [4.5, 'T/L', '10¹²/L', null, 4.5],
    [42, '%', 'L/L', null, 0.42],
    [60, 'UI/L', 'µkat/L', null, 1],
    [2, 'mUI/L', 'µUI/mL', null, 2],
    [12, 'ng/L', 'pg/mL', null, 12],
  ])('%d %s is %s of %s: %d', (value, from, to, analyte, expected) => {
    expect(brought(value, from, to, analyte)).toBeCloseTo(expected, expected < 1 ? 4 : 2)
  })
  test('what no factor relates stays apart', () => {
    for (const [from, to, analyte] of [
      ['g/L', 'mmol/L', null],
      ['mmol/L', 'UI/L', 'glucose'],
      ['%', 'mmol/mol', 'glucose'],
      ['mL/min/1,73 m²', 'mL/min', null],
      ['g/L', 'g/kg', null],
      ['g/L', null, 'glucose'],
    ] as const)
      expect(conversionOf(from, to, analyte === null ? null : analyteOfKey(`a:${analyte}`))).toBeNull()
    expect(conversionOf(null, null, null)).toEqual({ factor: 1, offset: 0 })
  })
  test('there and back is the same number', () => {
    const units = ['g/L', 'mg/L', 'mg/dL', 'µg/mL', 'mmol/L', 'µmol/L', 'nmol/mL', 'pmol/L']
    fc.assert(
      fc.property(
        fc.constantFrom(...analytes.filter(({ molarMass }) => molarMass !== null)),
        fc.constantFrom(...units),
        fc.constantFrom(...units),
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        (analyte, from, to, value) => {
          const there = conversionOf(from, to, analyte)
          const back = conversionOf(to, from, analyte)
          expect(there && back).not.toBeNull()
          if (there && back) expect((value * there.factor * back.factor) / value).toBeCloseTo(1, 6)
        },
      ),
    )
  })
  test('no text makes it fail', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (unit) => {
        const quantity = quantityOf(unit)
        expect(quantity === null || Number.isFinite(quantity.scale)).toBe(true)
      }),
    )
  })
  test('each analyte’s two usual units are one quantity', () => {
    for (const analyte of analytes)
      if (analyte.otherUnit) expect(conversionOf(...analyte.otherUnit, analyte), analyte.id).not.toBeNull()
  })
})

describe('analytes', () => {
  test('codes that differ by the unit alone are one; a name counts where there is no code', () => {
    expect(analyteKey(named('Glucose', 'g/L', '2345-7'))).toBe(
      analyteKey(named('Glycémie', 'mmol/L', '14749-6')),
    )
    expect(analyteKey(named('GLYCÉMIE'))).toBe('a:glucose')
    expect(analyteKey(named('Glucose urinaire', 'g/L'))).not.toBe('a:glucose')
    expect(analyteKey(named('Glucose', 'g/L', '5792-7'))).toBe('l:5792-7')
    expect(analyteKey(named('Bilan X', 'UI/L'))).not.toBe(analyteKey(named('Bilan X', 'g/L')))
  })
  test('no code and no name is in two rows', () => {
    const codes = analytes.flatMap(({ loinc }) => loinc)
    const names = analytes.flatMap(({ names: all }) => all)
    expect(new Set(codes).size).toBe(codes.length)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('patient keys', () => {
  const patient: PatientSummary = {
    birthName: 'Desprès-Roy',
    usedName: null,
    firstName: 'Zoé',
    sex: 'F',
    birthDate: '1980-02-29',
    ins: null,
    qualified: false,
  }
  test('capitals without accents are the same traits; nothing else is levelled', () => {
    const { traits } = patientKeys(patient)
    expect(patientKeys({ ...patient, birthName: 'DESPRES-ROY', firstName: 'ZOE' }).traits).toBe(traits)
    for (const other of [
      { birthName: 'DESPRES ROY' },
      { firstName: 'ZOE MARIE' },
      { birthDate: '1980-02-28' },
    ])
      expect(patientKeys({ ...patient, ...other }).traits).not.toBe(traits)
  })
  test('incomplete traits are no traits', () => {
    for (const missing of [{ birthDate: null }, { birthDate: '1980-02' }, { firstName: ' ' }])
      expect(patientKeys({ ...patient, ...missing }).traits).toBeNull()
  })
})

describe('history', () => {
  const stored = (rest: Partial<StoredResult>): StoredResult => ({
    messageId: 1,
    analyte: 'a:glucose',
    label: 'Glucose',
    loinc: null,
    documentLabel: 'CR d’examens biologiques',
    organisation: 'Laboratoire fictif',
    date: '2026-01-10',
    value: '1,00',
    unit: 'g/L',
    number: 1,
    referenceRange: '0,70 – 1,10',
    referenceLow: 0.7,
    referenceHigh: 1.1,
    interpretation: null,
    matched: 'ins',
    ...rest,
  })
  test('earlier values come in the unit asked, said to be converted, with their own words kept', () => {
    const [series] = buildHistory(
      [named('Glycémie', 'mmol/L')],
      [stored({}), stored({ date: '2025-12-01T08:00:00+01:00', value: '5,2', unit: 'mmol/L', number: 5.2 })],
    )
    expect(series?.otherUnit).toMatchObject({ unit: 'g/L' })
    expect(
      series?.points.map(({ date, number, value, converted }) => ({ date, number, value, converted })),
    ).toEqual([
      { date: '2025-12-01T08:00:00+01:00', number: 5.2, value: '5,2', converted: false },
      { date: '2026-01-10', number: 5.551, value: '1,00', converted: true },
    ])
    expect(series?.points[1]?.referenceHigh).toBeCloseTo(6.106, 3)
  })
  test('the same measure sent twice is there once, with the hour one of them knows', () => {
    const [series] = buildHistory(
      [named('Glucose', 'g/L')],
      [stored({}), stored({ date: '2026-01-10T07:30:00+01:00', messageId: 2 })],
    )
    expect(series?.points).toMatchObject([{ date: '2026-01-10T07:30:00+01:00', messageId: 2 }])
  })
  test('a unit nobody can convert leaves words without a number', () => {
    const [series] = buildHistory([named('Glucose', 'mg')], [stored({})])
    expect(series?.points).toMatchObject([{ value: '1,00', unit: 'g/L', number: null, converted: false }])
  })
  test('everything of a patient: one series per analyte, last measured first', () => {
    const all = buildHistory(null, [
      stored({}),
      stored({ analyte: 'l:9999-1', label: 'CRP', unit: 'mg/L', date: '2026-03-01' }),
      stored({ date: '2026-02-01', unit: 'mmol/L', value: '5,0', number: 5 }),
    ])
    expect(all.map(({ label, unit, points }) => [label, unit, points.length])).toEqual([
      ['CRP', 'mg/L', 1],
      ['Glucose', 'mmol/L', 2],
    ])
  })
})
