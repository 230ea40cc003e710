import { z } from 'zod'
import { call, Nothing } from './service.ts'

/**
 * How far a sent message is known to have come. `sent`: taken by the server, nothing else known. `integrated` and
 * `not-integrated`: the gateway of a patient record filed its documents, or could not (IG-TRANS, struct-msg-mdn).
 */
export const DeliveryState = z.enum([
  'sent',
  'delayed',
  'delivered',
  'read',
  'integrated',
  'not-integrated',
  'failed',
])
export type DeliveryState = z.infer<typeof DeliveryState>

/** State of a sent message over its recipients, for its row. */
export const DeliverySummary = z.object({
  /** The worst that needs attention, else how far all of them have come. */
  state: DeliveryState,
  total: z.number().int(),
  /** At least delivered, the ones read included. */
  delivered: z.number().int(),
  /** Read or integrated. */
  read: z.number().int(),
  integrated: z.number().int(),
  notIntegrated: z.number().int(),
  delayed: z.number().int(),
  failed: z.number().int(),
})
export type DeliverySummary = z.infer<typeof DeliverySummary>

/** What one report says of one recipient: RFC 3464 actions, RFC 8098 dispositions. */
export const DeliveryOutcome = z.enum([
  'refused',
  'failed',
  'delayed',
  'delivered',
  'relayed',
  'expanded',
  'displayed',
  'processed',
  'dispatched',
  'deleted',
  'denied',
  'processing-failed',
  'integrated',
  'integration-failed',
])
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>

/** Why a message did not reach a patient's mailbox (ENS-6-bounce). */
export const PatientBounce = z.enum(['closed', 'unknown', 'address', 'size'])
export type PatientBounce = z.infer<typeof PatientBounce>

/** One line of a recipient's history. */
export const DeliveryEvent = z.object({
  outcome: DeliveryOutcome,
  /** ISO 8601; null for the answer of our own server, which is not dated. */
  at: z.string().nullable(),
  /** Enhanced status code (RFC 3463), e.g. `5.2.2`; of a failed integration its code, e.g. `902`. */
  status: z.string().nullable(),
  /** The server's or reader's own words. */
  diagnostic: z.string().nullable(),
  /** Made by a program, not by somebody reading. */
  automatic: z.boolean(),
  /** False: whoever reported it cannot speak for that recipient; it does not count. */
  authentic: z.boolean(),
  /** Of a failure at a patient's mailbox: its cause, null when the server's words do not say. Absent for others. */
  patientBounce: PatientBounce.nullable().optional(),
})
export type DeliveryEvent = z.infer<typeof DeliveryEvent>

export const RecipientDelivery = z.object({
  address: z.string(),
  state: DeliveryState,
  /** Of what made the state; null when not dated. */
  at: z.string().nullable(),
  /** Oldest first. A failure is never taken back by a later report: both are shown. */
  events: z.array(DeliveryEvent),
})
export type RecipientDelivery = z.infer<typeof RecipientDelivery>

const Reference = z.object({ id: z.number().int().positive(), subject: z.string(), date: z.string() })

/** A message that is a report about a sent one. */
export const ReportView = z.object({
  kind: z.enum(['delivery', 'disposition']),
  recipients: z.array(DeliveryEvent.extend({ address: z.string(), retryUntil: z.string().nullable() })),
  /** The sent message it tells about; null when none of ours is known. */
  original: Reference.nullable(),
})
export type ReportView = z.infer<typeof ReportView>

/** Everything known of a message as sent mail. */
export const MessageDelivery = z.object({
  /** Of a sent message with a known fate; null otherwise. */
  recipients: z.array(RecipientDelivery).nullable(),
  report: ReportView.nullable(),
  replaces: Reference.nullable(),
  replacedBy: Reference.nullable(),
})
export type MessageDelivery = z.infer<typeof MessageDelivery>

/** A read receipt its sender asked for and that can be answered. */
export const ReceiptRequest = z.object({
  to: z.string(),
  /** It would go to another address than the sender's (RFC 8098 §2.1): the user must know. */
  differs: z.boolean(),
  answer: z.enum(['sent', 'declined']).nullable(),
})
export type ReceiptRequest = z.infer<typeof ReceiptRequest>

export const Replacement = z.enum(['replaces', 'replaced', 'both'])
export type Replacement = z.infer<typeof Replacement>

export const deliveryCalls = {
  /**
   * The user's answer to a request of a read receipt; it is final. `subject` and `text` are the sentences for the person
   * who asked. `receipt.not-asked` when nothing was asked or it was answered before.
   */
  'receipts.answer': call(
    z.object({
      id: z.number().int().positive(),
      send: z.boolean(),
      subject: z.string().max(998),
      text: z.string().max(2000),
    }),
    Nothing,
  ),
}
