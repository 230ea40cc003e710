// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { SessionState } from '../../app/contract/index.ts'
import type * as Data from '../data/index.ts'
import { sessionStore } from '../data/index.ts'
import { App } from './app.tsx'

vi.mock('./shell.tsx', () => ({ Shell: () => <p>Boîte ouverte</p> }))
vi.mock('../data/index.ts', async (original) => ({
  ...(await original<typeof Data>()),
  followCore: () => () => undefined,
}))

const slots: Extract<SessionState, { phase: 'open' }>['slots'] = []
const locked: SessionState = {
  ...{ phase: 'locked', reason: 'user', slots, ways: ['passphrase'], cardUser: null },
}
const open: SessionState = {
  ...{ phase: 'open', openedBy: 'passphrase', holder: null, cardAway: null, slots, cardUser: null },
}

let host: HTMLElement
let root: Root
const become = (state: SessionState): Promise<void> =>
  act(async () => {
    sessionStore.set(state)
    await Promise.resolve()
  })

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  sessionStore.set(null)
  vi.unstubAllGlobals()
})

it('offers nothing to type in the page of a mailbox that was locked: another page is the door', async () => {
  sessionStore.set(locked)
  await act(async () => {
    root.render(<App />)
    await Promise.resolve()
  })
  expect(host.querySelectorAll('input')).toHaveLength(1)
  await become({ phase: 'opening' })
  await become(locked)
  expect(host.querySelectorAll('input')).toHaveLength(1)
  await become(open)
  await vi.waitFor(() => expect(host.textContent).toContain('Boîte ouverte'))
  await become(locked)
  expect(host.textContent).not.toContain('Boîte ouverte')
  expect(host.querySelectorAll('input, button')).toHaveLength(0)
})
