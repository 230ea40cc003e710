import { initial } from './0001-initial.ts'
import { sharedMailboxes } from './0002-shared-mailboxes.ts'
import { search } from './0003-search.ts'
import { delivery } from './0004-delivery.ts'
import { actions } from './0005-actions.ts'
import { folderStates } from './0006-folder-states.ts'
import { storageCare } from './0007-storage-care.ts'
import { bodyStates } from './0008-bodies.ts'
import { imports } from './0009-import.ts'
import { cardAccounts } from './0010-card-accounts.ts'
import { certificates } from './0011-certificates.ts'
import { accountKindsStep } from './0012-account-kinds.ts'
import { directoryStep } from './0013-directory.ts'
import { patientsStep } from './0014-patients.ts'
import { integrationStep } from './0015-integration.ts'
import { resultsStep } from './0016-results.ts'
import { traces } from './0017-traces.ts'
import { documentsSentStep } from './0018-documents-sent.ts'
import { signInStep } from './0019-sign-in.ts'

/** One step of the schema: forward only, numbered from 1 without holes, never changed once released. */
export interface Migration {
  version: number
  name: string
  sql: string
}

/** Every step, in order. A new one goes in its own file `NNNN-name.ts`. */
export const migrations: readonly Migration[] = [
  initial,
  sharedMailboxes,
  search,
  delivery,
  actions,
  folderStates,
  storageCare,
  bodyStates,
  imports,
  cardAccounts,
  certificates,
  accountKindsStep,
  directoryStep,
  patientsStep,
  integrationStep,
  resultsStep,
  traces,
  documentsSentStep,
  signInStep,
]
