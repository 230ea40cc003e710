import type { DocumentInspection } from '../app/contract/index.ts'
import { deviations as sentences } from '../renderer/i18n/fr/deviations.ts'

/** The object of `inspect document` with the sentence of the window beside each code, in French. */
export const withSentences = (inspection: DocumentInspection): object => ({
  ...inspection,
  deviations: inspection.deviations.map((deviation) => ({
    ...deviation,
    sentence: sentences[`deviation_${deviation.code}`],
  })),
  refusals: inspection.refusals.map((refusal) => ({
    ...refusal,
    sentence: sentences[`refusal_${refusal.code}`],
  })),
})
