import { useEffect, useRef, useState } from 'react'
import type { Input, Method, Outcome, Output } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'

/**
 * The core's latest answer to a question, asked again when `changes` is another value; null before the first one, and while
 * `input` is undefined (nothing is asked). The former answer stays while that to another question is on its way, so that a list
 * does not blink as one types; `isFormer` tells so: nothing may be chosen of it then.
 */
export const useAnswers = <M extends Method>(
  method: M,
  input: Input<M> | undefined,
  changes: unknown,
): { answer: Outcome<Output<M>> | null; isFormer: boolean } => {
  const question = input === undefined ? null : JSON.stringify(input)
  const [answered, setAnswered] = useState<{ question: string; outcome: Outcome<Output<M>> } | null>(null)
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
      setAnswered({ question, outcome })
    })
  }, [method, question, changes])
  return {
    answer: question === null ? null : (answered?.outcome ?? null),
    isFormer: answered !== null && answered.question !== question,
  }
}

/** The same, of this very question alone: what is asked about somebody never shows somebody else. */
export const useAnswer = <M extends Method>(
  method: M,
  input: Input<M> | undefined,
  changes: unknown,
): Outcome<Output<M>> | null => {
  const { answer, isFormer } = useAnswers(method, input, changes)
  return isFormer ? null : answer
}
