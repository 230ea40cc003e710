import { fail, type Outcome } from '../contract/errors.ts'
import type { CardProofs } from './index.ts'

const absent = (): Promise<Outcome<never>> => Promise.resolve(fail('card.no-card', { retry: 'after-change' }))

/** A workstation where no card is ever seen. */
export const withoutCard: CardProofs = {
  openCard: absent,
  proofOf: absent,
  watch: () => () => undefined,
  forget: () => undefined,
}
