import { describe, expect, it } from 'vitest'
import { commandOf, shortcuts } from './shortcuts.ts'

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
