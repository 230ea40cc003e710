/**
 * A program to be killed, at one kind of work, on a prepared profile. Argument: a JSON file with its orders. It leaves a
 * trace (trace.ts) and ends itself at the trigger in its orders, or is ended by whoever started it.
 */
import { traceTo } from './hooks.fixture.ts'
import { readFileSync } from 'node:fs'
import { act } from './user.fixture.ts'
import { careFor } from './care-work.fixture.ts'
import { createDice } from './dice.ts'
import { noCard } from './no-card.ts'
import { changeSlots } from './slot-work.fixture.ts'
import { openPractice } from '../invariants/practice.fixture.ts'
import { Orders } from './orders.ts'
import { openProfile } from './profile.ts'
import { sourceIn } from './sources.ts'
import { openTrace } from './trace.ts'

const orders = Orders.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const tracer = openTrace(orders.trace, orders.trigger)
traceTo(tracer)
const dice = createDice(orders.seed)
const { work } = orders

if (work === 'slots') {
  await changeSlots(orders, dice, tracer)
} else if (work === 'migration') {
  tracer.mark('work')
  const vault = await openProfile(
    orders.profile,
    { kind: 'recovery', code: orders.recoveryCode },
    orders.programs,
  )
  tracer.mark('rest')
  await vault.close()
} else if (work === 'backup' || work === 'restore' || work === 'compact' || work === 'rebuild') {
  await careFor(orders, tracer)
} else {
  const practice = await openPractice(orders.policy, {
    folder: orders.folder,
    source: sourceIn(orders.programs),
    card: noCard(),
  })
  let idle: () => void = () => undefined
  void practice.until('accounts.progress', ({ phase, done, total }) => {
    tracer.mark('event', `${phase}${done < total ? ' more' : ''}`)
    if (phase === 'idle') idle()
    return false
  })
  for (const name of ['mail.delta', 'outbox.changed'] as const)
    void practice.until(name, () => {
      tracer.mark('event', name)
      return false
    })
  const quiet = new Promise<void>((resolve) => (idle = resolve))
  if (work === 'sync' || work === 'indexing') tracer.mark('work')
  await practice.call('session.openWithRecovery', { code: orders.recoveryCode })
  if (work === 'sync') await quiet
  else await act(practice, work, dice, tracer, orders)
  tracer.mark('rest')
}
// Nothing more to do: whoever started it ends it.
setInterval(() => undefined, 1000)
