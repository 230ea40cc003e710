import { initial } from './0001-initial.ts'
import { sharedMailboxes } from './0002-shared-mailboxes.ts'

/** One step of the schema: forward only, numbered from 1 without holes, never changed once released. */
export interface Migration {
  version: number
  name: string
  sql: string
}

/** Every step, in order. A new one goes in its own file `NNNN-name.ts`. */
export const migrations: readonly Migration[] = [initial, sharedMailboxes]
