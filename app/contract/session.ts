import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { CardHolder, Pin } from './card.ts'

export const KeySlot = z.object({
  id: z.string(),
  kind: z.enum(['card', 'passphrase', 'recovery']),
  /** Card slots: the card's serial number, so that the window can say which card opens this profile. */
  cardSerial: z.string().nullable(),
  label: z.string(),
  createdAt: z.string(),
})
export type KeySlot = z.infer<typeof KeySlot>

export const LockReason = z.enum(['start', 'user', 'card-removed', 'idle', 'system', 'error'])
export type LockReason = z.infer<typeof LockReason>

export const SessionState = z.discriminatedUnion('phase', [
  /** First run: nothing on this workstation yet. */
  z.object({ phase: z.literal('no-vault') }),
  z.object({ phase: z.literal('locked'), reason: LockReason, slots: z.array(KeySlot) }),
  z.object({ phase: z.literal('opening') }),
  z.object({
    phase: z.literal('open'),
    openedBy: z.enum(['card', 'passphrase', 'recovery']),
    /** Of the card that opened; null without one. */
    holder: CardHolder.nullable(),
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
  'session.createWithCard': call(z.object({ pin: Pin }), Created),
  'session.createWithPassphrase': call(z.object({ passphrase: Passphrase }), Created),
  'session.openWithCard': call(z.object({ pin: Pin }), Nothing),
  'session.openWithPassphrase': call(z.object({ passphrase: Passphrase }), Nothing),
  'session.openWithRecovery': call(z.object({ code: z.string().min(1).max(200) }), Nothing),
  'session.lock': call(z.object({ reason: LockReason }), Nothing),
}
export const sessionEvents = {
  'session.changed': SessionState,
}
