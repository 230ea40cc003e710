// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { cardStore } from '../data/index.ts'
import { token } from '../testing/fake-card.ts'
import { PinDialog } from './pin-dialog.tsx'

let root: Root
let asked: unknown[]
let answer: unknown
const opened = vi.fn()

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  asked = []
  answer = { ok: true, value: null }
  opened.mockReset()
  window.souspli = {
    invoke: (method, input) => {
      asked.push([method, input])
      return Promise.resolve(answer)
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  cardStore.set({ state: 'pin-wrong', token, triesLeft: 2 })
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  await act(() => {
    root.render(<PinDialog isOpen onClose={() => undefined} onOpened={opened} />)
    return Promise.resolve()
  })
})
afterEach(async () => {
  await act(() => {
    root.unmount()
    return Promise.resolve()
  })
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const type = async (pin: string): Promise<void> => {
  const input = document.querySelector<HTMLInputElement>('.pin-input')
  if (!input) throw new Error('no PIN field')
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, pin)
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await Promise.resolve()
  })
  await act(async () => {
    document.querySelector('form')?.requestSubmit()
    await Promise.resolve()
  })
}

it('tells the tries left, opens the card, then goes on', async () => {
  expect(document.body.textContent).toContain('Il reste 2 essais')
  await type('1234')
  expect(asked).toEqual([['card.login', { pin: '1234' }]])
  expect(opened).toHaveBeenCalledOnce()
})

it('stays when the card refuses, and says what happened', async () => {
  answer = { ok: false, error: { code: 'card.pin-locked', retry: 'no' } }
  await type('0000')
  expect(opened).not.toHaveBeenCalled()
  expect(document.querySelector('[role=alert]')?.textContent).toMatch(/bloqu/)
})

it('without a card, says to insert it instead of asking for a PIN', async () => {
  await act(() => {
    cardStore.set({ state: 'no-card', readers: ['R'] })
    return Promise.resolve()
  })
  expect(document.querySelector('.pin-input')).toBeNull()
  expect(document.body.textContent).toContain('Insérez votre carte')
})
