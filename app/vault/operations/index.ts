import type { Operation } from '../operation.ts'
import { accountOperations } from './accounts.ts'
import { actionOperations } from './actions.ts'
import { appendOperations } from './appends.ts'
import { checkOperations } from './check.ts'
import { correspondentOperations } from './correspondents.ts'
import { draftOperations } from './drafts.ts'
import { folderOperations } from './folders.ts'
import { keyOperations } from './keys.ts'
import { messageOperations } from './messages.ts'
import { metaOperations } from './meta.ts'
import { outboxOperations } from './outbox.ts'
import { partOperations } from './parts.ts'
import { queueOperations } from './queue.ts'
import { searchOperations } from './search.ts'

/** Every operation of the store by its name: the whole of what the worker can be asked to do. */
import { pendingOperations } from './pending.ts'
import { quarantineOperations } from './quarantine.ts'
export const operations = {
  ...accountOperations,
  ...folderOperations,
  ...messageOperations,
  ...queueOperations,
  ...outboxOperations,
  ...draftOperations,
  ...correspondentOperations,
  ...searchOperations,
  ...keyOperations,
  ...metaOperations,
  ...partOperations,
  ...checkOperations,
}

  ...appendOperations,
  ...actionOperations,
  ...pendingOperations,
type Operations = typeof operations
export type OperationName = keyof Operations
/** Operations declared with `(db)` alone take `{}`. */
export type OperationParams<K extends OperationName> =
  Operations[K] extends Operation<infer Params, infer _Result>
    ? unknown extends Params
      ? Record<string, never>
      : Params
    : never
export type OperationResult<K extends OperationName> =
  Operations[K] extends Operation<infer _Params, infer Result> ? Result : never
