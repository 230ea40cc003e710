import type { Input, Outcome } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { createStore } from './stores.ts'

/** The message in the reading pane: what is printed of it names it in the traces. */
export const readMessageStore = createStore<number | null>(null)

/** Prints what the window shows of the message being read. */
export const printRead = (what: Input<'window.print'>['what']): Promise<Outcome<null>> =>
  invoke('window.print', { what, messageId: readMessageStore.get() })
