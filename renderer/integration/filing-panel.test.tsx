// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { MessageFilings } from '../../app/contract/index.ts'
import { clearToasts, ToastRegion } from '../design/index.ts'
import { blankSummary } from '../testing/blank-documents.ts'
import { targets } from '../testing/fixture-filings.ts'
import { messagesOf } from '../testing/fixture-messages.ts'
import { viewOf } from '../testing/fixture-views.ts'
import { FilingPanel } from './filing-panel.tsx'
import { runFiling } from './filing-state.ts'

let root: Root
let asked: string[]
let answers: Map<string, (value: unknown) => void>

const offersOf = (already: boolean): MessageFilings => ({
  documents: [
    {
      ...{
        documentId: '1-1',
        label: 'Compte rendu fictif',
        patient: null,
        doubts: [],
        filings: [],
        removal: null,
      },
      targets: [{ id: 1, action: 'new', already, replaces: null }],
    },
  ],
  transfers: [],
})
const told = (method: string, value: unknown) =>
  act(async () => {
    answers.get(method)?.({ ok: true, value })
    await new Promise((resolve) => setTimeout(resolve))
  })
const times = (method: string) => asked.filter((one) => one === method).length

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  asked = []
  answers = new Map()
  window.souspli = {
    invoke: (method) => {
      asked.push(method)
      return new Promise((resolve) => answers.set(method, resolve))
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  const [row] = messagesOf(1, new Date('2026-11-22T09:00:00Z'), 1)
  if (!row) throw new Error('no row')
  const view = { ...viewOf(row), documents: [blankSummary] }
  root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() =>
    root.render(
      <>
        <FilingPanel view={view} />
        <ToastRegion />
      </>,
    ),
  )
  await told('integration.targets', targets.slice(0, 1))
  await told('integration.offers', offersOf(false))
})
afterEach(() => {
  act(() => {
    root.unmount()
    clearToasts()
  })
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

const press = () => act(() => void runFiling())

it('files once, however often « i » is pressed before the offers tell that it is done', async () => {
  press()
  press()
  await told('integration.file', [])
  press()
  expect(times('integration.file')).toBe(1)
  await told('integration.offers', offersOf(true))
  press()
  expect(times('integration.file')).toBe(1)
  expect(document.querySelector('[role=alert]')).toBeNull()
})

it('can be filed again at once when it was refused', async () => {
  press()
  answers.get('integration.file')?.({ ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
  await told('none', null)
  await told('integration.offers', offersOf(false))
  press()
  expect(times('integration.file')).toBe(2)
})
