import type { AddressWarning } from '../../app/contract/index.ts'
import { Banner } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** What is made to deceive in a name or an address, in words. */
export const warningText = ({ kind, address, shown, like }: AddressWarning): string =>
  t(like === null && kind === 'mixed-scripts' ? 'accounts.warning-mixed-alone' : `accounts.warning-${kind}`, {
    address,
    domain: address.slice(address.lastIndexOf('@') + 1),
    shown: shown ?? '',
    like: like ?? '',
  })

/** Answers to another mailbox of the trust space are usual; everything else is made to be taken for something else. */
const isLoud = ({ kind }: AddressWarning, outside: boolean): boolean =>
  outside || (kind !== 'reply-elsewhere' && kind !== 'hidden-characters')

/** The sender is perhaps not who one takes them for: said before anything is read. */
export const SenderWarnings = ({
  warnings,
  outside,
}: {
  warnings: readonly AddressWarning[]
  /** The sender, or where answers go, is outside the trust space. */
  outside: boolean
}) => {
  if (warnings.length === 0) return null
  const loud = warnings.some((warning) => isLoud(warning, outside))
  return (
    <Banner tone={loud ? 'error' : 'warn'} title={t(loud ? 'accounts.warnedLoud' : 'accounts.warnedWatch')}>
      <ul className="sender-warnings">
        {warnings.map((warning) => (
          <li key={warning.kind}>{warningText(warning)}</li>
        ))}
      </ul>
      {loud ? <p>{t('accounts.warnedDo')}</p> : null}
    </Banner>
  )
}
