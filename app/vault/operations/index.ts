import type { Operation } from '../operation.ts'
import { accountOperations } from './accounts.ts'
import { actionOperations } from './actions.ts'
import { appendOperations } from './appends.ts'
import { certificateOperations } from './certificates.ts'
import { checkOperations } from './check.ts'
import { clinicalOperations } from './clinical-findings.ts'
import { correspondentOperations } from './correspondents.ts'
import { deliveryOperations } from './delivery.ts'
import { draftOperations } from './drafts.ts'
import { filingRuleOperations } from './filing-rules.ts'
import { filingOperations } from './filings.ts'
import { favouriteOperations } from './favourites.ts'
import { folderListOperations } from './folder-list.ts'
import { folderOperations } from './folders.ts'
import { importOperations } from './imports.ts'
import { keyOperations } from './keys.ts'
import { messageOrderOperations } from './message-order.ts'
import { messageOperations } from './messages.ts'
import { metaOperations } from './meta.ts'
import { missingBodyOperations } from './missing-bodies.ts'
import { outboxChoiceOperations } from './outbox-choices.ts'
import { outboxOperations } from './outbox.ts'
import { partOperations } from './parts.ts'
import { patientDecisionOperations } from './patient-decisions.ts'
import { exchangeOperations } from './patient-exchanges.ts'
import { patientOperations } from './patients.ts'
import { pendingOperations } from './pending.ts'
import { quarantineOperations } from './quarantine.ts'
import { queueOperations } from './queue.ts'
import { resultOperations } from './results.ts'
import { recordTargetOperations } from './record-targets.ts'
import { savedSearchOperations } from './saved-searches.ts'
import { searchOperations } from './search.ts'
import { storageOperations } from './storage.ts'
import { traceOperations } from './traces.ts'
import { trustSpaceOperations } from './trust-space.ts'
import { vanishedOperations } from './vanished.ts'

/** Every operation of the store by its name: the whole of what the worker can be asked to do. */
export const operations = {
  ...accountOperations,
  ...folderOperations,
  ...folderListOperations,
  ...messageOperations,
  ...clinicalOperations,
  ...messageOrderOperations,
  ...missingBodyOperations,
  ...patientOperations,
  ...exchangeOperations,
  ...patientDecisionOperations,
  ...vanishedOperations,
  ...quarantineOperations,
  ...queueOperations,
  ...appendOperations,
  ...actionOperations,
  ...pendingOperations,
  ...outboxOperations,
  ...outboxChoiceOperations,
  ...deliveryOperations,
  ...filingOperations,
  ...filingRuleOperations,
  ...recordTargetOperations,
  ...draftOperations,
  ...correspondentOperations,
  ...favouriteOperations,
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
  ...traceOperations,
  ...trustSpaceOperations,
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
