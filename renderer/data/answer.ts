import { useEffect, useRef, useState } from 'react'
import type { Input, Method, Outcome, Output } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'

/**
 * The core's answer to a question, asked again when `changes` is another value; null before the first one, and while `input` is
 * undefined (nothing is asked). The former answer stays while the next is on its way, so that the page does not blink.
 */
export const useAnswer = <M extends Method>(
  method: M,
  input: Input<M> | undefined,
  changes: unknown,
): Outcome<Output<M>> | null => {
  const question = input === undefined ? null : JSON.stringify(input)
  const [answer, setAnswer] = useState<Outcome<Output<M>> | null>(null)
  const asked = useRef({ question, times: 0, shown: 0 })
  useEffect(() => {
    asked.current.question = question
    if (question === null) return
    asked.current.times += 1
    const mine = asked.current.times
    void invoke(method, JSON.parse(question) as Input<M>).then((outcome) => {
      // Changes may come faster than answers: an answer is dropped for a newer one or another question, not for a mere change.
      if (asked.current.question !== question || mine < asked.current.shown) return
      asked.current.shown = mine
      setAnswer(outcome)
    })
  }, [method, question, changes])
  return question === null ? null : answer
}
