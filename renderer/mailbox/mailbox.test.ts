import { describe, expect, it } from 'vitest'
import { messagesOf } from '../testing/fixture-messages.ts'
import { neighbour } from './actions.ts'
import { groupByDay } from './day-groups.ts'
import { rowName, rowPeople } from './message-row.tsx'

const now = new Date(2026, 10, 22, 15)
const rows = messagesOf(1, now, 20)
const ids = rows.map((row) => row.id)

describe('groupByDay', () => {
  it('keeps every row once, in order, under changing headings', () => {
    const groups = groupByDay(rows, now)
    expect(groups.flatMap((group) => group.rows.map((row) => row.id))).toEqual(ids)
    expect(groups.slice(0, 2).map((group) => [group.label, group.rows.length])).toEqual([
      ['Aujourd’hui', 4],
      ['Hier', 4],
    ])
  })
  it('changes the id of a group whose rows change', () => {
    const [before] = groupByDay(rows, now)
    const [after] = groupByDay(rows.toSpliced(1, 1), now)
    expect(after?.label).toBe(before?.label)
    expect(after?.id).not.toBe(before?.id)
  })
})

describe('neighbour', () => {
  it('opens the next older message, at the end the newer one, in an emptied list none', () => {
    expect(neighbour(rows, new Set([ids[1] ?? 0]))).toBe(ids[2])
    expect(neighbour(rows, new Set([ids[1] ?? 0, ids[2] ?? 0]))).toBe(ids[3])
    expect(neighbour(rows, new Set([ids.at(-1) ?? 0]))).toBe(ids.at(-2))
    expect(neighbour(rows, new Set(ids))).toBeNull()
  })
})

describe('rowPeople', () => {
  const me = { name: 'Dr Anne MARTIN', address: 'Anne@lilas.test' }
  const paul = { name: 'Dr Paul BERNARD', address: 'paul@lilas.test' }
  const other = { name: '', address: 'labo@lilas.test' }
  const mine = new Set(['anne@lilas.test'])
  it('is the sender of what one receives, the recipients of what one sends', () => {
    expect(rowPeople({ from: paul, to: [me] }, mine)).toEqual({ sent: false, names: 'Dr Paul BERNARD' })
    expect(rowPeople({ from: me, to: [paul, other] }, mine)).toEqual({
      sent: true,
      names: 'Dr Paul BERNARD, labo@lilas.test',
    })
    expect(rowPeople({ from: me, to: [] }, mine)).toEqual({ sent: false, names: 'Dr Anne MARTIN' })
  })
})

describe('rowName', () => {
  it('reads out what the document says of itself, after the patient (MSS/va1.25)', () => {
    const [first] = rows
    if (!first) throw new Error('no row')
    expect(rowName(first, now, new Set())).toMatch(
      /HH Potassium.*DUPONT Marie.*Ionogramme sanguin et fonction rénale · 22\/11\/2026 · Dr Hélène ROY/,
    )
  })
})
