import { expect, test } from 'vitest'
import { displayUnit } from './values.ts'

test.each([
  ['mmol/L', 'mmol/L'],
  ['umol/L', 'µmol/L'],
  ['10*9/L', '10⁹/L'],
  ['mL/min/{1.73_m2}', 'mL/min/1,73 m²'],
  ['/{HPF}', '/HPF'],
  ['g{créatinine}/L', 'g/L'],
  ['[iU]/L', 'UI/L'],
  ['{titre}', null],
  ['1', null],
  [null, null],
])('%s is printed %s', (unit, printed) => {
  expect(displayUnit(unit)).toBe(printed)
})
