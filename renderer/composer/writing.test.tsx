// @vitest-environment jsdom
import { act, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Draft, DraftKind, OutcomeData } from '../../app/contract/index.ts'
import { clearToasts, ToastRegion } from '../design/index.ts'
import { waitingItem } from '../testing/fixture-outbox.ts'
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
/** Answers that a test gives itself, by method; what was asked is in `asked`. */
let awaited = new Map<string, (outcome: OutcomeData) => void>()
let held: readonly string[] = []
let asked: { method: string; input: unknown }[] = []

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
          onClose={() => writing.leave(writing.writing?.opening)}
          onSent={() => writing.leave(writing.writing?.opening)}
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
  ;[awaited, held, asked] = [new Map(), [], []]
  window.souspli = {
    invoke: (method, input) => {
      asked.push({ method, input })
      if (held.includes(method)) return new Promise((resolve) => awaited.set(method, resolve))
      if (method === 'drafts.create') return new Promise((resolve) => (made = resolve))
      if (method === 'drafts.get') return Promise.resolve({ ok: true, value: draftOf(kind) })
      if (method === 'drafts.save') saved.push((input as { content: { text: string } }).content)
      if (method === 'drafts.discard') {
        discarded.push(input)
        return Promise.resolve({ ok: true, value: null })
      }
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

const button = (name: string): HTMLElement => {
  const found = [...document.querySelectorAll<HTMLElement>('button')].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent.trim() === name,
  )
  if (!found) throw new Error(`no button ${name}`)
  return found
}
const click = (name: string) => act(() => button(name).click())
const press = (key: string, init: KeyboardEventInit = {}) =>
  act(() => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
    document.activeElement?.dispatchEvent(event)
  })
const send = () => press('Enter', { ctrlKey: true })
const told = async (method: string, outcome: OutcomeData) => {
  awaited.get(method)?.(outcome)
  await settle()
}
const calls = (method: string) => asked.filter((one) => one.method === method)
const opened = async (what: DraftKind = 'reply') => {
  begin(what)
  await answer()
}

it('Ctrl+Enter sends once, however long it is held', async () => {
  await opened()
  held = ['drafts.send']
  send()
  send()
  press('Enter', { ctrlKey: true, repeat: true })
  await settle()
  await told('drafts.send', { ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
  press('Enter', { ctrlKey: true, repeat: true })
  await settle()
  expect(calls('drafts.send')).toHaveLength(1)
})

it('Ctrl+Enter in a window above the message sends nothing, and a file dropped there is not attached', async () => {
  await opened()
  click('Programmer l’envoi')
  expect(document.querySelectorAll('[role=dialog]')).toHaveLength(2)
  const above = [...document.querySelectorAll('[role=dialog]')].at(-1)
  act(() => above?.querySelector('select')?.focus())
  send()
  const drop = new Event('drop', { bubbles: true, cancelable: true })
  Object.assign(drop, { dataTransfer: { types: ['Files'], files: [new File(['x'], 'lettre-fictive.pdf')] } })
  act(() => void above?.dispatchEvent(drop))
  await settle()
  expect(calls('drafts.send')).toEqual([])
  expect(document.body.textContent).not.toContain('lettre-fictive.pdf')
})

it('what is typed while a message leaves does not go astray, and closing meanwhile closes no other message', async () => {
  await opened()
  held = ['drafts.send']
  send()
  await settle()
  const editor = document.activeElement
  const typed = new KeyboardEvent('keydown', { key: 'x', bubbles: true, cancelable: true })
  act(() => void editor?.dispatchEvent(typed))
  expect(typed.defaultPrevented).toBe(true)
  press('Escape')
  expect(document.querySelector('[role=dialog]')).toBeNull()
  await opened('new')
  await told('drafts.send', { ok: true, value: waitingItem(new Date()) })
  expect(document.querySelector('[role=dialog]')).not.toBeNull()
})

it('a message that could not leave says so when its window is closed already', async () => {
  await opened()
  held = ['drafts.send']
  send()
  await settle()
  press('Escape')
  await told('drafts.send', { ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
  expect(document.querySelector('[role=alert]')?.textContent).toMatch(/disque/i)
})

it('what could not be kept on closing is said', async () => {
  await opened('reply-all')
  type('Bonjour')
  held = ['drafts.save']
  press('Escape')
  expect(document.querySelector('[role=dialog]')).toBeNull()
  await settle()
  await told('drafts.save', { ok: false, error: { code: 'vault.disk-full', retry: 'after-change' } })
  expect(document.querySelector('[role=alert]')?.textContent).toMatch(/disque/i)
})

it('a message thrown away is not kept again: nothing is said of it', async () => {
  await opened('reply-all')
  type('Bonjour')
  click('Supprimer le brouillon')
  await settle()
  expect(document.querySelector('[role=dialog]')).toBeNull()
  expect(saved).toEqual([])
})
