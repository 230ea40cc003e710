import { t, type Key } from '../i18n/index.ts'

/** Codes with a sentence: HL7 table 0357 (ERR-3) and those of the ANS guide (ERR-5, 900–906). */
const known = [
  0, 100, 101, 102, 103, 104, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 900, 901, 902, 903, 904, 905,
  906,
] as const
const advised = [206, 207, 900, 901, 902, 903, 904, 905, 906] as const
const setup = new Set([200, 201, 202, 203])

/** What a record system said, by its code: what happened, and what to do about it (null: nothing more can be said). */
export const integrationFault = (code: number | null): { what: string; todo: string | null } => {
  const one = known.find((each) => each === code)
  if (one === undefined)
    return {
      what: code === null ? t('integration.faultUnknown') : t('integration.fault', { code }),
      todo: null,
    }
  const what: Key = `integration.fault_${one}`
  const own = advised.find((each) => each === one)
  const todo: Key =
    own === undefined
      ? setup.has(one)
        ? 'integration.faultTodo_setup'
        : 'integration.faultTodo_syntax'
      : `integration.faultTodo_${own}`
  return { what: t(what), todo: one === 0 ? null : t(todo) }
}
