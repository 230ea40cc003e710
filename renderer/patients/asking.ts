import type { Input, Method, Outcome, Output } from '../../app/contract/index.ts'
import { patientsChangedStore, useAnswer, useAnswers, useStore } from '../data/index.ts'

/** The core's answer to a question about patients, asked again when patients change; null before the first one. */
export const usePatientAnswer = <M extends Method>(
  method: M,
  input: Input<M> | null,
): Outcome<Output<M>> | null => useAnswer(method, input ?? undefined, useStore(patientsChangedStore))

/** The same while one types: the former answer stays until the next, and `isFormer` tells so. */
export const usePatientAnswers = <M extends Method>(
  method: M,
  input: Input<M> | null,
): ReturnType<typeof useAnswers<M>> => useAnswers(method, input ?? undefined, useStore(patientsChangedStore))
