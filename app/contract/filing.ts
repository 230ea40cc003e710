import { z } from 'zod'

/**
 * Where a document stands on its way into a patient record. `unknown`: all was sent, the line broke before the answer.
 * `withdrawing` and `withdrawn`: taken out again. `transferred`: with an applicative mailbox whose gateway has not answered.
 */
export const FilingState = z.enum([
  'waiting',
  'sending',
  'unknown',
  'transferred',
  'filed',
  'refused',
  'withdrawing',
  'withdrawn',
  'replaced',
  'cancelled',
])
export type FilingState = z.infer<typeof FilingState>

/** For a message's row: the state of its documents that most needs attention, else how far all have come. */
export const FilingSummary = z.object({
  state: z.enum(['refused', 'unknown', 'waiting', 'filed', 'withdrawn']),
  /** Documents filed, out of those handed over. */
  filed: z.number().int(),
  total: z.number().int(),
})
export type FilingSummary = z.infer<typeof FilingSummary>
