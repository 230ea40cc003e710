import type { ErrorData } from '../../app/contract/index.ts'
import { ErrorBanner } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** An error before the first message: what the catalogue says of messages already received would be said of nothing. */
export const SetupError = ({ error }: { error: Pick<ErrorData, 'code' | 'details'> }) =>
  /^(net|auth|imap|smtp)\./.test(error.code) ? (
    <ErrorBanner error={error} safe={t('assistant.nothingKept')} />
  ) : (
    <ErrorBanner error={error} />
  )
