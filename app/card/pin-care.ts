import { fail, ok, Pin, type Outcome } from '../contract/index.ts'
import type { CardService } from './card-service.ts'
import type { Perform, Target } from './operation.ts'
import type { SeenCard } from './protocol.ts'

const puk = /^\d{8}$/

const wrong = (code: 'card.pin-format' | 'card.puk-format' | 'card.pin-same'): Outcome<never> =>
  fail(code, { retry: 'after-change' })

/** Changing the PIN and unblocking, where the policy leaves it to SousPli; nothing reaches the card otherwise. */
export const createPinCare = (deps: {
  by: 'cps-gestion' | 'direct'
  target: Target
  perform: Perform
  /** Says that a code is being typed on the card's reader, where it has a key pad. */
  awaitKeyPad: (card: SeenCard) => void
  /** The card took the codes. */
  accepted: (card: SeenCard, change: Partial<SeenCard>) => void
}): Pick<CardService, 'changePin' | 'unblock'> => {
  const target: Target = (serial) =>
    deps.by === 'direct' ? deps.target(serial) : fail('card.pin-care-elsewhere', { retry: 'after-change' })

  return {
    changePin: async ({ oldPin, newPin, serial, insist }) => {
      const found = target(serial)
      if (!found.ok) return found
      const { card, link } = found.value
      const { insertion, pinPad } = card
      if (!pinPad && !(Pin.safeParse(oldPin).success && Pin.safeParse(newPin).success))
        return wrong('card.pin-format')
      if (!pinPad && oldPin === newPin) return wrong('card.pin-same')
      deps.awaitKeyPad(card)
      const codes = pinPad ? { oldPin: '', newPin: '' } : { oldPin, newPin }
      const changed = await deps.perform(link, {
        op: 'change-pin',
        insertion,
        ...codes,
        insist: insist === true,
      })
      if (!changed.ok) return changed
      deps.accepted(card, { open: changed.value.open, triesLeft: null })
      return ok(null)
    },
    unblock: async (entry) => {
      const found = target(entry.serial)
      if (!found.ok) return found
      const { card, link } = found.value
      const { insertion, pinPad } = card
      if (!pinPad && !puk.test(entry.puk)) return wrong('card.puk-format')
      if (!pinPad && !Pin.safeParse(entry.newPin).success) return wrong('card.pin-format')
      deps.awaitKeyPad(card)
      const codes = pinPad ? { puk: '', newPin: '' } : { puk: entry.puk, newPin: entry.newPin }
      const done = await deps.perform(link, {
        op: 'unblock',
        insertion,
        ...codes,
        insist: entry.insist === true,
      })
      if (!done.ok) return done
      deps.accepted(card, { open: false, triesLeft: null, pukTriesLeft: null })
      return ok(null)
    },
  }
}
