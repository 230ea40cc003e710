import { join } from 'node:path'
import { brokenIn } from './inspect.ts'
import { drawTrigger, type Moment } from './moments.ts'
import { profileVault } from './profile.ts'
import { secretOf, type Way } from './slot-work.fixture.ts'
import { passphrase } from './stage.ts'
import type { Mark } from './trace.ts'

/** Ways to open by what the program told: sure to open, sure not to open, and the one under way. */
const waysOf = (trace: readonly Mark[], first: Way): { open: Set<Way>; shut: Set<Way> } => {
  const open = new Set<Way>([first])
  const shut = new Set<Way>()
  let recovery = first
  for (const { kind, what } of trace) {
    if (kind !== 'call') continue
    const [verb = '', ...rest] = what.split(' ')
    const way = rest.join(' ') as Way
    if (verb === 'add') continue
    if (verb === 'added') open.add(way)
    if (verb === 'remove') open.delete(way)
    if (verb === 'removed') shut.add(way)
    if (verb === 'renew') open.delete(recovery)
    if (verb === 'renewed') {
      shut.add(recovery)
      recovery = `recovery ${way}`
      open.add(recovery)
    }
  }
  return { open, shut }
}

/** Killed while ways to open change: those acknowledged open it, those taken away do not, and there is one recovery code. */
export const slotsMoment = async (moment: Moment): Promise<{ traces: Mark[][]; wrong: string }> => {
  const { stage, folder, dice } = moment
  await stage.restore(folder, 'empty')
  const traces = [await moment.killOnce('slots', drawTrigger('key slots', dice))]
  const profile = join(folder, 'profile')
  const ways = waysOf(traces.flat(), `recovery ${stage.recoveryCode}`)
  const vault = profileVault(profile, moment.programs)
  const recovery = vault.slots().filter(({ kind }) => kind === 'recovery').length
  if (recovery !== 1) return { traces, wrong: `${recovery} recovery codes` }
  for (const [expected, list] of [
    [true, ways.open],
    [false, ways.shut],
  ] as const)
    for (const way of list) {
      const opened = await vault.open(secretOf(way))
      await vault.close()
      if (opened.ok !== expected) {
        const kind = way.slice(0, way.indexOf(' '))
        return { traces, wrong: `a ${kind} ${expected ? 'does not open' : 'still opens'} the vault` }
      }
    }
  const sure = [...ways.open][0] ?? (`passphrase ${passphrase}` as const)
  return { traces, wrong: await brokenIn(profile, secretOf(sure)) }
}
