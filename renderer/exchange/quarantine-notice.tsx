import { Download, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import type { ErrorData, MessageView } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, showError, showToast } from '../design/index.ts'
import { errorSentence, t } from '../i18n/index.ts'

/** Reads a message set aside again; true when something came of it. */
export const retryQuarantined = async (id: number): Promise<void> => {
  const outcome = await invoke('quarantine.retry', { id })
  if (!outcome.ok) {
    showError(outcome.error)
    return
  }
  const left = await invoke('quarantine.list', null)
  const still = left.ok && left.value.some(({ row }) => row.id === id)
  showToast({ text: t(still ? 'exchange.quarantineStill' : 'exchange.quarantineRetried') })
}

/** In place of the text of a message set aside: what, what is safe, what to do. */
export const QuarantineNotice = ({
  view,
  code,
  onRead,
  onSave,
}: {
  view: MessageView
  code: ErrorData['code']
  /** It was tried again. */
  onRead: () => void
  onSave: () => void
}) => {
  const [busy, setBusy] = useState(false)
  const sentence = errorSentence({ code })
  const retry = async (): Promise<void> => {
    setBusy(true)
    await retryQuarantined(view.row.id)
    setBusy(false)
    onRead()
  }
  return (
    <Banner
      tone="warn"
      title={t('exchange.quarantineTitle')}
      actions={
        <>
          {view.raw.url === '' ? null : (
            <Button size="small" onPress={onSave}>
              <Download aria-hidden="true" /> {t('exchange.saveSource')}
            </Button>
          )}
          <Button size="small" isPending={busy} onPress={() => void retry()}>
            <RotateCcw aria-hidden="true" /> {t('common.retry')}
          </Button>
        </>
      }
    >
      <p>
        {sentence.what} {sentence.safe} {sentence.todo}
      </p>
    </Banner>
  )
}
