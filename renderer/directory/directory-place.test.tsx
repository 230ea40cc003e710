// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { DirectoryState, OutcomeData } from '../../app/contract/index.ts'
import { DirectoryPlace } from './directory-place.tsx'

let root: Root
let told: (state: DirectoryState) => void
let answer: (outcome: OutcomeData) => Promise<void>

const base: DirectoryState = {
  ...{
    generation: null,
    work: null,
    download: true,
    fhir: false,
    ldap: false,
    resumable: false,
    stale: false,
  },
  ...{ error: null, databaseBytes: 0, deltaAt: null },
}

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  // No frame ever comes: what takes the focus must not wait for one.
  vi.stubGlobal('requestAnimationFrame', () => 1)
  window.souspli = {
    invoke: (method) =>
      new Promise((resolve) => {
        if (method === 'directory.state')
          answer = (outcome) =>
            act(async () => {
              resolve(outcome)
              await new Promise((next) => setTimeout(next))
            })
      }),
    on: (event, listener) => {
      if (event === 'directory.changed') told = (state) => act(() => listener(state))
      return 1
    },
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() => root.render(<DirectoryPlace onWrite={() => undefined} />))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

it('can be typed in at once, before anything is known of the base', () => {
  expect(document.activeElement).toMatchObject({ tagName: 'INPUT' })
})

it('shows what was told while the first answer was on its way, not that older answer', async () => {
  told({ ...base, error: { code: 'net.unreachable', retry: 'later' } })
  expect(document.querySelector('[role=alert]')).not.toBeNull()
  await answer({ ok: true, value: { ...base, error: null } })
  expect(document.querySelector('[role=alert]')).not.toBeNull()
})

it('says why nothing is known of the base', async () => {
  await answer({ ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
  expect(document.body.textContent).toMatch(/disque/i)
})
