// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WideTable } from './wide-table.tsx'

let root: Root
let host: HTMLElement
/** What the browser would call when something changes size. */
let resized: () => void
const size = { scrollWidth: 300, clientWidth: 300, scrollLeft: 0 }

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized = callback
      }
      observe(): void {}
      disconnect(): void {}
    },
  )
  Object.assign(size, { scrollWidth: 300, clientWidth: 300, scrollLeft: 0 })
  for (const name of ['scrollWidth', 'clientWidth', 'scrollLeft'] as const)
    vi.spyOn(HTMLElement.prototype, name, 'get').mockImplementation(() => size[name])
  host = document.body.appendChild(document.createElement('div'))
  root = createRoot(host)
  act(() =>
    root.render(
      <WideTable label="Résultats">
        <table />
      </WideTable>,
    ),
  )
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const sides = (): (string | undefined)[] => {
  const { hiddenStart, hiddenEnd } = host.querySelector<HTMLElement>('.wide-table')?.dataset ?? {}
  return [hiddenStart, hiddenEnd]
}

it('is reached by keyboard under its name, and says nothing where the whole table is in sight', () => {
  const frame = host.querySelector('[role="group"]')
  expect(frame?.getAttribute('aria-label')).toBe('Résultats')
  expect(frame?.getAttribute('tabindex')).toBe('0')
  act(() => resized())
  expect(sides()).toEqual(['false', 'false'])
  expect(host.textContent).toBe('')
})

it('says on which side there is more, as it scrolls', () => {
  size.scrollWidth = 900
  act(() => resized())
  expect(sides()).toEqual(['false', 'true'])
  expect(host.textContent).toContain('Le tableau continue à droite')
  size.scrollLeft = 200
  act(() => {
    host.querySelector('[role="group"]')?.dispatchEvent(new Event('scroll'))
  })
  expect(sides()).toEqual(['true', 'true'])
  size.scrollLeft = 600
  act(() => {
    host.querySelector('[role="group"]')?.dispatchEvent(new Event('scroll'))
  })
  expect(sides()).toEqual(['true', 'false'])
  expect(host.textContent).toContain('Fin du tableau')
})
