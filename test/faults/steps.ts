/** What two clients of ours, somebody else's client and the server do to one mailbox, as data: replayed and shrunk. */
import { createDice } from './dice.ts'

export const actors = ['first', 'second', 'other'] as const
export type Actor = (typeof actors)[number]

export type StepKind =
  | 'flag'
  | 'move'
  | 'delete'
  | 'undo'
  | 'append'
  | 'offline'
  | 'online'
  | 'create folder'
  | 'rename folder'
  | 'delete folder'
  | 'renumber'
  | 'arrival'
  | 'breath'

/** `draw` chooses the folder, the messages and the like from what there is when the step is played. */
export interface PlayedStep {
  actor: Actor
  kind: StepKind
  draw: number
}

const ours: readonly StepKind[] = [
  'flag',
  'flag',
  'flag',
  'move',
  'move',
  'move',
  'delete',
  'undo',
  'offline',
  'online',
]
const theirs: readonly StepKind[] = [
  'flag',
  'flag',
  'move',
  'move',
  'delete',
  'append',
  'create folder',
  'rename folder',
  'delete folder',
]

export const drawSteps = (seed: number, count: number): PlayedStep[] => {
  const dice = createDice(seed)
  return Array.from({ length: count }, (): PlayedStep => {
    const draw = dice.whole(2 ** 31)
    const what = dice.whole(20)
    if (what < 2) return { actor: 'other', kind: 'arrival', draw }
    if (what === 2) return { actor: 'other', kind: 'renumber', draw }
    if (what < 5) return { actor: 'other', kind: 'breath', draw }
    const actor = dice.pick(actors)
    return { actor, kind: dice.pick(actor === 'other' ? theirs : ours), draw }
  })
}

/**
 * The fewest steps, among those tried, that still fail: halves, then quarters and so on are left out as long as the rest
 * fails. `fails` is asked at most `tries` times.
 */
export const shrink = async (
  steps: readonly PlayedStep[],
  fails: (steps: readonly PlayedStep[]) => Promise<boolean>,
  tries: number,
): Promise<readonly PlayedStep[]> => {
  let kept = steps
  let left = tries
  for (let size = Math.ceil(kept.length / 2); size >= 1 && left > 0;) {
    let smaller = false
    for (let at = 0; at < kept.length && left > 0; at += size) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)]
      left--
      if (without.length > 0 && (await fails(without))) {
        kept = without
        smaller = true
        break
      }
    }
    if (smaller) size = Math.min(size, Math.ceil(kept.length / 2))
    else if (size === 1) break
    else size = Math.ceil(size / 2)
  }
  return kept
}

export const told = (steps: readonly PlayedStep[]): string =>
  steps.map(({ actor, kind, draw }) => `${actor} ${kind} ${draw}`).join('; ')
