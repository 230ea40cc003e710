// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createFakeCore } from '../testing/fake-core.ts'
import { SettingsDialog, type SettingsPage } from './settings-dialog.tsx'

let root: Root

const show = (page: SettingsPage, isOpen = true): Promise<void> =>
  act(async () => {
    root.render(
      <SettingsDialog
        isOpen={isOpen}
        page={page}
        onClose={() => undefined}
        onAddAccount={() => undefined}
        folderName={({ name }) => name}
      />,
    )
    await Promise.resolve()
  })
const current = (): string | undefined =>
  document.querySelector('[role=tab][aria-selected=true]')?.textContent
const heading = (): string | undefined => document.querySelector('[role=tabpanel] h3')?.textContent
const press = (key: string): Promise<void> =>
  act(async () => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    await Promise.resolve()
  })

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  window.souspli = createFakeCore('mailbox', new Date(2026, 10, 22, 15))
  document.body.innerHTML = '<div id="root"></div>'
  root = createRoot(document.querySelector('#root') ?? document.body)
})
afterEach(async () => {
  await act(async () => root.unmount())
  vi.unstubAllGlobals()
})

it('opens at the page asked for, and remembers none', async () => {
  await show('storage')
  expect([current(), heading()]).toEqual(['Stockage', 'Stockage'])
  await show('storage', false)
  expect(current()).toBeUndefined()
  await show('look')
  expect([current(), heading()]).toEqual(['Affichage', 'Affichage'])
})

it('goes from page to page by the arrow keys, from the last to the first', async () => {
  await show('look')
  await act(async () => document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus())
  await press('ArrowDown')
  expect([current(), heading()]).toEqual(['Sécurité', 'Sécurité'])
  await press('End')
  expect([current(), heading()]).toEqual(['Import et quarantaine', 'Importer des messages'])
  await press('ArrowDown')
  expect(current()).toBe('Affichage')
})
