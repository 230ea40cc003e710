// @vitest-environment jsdom
import { act, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it } from 'vitest'
import { DateField } from './date-field.tsx'

globalThis.IS_REACT_ACT_ENVIRONMENT = true

const show = (given: string | null, taken: 'at-once' | 'when-left' = 'at-once') => {
  const told: (string | null)[] = []
  const place = document.createElement('div')
  document.body.append(place)
  const Place = () => {
    const [day, setDay] = useState(given)
    return (
      <DateField
        label="Date"
        value={day}
        latest="2026-11-22"
        taken={taken}
        onChange={(next) => {
          told.push(next)
          setDay(next)
        }}
      />
    )
  }
  act(() => createRoot(place).render(<Place />))
  const input = place.querySelector('input')
  if (!input) throw new Error('no field')
  const type = (text: string): void => {
    act(() => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    })
  }
  return { told, input, type, error: () => place.querySelector('.field-error')?.textContent ?? '' }
}

it('shows and takes a day as dd/mm/yyyy, whatever the system’s language', () => {
  const { told, input, type, error } = show('1978-11-26')
  expect(input.value).toBe('26/11/1978')
  type('03/02/1951')
  expect(told).toEqual(['1951-02-03'])
  type('03/02/195')
  expect(told).toEqual(['1951-02-03', null])
  expect([input.value, error()]).toEqual(['03/02/195', ''])
  type('31/02/1951')
  expect(error()).toContain('26/11/1978')
  type('23/11/2026')
  expect(error()).toContain('pas encore venue')
  expect(told).toEqual(['1951-02-03', null])
})

it('waits until it is left where each change asks anew', () => {
  const { told, input, type } = show(null, 'when-left')
  act(() => input.focus())
  type('03021951')
  expect(told).toEqual([])
  act(() => input.blur())
  expect([told, input.value]).toEqual([['1951-02-03'], '03/02/1951'])
})
