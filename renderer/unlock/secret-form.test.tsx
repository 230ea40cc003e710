// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import { SecretForm } from './secret-form.tsx'

afterEach(() => {
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

it('keeps the keyboard in its field while the store is opened: a second try is typed at once', () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  const show = (busy: boolean): void =>
    act(() =>
      root.render(
        <SecretForm kind="passphrase" busy={busy} error={null} onSubmit={() => Promise.resolve()} />,
      ),
    )
  show(false)
  expect(document.activeElement).toMatchObject({ tagName: 'INPUT', readOnly: false })
  show(true)
  // One that is disabled would lose the keyboard, for good.
  expect(document.activeElement).toMatchObject({ tagName: 'INPUT', readOnly: true, disabled: false })
  show(false)
  expect(document.activeElement).toMatchObject({ tagName: 'INPUT', readOnly: false })
  act(() => root.unmount())
})
