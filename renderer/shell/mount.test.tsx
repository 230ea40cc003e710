// @vitest-environment jsdom
import { useEffect, useState } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { mountWindow } from './mount.tsx'

const reported = vi.fn()
beforeEach(() => vi.stubGlobal('reportError', reported))
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

/** Well at first, then broken by what it is told: as a view that meets data it did not expect. */
const Breaking = () => {
  const [broken, setBroken] = useState(false)
  useEffect(() => setBroken(true), [])
  if (broken) throw new Error('unexpected (test)')
  return <p>mailbox</p>
}

it('shows a sentence and a reload button in place of what broke, and reports it', async () => {
  const container = document.createElement('div')
  document.body.append(container)
  const reload = vi.fn()
  mountWindow(container, <Breaking />, reload)
  await vi.waitFor(() => {
    expect(document.querySelector('[role=alert] h2')?.textContent).toBe('L’affichage s’est interrompu')
  })
  expect(document.body.textContent).toContain('Vos messages ne sont pas touchés')
  expect(reported).toHaveBeenCalledOnce()
  document.querySelector('button')?.click()
  expect(reload).toHaveBeenCalledOnce()
})
