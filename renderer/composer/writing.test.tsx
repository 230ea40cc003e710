// @vitest-environment jsdom
import { act, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Draft, DraftKind, OutcomeData } from '../../app/contract/index.ts'
import { clearToasts, ToastRegion } from '../design/index.ts'
import { Composer } from './composer.tsx'
import { startDraft } from './start-draft.ts'
import { useWriting, type WritingState } from './writing.ts'

const content = {
  ...{ accountId: 1, to: [], cc: [], bcc: [], subject: '' },
  ...{ text: '\n\n> Question fictive.', html: null, sign: false, encrypt: false, readReceipt: false },
}
const draftOf = (kind: DraftKind): Draft => ({
  ...{ id: 7, kind, sourceId: null, attachments: [], savedAt: '2026-11-22T09:00:00Z' },
  content:
    kind === 'reply'
      ? { ...content, html: '<p></p><blockquote><p>Question fictive.</p></blockquote>' }
      : content,
})

let root: Root
let state: WritingState | null = null
let kind: DraftKind = 'reply'
let made: (outcome: OutcomeData) => void
let saved: { text: string }[] = []
const discarded: unknown[] = []

const Place = () => {
  const writing = useWriting()
  useEffect(() => {
    state = writing
  })
  return (
    <>
      {writing.writing === null ? null : (
        <Composer
          key={writing.writing.opening}
          draftId={writing.writing.draftId}
          kind={writing.writing.kind}
          onClose={writing.leave}
          onSent={() => undefined}
        />
      )}
      <ToastRegion />
    </>
  )
}

const settle = () => act(() => new Promise((resolve) => setTimeout(resolve)))
const begin = (what: DraftKind) =>
  act(() => {
    kind = what
    void state?.begin(what, () => startDraft({ kind: what, accountId: 1, sourceId: null }))
  })
const answer = (outcome: OutcomeData = { ok: true, value: draftOf(kind) }) => {
  made(outcome)
  return settle()
}
/** Types into whatever has the focus. */
const type = (text: string) =>
  act(() => {
    const focused = document.activeElement
    if (!(focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement))
      throw new Error(`nothing is written in: ${focused?.outerHTML.slice(0, 80)}`)
    const prototype = focused instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement
    Object.getOwnPropertyDescriptor(prototype.prototype, 'value')?.set?.call(focused, focused.value + text)
    focused.dispatchEvent(new InputEvent('input', { bubbles: true }))
  })

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  // No frame ever comes: what takes the focus must not wait for one.
  vi.stubGlobal('requestAnimationFrame', () => 1)
  saved = []
  discarded.length = 0
  window.souspli = {
    invoke: (method, input) => {
      if (method === 'drafts.create') return new Promise((resolve) => (made = resolve))
      if (method === 'drafts.get') return Promise.resolve({ ok: true, value: draftOf(kind) })
      if (method === 'drafts.save') saved.push((input as { content: { text: string } }).content)
      if (method === 'drafts.discard') discarded.push(input)
      return Promise.resolve({
        ok: true,
        value: method === 'drafts.save' ? { savedAt: '2026-11-22T09:42:00Z' } : [],
      })
    },
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() => root.render(<Place />))
})
afterEach(() => {
  act(() => {
    root.unmount()
    clearToasts()
  })
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

it('an answer is written before its draft is there, and goes on in the text', async () => {
  begin('reply')
  type('Bonjour,\nreçu')
  await answer()
  const focused = document.activeElement
  expect(focused?.getAttribute('aria-label')).toBe('Texte du message')
  expect(focused?.innerHTML).toMatch(/^<p>Bonjour,<br[^>]*>reçu<\/p>/)
  act(() => root.unmount())
  await settle()
  expect(saved.at(-1)?.text).toMatch(/^Bonjour,\nreçu\n/)
})

it('the same in plain text', async () => {
  begin('reply-all')
  type('Bonjour,\nreçu')
  await answer()
  const written = 'Bonjour,\nreçu'
  expect(document.activeElement).toMatchObject({
    tagName: 'TEXTAREA',
    value: `${written}${content.text}`,
    selectionStart: written.length,
  })
})

it('a message is addressed before its draft is there', async () => {
  begin('new')
  type('paul ber')
  await answer()
  expect(document.activeElement).toMatchObject({ role: 'combobox', value: 'paul ber' })
})

it('closed before its draft is there, it leaves none', async () => {
  begin('new')
  act(() => state?.leave())
  await answer()
  expect(document.querySelector('[role=dialog]')).toBeNull()
  expect(discarded).toEqual([{ id: 7 }])
})

it('closes and says so when no draft could be made', async () => {
  begin('reply')
  await answer({ ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
  expect(document.querySelector('[role=dialog]')).toBeNull()
  expect(document.querySelector('[role=alert]')?.textContent).toMatch(/disque/i)
})
