import type { Operator } from '../operator/index.ts'
import type { Dice } from './dice.ts'
import type { Work } from './orders.ts'
import type { Stage } from './stage.ts'
import type { Mark, Trigger } from './trace.ts'

/** What is killed, in the order of the moments, over and over. */
export const phases = [
  'first sync',
  'sending',
  'actions',
  'resync',
  'key slots',
  'sending',
  'actions',
  'migration',
  'first sync',
  'actions',
  'sending',
  'resync',
] as const
export type Phase = (typeof phases)[number]

export const workOf: Record<Phase, Work> = {
  'first sync': 'sync',
  resync: 'sync',
  sending: 'send',
  actions: 'actions',
  'key slots': 'slots',
  migration: 'migration',
}

/** How many marks of a kind a phase leaves, about: a trigger beyond the last one never comes. */
const reach: Record<Phase, Partial<Record<Trigger['on'], number>>> = {
  'first sync': { op: 60, answer: 60, net: 50, event: 20, fs: 12 },
  resync: { op: 45, answer: 45, net: 25, event: 10 },
  sending: { op: 45, answer: 45, net: 45, event: 14, fs: 8 },
  actions: { op: 60, answer: 60, net: 30, event: 16 },
  'key slots': { fs: 60 },
  migration: { op: 1 },
}

export const drawTrigger = (phase: Phase, dice: Dice): Trigger => {
  const choices = Object.entries(reach[phase]) as [Trigger['on'], number][]
  const [on, most] = dice.pick(choices)
  const at = 1 + dice.whole(most)
  const later =
    phase === 'migration'
      ? dice.whole(400_000)
      : dice.chance(0.4)
        ? 0
        : dice.whole(dice.pick([300, 3000, 25_000]))
  return { on, at, later, still: dice.chance(0.6) }
}

export interface Moment {
  operator: Operator
  stage: Stage
  phase: Phase
  dice: Dice
  folder: string
  /** Runs the program on the profile in `folder` and kills it. */
  killOnce: (work: Work, trigger: Trigger, recoveryCode?: string) => Promise<Mark[]>
}
