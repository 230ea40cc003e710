import type { Input, Method, Outcome, Output } from '../../app/contract/index.ts'
import { patientsChangedStore, useAnswer, useStore } from '../data/index.ts'

/** The core's answer to a question about patients, asked again when patients change; null before the first one. */
export const usePatientAnswer = <M extends Method>(
  method: M,
  input: Input<M> | null,
): Outcome<Output<M>> | null => useAnswer(method, input ?? undefined, useStore(patientsChangedStore))
