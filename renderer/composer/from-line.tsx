import {
  Button as AriaButton,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components'
import type { Account, DraftContent } from '../../app/contract/index.ts'
import { KindMark } from '../accounts/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { correspondentName, t } from '../i18n/index.ts'

/** A mailbox one may write from; what is not one's own name, and above all an ordinary one, says so. */
const FromAccount = ({ account }: { account: Account }) => (
  <span className="from-choice">
    {correspondentName({ name: account.displayName, address: account.address })}{' '}
    <span className="muted small">{account.address}</span>
    {account.kind === 'personal' ? null : <KindMark kind={account.kind} />}
  </span>
)

/** Who writes: one mailbox, or the choice among several. */
export const FromLine = ({
  content,
  onChange,
}: {
  content: DraftContent
  onChange: (accountId: number) => void
}) => {
  const accounts = useStore(accountStore)
  const current = accounts.find((account) => account.id === content.accountId)
  if (accounts.length < 2)
    return (
      <div className="composer-line">
        <span className="composer-label">{t('composer.from')}</span>
        <span>{current ? <FromAccount account={current} /> : null}</span>
      </div>
    )
  return (
    <Select
      className="composer-line"
      selectedKey={content.accountId}
      onSelectionChange={(key) => {
        if (typeof key === 'number') onChange(key)
      }}
    >
      <Label className="composer-label">{t('composer.from')}</Label>
      <AriaButton className="composer-from">
        <SelectValue />
      </AriaButton>
      <Popover className="popover">
        <ListBox className="menu" items={accounts}>
          {(account) => (
            <ListBoxItem id={account.id} className="menu-item" textValue={account.displayName}>
              <FromAccount account={account} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  )
}
