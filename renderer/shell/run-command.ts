import type { DraftKind } from '../../app/contract/index.ts'
import { openPanel } from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { openInspection, openRecord, openTraces, printRead } from '../data/index.ts'
import { undoLast } from '../design/index.ts'
import { runDocumentCommand } from '../documents/index.ts'
import { runFiling } from '../integration/index.ts'
import type { MailboxAction } from '../mailbox/index.ts'
import type { Command } from './shortcuts.ts'
import type { Place } from './sidebar.tsx'

interface CommandContext {
  /** The message shown; null when none or several are selected. */
  openId: number | null
  move: (step: 1 | -1) => void
  selectAll: () => void
  focusSearch: () => void
  compose: (kind: DraftKind, sourceId: number | null) => Promise<void>
  show: (panel: 'palette' | 'help') => void
  openSettings: () => void
  go: (place: Place) => void
  askLock: () => void
  /** What is done to the selected messages. */
  act: (action: MailboxAction) => Promise<void>
}

/** Does what a key or the palette asked for. */
export const runCommand = (command: Command, context: CommandContext): void => {
  switch (command) {
    case 'next':
      context.move(1)
      return
    case 'previous':
      context.move(-1)
      return
    case 'open':
      document.querySelector<HTMLElement>('main [tabindex], main button')?.focus()
      return
    case 'select-all':
      context.selectAll()
      return
    case 'undo':
      undoLast()
      return
    case 'new':
      void context.compose('new', null)
      return
    case 'search':
      context.focusSearch()
      return
    case 'palette':
    case 'help':
      context.show(command)
      return
    case 'settings':
      context.openSettings()
      return
    case 'card':
    case 'diagnosis':
      openPanel(command)
      return
    case 'inspect':
      openInspection(null)
      return
    case 'traces':
      openTraces()
      return
    case 'record':
      openRecord()
      return
    case 'file':
      runFiling()
      return
    case 'sync':
      void invoke('accounts.syncNow', null)
      return
    case 'outbox':
    case 'directory':
      context.go({ kind: command })
      return
    case 'patients':
      context.go({ kind: command, patientId: null })
      return
    case 'lock':
      context.askLock()
      return
    case 'document-view':
    case 'document-find':
    case 'document-print':
    case 'document-zoom-in':
    case 'document-zoom-out':
    case 'document-rotate':
      // Without a document to print, the message is.
      if (!runDocumentCommand(command) && command === 'document-print' && context.openId !== null)
        void printRead('message')
      return
    default:
      void context.act(command)
  }
}
