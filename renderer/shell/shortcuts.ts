import { useEffect, useRef } from 'react'
import type { DocumentCommand } from '../documents/index.ts'
import type { Key } from '../i18n/index.ts'

export type Command =
  | 'next'
  | 'previous'
  | 'open'
  | 'reply'
  | 'reply-all'
  | 'forward'
  | 'archive'
  | 'move'
  | 'select-all'
  | 'delete'
  | 'toggle-seen'
  | 'toggle-flag'
  | 'undo'
  | 'new'
  | 'search'
  | 'palette'
  | 'help'
  | 'settings'
  | 'sync'
  | 'outbox'
  | 'patients'
  | 'directory'
  | 'card'
  | 'diagnosis'
  | 'inspect'
  | 'traces'
  | 'record'
  | 'file'
  | 'lock'
  | DocumentCommand

export interface Shortcut {
  command: Command
  /** As printed on the keyboard; null when it has no key. */
  keys: string | null
  label: Key
  group: 'read' | 'document' | 'act' | 'window'
}

/** Every command with its key: the single source of the handler, the help and the palette. */
export const shortcuts: readonly Shortcut[] = [
  { command: 'next', keys: 'j', label: 'shell.cmd-next', group: 'read' },
  { command: 'previous', keys: 'k', label: 'shell.cmd-previous', group: 'read' },
  { command: 'open', keys: 'o', label: 'shell.cmd-open', group: 'read' },
  { command: 'search', keys: '/', label: 'shell.cmd-search', group: 'read' },
  { command: 'document-view', keys: 'd', label: 'shell.cmd-document-view', group: 'document' },
  { command: 'document-find', keys: 'Ctrl F', label: 'shell.cmd-document-find', group: 'document' },
  { command: 'document-print', keys: 'Ctrl P', label: 'shell.cmd-document-print', group: 'document' },
  { command: 'document-zoom-in', keys: '+', label: 'shell.cmd-document-zoom-in', group: 'document' },
  { command: 'document-zoom-out', keys: '-', label: 'shell.cmd-document-zoom-out', group: 'document' },
  { command: 'document-rotate', keys: 'R', label: 'shell.cmd-document-rotate', group: 'document' },
  { command: 'reply', keys: 'r', label: 'shell.cmd-reply', group: 'act' },
  { command: 'reply-all', keys: 'a', label: 'shell.cmd-reply-all', group: 'act' },
  { command: 'forward', keys: 'f', label: 'shell.cmd-forward', group: 'act' },
  { command: 'archive', keys: 'e', label: 'shell.cmd-archive', group: 'act' },
  { command: 'move', keys: 'v', label: 'shell.cmd-move', group: 'act' },
  { command: 'file', keys: 'i', label: 'integration.file', group: 'act' },
  { command: 'delete', keys: '#', label: 'shell.cmd-delete', group: 'act' },
  { command: 'toggle-seen', keys: 'u', label: 'shell.cmd-toggle-seen', group: 'act' },
  { command: 'toggle-flag', keys: 's', label: 'shell.cmd-toggle-flag', group: 'act' },
  { command: 'select-all', keys: 'Ctrl A', label: 'shell.cmd-select-all', group: 'act' },
  { command: 'undo', keys: 'z', label: 'shell.cmd-undo', group: 'act' },
  { command: 'new', keys: 'n', label: 'shell.cmd-new', group: 'window' },
  { command: 'patients', keys: 'p', label: 'patients.title', group: 'window' },
  { command: 'directory', keys: 'l', label: 'directory.title', group: 'window' },
  { command: 'palette', keys: 'Ctrl K', label: 'shell.cmd-palette', group: 'window' },
  { command: 'help', keys: '?', label: 'shell.cmd-help', group: 'window' },
  { command: 'lock', keys: 'Ctrl L', label: 'shell.cmd-lock', group: 'window' },
  { command: 'sync', keys: null, label: 'shell.cmd-sync', group: 'window' },
  { command: 'outbox', keys: null, label: 'shell.cmd-outbox', group: 'window' },
  { command: 'settings', keys: null, label: 'shell.cmd-settings', group: 'window' },
  { command: 'card', keys: null, label: 'ownCard.title', group: 'window' },
  { command: 'diagnosis', keys: null, label: 'diagnosis.title', group: 'window' },
  { command: 'inspect', keys: null, label: 'inspection.title', group: 'window' },
  { command: 'record', keys: null, label: 'integration.window', group: 'window' },
  { command: 'traces', keys: null, label: 'traces.title', group: 'window' },
]

/** The command of a key press, or null. Letters are ignored while the user writes; Ctrl chords are not. */
export const commandOf = (
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  writing: boolean,
): Command | null => {
  if (event.altKey) return null
  const chord = event.ctrlKey || event.metaKey
  const pressed = chord ? `Ctrl ${event.key.toUpperCase()}` : event.key
  // In a text, Ctrl A selects the text.
  if (writing && (!chord || pressed === 'Ctrl A')) return null
  const found = shortcuts.find((shortcut) => shortcut.keys === pressed)
  return found?.command ?? null
}

/** Done again and again while their key is held; anything else is one deed of one press. */
const repeating: ReadonlySet<Command> = new Set(['next', 'previous', 'document-zoom-in', 'document-zoom-out'])

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Runs commands from the keyboard of the whole window, except behind a dialog. */
export const useShortcuts = (run: (command: Command) => void): void => {
  const latest = useRef(run)
  useEffect(() => {
    latest.current = run
  })
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('[role=dialog],[role=alertdialog],[role=menu]'))
        return
      const command = commandOf(event, isWriting(event.target))
      if (command === null) return
      event.preventDefault()
      // Before React Aria's type-ahead sees the letter.
      event.stopPropagation()
      if (event.repeat && !repeating.has(command)) return
      latest.current(command)
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [])
}

/** Enter held down in a line sends what it holds once: a wrong secret is not tried again and again. For the whole window. */
export const useOneEnter = (): void => {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.repeat && event.key === 'Enter' && event.target instanceof HTMLInputElement)
        event.preventDefault()
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [])
}
