import type { DeliveryOutcome } from '../../contract/index.ts'

/** What one report says of one recipient; dates in milliseconds. */
export interface FoundOutcome {
  /** Final-Recipient, lower case. */
  address: string
  /** As it was written to (ORCPT), lower case. */
  originalAddress: string | null
  outcome: Exclude<DeliveryOutcome, 'refused'>
  status: string | null
  diagnostic: string | null
  automatic: boolean
  retryUntil: number | null
}

/** A delivery or read report as its parser understood it. */
export interface FoundReport {
  kind: 'delivery' | 'disposition'
  envelopeId: string | null
  /** With angle brackets. */
  originalMessageId: string | null
  outcomes: FoundOutcome[]
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** What a person does with a message: nobody else of the domain does it for him. What programs do with it, they say for others. */
const personal = new Set<FoundOutcome['outcome']>(['displayed', 'deleted', 'denied'])

const speaksForHimself = (trust: string, { outcome }: FoundOutcome): boolean =>
  trust === 'professional' && personal.has(outcome)

/**
 * A reader speaks for himself where the domain may be shared by professionals who have nothing to do with each other, the mailbox
 * of an organisation and a gateway for those of their domain. Any server on the way may report about delivery.
 */
export const isAuthentic = (
  kind: FoundReport['kind'],
  from: string,
  trust: string,
  found: FoundOutcome,
): boolean =>
  (kind === 'delivery' && trust !== 'outside') ||
  [found.address, found.originalAddress].some(
    (address) =>
      address !== null &&
      (speaksForHimself(trust, found)
        ? address === from.toLowerCase()
        : domainOf(address) === domainOf(from)),
  )

/** A professional names nobody else as whom it was written to: that would be another reader’s receipt. */
export const asTold = (report: FoundReport, from: string, trust: string): FoundOutcome[] =>
  report.outcomes.map((found) =>
    report.kind === 'disposition' &&
    speaksForHimself(trust, found) &&
    found.originalAddress !== from.toLowerCase()
      ? { ...found, originalAddress: null }
      : found,
  )
