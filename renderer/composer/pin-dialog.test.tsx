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

const show = (isOpen: boolean) =>
  act(() => {
    root.render(<PinDialog isOpen={isOpen} onClose={() => undefined} onOpened={opened} />)
    return Promise.resolve()
  })

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
  await show(true)
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
  expect(asked).toEqual([['card.login', { pin: '1234', serial: token.serial }]])
  expect(opened).toHaveBeenCalledOnce()
})

it('stays when the card refuses, and says what happened', async () => {
  answer = { ok: false, error: { code: 'card.timeout', retry: 'no' } }
  await type('0000')
  expect(opened).not.toHaveBeenCalled()
  expect(document.querySelector('[role=alert]')?.textContent).toMatch(/pas répondu/)
})

it('without a card, says to insert it instead of asking for a PIN', async () => {
  await act(() => {
    cardStore.set({ state: 'no-card', readers: ['R'] })
    return Promise.resolve()
  })
  expect(document.querySelector('.pin-input')).toBeNull()
  expect(document.body.textContent).toContain('Insérez votre carte')
})

it('stops before the last try, and spends it only when the user insists', async () => {
  await act(() => {
    cardStore.set({ state: 'pin-wrong', token, triesLeft: 1 })
    return Promise.resolve()
  })
  expect(document.body.textContent).toContain('Dernier essai')
  expect(document.querySelector('.pin-input')).toBeNull()
  await act(() => {
    ;[...document.querySelectorAll('button')]
      .find(({ textContent }) => /quand même/.test(textContent))
      ?.click()
    return Promise.resolve()
  })
  await type('1234')
  expect(asked).toEqual([['card.login', { pin: '1234', serial: token.serial, insist: true }]])
})

it('leaves the code to a reader with its own key pad', async () => {
  await act(() => {
    cardStore.set({ state: 'pin-needed', token: { ...token, pinPad: true }, triesLeft: null, again: false })
    return Promise.resolve()
  })
  expect(document.querySelector('.pin-input')).toBeNull()
  await act(async () => {
    document.querySelector('form')?.requestSubmit()
    await Promise.resolve()
  })
  expect(asked).toEqual([['card.login', { pin: '', serial: token.serial }]])
  await act(() => {
    cardStore.set({ state: 'pin-on-reader', token: { ...token, pinPad: true } })
    return Promise.resolve()
  })
  expect(document.body.textContent).toContain('Saisissez le code sur le lecteur')
})

it('closed while the card is at work, it goes on with nothing; opened again, it uses no second try', async () => {
  let told: (value: unknown) => void = () => undefined
  answer = new Promise((resolve) => (told = resolve))
  await type('1234')
  await show(false)
  await act(async () => {
    told({ ok: true, value: null })
    await Promise.resolve()
  })
  await show(true)
  expect(opened).not.toHaveBeenCalled()

  answer = new Promise((resolve) => (told = resolve))
  await type('1234')
  await show(false)
  await show(true)
  expect(document.querySelector<HTMLInputElement>('.pin-input')?.disabled).toBe(true)
  await act(async () => {
    told({ ok: true, value: null })
    await Promise.resolve()
  })
  expect(asked).toHaveLength(2)
  expect(opened).toHaveBeenCalledOnce()
})
