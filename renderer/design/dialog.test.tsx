// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Dialog } from './dialog.tsx'
import { Palette } from './palette.tsx'

let root: Root
const close = vi.fn()
beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  close.mockReset()
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

const clickBeside = (detail: number) =>
  act(() => {
    const backdrop = document.querySelector('.dialog-backdrop')
    backdrop?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, cancelable: true }))
    backdrop?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail }))
  })

it('a double click on what opens a window does not close it again; a click beside it does', () => {
  act(() =>
    root.render(
      <Dialog title="Réglages" isOpen onClose={close}>
        <p>Contenu</p>
      </Dialog>,
    ),
  )
  clickBeside(2)
  expect(close).not.toHaveBeenCalled()
  clickBeside(1)
  expect(close).toHaveBeenCalledOnce()
})

it('the same of a list over the window', () => {
  act(() =>
    root.render(
      <Palette isOpen onClose={close} label="Déplacer" placeholder="" empty="">
        {null}
      </Palette>,
    ),
  )
  clickBeside(2)
  expect(close).not.toHaveBeenCalled()
  clickBeside(1)
  expect(close).toHaveBeenCalledOnce()
})
