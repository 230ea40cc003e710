import { useEffect, useState } from 'react'
import type { Input, Method, Outcome, Output } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { patientsChangedStore, useStore } from '../data/index.ts'

/**
 * The core's answer to a question about patients, asked again when patients change; null before the first one. The former answer
 * stays while the next is on its way, so that the page does not blink.
 */
export const usePatientAnswer = <M extends Method>(
  method: M,
  input: Input<M> | null,
): Outcome<Output<M>> | null => {
  const changes = useStore(patientsChangedStore)
  const question = JSON.stringify(input)
  const [answer, setAnswer] = useState<{ question: string; outcome: Outcome<Output<M>> } | null>(null)
  useEffect(() => {
    if (question === 'null') return undefined
    let current = true
    void invoke(method, JSON.parse(question) as Input<M>).then((outcome) => {
      if (current) setAnswer({ question, outcome })
    })
    return () => {
      current = false
    }
  }, [method, question, changes])
  return input === null ? null : (answer?.outcome ?? null)
}
