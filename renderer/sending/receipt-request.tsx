import { useState } from 'react'
import type { MessageView } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { Banner, Button, showError } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'

/** The question of the sender for a read receipt: answered by the reader alone, once. */
export const ReceiptRequest = ({ view }: { view: MessageView }) => {
  const accounts = useStore(accountStore)
  const [answered, setAnswered] = useState<'sent' | 'declined' | null>(null)
  const [busy, setBusy] = useState(false)
  const request = view.readReceipt
  if (!request) return null
  const answer = answered ?? request.answer
  if (answer !== null)
    return (
      <p className="receipt-answered small muted">
        {t(answer === 'sent' ? 'sending.receiptSent' : 'sending.receiptDeclined')}
      </p>
    )
  const reply = async (send: boolean): Promise<void> => {
    setBusy(true)
    const reader = accounts.find((account) => account.id === view.row.accountId)
    const subject = view.row.subject || t('mailbox.noSubject')
    const outcome = await invoke('receipts.answer', {
      id: view.row.id,
      send,
      subject: t('sending.receiptSubject', { subject }),
      text: t('sending.receiptBody', {
        subject,
        date: dateTime(view.row.date),
        reader: reader?.displayName ?? '',
        now: dateTime(new Date().toISOString()),
      }),
    })
    setBusy(false)
    if (outcome.ok) setAnswered(send ? 'sent' : 'declined')
    else showError(outcome.error)
  }
  return (
    <Banner
      tone={request.differs ? 'warn' : 'info'}
      title={
        request.differs ? t('sending.receiptAskOther', { address: request.to }) : t('sending.receiptAsk')
      }
      actions={
        <>
          <Button size="small" isDisabled={busy} onPress={() => reply(true)}>
            {t('sending.receiptSend')}
          </Button>
          <Button size="small" variant="quiet" isDisabled={busy} onPress={() => reply(false)}>
            {t('sending.receiptDecline')}
          </Button>
        </>
      }
    />
  )
}
