// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { LabResult, ResultPoint, ResultSeries } from '../../../app/contract/index.ts'
import { AnalyteCurve, curveSentence } from './curve.tsx'
import { ResultHistoryContext, type ResultHistory } from './history.ts'
import { LabTable } from './lab-table.tsx'
import '../../testing/resize-observer.ts'
import { plotted, previousOf, sharedDay, tidyRange, valuesOverTime } from './values.ts'

beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

const result = (rest: Partial<LabResult> = {}): LabResult => ({
  label: 'Potassium',
  loinc: '2823-3',
  code: null,
  type: 'PQ',
  ucum: 'mmol/L',
  comparator: null,
  low: null,
  high: null,
  translations: [],
  value: '6,4',
  number: 6.4,
  unit: 'mmol/L',
  referenceRange: '3,500000 – 5,100000',
  referenceLow: 3.5,
  referenceHigh: 5.1,
  ranges: [],
  interpretation: 'HH',
  date: '2026-11-20T10:00:00+01:00',
  status: 'completed',
  absent: null,
  method: null,
  comment: null,
  batteries: [],
  isolate: null,
  specimen: null,
  performer: null,
  mediaIds: [],
  previous: [],
  ...rest,
})
const point = (rest: Partial<ResultPoint> = {}): ResultPoint => ({
  messageId: 7,
  documentLabel: 'CR',
  organisation: 'Laboratoire fictif',
  date: '2026-10-12T09:00:00+02:00',
  value: '4,6',
  unit: 'mmol/L',
  referenceRange: '3,5 – 5,1',
  interpretation: 'N',
  number: 4.6,
  referenceLow: 3.5,
  referenceHigh: 5.1,
  converted: false,
  matched: 'ins',
  ...rest,
})
const series = (points: ResultPoint[]): ResultSeries => ({
  label: 'Potassium',
  loinc: '2823-3',
  unit: 'mmol/L',
  otherUnit: null,
  points,
})
const history = (points: ResultPoint[], openMessage = vi.fn<(id: number) => void>()): ResultHistory => ({
  state: 'ready',
  of: ({ label }) => (label === 'Potassium' ? series(points) : null),
  openMessage,
  documentDate: '2026-11-20T10:00:00+01:00',
})
const show = (results: LabResult[], known: ResultHistory): HTMLElement => {
  const host = document.createElement('div')
  document.body.append(host)
  act(() =>
    createRoot(host).render(
      <ResultHistoryContext value={known}>
        <LabTable caption="Biochimie" results={results} />
      </ResultHistoryContext>,
    ),
  )
  return host
}

describe('values over time', () => {
  it('joins what the document tells, what other messages tell and its own, once each, oldest first', () => {
    const own = result({
      previous: [
        { value: '4,6', number: 4.6, unit: 'mmol/L', date: '2026-10-12' },
        { value: '4,1', number: 4.1, unit: 'mmol/L', date: '2026-01-05' },
      ],
    })
    const values = valuesOverTime(
      own,
      series([point(), point({ date: '2026-11-20', value: '6,4', number: 6.4 })]),
    )
    expect(
      values.map(({ date, value, messageId, current }) => [date?.slice(0, 10), value, messageId, current]),
    ).toEqual([
      ['2026-01-05', '4,1', null, false],
      ['2026-10-12', '4,6', 7, false],
      ['2026-11-20', '6,4', null, true],
    ])
    expect(previousOf(values)?.value).toBe('4,6')
  })
  it('a value of later is not an earlier one; a value in another unit is not a number of this one', () => {
    const later = valuesOverTime(result(), series([point({ date: '2026-12-01' })]))
    expect(previousOf(later)).toBeNull()
    const told = valuesOverTime(
      result({ previous: [{ value: '18', number: 18, unit: 'mg/dL', date: '2026-01-05' }] }),
      null,
    )
    expect(told[0]).toMatchObject({ value: '18', number: null })
  })
  it('a result without a date has that of its document, and is the last one where that has none', () => {
    const undated = result({ date: null })
    const values = valuesOverTime(undated, series([point()]), '2026-11-20')
    expect(values.map(({ date, value }) => [date?.slice(0, 10), value])).toEqual([
      ['2026-10-12', '4,6'],
      ['2026-11-20', '6,4'],
    ])
    expect(previousOf(values)?.value).toBe('4,6')
    const without = valuesOverTime(undated, series([point()]))
    expect(without.at(-1)).toMatchObject({ value: '6,4', date: null, current: true })
    expect(previousOf(without)?.value).toBe('4,6')
  })
  it('« < 5 » stands on the curve at its bound, in the unit of the series alone', () => {
    const bounded = (value: string, unit: string | null) =>
      point({ value, unit, number: null, interpretation: null, date: '2026-06-03' })
    const curve = (value: string, unit: string | null = 'mmol/L') =>
      plotted(valuesOverTime(result(), series([bounded(value, unit)]))).map(({ number, bound }) => [
        number,
        bound?.sign ?? null,
      ])
    expect(curve('< 5')).toEqual([
      [5, '<'],
      [6.4, null],
    ])
    expect(curve('≥0,25')).toEqual([
      [0.25, '>'],
      [6.4, null],
    ])
    expect(curve('< 5', 'mg/L')).toEqual([[6.4, null]])
    expect(curve('traces')).toEqual([[6.4, null]])
  })
  it('a bound says whether a value rose only where there is no doubt', () => {
    const sentence = (before: string, value: string, number: number | null) =>
      curveSentence(
        valuesOverTime(
          result({ value, number }),
          series([point({ value: before, number: null, date: '2026-06-03' })]),
        ),
        'mmol/L',
      )
    expect(sentence('< 5', '6,4', 6.4)).toMatch(/la dernière est 6,4 mmol\/L, en hausse/)
    expect(sentence('< 5', '4', 4)).toMatch(/la dernière est 4 mmol\/L\./)
    expect(sentence('> 16', '< 5', null)).toMatch(/la dernière est < 5 mmol\/L, en baisse/)
    expect(sentence('< 5', '< 5', null)).toMatch(/stable/)
  })
  it('shares a day only when all do', () => {
    const [one, other] = valuesOverTime(result(), series([point()]))
    expect(sharedDay([one ?? null, null])).toBe('2026-10-12')
    expect(sharedDay([one ?? null, other ?? null])).toBeNull()
  })
})

describe('the table', () => {
  it('says value, code, word, tidy range and the value before', () => {
    const host = show([result()], history([point()]))
    const row = host.querySelector('.lab-row')
    expect(row?.textContent).toMatch(/Potassium.*6,4.*HH · critique, haut.*mmol\/L.*3,5 – 5,1.*4,6/)
    expect(host.querySelector('thead')?.textContent).toContain('12/10/2026')
  })
  it('groups the long numbers of a range, leaves decimals as they are', () => {
    const plain = (range: string) => tidyRange(range)?.replaceAll(/[\u00a0\u202f]/g, ' ')
    expect(plain('< 10000')).toBe('< 10 000')
    expect(plain('150000 – 400000')).toBe('150 000 – 400 000')
    expect(plain('0,00012 – 0,00034')).toBe('0,00012 – 0,00034')
    expect(plain('3,500000 – 5,100000')).toBe('3,5 – 5,1')
  })
  it('computes an abnormal mark where nobody gave one, and says so; not in another unit', () => {
    const host = show(
      [
        result({ interpretation: null }),
        result({
          label: 'Autre',
          interpretation: null,
          ranges: [{ text: '', low: 1, high: 2, unit: 'g/L', interpretation: null, condition: null }],
        }),
      ],
      history([]),
    )
    const [computed, foreign] = host.querySelectorAll('.lab-row')
    expect(computed?.textContent).toContain('calculé d’après les valeurs usuelles')
    expect(foreign?.querySelector('.chip')).toBeNull()
  })
  it('draws the critical value of an undated result, the sentence ends with it', () => {
    const host = show([result({ date: null })], history([point()]))
    act(() => host.querySelector<HTMLButtonElement>('.lab-open')?.click())
    expect(host.querySelectorAll('.curve-mark')).toHaveLength(2)
    expect(host.querySelector('.lab-sentence')?.textContent).toMatch(/20\/11\/2026.*6,4 mmol\/L, en hausse/)
  })
  it('keeps an antibiogram apart, per isolate, in words', () => {
    const host = show(
      [
        result(),
        result({ label: 'Amoxicilline', interpretation: 'R', isolate: 'Escherichia coli', value: '> 16' }),
        result({
          label: 'Fosfomycine',
          interpretation: 'S',
          isolate: 'Escherichia coli',
          value: 'S',
          unit: null,
        }),
      ],
      history([]),
    )
    const table = host.querySelector('.antibiogram table')
    expect(table?.querySelector('caption')?.textContent).toContain('Escherichia coli')
    expect(table?.textContent).toMatch(/Amoxicilline.*R · résistant.*Fosfomycine.*S · sensible/)
    expect(host.querySelectorAll('.lab-row')).toHaveLength(1)
  })
  it('opens a curve with its values in words, and the message of each', () => {
    const openMessage = vi.fn<(id: number) => void>()
    const host = show(
      [result()],
      history(
        [point(), point({ date: '2026-06-03', value: '4,4', number: 4.4, matched: 'traits' })],
        openMessage,
      ),
    )
    act(() => host.querySelector<HTMLButtonElement>('.lab-open')?.click())
    expect(host.querySelectorAll('.curve-mark')).toHaveLength(3)
    expect(host.querySelector('.lab-sentence')?.textContent).toMatch(
      /3 valeurs du 03\/06\/2026 au 20\/11\/2026.*6,4 mmol\/L, en hausse/,
    )
    expect(host.querySelectorAll('.lab-values tbody tr')).toHaveLength(3)
    expect(host.querySelector('.lab-values')?.textContent).toContain('sans INS')
    act(() => host.querySelector<HTMLButtonElement>('.lab-values button')?.click())
    expect(openMessage).toHaveBeenCalledWith(7)
  })
})

describe('the curve', () => {
  it('goes from value to value by the arrow keys, each read out', () => {
    const host = document.createElement('div')
    document.body.append(host)
    const values = valuesOverTime(result(), series([point()]))
    act(() => createRoot(host).render(<AnalyteCurve label="Potassium" unit="mmol/L" values={values} />))
    const marks = [...host.querySelectorAll<SVGGElement>('.curve-mark')]
    expect(marks.map((mark) => mark.getAttribute('tabindex'))).toEqual(['-1', '0'])
    expect(marks[1]?.getAttribute('aria-label')).toMatch(/20\/11\/2026.*6,4 mmol\/L, critique, haut/)
    act(() => {
      marks[1]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))
    })
    expect(document.activeElement).toBe(marks[0])
    expect(host.querySelector('.curve-band')).not.toBeNull()
  })
  const drawn = (values: ReturnType<typeof valuesOverTime>): HTMLElement => {
    const host = document.body.appendChild(document.createElement('div'))
    act(() => createRoot(host).render(<AnalyteCurve label="Potassium" unit="mmol/L" values={values} />))
    return host
  }
  const daily = (count: number): ResultPoint[] =>
    Array.from({ length: count }, (_, index) =>
      point({ date: new Date(Date.UTC(2026, 0, 1 + index)).toISOString(), number: 4 + (index % 7) / 10 }),
    )
  const radii = (host: HTMLElement): Set<string | null> =>
    new Set([...host.querySelectorAll('circle.curve-point')].map((mark) => mark.getAttribute('r')))
  it('draws sixty values small, each still reached and told, the nearest one to the pointer', () => {
    const host = drawn(valuesOverTime(result(), series(daily(59))))
    const marks = [...host.querySelectorAll<SVGGElement>('.curve-mark')]
    expect(marks).toHaveLength(60)
    expect(radii(host)).toEqual(new Set(['2.25']))
    const [few] = radii(drawn(valuesOverTime(result(), series([point()]))))
    expect(Number(few)).toBeGreaterThan(2.25)
    const target = marks[20]?.querySelector('.curve-target')
    const at = (name: string): number => Number(target?.getAttribute(name))
    act(() => {
      host
        .querySelector('svg')
        ?.dispatchEvent(
          new MouseEvent('pointermove', { bubbles: true, clientX: at('cx') + 1, clientY: at('cy') }),
        )
    })
    expect(marks.map(({ dataset }) => dataset['chosen']).indexOf('true')).toBe(20)
    expect(host.querySelector('.curve-told')?.textContent).toContain('21/01/2026')
  })
  it('tells values of one day under one date, in the middle', () => {
    const host = drawn(
      valuesOverTime(result(), series([point({ date: '2026-11-20T08:00:00+01:00', value: '4,6' })])),
    )
    const dates = [...host.querySelectorAll('.curve-tick')].map(({ textContent }) => textContent)
    expect(dates.filter((text) => text === '20/11/2026')).toHaveLength(1)
  })
  it('gives every figure of its axis a place and a value of its own, however great or small', () => {
    for (const factor of [1e-5, 1, 1e7]) {
      const values = [1, 1.7, 2.3].map((number, index) =>
        point({
          date: `2026-0${index + 1}-01`,
          number: number * factor,
          referenceLow: null,
          referenceHigh: null,
        }),
      )
      const own = result({ number: 2 * factor, referenceLow: null, referenceHigh: null })
      const figures = [...drawn(valuesOverTime(own, series(values))).querySelectorAll('.curve-tick')].filter(
        (tick) => tick.getAttribute('text-anchor') === 'end' && !tick.textContent.includes('/'),
      )
      const texts = figures.map(({ textContent }) => textContent)
      expect(new Set(texts).size).toBe(texts.length)
      for (const figure of figures)
        expect(Number(figure.getAttribute('x'))).toBeGreaterThan(figure.textContent.length * 6.5)
    }
  })
  it('does not tell an abnormal value without direction by its colour alone', () => {
    const host = drawn(valuesOverTime(result({ interpretation: 'AA' }), series([point()])))
    expect(host.querySelector('.curve-mark[data-current="true"] path.curve-point')).not.toBeNull()
  })
  it('needs two values', () => {
    const host = document.createElement('div')
    act(() =>
      createRoot(host).render(<AnalyteCurve label="x" unit={null} values={valuesOverTime(result(), null)} />),
    )
    expect(host.innerHTML).toBe('')
  })
})
