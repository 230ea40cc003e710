// @vitest-environment jsdom
import { act, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { OutcomeData } from '../../app/contract/index.ts'
import { ForGoodDialog, useForGood, type ForGood } from './for-good.tsx'

let root: Root
let asked: { method: string; input: unknown }[]
let prepared: ((outcome: OutcomeData) => void)[]
let forGood: ForGood | null = null

const Place = () => {
  const state = useForGood()
  useEffect(() => {
    forGood = state
  })
  return <ForGoodDialog title="Vider ?" forGood={state} />
}
const selection = { kind: 'ids' as const, ids: [1, 2] }
const ask = () =>
  act(() => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '#', bubbles: true }))
    forGood?.ask(selection)
  })
const answer = (index: number, actionId: number, total: number) =>
  act(async () => {
    prepared[index]?.({ ok: true, value: { actionId, total } })
    await new Promise((resolve) => setTimeout(resolve))
  })
const question = () => document.querySelector('[role=alertdialog]')
const confirm = () =>
  [...document.querySelectorAll('button')].find((one) => one.textContent === 'Supprimer définitivement')
const calls = (method: string) => asked.filter((one) => one.method === method).map(({ input }) => input)

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  asked = []
  prepared = []
  window.souspli = {
    invoke: (method, input) => {
      asked.push({ method, input })
      return method === 'actions.prepare'
        ? new Promise((resolve) => prepared.push(resolve))
        : Promise.resolve({ ok: true, value: null })
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() => root.render(<Place />))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

it('asks at once, so that the next key is no command, and deletes nothing before it has counted', async () => {
  ask()
  expect(question()).not.toBeNull()
  expect(confirm()?.disabled).toBe(true)
  expect(question()?.contains(document.activeElement)).toBe(true)
  await answer(0, 7, 2)
  expect(confirm()?.disabled).toBe(false)
  expect(question()?.textContent).toContain('2')
  act(() => confirm()?.click())
  expect(calls('actions.start')).toEqual([{ actionId: 7 }])
  expect(question()).toBeNull()
})

it('given up while it counts, it opens no more and what was counted is let go', async () => {
  ask()
  act(() => {
    const escape = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    document.activeElement?.dispatchEvent(escape)
  })
  expect(question()).toBeNull()
  await answer(0, 7, 2)
  expect(question()).toBeNull()
  expect(calls('actions.discard')).toEqual([{ actionId: 7 }])
})

it('asked twice, it is about the second alone', async () => {
  ask()
  ask()
  await answer(1, 8, 3)
  await answer(0, 7, 2)
  act(() => confirm()?.click())
  expect(calls('actions.start')).toEqual([{ actionId: 8 }])
  expect(calls('actions.discard')).toEqual([{ actionId: 7 }])
})
