import { useEffect, useState } from 'react'
import type { AppError, MessageInspection, Outcome } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { inspectionStore, useStore } from '../data/index.ts'
import { Dialog, ErrorBanner, FileDrop, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { InspectionReport } from './inspection-report.tsx'

type Found = { state: 'idle' | 'running' } | { state: 'done'; inspection: MessageInspection }

const InspectionPage = ({ messageId }: { messageId: number | null }) => {
  const [found, setFound] = useState<Found>({ state: messageId === null ? 'idle' : 'running' })
  const [error, setError] = useState<AppError | null>(null)
  const told = (outcome: Outcome<MessageInspection>): void => {
    if (outcome.ok) setFound({ state: 'done', inspection: outcome.value })
    else {
      setError(outcome.error)
      setFound({ state: 'idle' })
    }
  }
  const takeFile = async (file: File): Promise<void> => {
    setError(null)
    setFound({ state: 'running' })
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    told(sent.ok ? await invoke('inspect.message', { source: { kind: 'upload', uploadId } }) : sent)
  }
  useEffect(() => {
    if (messageId === null) return undefined
    let current = true
    void invoke('inspect.message', { source: { kind: 'message', id: messageId } }).then((outcome) => {
      if (current) told(outcome)
    })
    return () => {
      current = false
    }
  }, [messageId])
  return (
    <div className="inspection">
      <p className="muted">{t('inspection.intro')}</p>
      {messageId === null && (
        <FileDrop
          label={found.state === 'done' ? t('inspection.another') : t('inspection.choose')}
          hint={t('inspection.chooseHint')}
          accept=".eml,.txt,message/rfc822"
          isBusy={found.state === 'running'}
          onFile={(file) => void takeFile(file)}
        />
      )}
      <div aria-live="polite">
        {error && <ErrorBanner error={error} />}
        {found.state === 'running' && <Spinner label={t('inspection.running')} />}
      </div>
      {found.state === 'done' && <InspectionReport inspection={found.inspection} />}
    </div>
  )
}

/** « Analyser un message »: what `inspect message` prints, in words; once for the whole application. */
export const InspectionPanel = () => {
  const request = useStore(inspectionStore)
  // Locking takes it away for good.
  useEffect(() => () => inspectionStore.set(null), [])
  return (
    <Dialog
      title={t('inspection.title')}
      width="wide"
      isOpen={request !== null}
      onClose={() => inspectionStore.set(null)}
    >
      {request && <InspectionPage key={request.messageId} messageId={request.messageId} />}
    </Dialog>
  )
}
