import { useState } from 'react'
import type { Account, AppError, SenderLabel } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import {
  Button,
  Checkbox,
  Dialog,
  ErrorBanner,
  Segments,
  showToast,
  Spinner,
  TextField,
} from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { KindMark } from './kind.tsx'
import { LabelFields, useSenderName } from './label-fields.tsx'
import { CertificateFacts, P12Form, type ReadP12 } from './p12-form.tsx'
import { labelFrom } from './label-from.ts'

/** How a mailbox presents itself, where its answers go, and the certificate it logs in with. */
export const AccountDialog = ({ account, onClose }: { account: Account; onClose: () => void }) => {
  const [kind, setKind] = useState(account.kind)
  const [label, setLabel] = useState<SenderLabel>(account.label ?? labelFrom(account))
  const [touched, setTouched] = useState(false)
  const [replyTo, setReplyTo] = useState(account.replyTo ?? '')
  const [askReceipts, setAskReceipts] = useState(account.askReceipts)
  const [replacing, setReplacing] = useState(false)
  const [read, setRead] = useState<ReadP12 | null>(null)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const name = useSenderName(kind, label)
  const keepsLabel = account.label === null && !touched && kind === account.kind
  const save = async (): Promise<void> => {
    if (busy || (!keepsLabel && name === null)) return
    setBusy(true)
    setError(null)
    const replaced = read
      ? await invoke('accounts.useP12', { accountId: account.id, p12: read.p12 })
      : { ok: true as const }
    const saved = replaced.ok
      ? await invoke('accounts.update', {
          accountId: account.id,
          ...(keepsLabel ? {} : { label, kind }),
          replyTo: replyTo.trim() === '' ? null : replyTo.trim(),
          askReceipts,
        })
      : replaced
    setBusy(false)
    if (!saved.ok) {
      setError(saved.error)
      return
    }
    showToast({ text: t('accounts.saved', { address: account.address }) })
    onClose()
  }
  return (
    <Dialog title={t('accounts.editTitle', { address: account.address })} isOpen onClose={onClose}>
      <form
        className="account-form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {account.kind === 'generic' ? (
          <KindMark kind="generic" />
        ) : (
          <Segments
            label={t('accounts.kind')}
            value={kind}
            options={(['personal', 'organisational', 'applicative'] as const).map((value) => ({
              value,
              label: t(`accounts.kind-${value}`),
            }))}
            onChange={setKind}
          />
        )}
        {keepsLabel ? (
          <p className="small muted">{t('accounts.labelNow', { name: account.displayName })}</p>
        ) : null}
        <LabelFields
          kind={kind}
          label={label}
          name={name}
          onChange={(next) => {
            setLabel(next)
            setTouched(true)
          }}
        />
        {kind === 'personal' ? null : (
          <TextField
            label={t('accounts.replyTo')}
            hint={t('accounts.replyToHint')}
            type="email"
            value={replyTo}
            onChange={setReplyTo}
            maxLength={320}
            autoComplete="off"
          />
        )}
        <Checkbox isSelected={askReceipts} onChange={setAskReceipts}>
          {t('accounts.askReceipts')}
        </Checkbox>
        {account.certificate ? (
          <section className="p12-section" aria-label={t('accounts.p12')}>
            <h3>{t('accounts.p12')}</h3>
            {replacing ? (
              <P12Form read={read} onRead={setRead} />
            ) : (
              <>
                <CertificateFacts certificate={account.certificate} />
                <Button size="small" onPress={() => setReplacing(true)}>
                  {t('accounts.p12Replace')}
                </Button>
              </>
            )}
          </section>
        ) : null}
        {error ? <ErrorBanner error={error} /> : null}
        <div className="dialog-actions">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            type="submit"
            variant="primary"
            isPending={busy}
            isDisabled={(!keepsLabel && name === null) || (replacing && read === null && busy)}
          >
            {busy ? <Spinner label={t('accounts.saving')} /> : null}
            {t('accounts.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
