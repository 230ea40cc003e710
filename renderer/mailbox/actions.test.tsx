// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { clearToasts, ToastRegion } from '../design/index.ts'
import { remove } from './actions.ts'

let root: Root
let operationId = 0
const told = (): (string | null)[] =>
  [...document.querySelectorAll('.toast')].map(({ textContent }) => textContent)

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  window.souspli = {
    invoke: () => Promise.resolve({ ok: true, value: operationId }),
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() => root.render(<ToastRegion />))
})
afterEach(() => {
  act(() => {
    clearToasts()
    root.unmount()
  })
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

it('says that a message is in the trash when it went there, and offers to take it back', async () => {
  operationId = 3
  await act(() => remove([1]))
  expect(told()).toEqual([expect.stringMatching(/^Message mis à la corbeilleAnnuler/)])
})

it('does not say so when there was nothing to do', async () => {
  operationId = 0
  await act(() => remove([1]))
  expect(told()).toEqual([expect.stringMatching(/^Aucun message à traiter ici/)])
})
