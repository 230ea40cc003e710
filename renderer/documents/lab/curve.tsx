import { useId, useRef, useState, type PointerEvent } from 'react'
import { fullDate, number as shownNumber, t } from '../../i18n/index.ts'
import { plotted, type TimedValue } from './values.ts'
import './curve.css'

/** Units of the drawing: a narrow one is drawn anew, so that its figures stay readable. */
const frames = { wide: { width: 640, height: 190 }, narrow: { width: 320, height: 170 } } as const
const margins = { left: 52, right: 20, top: 20, bottom: 30 }
/** Units of the drawing that a figure of an axis takes, and between two values below which their marks are drawn small. */
const figureWidth = 7
const closeTogether = 14
/** Farthest from a value that the pointer still means it. */
const reach = 28

type Plotted = ReturnType<typeof plotted>[number]

/** Numbers that an axis can be read by: at most five, each a multiple of 1, 2 or 5 × 10ⁿ. */
const ticksOf = (low: number, high: number): number[] => {
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.ceil(low / step) * step
  return Array.from({ length: 6 }, (_, index) => Number((first + index * step).toPrecision(10))).filter(
    (value) => value <= high,
  )
}

/** Decimals by which neighbours on an axis differ. */
const decimalsOf = ([first = 0, second = first + 1]: readonly number[]): number =>
  Math.min(12, Math.max(3, Math.ceil(-Math.log10(second - first))))

const extent = (values: readonly Plotted[], band: { low: number | null; high: number | null }) => {
  const numbers = [...values.map((value) => value.number), band.low, band.high].filter((one) => one !== null)
  const low = Math.min(...numbers)
  const high = Math.max(...numbers)
  const margin = (high - low || Math.abs(high) || 1) * 0.12
  // A measure is not below zero unless one was.
  return { low: low >= 0 ? Math.max(0, low - margin) : low - margin, high: high + margin }
}

/** Above, below or within: the shape says it as well as the colour. What is within is small where values are many. */
const Mark = ({ x, y, value, small }: { x: number; y: number; value: Plotted; small: boolean }) => {
  const { level, direction } = value.mark
  const size = value.current ? 6.5 : !small ? 5 : level === 'normal' ? 3.25 : 4
  // « < 5 »: somewhere beyond the bound, told by a hollow mark.
  const hollow = value.bound !== null
  if (direction === 'up')
    return (
      <path
        data-level={level}
        d={`M${x} ${y - size - 1}L${x + size + 0.5} ${y + size - 1}H${x - size - 0.5}Z`}
        className="curve-point"
        data-hollow={hollow}
      />
    )
  if (direction === 'down')
    return (
      <path
        data-level={level}
        d={`M${x} ${y + size + 1}L${x + size + 0.5} ${y - size + 1}H${x - size - 0.5}Z`}
        className="curve-point"
        data-hollow={hollow}
      />
    )
  // Abnormal, and neither high nor low.
  if (level !== 'normal')
    return (
      <path
        data-level={level}
        d={`M${x} ${y - size - 1}L${x + size + 1} ${y}L${x} ${y + size + 1}L${x - size - 1} ${y}Z`}
        className="curve-point"
        data-hollow={hollow}
      />
    )
  return <circle data-level={level} data-hollow={hollow} cx={x} cy={y} r={size - 1} className="curve-point" />
}

const printed = (value: TimedValue, unit: string | null): string =>
  [value.value, value.unit ?? unit].filter(Boolean).join(' ')

/** « 12/10/2026 : 4,6 mmol/L, élevé, converti de 0,83 g/L ». */
const wordsOf = (value: Plotted, unit: string | null): string =>
  [
    t('results.pointAt', {
      date: fullDate(value.date.slice(0, 10)),
      value:
        value.converted && !value.bound
          ? `${shownNumber(value.number, 3)} ${unit ?? ''}`.trim()
          : printed(value, unit),
    }),
    value.mark.word === null ? null : t(`documents.result_${value.mark.word}`),
    value.converted ? t('results.convertedFrom', { value: printed(value, null) }) : null,
    value.organisation,
  ]
    .filter((word) => word !== null)
    .join(t('results.and'))

/** Up, down or the same, where bounds (« < 5 ») leave no doubt. */
const trendOf = (before: Plotted, last: Plotted): 'up' | 'down' | 'same' | null => {
  const least = ({ bound, number }: Plotted): number => (bound?.sign === '<' ? -Infinity : number)
  const most = ({ bound, number }: Plotted): number => (bound?.sign === '>' ? Infinity : number)
  if (!before.bound && !last.bound && last.number === before.number) return 'same'
  if (before.bound && before.bound.sign === last.bound?.sign && before.number === last.number) return 'same'
  if (least(last) >= most(before)) return 'up'
  return most(last) <= least(before) ? 'down' : null
}

/** What the curve says, in one sentence. */
export const curveSentence = (values: readonly TimedValue[], unit: string | null): string => {
  const points = plotted(values)
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return t('results.noCurve')
  const before = points.at(-2)
  const trend = before && trendOf(before, last)
  return t('results.sentence', {
    count: points.length,
    first: fullDate(first.date.slice(0, 10)),
    last: fullDate(last.date.slice(0, 10)),
    value: (last.bound ? last.value : shownNumber(last.number, 3)) + (unit ? ` ${unit}` : ''),
    trend: trend ?? 'alone',
  })
}

/**
 * Values of one analyte over time: usual values as a band, one focusable point per value (arrow keys go from one to the next,
 * each is read out), out-of-range values by shape and colour. Needs two values; the table beside it has them all in words.
 */
export const AnalyteCurve = ({
  label,
  unit,
  values,
  frame = 'wide',
}: {
  label: string
  unit: string | null
  values: readonly TimedValue[]
  frame?: keyof typeof frames
}) => {
  const { width, height } = frames[frame]
  const points = plotted(values)
  const [chosen, setChosen] = useState<number | null>(null)
  const marks = useRef(new Map<number, SVGGElement>())
  const clip = useId()
  if (points.length < 2) return null
  const last = points.length - 1
  const banded = points.findLast((value) => value.low !== null || value.high !== null)
  const band = { low: banded?.low ?? null, high: banded?.high ?? null }
  const { low, high } = extent(points, band)
  const times = points.map(({ date }) => new Date(date).getTime())
  const start = Math.min(...times)
  const length = Math.max(...times) - start
  const ticks = ticksOf(low, high)
  const figures = ticks.map((tick) => shownNumber(tick, decimalsOf(ticks)))
  const room = {
    ...margins,
    left: Math.max(margins.left, 14 + figureWidth * Math.max(0, ...figures.map((figure) => figure.length))),
  }
  const across = width - room.left - room.right
  // Values of one moment stand in the middle, one above the other.
  const x = (index: number): number =>
    room.left + (length === 0 ? 0.5 : ((times[index] ?? start) - start) / length) * across
  const y = (value: number): number =>
    room.top + ((high - value) / (high - low || 1)) * (height - room.top - room.bottom)
  const isClose = (one: number, other: number): boolean =>
    points[one] !== undefined && points[other] !== undefined && Math.abs(x(one) - x(other)) < closeTogether
  const isSmall = (index: number): boolean => isClose(index, index - 1) || isClose(index, index + 1)
  const days = [points[0], points[last]].map((one) => fullDate((one?.date ?? '').slice(0, 10)))
  const current = chosen ?? last
  const shown = points[current] ?? points[last]
  const step = (to: number): void => {
    const next = Math.min(last, Math.max(0, to))
    setChosen(next)
    marks.current.get(next)?.focus()
  }
  /** The value nearest to the pointer: marks may lie over each other. */
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const frame = event.currentTarget.getBoundingClientRect()
    const scale = width / (frame.width || width)
    const [left, top] = [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale]
    const far = points.map((value, index) => Math.hypot(x(index) - left, y(value.number) - top))
    const nearest = far.indexOf(Math.min(...far))
    if ((far[nearest] ?? Infinity) <= reach) setChosen(nearest)
  }
  return (
    <figure className="curve">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        onPointerMove={point}
        role="group"
        aria-label={t('results.curveOf', { label })}
        aria-roledescription={t('results.curve')}
      >
        <clipPath id={clip}>
          <rect x={room.left} y={0} width={width - room.left} height={height} />
        </clipPath>
        {(band.low !== null || band.high !== null) && (
          <rect
            className="curve-band"
            x={room.left}
            width={width - room.left - room.right}
            y={y(band.high ?? high)}
            height={Math.max(1, y(band.low ?? low) - y(band.high ?? high))}
          />
        )}
        <g aria-hidden="true">
          {ticks.map((tick, index) => (
            <g key={tick}>
              <line className="curve-grid" x1={room.left} x2={width - room.right} y1={y(tick)} y2={y(tick)} />
              <text className="curve-tick" x={room.left - 8} y={y(tick) + 4} textAnchor="end">
                {figures[index]}
              </text>
            </g>
          ))}
          {days[0] === days[1] ? (
            <text className="curve-tick" x={room.left + across / 2} y={height - 8} textAnchor="middle">
              {days[0]}
            </text>
          ) : (
            <>
              <text className="curve-tick" x={room.left} y={height - 8}>
                {days[0]}
              </text>
              <text className="curve-tick" x={width - room.right} y={height - 8} textAnchor="end">
                {days[1]}
              </text>
            </>
          )}
          <polyline
            className="curve-line"
            clipPath={`url(#${clip})`}
            points={points.map((value, index) => `${x(index)},${y(value.number)}`).join(' ')}
          />
        </g>
        {points.map((value, index) => (
          <g
            key={index}
            ref={(node) => {
              if (node) marks.current.set(index, node)
              else marks.current.delete(index)
            }}
            role="img"
            className="curve-mark"
            data-current={value.current}
            data-chosen={index === chosen}
            tabIndex={index === current ? 0 : -1}
            aria-label={wordsOf(value, unit)}
            onFocus={() => setChosen(index)}
            onKeyDown={(event) => {
              const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key]
              if (to === undefined) return
              event.preventDefault()
              event.stopPropagation()
              step(to)
            }}
          >
            <circle className="curve-target" cx={x(index)} cy={y(value.number)} r={isSmall(index) ? 8 : 13} />
            <Mark x={x(index)} y={y(value.number)} value={value} small={isSmall(index)} />
          </g>
        ))}
      </svg>
      <figcaption>
        <span className="curve-told" data-level={shown?.mark.level} aria-hidden="true">
          {shown && wordsOf(shown, unit)}
        </span>
        {(band.low !== null || band.high !== null) && (
          <span className="curve-legend">
            <i aria-hidden="true" />
            {t('results.band', {
              range:
                band.low !== null && band.high !== null
                  ? `${shownNumber(band.low, 3)} – ${shownNumber(band.high, 3)}`
                  : band.low !== null
                    ? `≥ ${shownNumber(band.low, 3)}`
                    : `≤ ${shownNumber(band.high ?? 0, 3)}`,
            })}
          </span>
        )}
        <span className="visually-hidden">{curveSentence(values, unit)}</span>
      </figcaption>
    </figure>
  )
}

/** The curve as it fits in a row of a table: a hint beside the button that opens the real one. */
export const Sparkline = ({ values }: { values: readonly TimedValue[] }) => {
  const points = plotted(values).slice(-12)
  if (points.length < 2) return null
  const { low, high } = extent(points, { low: null, high: null })
  const x = (index: number): number => 3 + (index / (points.length - 1)) * 50
  const y = (value: number): number => 3 + ((high - value) / (high - low || 1)) * 14
  const last = points.length - 1
  return (
    <svg className="sparkline" viewBox="0 0 56 20" aria-hidden="true">
      <polyline points={points.map((value, index) => `${x(index)},${y(value.number)}`).join(' ')} />
      <circle cx={x(last)} cy={y(points[last]?.number ?? 0)} r={2.6} data-level={points[last]?.mark.level} />
    </svg>
  )
}
