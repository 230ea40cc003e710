// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { SessionState } from '../../app/contract/index.ts'
import type * as Data from '../data/index.ts'
import { accountsLoadedStore, accountStore, sessionStore } from '../data/index.ts'
import { clearToasts } from '../design/index.ts'
import { accounts } from '../testing/fixture-people.ts'
import { App } from './app.tsx'

vi.mock('./shell.tsx', () => ({
  Shell: ({ onLock }: { onLock: () => void }) => (
    <>
      <p>Boîte ouverte</p>
      <input aria-label="Rechercher" />
      <button onClick={onLock}>Verrouiller</button>
    </>
  ),
}))
vi.mock('../assistant/index.ts', () => ({
  Assistant: ({ onMailbox, onRestored }: { onMailbox: () => void; onRestored: () => void }) => (
    <>
      <button onClick={onMailbox}>Ouvrir la messagerie</button>
      <button onClick={onRestored}>Restaurer</button>
    </>
  ),
}))
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
  act(() => {
    root.unmount()
    clearToasts()
  })
  document.body.replaceChildren()
  sessionStore.set(null)
  accountStore.set([])
  accountsLoadedStore.set(false)
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

it('puts the mailbox away as soon as it is to be locked: what is typed then goes nowhere; it is back when that fails', async () => {
  let told: (outcome: unknown) => void = () => undefined
  window.souspli = {
    invoke: (method) =>
      method === 'session.lock'
        ? new Promise((resolve) => (told = resolve))
        : Promise.resolve({ ok: true, value: null }),
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  sessionStore.set(open)
  await act(async () => {
    root.render(<App />)
    await Promise.resolve()
  })
  await vi.waitFor(() => expect(host.textContent).toContain('Boîte ouverte'))
  act(() => host.querySelector('button')?.click())
  expect(host.textContent).not.toContain('Boîte ouverte')
  expect(host.querySelectorAll('input')).toHaveLength(0)
  await act(async () => {
    told({ ok: false, error: { code: 'core.unavailable', retry: 'later' } })
    await new Promise((resolve) => setTimeout(resolve))
  })
  expect(host.textContent).toContain('Boîte ouverte')
  expect(host.querySelector('[role=alert]')).not.toBeNull()
  delete window.souspli
})

it('goes to the new mailbox on the first press, also when the window has not heard of it yet', async () => {
  sessionStore.set(open)
  accountsLoadedStore.set(true)
  await act(async () => {
    root.render(<App />)
    await Promise.resolve()
  })
  act(() => host.querySelector('button')?.click())
  expect(host.querySelector('button')).toBeNull()
  act(() => accountStore.set(accounts(new Date('2026-11-22T10:00:00Z'))))
  await vi.waitFor(() => expect(host.textContent).toContain('Boîte ouverte'))
  // The last account removed later, one begins again.
  act(() => accountStore.set([]))
  expect(host.textContent).toContain('Ouvrir la messagerie')
})

it('goes to the mailbox that was put back, also when the window has not heard of it yet', async () => {
  sessionStore.set({ phase: 'no-vault' })
  await act(async () => {
    root.render(<App />)
    await Promise.resolve()
  })
  const press = (name: string): void =>
    act(() => [...host.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click())
  press('Restaurer')
  expect(host.querySelector('button')).toBeNull()
  accountStore.set(accounts(new Date('2026-11-22T10:00:00Z')))
  await become(open)
  await vi.waitFor(() => expect(host.textContent).toContain('Boîte ouverte'))
  // One without an account asks for it.
  await act(async () => {
    accountsLoadedStore.set(true)
    accountStore.set([])
    await Promise.resolve()
  })
  expect(host.textContent).toContain('Ouvrir la messagerie')
})
