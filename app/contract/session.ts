import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { CardHolder, PinEntry } from './card.ts'

export const KeySlot = z.object({
  id: z.string(),
  kind: z.enum(['card', 'passphrase', 'recovery']),
  /** Card slots: the card's serial number, so that the window can say which card opens this profile. */
  cardSerial: z.string().nullable(),
  label: z.string(),
  createdAt: z.string(),
})
export type KeySlot = z.infer<typeof KeySlot>

/** `switch`: a colleague takes the workstation over. */
export const LockReason = z.enum(['start', 'user', 'card-removed', 'idle', 'system', 'switch', 'error'])
export type LockReason = z.infer<typeof LockReason>

/** What the card in the reader is on this workstation, where several professionals may each have a mailbox. */
export const CardUser = z.object({
  /** Whose mailbox: the one at hand (locked or open), another one of this workstation, or none yet. */
  mailbox: z.enum(['this', 'other', 'none']),
  /** The card itself opens it; false for a renewed card, whose owner is known and which has to be enrolled. */
  enrolled: z.boolean(),
})
export type CardUser = z.infer<typeof CardUser>

export const SessionState = z.discriminatedUnion('phase', [
  /** First run: nothing on this workstation yet. */
  z.object({ phase: z.literal('no-vault') }),
  z.object({
    phase: z.literal('locked'),
    reason: LockReason,
    /** Of the mailbox at hand: the one the card in the reader opens, else the last one. */
    slots: z.array(KeySlot),
    /** Ways to open any of the mailboxes of this workstation: a passphrase or a code finds its own. */
    ways: z.array(KeySlot.shape.kind),
    cardUser: CardUser.nullable(),
  }),
  z.object({ phase: z.literal('opening') }),
  z.object({
    phase: z.literal('open'),
    openedBy: z.enum(['card', 'passphrase', 'recovery']),
    /** Of the card that opened; null without one. */
    holder: CardHolder.nullable(),
    /**
     * The card that opened is out of the reader and the policy lets reading go on (`cardRemoval`): `locksAt` is an ISO date,
     * null when nothing locks for it. Null with the card in place, or without a card.
     */
    cardAway: z.object({ locksAt: z.string().nullable() }).nullable(),
    slots: z.array(KeySlot),
    cardUser: CardUser.nullable(),
  }),
])
export type SessionState = z.infer<typeof SessionState>

const Passphrase = z.string().min(1).max(512)
const Created = z.object({
  /** Shown once, to be printed; never stored in clear. */
  recoveryCode: z.string(),
})

export const sessionCalls = {
  'session.state': call(Nothing, SessionState),
  /** A first mailbox, or one beside the others for a card that opens none of them. */
  'session.createWithCard': call(PinEntry, Created),
  /** `beside`: for somebody else than those who have a mailbox here already; `vault.exists` without it. */
  'session.createWithPassphrase': call(
    z.object({ passphrase: Passphrase, beside: z.boolean().optional() }),
    Created,
  ),
  'session.openWithCard': call(PinEntry, Nothing),
  'session.openWithPassphrase': call(z.object({ passphrase: Passphrase }), Nothing),
  'session.openWithRecovery': call(z.object({ code: z.string().min(1).max(200) }), Nothing),
  'session.lock': call(z.object({ reason: LockReason }), Nothing),
  /**
   * A colleague takes over: closes this mailbox, and puts at hand the one the card of this serial number opens; its PIN is asked
   * then. Error: card.no-card (the mailbox is closed all the same).
   */
  'session.switchTo': call(z.object({ serial: z.string().min(1).max(64) }), Nothing),
  /** Makes the card in the reader open this (open) mailbox too: renewed, or a first card. Errors of `card.login` and of slots. */
  'session.enrolCard': call(PinEntry, Nothing),
}
export const sessionEvents = {
  'session.changed': SessionState,
}
