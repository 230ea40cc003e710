// @vitest-environment jsdom
import { act, createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it, vi } from 'vitest'
import { commandOf, shortcuts, useOneEnter, useShortcuts } from './shortcuts.ts'

const press = (key: string, chord = false) => ({ key, ctrlKey: chord, metaKey: false, altKey: false })

describe('commandOf', () => {
  it('knows letters and chords', () => {
    expect(commandOf(press('j'), false)).toBe('next')
    expect(commandOf(press('#'), false)).toBe('delete')
    expect(commandOf(press('k', true), false)).toBe('palette')
  })
  it('leaves letters to a field being written in, not chords', () => {
    expect(commandOf(press('e'), true)).toBeNull()
    expect(commandOf(press('k', true), true)).toBe('palette')
  })
  it('gives no key twice', () => {
    const keys = shortcuts.flatMap((shortcut) => shortcut.keys ?? [])
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('useShortcuts', () => {
  it('does once what a key held down asks for; only going from one to the next repeats', () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    const run = vi.fn()
    const Place = () => {
      useShortcuts(run)
      return null
    }
    const root = createRoot(document.createElement('div'))
    act(() => root.render(createElement(Place)))
    const hold = (key: string, init: KeyboardEventInit = {}) => {
      for (const repeat of [false, true, true])
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key, repeat, bubbles: true, cancelable: true, ...init }),
        )
    }
    for (const key of ['e', '#', 'u', 's', 'z', 'i']) hold(key)
    hold('l', { ctrlKey: true })
    expect(run.mock.calls.flat()).toEqual([
      ...['archive', 'delete', 'toggle-seen', 'toggle-flag', 'undo', 'file', 'lock'],
    ])
    run.mockReset()
    hold('j')
    expect(run.mock.calls.flat()).toEqual(['next', 'next', 'next'])
    act(() => root.unmount())
    vi.unstubAllGlobals()
  })
})

describe('useOneEnter', () => {
  it('sends what a line holds once, however long Enter is held; a text takes its line breaks', () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    const Place = () => {
      useOneEnter()
      return createElement('form', null, createElement('input'), createElement('textarea'))
    }
    const root = createRoot(document.body.appendChild(document.createElement('div')))
    act(() => root.render(createElement(Place)))
    const isKept = (tag: string, repeat: boolean): boolean => {
      const event = new KeyboardEvent('keydown', { key: 'Enter', repeat, bubbles: true, cancelable: true })
      return document.querySelector(tag)?.dispatchEvent(event) === true
    }
    expect(isKept('input', false)).toBe(true)
    expect(isKept('input', true)).toBe(false)
    expect(isKept('textarea', true)).toBe(true)
    act(() => root.unmount())
    document.body.replaceChildren()
    vi.unstubAllGlobals()
  })
})
