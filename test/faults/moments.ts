import type { Operator } from '../operator/index.ts'
import type { Dice } from './dice.ts'
import type { Work } from './orders.ts'
import type { Programs } from './sources.ts'
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
  'import',
  'migration',
  'backup',
  'actions',
  'restore',
  'indexing',
  'rebuild',
  'sending',
  'compaction',
  'actions',
] as const
export type Phase = (typeof phases)[number]

export const workOf: Record<Phase, Work> = {
  'first sync': 'sync',
  resync: 'sync',
  sending: 'send',
  actions: 'actions',
  'key slots': 'slots',
  migration: 'migration',
  indexing: 'indexing',
  import: 'import',
  backup: 'backup',
  restore: 'restore',
  rebuild: 'rebuild',
  compaction: 'compact',
}

interface Reach {
  on: Trigger['on']
  match?: string
  /** About how many such marks the phase leaves: a trigger beyond the last one never comes. */
  most: number
}

/** What a kill can wait for in a phase; each is drawn as often as another. */
const reach: Record<Phase, readonly Reach[]> = {
  'first sync': [
    { on: 'op', most: 60 },
    { on: 'answer', most: 60 },
    { on: 'net', most: 40 },
    { on: 'event', most: 12 },
    { on: 'fs', most: 12 },
  ],
  resync: [
    { on: 'op', most: 35 },
    { on: 'answer', most: 35 },
    { on: 'net', most: 18 },
  ],
  sending: [
    { on: 'op', most: 45 },
    { on: 'op', match: 'outbox.', most: 12 },
    { on: 'net', match: 'smtp', most: 9 },
    { on: 'net', match: 'smtp message', most: 4 },
    { on: 'net', match: 'smtp end', most: 2 },
    { on: 'net', match: 'imap APPEND', most: 2 },
    { on: 'fs', most: 8 },
  ],
  actions: [
    { on: 'op', most: 50 },
    { on: 'op', match: 'queue.', most: 12 },
    { on: 'answer', most: 50 },
    { on: 'net', match: 'imap UID', most: 8 },
    { on: 'net', most: 25 },
  ],
  'key slots': [{ on: 'fs', most: 60 }],
  migration: [{ on: 'op', most: 1 }],
  indexing: [
    { on: 'op', match: 'indexing.', most: 14 },
    { on: 'answer', most: 40 },
  ],
  import: [
    { on: 'op', match: 'imports.', most: 4 },
    { on: 'op', most: 40 },
    { on: 'net', match: 'imap APPEND', most: 10 },
    { on: 'fs', most: 12 },
    { on: 'answer', most: 40 },
  ],
  backup: [
    { on: 'op', most: 2 },
    { on: 'answer', most: 4 },
    { on: 'fs', most: 6 },
  ],
  restore: [
    { on: 'answer', most: 3 },
    { on: 'fs', most: 12 },
  ],
  rebuild: [
    { on: 'op', most: 8 },
    { on: 'answer', most: 10 },
    { on: 'fs', most: 14 },
  ],
  compaction: [
    { on: 'op', most: 16 },
    { on: 'answer', most: 16 },
  ],
}

export const drawTrigger = (phase: Phase, dice: Dice): Trigger => {
  const { on, match = '', most } = dice.pick(reach[phase])
  const at = 1 + dice.whole(most)
  const later = dice.chance(0.4) ? 0 : dice.whole(dice.pick([300, 3000, 25_000]))
  return { on, match, at, later, still: dice.chance(0.6) }
}

export interface Moment {
  operator: Operator
  stage: Stage
  phase: Phase
  dice: Dice
  folder: string
  programs: Programs
  /** Runs the program on the profile in `folder` and kills it. */
  killOnce: (work: Work, trigger: Trigger, recoveryCode?: string) => Promise<Mark[]>
}
