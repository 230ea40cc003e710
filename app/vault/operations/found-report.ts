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

/**
 * A reader speaks for the mailbox or its organisation; where the domain is shared by professionals who have nothing to do with
 * each other, for himself alone. Any server on the way may report about delivery.
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
      (trust === 'professional' ? address === from.toLowerCase() : domainOf(address) === domainOf(from)),
  )

/** A professional names nobody else as whom it was written to: that would be another reader’s receipt. */
export const asTold = (report: FoundReport, from: string, trust: string): FoundOutcome[] =>
  report.outcomes.map((found) =>
    report.kind === 'disposition' && trust === 'professional' && found.originalAddress !== from.toLowerCase()
      ? { ...found, originalAddress: null }
      : found,
  )
