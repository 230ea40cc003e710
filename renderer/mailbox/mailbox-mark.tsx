import { createContext, useContext, type ReactNode } from 'react'
import type { Account } from '../../app/contract/index.ts'
import { KindIcon } from '../accounts/index.ts'
import { t } from '../i18n/index.ts'

const Accounts = createContext<readonly Account[]>([])

/** In a list of several mailboxes each row says which one it came to; `accounts` empty: one mailbox alone is shown. */
export const MailboxMarks = ({
  accounts,
  children,
}: {
  accounts: readonly Account[]
  children: ReactNode
}) => <Accounts value={accounts.length > 1 ? accounts : []}>{children}</Accounts>

/** The mailbox of a row, where rows of several stand together. */
export const useMailboxOf = (accountId: number): Account | null =>
  useContext(Accounts).find(({ id }) => id === accountId) ?? null

/** Which mailbox a row came to, by colour, picture and words. */
export const MailboxMark = ({ account }: { account: Account }) => (
  <span className="row-mailbox kind-mark" data-kind={account.kind} title={account.address}>
    <KindIcon kind={account.kind} />
    <span className="row-mailbox-name">
      {account.kind === 'generic' ? t('accounts.genericShort') : account.address.split('@')[0]}
    </span>
  </span>
)
