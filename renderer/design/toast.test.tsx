// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import { clearToasts, showToast, ToastRegion } from './toast.tsx'

globalThis.IS_REACT_ACT_ENVIRONMENT = true

afterEach(() => act(clearToasts))

it('says the same thing once, and keeps every action that can be undone', () => {
  const place = document.createElement('div')
  const root = createRoot(place)
  act(() => root.render(<ToastRegion />))
  act(() => {
    showToast({ text: 'Archivé', onUndo: () => undefined })
    showToast({ text: 'Archivé', onUndo: () => undefined })
    showToast({ text: 'Confié' })
    showToast({ text: 'Confié' })
  })
  const shown = [...place.querySelectorAll('.toast-text')].map((toast) => toast.textContent)
  expect(shown).toEqual(['Archivé', 'Archivé', 'Confié'])
  act(() => root.unmount())
})

it('stays as long as it is pointed at', () => {
  vi.useFakeTimers()
  const place = document.createElement('div')
  document.body.append(place)
  const root = createRoot(place)
  act(() => root.render(<ToastRegion />))
  act(() => showToast({ text: 'Archivé' }))
  const toast = (): Element | null => place.querySelector('.toast')
  act(() => {
    toast()?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))
  })
  act(() => {
    vi.advanceTimersByTime(60_000)
  })
  expect(toast()).not.toBeNull()
  act(() => {
    toast()?.dispatchEvent(new PointerEvent('pointerout', { bubbles: true }))
  })
  act(() => {
    vi.advanceTimersByTime(8_000)
  })
  expect(toast()).toBeNull()
  act(() => root.unmount())
  vi.useRealTimers()
})

it('goes when what it says is over, pointed at or not', () => {
  vi.useFakeTimers()
  const place = document.createElement('div')
  document.body.append(place)
  const root = createRoot(place)
  act(() => root.render(<ToastRegion />))
  act(() => showToast({ text: 'Envoi dans 10 s', onUndo: () => undefined, endsAt: Date.now() + 10_000 }))
  const toast = (): Element | null => place.querySelector('.toast')
  act(() => {
    vi.advanceTimersByTime(6_000)
  })
  act(() => {
    toast()?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }))
  })
  act(() => {
    vi.advanceTimersByTime(3_900)
  })
  expect(toast()).not.toBeNull()
  act(() => {
    vi.advanceTimersByTime(100)
  })
  expect(toast()).toBeNull()
  act(() => root.unmount())
  vi.useRealTimers()
})
