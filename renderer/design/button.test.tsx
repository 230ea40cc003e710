// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Button, IconButton } from './button.tsx'

let root: Root
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

const press = (label: string) =>
  act(() => {
    const found = [...document.querySelectorAll('button')].find(
      (one) => one.textContent === label || one.getAttribute('aria-label') === label,
    )
    if (!found) throw new Error(`no button ${label}`)
    found.click()
    // Within the same event, before anything is drawn again.
    found.click()
  })

it('a deed that is under way is not begun again, and the button says so', async () => {
  const ends: (() => void)[] = []
  const deed = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)))
  act(() => root.render(<Button onPress={deed}>Ajouter</Button>))
  press('Ajouter')
  press('Ajouter')
  expect(deed).toHaveBeenCalledOnce()
  expect(document.querySelector('button')?.getAttribute('aria-disabled')).toBe('true')
  await act(async () => {
    ends[0]?.()
    await Promise.resolve()
  })
  expect(document.querySelector('button')?.getAttribute('aria-disabled')).toBeNull()
  press('Ajouter')
  expect(deed).toHaveBeenCalledTimes(2)
})

it('the same of a button with an icon; what is done at once can be done again at once', () => {
  const deed = vi.fn(() => new Promise<void>(() => undefined))
  const toggle = vi.fn()
  act(() =>
    root.render(
      <>
        <IconButton label="Retirer" onPress={deed}>
          ×
        </IconButton>
        <Button onPress={toggle}>Plus</Button>
      </>,
    ),
  )
  press('Retirer')
  press('Plus')
  expect(deed).toHaveBeenCalledOnce()
  expect(toggle).toHaveBeenCalledTimes(2)
})
