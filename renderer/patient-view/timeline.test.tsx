// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import type { PatientExchange } from '../../app/contract/index.ts'
import { messagesOf } from '../testing/fixture-messages.ts'
import { Timeline } from './timeline.tsx'

afterEach(() => {
  vi.unstubAllGlobals()
  document.body.replaceChildren()
})

const now = new Date('2026-11-22T12:00:00Z')

/** Exchanges that count how often each is drawn. */
const counted = (count: number) => {
  const [model] = messagesOf(1, now, 1)
  if (!model) throw new Error('no row')
  const drawn = Array.from({ length: count }, () => 0)
  const exchanges = drawn.map((_, index): PatientExchange => ({
    row: { ...model, id: count - index, subject: `Message ${index}`, alert: null },
    direction: 'received',
    get source() {
      drawn[index] = (drawn[index] ?? 0) + 1
      return 'document' as const
    },
    documents: [],
  }))
  return { drawn, exchanges }
}

it('draws a screen of exchanges at once, the others with the next frames, and none of them twice', () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const frames: FrameRequestCallback[] = []
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => frames.push(run))
  vi.stubGlobal('cancelAnimationFrame', () => undefined)
  const { drawn, exchanges } = counted(300)
  const host = document.body.appendChild(document.createElement('div'))
  const root = createRoot(host)
  const onOpen = vi.fn<(id: number) => void>()
  const draw = (openId: number | null): void =>
    root.render(<Timeline {...{ exchanges, order: 'date', sex: 'F', now, openId, onOpen }} />)
  act(() => draw(null))
  const cards = (): number => host.querySelectorAll('li').length
  const whole = drawn[0] ?? 0
  expect(whole).toBeGreaterThan(0)
  expect(cards()).toBe(15)
  let shown = cards()
  for (let frame = frames.shift(); frame; frame = frames.shift()) {
    const run = frame
    act(() => run(0))
    expect(cards() - shown).toBeLessThanOrEqual(30)
    shown = cards()
  }
  expect(cards()).toBe(300)
  expect(new Set(drawn)).toEqual(new Set([whole]))
  // The one that is opened changes, nothing else.
  act(() => draw(300))
  expect(drawn.filter((times) => times > whole)).toHaveLength(1)
  expect(host.querySelectorAll('[aria-current]')).toHaveLength(1)
  act(() => root.unmount())
})
