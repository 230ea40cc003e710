import { useState } from 'react'
import type { Account } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore, draftStore, outboxStore, useStore } from '../data/index.ts'
import { Button, Chip, Confirmation, showError, showToast, type ChipTone } from '../design/index.ts'
import { AccountDialog, KindMark } from '../accounts/index.ts'
import { correspondentName, t } from '../i18n/index.ts'
import { isWaiting } from '../sending/index.ts'

const tones: Record<Account['connection']['state'], ChipTone> = {
  online: 'ok',
  connecting: 'neutral',
  offline: 'warn',
  'login-required': 'warn',
  error: 'alert',
}

/** The mailboxes of this workstation and how they are; one more, or one less after a question. */
export const OwnAccounts = ({ onAdd }: { onAdd: () => void }) => {
  const accounts = useStore(accountStore)
  const [leaving, setLeaving] = useState<Account | null>(null)
  const [editing, setEditing] = useState<number | null>(null)
  const edited = accounts.find(({ id }) => id === editing)
  const waiting = useStore(outboxStore).filter(
    (item) => item.accountId === leaving?.id && isWaiting(item),
  ).length
  const drafts = useStore(draftStore).filter(({ content }) => content.accountId === leaving?.id).length
  const remove = async (account: Account): Promise<void> => {
    setLeaving(null)
    const outcome = await invoke('accounts.remove', { accountId: account.id })
    if (outcome.ok) showToast({ text: t('settings.accountRemoved', { address: account.address }) })
    else showError(outcome.error)
  }
  return (
    <section className="settings-section" aria-labelledby="settings-accounts">
      <h3 id="settings-accounts">{t('settings.accounts')}</h3>
      <ul className="account-list" aria-label={t('settings.accounts')}>
        {accounts.map((account) => (
          <li key={account.id}>
            <span className="account-words">
              <b>{account.address}</b>
              <KindMark kind={account.kind} />
              <span className="muted small">
                {correspondentName({ name: account.displayName, address: account.address })}
                {account.replyTo ? ` · ${t('reading.repliesGoTo', { address: account.replyTo })}` : ''}
              </span>
              <span className="muted small">
                {account.auth === 'card'
                  ? t('settings.login-card', { serial: account.card?.serial ?? '' })
                  : t(`settings.login-${account.auth}`)}
              </span>
            </span>
            <Chip tone={tones[account.connection.state]}>
              {t(`settings.account-${account.connection.state}`)}
            </Chip>
            <Button
              size="small"
              aria-label={t('accounts.editOf', { address: account.address })}
              onPress={() => setEditing(account.id)}
            >
              {t('accounts.edit')}
            </Button>
            <Button
              size="small"
              aria-label={t('settings.removeAccountOf', { address: account.address })}
              onPress={() => setLeaving(account)}
            >
              {t('settings.removeAccount')}
            </Button>
          </li>
        ))}
      </ul>
      {edited ? <AccountDialog key={edited.id} account={edited} onClose={() => setEditing(null)} /> : null}
      <div className="settings-actions">
        <Button size="small" onPress={onAdd}>
          {t('settings.addAccount')}
        </Button>
      </div>
      <Confirmation
        title={t('settings.removeAccountTitle', { address: leaving?.address ?? '' })}
        confirm={t('settings.removeAccountConfirm')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) void remove(leaving)
        }}
      >
        {waiting > 0 ? (
          <p>
            <strong>{t('sending.accountWaiting', { count: waiting })}</strong>
          </p>
        ) : null}
        {drafts > 0 ? <p>{t('sending.accountDrafts', { count: drafts })}</p> : null}
        <p>{t('settings.removeAccountText')}</p>
      </Confirmation>
    </section>
  )
}
