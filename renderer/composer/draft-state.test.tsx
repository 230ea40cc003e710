// @vitest-environment jsdom
import { act, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Draft, DraftContent, OutcomeData, SendCheck } from '../../app/contract/index.ts'
import { useDraftState, type DraftState } from './draft-state.ts'

const draft: Draft = {
  id: 3,
  kind: 'new',
  sourceId: null,
  content: {
    accountId: 1,
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    text: '',
    html: null,
    sign: false,
    encrypt: false,
    readReceipt: false,
  },
  attachments: [],
  savedAt: '2026-11-22T09:00:00Z',
}

const Probe = ({ tell }: { tell: (state: DraftState) => void }) => {
  const state = useDraftState(draft, same)
  useEffect(() => {
    tell(state)
  })
  return <p>{state.save.state}</p>
}
const same = (content: DraftContent): DraftContent => content

describe('a draft being typed', () => {
  let state: DraftState
  let saved: string[] = []
  let failing = false
  let answerCheck: (() => Promise<OutcomeData>) | null = null
  let root: Root
  let host: HTMLElement

  beforeEach(async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    vi.useFakeTimers()
    saved = []
    failing = false
    answerCheck = null
    window.souspli = {
      invoke: (method, input) => {
        if (method === 'drafts.check' && answerCheck) return answerCheck()
        if (method !== 'drafts.save') return Promise.resolve({ ok: true, value: [] })
        if (failing)
          return Promise.resolve({ ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
        saved.push((input as { content: { subject: string } }).content.subject)
        return Promise.resolve({ ok: true, value: { savedAt: '2026-11-22T09:42:00Z' } })
      },
      on: () => 1,
      off: () => undefined,
      origins: { part: '', mail: '' },
    }
    host = document.createElement('div')
    root = createRoot(host)
    await act(async () => {
      root.render(<Probe tell={(next) => void (state = next)} />)
      await vi.advanceTimersByTimeAsync(0)
    })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
    delete window.souspli
  })

  const type = (subject: string): void => act(() => state.change((content) => ({ ...content, subject })))
  const wait = (milliseconds: number): Promise<void> =>
    act(async () => {
      await vi.advanceTimersByTimeAsync(milliseconds)
    })

  it('is saved once the user pauses, with the last words', async () => {
    type('A')
    await wait(300)
    type('Av')
    await wait(300)
    expect(saved).toEqual([])
    await wait(200)
    expect(saved).toEqual(['Av'])
    expect(state.save).toEqual({ state: 'saved', at: '2026-11-22T09:42:00Z' })
    act(() => root.unmount())
  })
  it('is saved when its window closes', async () => {
    type('Avis')
    act(() => root.unmount())
    await vi.advanceTimersByTimeAsync(0)
    expect(saved).toEqual(['Avis'])
  })
  it('says that it is not saved and tries again', async () => {
    failing = true
    type('Avis')
    await wait(500)
    expect(state.save).toMatchObject({ state: 'failed', error: { code: 'vault.disk-full' } })
    failing = false
    await act(async () => {
      expect(await state.flush()).toBe(true)
    })
    expect(saved).toEqual(['Avis'])
    act(() => root.unmount())
  })
  it('saves nothing when nothing was typed', async () => {
    await act(async () => {
      expect(await state.flush()).toBe(true)
    })
    expect(saved).toEqual([])
    act(() => root.unmount())
  })
  it('shows the checks asked last, whatever answer comes first', async () => {
    const refused: SendCheck = {
      ...{ kind: 'no-recipient', blocking: true, address: null, trust: null, size: null, limit: null },
    }
    const answers: ((outcome: OutcomeData) => void)[] = []
    answerCheck = () => new Promise((resolve) => void answers.push(resolve))
    type('A')
    await wait(500)
    const again = state.recheck()
    expect(answers).toHaveLength(2)
    await act(async () => {
      answers[1]?.({ ok: true, value: [] })
      await again
      answers[0]?.({ ok: true, value: [refused] })
      await vi.advanceTimersByTimeAsync(0)
    })
    expect(state.checks).toEqual([])
    act(() => root.unmount())
  })
})
