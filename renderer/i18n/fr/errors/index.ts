import type { ErrorCode } from '../../../../app/contract/index.ts'
import type { ErrorSentence } from '../../error-sentence.ts'
import { accountErrors } from './accounts.ts'
import { cardErrors } from './card.ts'
import { directoryErrors } from './directory.ts'
import { documentsErrors } from './documents.ts'
import { exchangeErrors } from './exchange.ts'
import { foldersErrors } from './folders.ts'
import { integrationErrors } from './integration.ts'
import { mailErrors } from './mail.ts'
import { networkErrors } from './network.ts'
import { patientErrors } from './patients.ts'
import { protectionErrors } from './protection.ts'
import { sendingErrors } from './sending.ts'
import { sessionErrors } from './session.ts'
import { vaultErrors } from './vault.ts'

/** Each error code in French: what happened, what is safe, what to do. */
export const errors: Record<ErrorCode, ErrorSentence> = {
  ...sessionErrors,
  ...accountErrors,
  ...cardErrors,
  ...vaultErrors,
  ...networkErrors,
  ...foldersErrors,
  ...mailErrors,
  ...exchangeErrors,
  ...sendingErrors,
  ...patientErrors,
  ...protectionErrors,
  ...documentsErrors,
  ...integrationErrors,
  ...directoryErrors,
}
