import type { Operation } from '../operation.ts'
import { accountOperations } from './accounts.ts'
import { actionOperations } from './actions.ts'
import { appendOperations } from './appends.ts'
import { certificateOperations } from './certificates.ts'
import { checkOperations } from './check.ts'
import { correspondentOperations } from './correspondents.ts'
import { deliveryOperations } from './delivery.ts'
import { draftOperations } from './drafts.ts'
import { folderListOperations } from './folder-list.ts'
import { folderOperations } from './folders.ts'
import { importOperations } from './imports.ts'
import { keyOperations } from './keys.ts'
import { messageOperations } from './messages.ts'
import { metaOperations } from './meta.ts'
import { outboxChoiceOperations } from './outbox-choices.ts'
import { outboxOperations } from './outbox.ts'
import { partOperations } from './parts.ts'
import { pendingOperations } from './pending.ts'
import { quarantineOperations } from './quarantine.ts'
import { queueOperations } from './queue.ts'
import { resultOperations } from './results.ts'
import { savedSearchOperations } from './saved-searches.ts'
import { searchOperations } from './search.ts'
import { storageOperations } from './storage.ts'
import { vanishedOperations } from './vanished.ts'

/** Every operation of the store by its name: the whole of what the worker can be asked to do. */
export const operations = {
  ...accountOperations,
  ...folderOperations,
  ...folderListOperations,
  ...messageOperations,
  ...vanishedOperations,
  ...quarantineOperations,
  ...queueOperations,
  ...appendOperations,
  ...actionOperations,
  ...pendingOperations,
  ...outboxOperations,
  ...outboxChoiceOperations,
  ...deliveryOperations,
  ...draftOperations,
  ...correspondentOperations,
  ...searchOperations,
  ...resultOperations,
  ...savedSearchOperations,
  ...importOperations,
  ...keyOperations,
  ...certificateOperations,
  ...metaOperations,
  ...partOperations,
  ...checkOperations,
  ...storageOperations,
}

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
