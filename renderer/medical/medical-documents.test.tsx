// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MedicalDocuments } from './medical-documents.tsx'
import type { MedicalState } from './medical-state.ts'

let root: Root
let answers: ((value: unknown) => void)[]

const state: MedicalState = { medical: null, error: null, dismiss: () => undefined, take: () => true }
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  answers = []
  window.souspli = {
    invoke: () => new Promise((resolve) => answers.push(resolve)),
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

it('opens at once, says that it waits, and asks whose the document is when it knows whom to propose', async () => {
  act(() =>
    root.render(
      <MedicalDocuments draftId={1} accountId={1} sourceId={2} aboutPatient={null} state={state} />,
    ),
  )
  act(() => document.querySelector('button')?.click())
  const dialog = () => document.querySelector('[role=dialog]')
  expect(dialog()?.querySelector('[role=progressbar], .spinner')).not.toBeNull()
  expect(dialog()?.querySelector('.medical-form')).toBeNull()
  for (let round = 0; round < 3; round += 1)
    await act(async () => {
      for (const tell of answers.splice(0))
        tell({ ok: false, error: { code: 'core.unavailable', retry: 'later' } })
      await new Promise((resolve) => setTimeout(resolve))
    })
  expect(dialog()?.querySelector('.medical-form')).not.toBeNull()
})
