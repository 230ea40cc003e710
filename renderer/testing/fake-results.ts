import type { Input, ResultPoint } from '../../app/contract/index.ts'
import { reply, type FakePart, type FakeWorld } from './fake-world.ts'

/** Months before today, and what potassium and creatinine were then; everybody here is invented. */
const earlier: Readonly<Record<string, readonly [number, number][]>> = {
  Potassium: [
    [20, 4.2],
    [11, 4.5],
    [5, 4.3],
    [1, 4.6],
  ],
  Créatinine: [
    [11, 88],
    [5, 93],
    [1, 96],
  ],
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  Potassium: [3.5, 5.1],
  Créatinine: [50, 98],
}

/** Earlier values of the gallery's patient, from messages of other months. */
export const fakeResults =
  ({ now }: FakeWorld): FakePart =>
  (method, input) => {
    if (method !== 'results.history') return null
    const { analytes } = input as Input<'results.history'>
    const asked = analytes ?? [
      { label: 'Potassium', loinc: '2823-3', unit: 'mmol/L' },
      { label: 'Créatinine', loinc: '14682-9', unit: 'µmol/L' },
    ]
    return reply(method, {
      series: asked.map((analyte) => {
        const [low = null, high = null] = ranges[analyte.label] ?? []
        return {
          ...analyte,
          otherUnit: null,
          points: [
            ...(earlier[analyte.label] ?? []),
            // Of a document being read its own value is none of the others.
            ...(analytes === null && analyte.label === 'Potassium' ? [[0, 6.4] as const] : []),
          ].map(([months, number]): ResultPoint => {
            const date = new Date(now)
            date.setMonth(date.getMonth() - months)
            return {
              messageId: 2,
              documentLabel: 'CR d’examens biologiques',
              organisation: 'Laboratoire BioVal Démo',
              date: date.toISOString(),
              value: String(number).replace('.', ','),
              unit: analyte.unit,
              referenceRange: low === null || high === null ? null : `${low} – ${high}`.replaceAll('.', ','),
              interpretation: number > 6 ? 'HH' : 'N',
              number,
              referenceLow: low,
              referenceHigh: high,
              converted: false,
              matched: 'ins',
            }
          }),
        }
      }),
    })
  }
