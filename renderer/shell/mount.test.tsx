// @vitest-environment jsdom
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { mountWindow } from './mount.tsx'

const reported = vi.fn()
beforeEach(() => vi.stubGlobal('reportError', reported))
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

/** A view that meets data it did not expect. */
const Broken = (): ReactNode => {
  throw new Error('unexpected (test)')
}

it('shows a sentence and a reload button in place of what broke, and reports it', async () => {
  const container = document.createElement('div')
  document.body.append(container)
  const reload = vi.fn()
  mountWindow(container, <Broken />, reload)
  await expect
    .poll(() => document.querySelector('[role=alert] h2')?.textContent)
    .toBe('L’affichage s’est interrompu')
  expect(document.body.textContent).toContain('Vos messages ne sont pas touchés')
  expect(reported).toHaveBeenCalledOnce()
  document.querySelector('button')?.click()
  expect(reload).toHaveBeenCalledOnce()
})
