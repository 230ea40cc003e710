import { useCallback, useEffect, useState } from 'react'
import type { Filing, MessageFilings, Outcome, RecordTarget } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { filingsChangedStore, useAnswer, useStore } from '../data/index.ts'
import { showError } from '../design/index.ts'

/** What was answered, null until it is known; what goes wrong is told, once. */
const useTold = <T>(answer: Outcome<T> | null): T | null => {
  useEffect(() => {
    if (answer && !answer.ok) showError(answer.error)
  }, [answer])
  return answer?.ok ? answer.value : null
}

/** The patient records that are set up; null until they are known. */
export const useTargets = (): readonly RecordTarget[] | null =>
  useTold(useAnswer('integration.targets', null, useStore(filingsChangedStore)))

/** What can be filed of a message, and what was; null until it is known, or when it cannot be read. */
export const useOffers = (
  messageId: number,
  wanted: boolean,
): { offers: MessageFilings | null; reload: () => void } => {
  const changes = useStore(filingsChangedStore)
  const [asked, setAsked] = useState(0)
  const answer = useAnswer(
    'integration.offers',
    wanted ? { messageId } : undefined,
    `${String(changes)}.${String(asked)}`,
  )
  return { offers: useTold(answer), reload: useCallback(() => setAsked((count) => count + 1), []) }
}

type Step = 'integration.retry' | 'integration.cancel'

/** One step of the user on one filing; what goes wrong is told. */
export const step = async (method: Step, { id }: Pick<Filing, 'id'>): Promise<void> => {
  const outcome = await invoke(method, { id })
  if (!outcome.ok) showError(outcome.error)
}

/** The user has looked in the record. */
export const settle = async ({ id }: Pick<Filing, 'id'>, filed: boolean): Promise<void> => {
  const outcome = await invoke('integration.settle', { id, filed })
  if (!outcome.ok) showError(outcome.error)
}

let current: (() => void) | null = null

/** What « Intégrer » does for the message shown now. Returns the unsubscriber. */
export const offerFiling = (run: () => void): (() => void) => {
  current = run
  return () => {
    if (current === run) current = null
  }
}

/** Runs « Intégrer » for the message shown; false when there is nothing to file. */
export const runFiling = (): boolean => {
  current?.()
  return current !== null
}
