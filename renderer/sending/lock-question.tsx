import { useRef, useState } from 'react'
import type { OutboxItem } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { outboxStore, useStore } from '../data/index.ts'
import { Button, Dialog, showError, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Waits for its seconds to be over, and would wait for the next opening if the mailbox were locked now. */
const isLeaving = (item: OutboxItem): boolean => item.state === 'queued' && item.due?.kind === 'delay'

/** Whether something would be kept from leaving by locking now. */
export const somethingLeaves = (): boolean => outboxStore.get().some(isLeaving)

/** Asked before locking while a message waits for its seconds: sent first, or left waiting knowingly. */
export const LockQuestion = ({
  isOpen,
  onClose,
  onLock,
}: {
  isOpen: boolean
  onClose: () => void
  onLock: () => void
}) => {
  const count = useStore(outboxStore).filter(isLeaving).length
  /** How many were hurried and are waited for. */
  const [hurried, setHurried] = useState<number | null>(null)
  const stop = useRef<(() => void) | null>(null)
  const end = (then: () => void): void => {
    stop.current?.()
    stop.current = null
    setHurried(null)
    then()
  }
  const sendFirst = async (): Promise<void> => {
    const ids = new Set(
      outboxStore
        .get()
        .filter(isLeaving)
        .map(({ id }) => id),
    )
    setHurried(ids.size)
    const look = (): void => {
      const watched = outboxStore.get().filter((item) => ids.has(item.id))
      // Whatever went wrong is told where it waits: nobody locks over it.
      if (watched.some((item) => item.error !== null || item.state === 'unknown')) end(onClose)
      else if (watched.every((item) => item.state === 'accepted' || item.state === 'filed')) end(onLock)
    }
    stop.current = outboxStore.subscribe(look)
    for (const id of ids) {
      const outcome = await invoke('outbox.retry', { id })
      // Gone meanwhile means sent.
      if (!outcome.ok && outcome.error.code !== 'outbox.not-found') showError(outcome.error)
    }
    if (stop.current !== null) look()
  }
  return (
    <Dialog
      role="alertdialog"
      width="narrow"
      title={t('sending.lockTitle')}
      isOpen={isOpen}
      onClose={() => end(onClose)}
      actions={
        <>
          <Button variant="quiet" onPress={() => end(onLock)}>
            {t('sending.lockNow')}
          </Button>
          <Button variant="primary" isDisabled={hurried !== null} onPress={() => void sendFirst()} autoFocus>
            {hurried !== null ? <Spinner label={t('composer.sending')} /> : null}
            {t('sending.lockAfter')}
          </Button>
        </>
      }
    >
      <p>{t('sending.lockText', { count: Math.max(1, hurried ?? count) })}</p>
    </Dialog>
  )
}
