import { useCallback, useEffect, useState } from 'react'
import type { AppError, DraftMedical, Outcome } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'

export interface MedicalState {
  medical: DraftMedical | null
  error: AppError | null
  dismiss: () => void
  /** Takes the answer of a call that changes the documents; true when it did. */
  take: (outcome: Outcome<DraftMedical>) => boolean
}

/** The medical documents of a draft, as the core keeps them. `changed` hears of each change. */
export const useMedical = (draftId: number, changed: (medical: DraftMedical) => void): MedicalState => {
  const [medical, setMedical] = useState<DraftMedical | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    let current = true
    void invoke('draftDocuments.get', { draftId }).then((outcome) => {
      if (!current) return
      // What was added meanwhile is newer.
      if (outcome.ok) setMedical((taken) => taken ?? outcome.value)
      else setError(outcome.error)
    })
    return () => {
      current = false
    }
  }, [draftId])
  const take = useCallback(
    (outcome: Outcome<DraftMedical>): boolean => {
      if (outcome.ok) {
        setMedical(outcome.value)
        setError(null)
        changed(outcome.value)
      } else setError(outcome.error)
      return outcome.ok
    },
    [changed],
  )
  return { medical, error, dismiss: () => setError(null), take }
}
