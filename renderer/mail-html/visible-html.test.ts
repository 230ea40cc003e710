// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { createVisibleHtml } from './visible-html.ts'

const visible = createVisibleHtml(window)

it('what the window would show is kept, what styles hide and what is not sanitised away is not', () => {
  expect(visible('<p>Bonjour</p><script>x()</script><p style="display:none">caché</p>')).toBe(
    '<p>Bonjour</p>',
  )
  expect(visible('<img src="https://trap.invalid/x.png" alt="Logo">')).not.toContain('trap.invalid')
})
