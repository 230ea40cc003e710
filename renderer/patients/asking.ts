import { useEffect, useRef, useState } from 'react'
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
  const asked = useRef({ question, times: 0, shown: 0 })
  useEffect(() => {
    asked.current.question = question
    if (question === 'null') return
    asked.current.times += 1
    const mine = asked.current.times
    void invoke(method, JSON.parse(question) as Input<M>).then((outcome) => {
      // Changes may come faster than answers: an answer is dropped for a newer one or another question, not for a mere change.
      if (asked.current.question !== question || mine < asked.current.shown) return
      asked.current.shown = mine
      setAnswer({ question, outcome })
    })
  }, [method, question, changes])
  return input === null ? null : (answer?.outcome ?? null)
}
