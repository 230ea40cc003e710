// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it } from 'vitest'
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
