/** Ways to open that come and go in a program that is going to be killed. */
import { createHmac } from 'node:crypto'
import { ok } from '../../app/contract/errors.ts'
import type { SlotSecret } from '../../app/vault/index.ts'
import type { Dice } from './dice.ts'
import type { Orders } from './orders.ts'
import { openProfile } from './profile.ts'
import type { Tracer } from './trace.ts'

/** A way to open, as the trace names it: a card by its number, a passphrase, a recovery code. */
export type Way = `card ${string}` | `passphrase ${string}` | `recovery ${string}`

/** A card that signs the same bytes for the same challenge, as RSA PKCS#1 v1.5 does. */
export const secretOf = (way: Way): SlotSecret => {
  const kind = way.slice(0, way.indexOf(' '))
  const rest = way.slice(kind.length + 1)
  if (kind === 'passphrase') return { kind, passphrase: rest }
  if (kind === 'recovery') return { kind, code: rest }
  return {
    kind: 'card',
    serial: rest,
    label: `CPS fictive ${rest}`,
    sign: (challenge) => {
      const parts = [0, 1, 2, 3].map((part) =>
        createHmac('sha512', `${rest} ${part}`).update(challenge).digest(),
      )
      return Promise.resolve(ok(new Uint8Array(Buffer.concat(parts))))
    },
  }
}

/** Adds, removes and renews ways to open, and tells `way + …` before one is added, `way - …` before one is removed. */
export const changeSlots = async (orders: Orders, dice: Dice, tracer: Tracer): Promise<void> => {
  const first = secretOf(`recovery ${orders.recoveryCode}`)
  const vault = await openProfile(orders.profile, first, orders.programs)
  const added: { way: Way; id: string }[] = []
  tracer.mark('work')
  for (let round = 0; round < 12; round++) {
    const draw = dice.whole(10)
    if (draw < 3) {
      tracer.mark('call', 'renew')
      const renewed = await vault.renewRecovery()
      if (!renewed.ok) throw new Error(renewed.error.code)
      tracer.mark('call', `renewed ${renewed.value.recoveryCode}`)
    } else if (draw < 8 || added.length === 0) {
      const way: Way =
        draw === 3
          ? `passphrase phrase fictive numéro ${orders.seed} ${round}`
          : `card ${orders.seed}-${round}`
      const secret = secretOf(way)
      if (secret.kind === 'recovery') continue
      tracer.mark('call', `add ${way}`)
      const slot = await vault.addSlot(secret)
      if (!slot.ok) throw new Error(slot.error.code)
      tracer.mark('call', `added ${way}`)
      added.push({ way, id: slot.value.id })
    } else {
      const [one] = added.splice(dice.whole(added.length), 1)
      if (!one) continue
      tracer.mark('call', `remove ${one.way}`)
      const removed = await vault.removeSlot(one.id)
      if (!removed.ok) throw new Error(removed.error.code)
      tracer.mark('call', `removed ${one.way}`)
    }
  }
  tracer.mark('rest')
}
