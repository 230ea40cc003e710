import { useEffect, useState } from 'react'
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
  const items = useStore(outboxStore)
  /** Hurried, and waited for. */
  const [hurried, setHurried] = useState<ReadonlySet<number> | null>(null)
  const count = items.filter(isLeaving).length
  useEffect(() => {
    if (hurried === null) return
    const watched = items.filter((item) => hurried.has(item.id))
    // Whatever went wrong is told where it waits: nobody locks over it.
    const troubled = watched.some((item) => item.error !== null || item.state === 'unknown')
    const over = watched.every((item) => item.state === 'accepted' || item.state === 'filed')
    if (!troubled && !over) return
    setHurried(null)
    if (over) onLock()
    else onClose()
  }, [hurried, items, onClose, onLock])
  const sendFirst = async (): Promise<void> => {
    const leaving = items.filter(isLeaving)
    setHurried(new Set(leaving.map(({ id }) => id)))
    for (const { id } of leaving) {
      const outcome = await invoke('outbox.retry', { id })
      // Gone meanwhile means sent.
      if (!outcome.ok && outcome.error.code !== 'outbox.not-found') showError(outcome.error)
    }
  }
  return (
    <Dialog
      role="alertdialog"
      width="narrow"
      title={t('sending.lockTitle')}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onLock}>
            {t('sending.lockNow')}
          </Button>
          <Button variant="primary" isDisabled={hurried !== null} onPress={() => void sendFirst()} autoFocus>
            {hurried !== null ? <Spinner label={t('composer.sending')} /> : null}
            {t('sending.lockAfter')}
          </Button>
        </>
      }
    >
      <p>{t('sending.lockText', { count: Math.max(1, hurried?.size ?? count) })}</p>
    </Dialog>
  )
}
