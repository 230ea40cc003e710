import { useRef, useState } from 'react'
import type { ActionSelection } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Confirmation, showError, showToast, Spinner } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'
import { bulkName, startBulk } from './bulk.ts'

/** What a question about a deletion for good is about: the messages counted, no others. */
interface Prepared {
  actionId: number
  total: number
}

/** A deletion for good that is being asked about. */
export interface ForGood {
  /** Null when nothing is asked; `counting` while the core freezes and counts the messages. */
  asked: Prepared | 'counting' | null
  /** Opens the question at once: no key pressed meanwhile is a command of the mailbox. */
  ask: (selection: ActionSelection) => void
  confirm: () => void
  refuse: () => void
}

const letGo = ({ actionId }: Prepared): void => void invoke('actions.discard', { actionId })

/** The question before a deletion for good, one at a time. */
export const useForGood = (): ForGood => {
  const [asked, setAsked] = useState<Prepared | 'counting' | null>(null)
  const times = useRef(0)
  const prepare = async (selection: ActionSelection): Promise<void> => {
    times.current += 1
    const mine = times.current
    setAsked('counting')
    const prepared = await invoke('actions.prepare', { selection, wish: { kind: 'delete-for-good' } })
    const isCurrent = mine === times.current
    if (isCurrent && prepared.ok && prepared.value.total > 0) return setAsked(prepared.value)
    if (prepared.ok) letGo(prepared.value)
    if (!isCurrent) return
    setAsked(null)
    if (prepared.ok) showToast({ text: t('actions.nothingToDo') })
    else showError(prepared.error)
  }
  const close = (): Prepared | null => {
    times.current += 1
    setAsked(null)
    return asked === 'counting' ? null : asked
  }
  return {
    asked,
    ask: (selection) => void prepare(selection),
    confirm: () => {
      const prepared = close()
      if (prepared) void startBulk(prepared.actionId, bulkName({ kind: 'delete-for-good' }, []))
    },
    refuse: () => {
      const prepared = close()
      if (prepared) letGo(prepared)
    },
  }
}

/** Asks before a deletion for good, naming how many messages leave. */
export const ForGoodDialog = ({ title, forGood }: { title: string; forGood: ForGood }) => {
  const { asked, confirm, refuse } = forGood
  const total = asked === 'counting' ? null : (asked?.total ?? 0)
  return (
    <Confirmation
      title={title}
      confirm={t('actions.emptyConfirm')}
      isOpen={asked !== null}
      isReady={total !== null}
      onClose={refuse}
      onConfirm={confirm}
    >
      {total === null ? (
        <Spinner label={t('common.loading')} />
      ) : (
        <p>{t('actions.emptyText', { count: total, shown: number(total) })}</p>
      )}
      <Banner tone="warn">
        <p>{t('actions.emptyFinal')}</p>
      </Banner>
    </Confirmation>
  )
}
