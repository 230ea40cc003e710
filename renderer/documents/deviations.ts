import type { Deviation, DocumentRefusal } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'

const at = (words: string, where: string | null): string => (where === null ? words : `${words} (${where})`)

export const deviationSentence = ({ code, where }: Deviation): string =>
  at(t(`deviations.deviation_${code}`), where)
export const refusalSentence = ({ code, where }: DocumentRefusal): string =>
  at(t(`deviations.refusal_${code}`), where)
