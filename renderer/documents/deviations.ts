import type { Deviation, DocumentRefusal } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'

const at = (words: string, where: string | null): string => (where === null ? words : `${words} (${where})`)

/** What is not as the specifications say, and where. */
export const deviationSentence = ({ code, where }: Deviation): string =>
  at(t(`deviations.deviation_${code}`), where)

/** What was not opened or not shown, and why. */
export const refusalSentence = ({ code, where }: DocumentRefusal): string =>
  at(t(`deviations.refusal_${code}`), where)
