// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MessageRow, MessageView } from '../../app/contract/index.ts'
import { useMarkSeen, useMessage } from './message-state.ts'

const row = (seen: boolean): MessageRow => ({
  id: 5,
  accountId: 1,
  folderId: 1,
  threadId: 5,
  threadCount: 1,
  date: '2026-11-22T08:31:00Z',
  from: { name: 'Dr A', address: 'a@x.test' },
  to: [],
  subject: 'Essai',
  preview: '',
  seen,
  flagged: false,
  answered: false,
  forwarded: false,
  hasAttachments: false,
  size: 1,
  trust: 'professional',
  signed: false,
  encrypted: false,
  patient: null,
  documentLabel: null,
  documentCount: 0,
  alert: null,
  pending: false,
  quarantined: false,
  delivery: null,
  replacement: null,
  filing: null,
})
const view = (seen: boolean): MessageView => ({
  row: row(seen),
  from: row(seen).from,
  sender: null,
  replyTo: [],
  to: [],
  cc: [],
  messageIdHeader: null,
  rawSubject: 'Essai',
  readReceiptRequested: false,
  readReceipt: null,
  sent: { recipients: null, report: null, replaces: null, replacedBy: null },
  body: { available: true, textUrl: null, htmlUrl: null, remoteContent: false, sections: [] },
  parts: [],
  documents: [],
  signature: { status: 'none' },
  encryption: { status: 'none' },
  headerProtection: { kind: 'none', subject: null, differences: [], hidden: [] },
  partVerdicts: [],
  raw: { url: 'souspli-part://raw', size: 1 },
  quarantine: null,
})

const Probe = () => {
  const { state } = useMessage(5)
  useMarkSeen(state.state === 'ready' ? state.view : null)
  if (state.state !== 'ready') return <p>{state.state}</p>
  const { row: shown, body, sent } = state.view
  return (
    <p>
      {shown.seen ? 'lu' : 'non lu'}
      {body.available ? '' : ', sans texte'}
      {sent.replacedBy === null ? '' : ', remplacé'}
    </p>
  )
}

describe('a message shown', () => {
  let calls: [string, unknown][] = []
  let delta: ((payload: unknown) => void) | null = null
  let root: Root
  let host: HTMLElement
  let seenAtFirst = false
  /** Answers about the message, held until the test lets them go; at once without. */
  let answers: PromiseWithResolvers<MessageView>[] | null = null

  beforeEach(() => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    vi.useFakeTimers()
    calls = []
    answers = null
    window.souspli = {
      invoke: (method, input) => {
        calls.push([method, input])
        if (method === 'messages.view' && answers) {
          const held = Promise.withResolvers<MessageView>()
          answers.push(held)
          return held.promise.then((value) => ({ ok: true, value }))
        }
        if (method === 'messages.view') return Promise.resolve({ ok: true, value: view(seenAtFirst) })
        if (method === 'messages.thread') return Promise.resolve({ ok: true, value: [row(seenAtFirst)] })
        return Promise.resolve({ ok: true, value: 1 })
      },
      on: (_event, listener) => {
        delta = listener
        return 1
      },
      off: () => {
        delta = null
      },
      origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
    }
    host = document.createElement('div')
    root = createRoot(host)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
    delete window.souspli
  })

  const show = async (): Promise<void> => {
    await act(async () => {
      root.render(<Probe />)
      await vi.advanceTimersByTimeAsync(0)
    })
  }
  const wait = (milliseconds: number): Promise<void> =>
    act(async () => {
      await vi.advanceTimersByTimeAsync(milliseconds)
    })
  const marked = (): unknown[] =>
    calls.filter(([method]) => method === 'messages.setFlag').map(([, input]) => input)
  const change = (seen: boolean): void =>
    act(() => delta?.({ folders: [], removedFolders: [], upserted: [row(seen)], removed: [] }))

  it('counts as read after a second, once', async () => {
    seenAtFirst = false
    await show()
    await wait(900)
    expect(marked()).toEqual([])
    await wait(200)
    expect(marked()).toEqual([{ ids: [5], flag: 'seen', on: true }])
    change(true)
    expect(host.textContent).toBe('lu')
    change(false)
    await wait(5_000)
    expect(marked()).toHaveLength(1)
    expect(host.textContent).toBe('non lu')
    act(() => root.unmount())
  })
  it('stays unread when the reader moves on before', async () => {
    seenAtFirst = false
    await show()
    await wait(500)
    act(() => root.unmount())
    await vi.advanceTimersByTimeAsync(2_000)
    expect(marked()).toEqual([])
    expect(delta).toBeNull()
  })
  it('misses nothing that is said of it while the answer of before is on its way', async () => {
    answers = []
    await show()
    const say = (told: MessageRow): void =>
      act(() => delta?.({ folders: [], removedFolders: [], upserted: [told], removed: [] }))
    const answer = (index: number, value: MessageView): Promise<void> =>
      act(async () => {
        answers?.[index]?.resolve(value)
        await vi.advanceTimersByTimeAsync(0)
      })
    // Its body arrives, it is read elsewhere, and replaced: the answer knows of none of these.
    say({ ...row(true), replacement: 'replaced' })
    await answer(0, { ...view(false), body: { ...view(false).body, available: false } })
    expect(host.textContent).toBe('lu, sans texte')
    expect(answers).toHaveLength(2)
    const now = view(true)
    await answer(1, {
      ...now,
      row: { ...row(true), replacement: 'replaced' },
      sent: { ...now.sent, replacedBy: { id: 6, subject: 'Autre', date: '2026-11-22T09:00:00Z' } },
    })
    expect(host.textContent).toBe('lu, remplacé')
    expect(answers).toHaveLength(2)
    act(() => root.unmount())
  })
  it('is left alone when it was read already', async () => {
    seenAtFirst = true
    await show()
    change(false)
    await wait(5_000)
    expect(marked()).toEqual([])
    act(() => root.unmount())
  })
})
