// @vitest-environment jsdom
import { act, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PinField, pinDigits } from './pin-field.tsx'

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean
}
globalThis.IS_REACT_ACT_ENVIRONMENT = true

let place: HTMLElement
let unmount: () => void
let completed: string[]

const Harness = () => {
  const [value, setValue] = useState('')
  return (
    <PinField
      label="Code porteur"
      value={value}
      onChange={setValue}
      onComplete={(pin) => completed.push(pin)}
    />
  )
}

const field = (): HTMLInputElement => {
  const input = place.querySelector('input')
  if (!input) throw new Error('no input')
  return input
}

/** What the browser does on typing and on pasting alike: the field's text changes, then an input event. */
const enter = (text: string): void => {
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field(), text)
    field().dispatchEvent(new Event('input', { bubbles: true }))
  })
}

beforeEach(() => {
  completed = []
  place = document.createElement('div')
  document.body.append(place)
  const root = createRoot(place)
  act(() => root.render(<Harness />))
  unmount = () => act(() => root.unmount())
})
afterEach(() => {
  unmount()
  place.remove()
})

describe('PinField', () => {
  it('is one password field with a name', () => {
    expect(place.querySelectorAll('input')).toHaveLength(1)
    expect(field().type).toBe('password')
    expect(field().labels?.[0]?.textContent).toBe('Code porteur')
  })
  it('fills its boxes as one types and tells when it is complete, once', () => {
    enter('12')
    expect([...place.querySelectorAll('.pin-box')].map((box) => box.textContent)).toEqual(['•', '•', '', ''])
    expect(completed).toEqual([])
    enter('1234')
    enter('12345')
    expect(completed).toEqual(['1234'])
  })
  it('takes a pasted code with spaces and refuses letters', () => {
    enter(' 98 76\n')
    expect(field().value).toBe('9876')
    enter('98a')
    expect(field().value).toBe('98')
  })
  it('never shows a digit in its boxes', () => {
    enter('1234')
    expect(place.textContent).not.toMatch(/\d/)
  })
})

describe('pinDigits', () => {
  it('keeps the first four digits', () => {
    expect(pinDigits('1-2-3-4-5')).toBe('1234')
  })
})
